import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { indicesOf } from '../../src/cli/book.ts';
import { parseMoment } from '../../src/domain/dates.ts';
import type { BookRows } from '../../src/domain/rows.ts';
import { EMPTY_BOOK } from '../../src/domain/rows.ts';
import type { Rulebook } from '../../src/domain/rulebook.ts';
import { evidenceOf, parseRulebook } from '../../src/index.ts';
import { type Signer, signerOf } from '../../src/publish/log/keys.ts';
import { calculated } from '../../src/publish/publication/calculated.ts';
import type { PublishRequest } from '../../src/publish/publication/plan.ts';
import { type Published, publish } from '../../src/publish/publication/publish.ts';
import { quote, revision, usage } from '../fix/small-book.ts';

export const ORIGIN = 'index.example/mtok';
export const SIGNER: Signer = signerOf(ORIGIN, 'log', new Uint8Array(32).fill(7));

export const RULES = ['ALPHA', 'BETA'].map(
  (index) => `schema: mtok.rulebook/1
index: ${index}
title: A small index
version: 1.0.0
base: { date: 2026-07-01, level: "100" }
workload: { input: "0.5", output: "0.5" }
rebalance: { frequency: weekly, on: monday }
${index === 'BETA' ? 'weights: { method: usage, window_days: 7, lag_days: 0, min_days: 1 }\nfinality: { hours: 8 }' : 'aggregate: weighted_mean'}
`,
);

export const BOOK: BookRows = {
  ...EMPTY_BOOK,
  quotes: [
    '2026-06-01 acme/alpha 3 out=15',
    '2026-06-01 bolt/beta 0.25 out=1.25',
    '2026-06-01 "coil,inc"/gamma 2 out=8',
    '2026-07-03 acme/alpha 2.5 out=10',
    '2026-07-06 bolt/beta 0.2 out=1',
  ].map(quote),
  usage: [
    usage('2026-06-01 2026-06-29 alpha 700'),
    usage('2026-06-29 2026-07-06 alpha 500'),
    usage('2026-06-01 2026-07-06 beta 900'),
    usage('2026-06-01 2026-07-06 gamma 90'),
  ],
};

/** The next version of ALPHA, from the third day on. */
export const SECOND = `${RULES[0]}effective_from: 2026-07-03\n`
  .replace('1.0.0', '2.0.0')
  .replace('input: "0.5", output: "0.5"', 'input: "0.25", output: "0.75"');

/** A price of the third day is seen after its cut-off. */
export const SEEN: BookRows = {
  ...BOOK,
  quotes: [
    ...BOOK.quotes,
    quote('2026-07-03T12:00:00Z acme/alpha 2 out=8 observed=2026-07-04T00:10:00Z'),
  ],
};

/** BETA of the third day is made again with it. */
export const REVISED: BookRows = {
  ...SEEN,
  revisions: [revision('BETA 2026-07-03 1 2026-07-04T00:30:00Z')],
};

/** Rulebooks with their texts. */
export function rulebooksOf(texts: readonly string[]): {
  of: Rulebook[];
  texts: Map<string, string>;
} {
  const of = texts.map((text) => {
    const { rulebook, rejects } = parseRulebook(text);
    if (!rulebook) throw new RangeError(JSON.stringify(rejects));
    return rulebook;
  });
  return { of, texts: new Map(of.map(({ sha256 }, at) => [sha256, texts[at] ?? ''])) };
}

/** What would be published of the small book for a range of days, at six in the evening. */
export function requestFor(
  from: string,
  to = from,
  changes: Partial<PublishRequest> & { rules?: readonly string[]; rows?: BookRows } = {},
): PublishRequest {
  const { rules = RULES, rows = BOOK, ...rest } = changes;
  const { of, texts } = rulebooksOf(rules);
  const evidence = evidenceOf(rows);
  return {
    nowMs: parseMoment(`${to}T18:00:00Z`) ?? 0,
    drafts: indicesOf(of).flatMap((versions) => [...calculated(versions, evidence, from, to)]),
    rulebooks: texts,
    manifest: {
      schema: 'mtok.manifest/1',
      files: [{ path: 'quotes/prices.csv', bytes: 3, sha256: sha256('abc') }],
    },
    digestOnly: [],
    methodology: () => '# Methodology\n',
    keys: [],
    records: [],
    ...rest,
  };
}

/** Publishes day by day, as an administrator does. */
export async function publishDays(
  directory: string,
  days: readonly string[],
  changes: Parameters<typeof requestFor>[2] = {},
): Promise<Published[]> {
  const done: Published[] = [];
  for (const day of days)
    done.push(await publish(directory, [SIGNER], requestFor(day, day, changes)));
  return done;
}

export function sha256(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Every published file under a directory, with its bytes. */
export function filesUnder(directory: string): Map<string, Buffer> {
  const names = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(directory.length + 1))
    .filter((path) => !path.startsWith('.mtok'))
    .sort();
  return new Map(names.map((path) => [path, readFileSync(join(directory, path))]));
}
