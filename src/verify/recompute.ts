import { parseMoment } from '../domain/dates.ts';
import { describeReject } from '../domain/failure.ts';
import { ENGINE, type Fixing } from '../domain/fixing.ts';
import type { INPUT_KINDS } from '../domain/publication.ts';
import type { BookRows } from '../domain/rows.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { backfill } from '../fix/backfill.ts';
import { calculateFixing } from '../fix/fixing.ts';
import { QUOTES } from '../ingest/quotes.ts';
import { CORRECTIONS, FX, MODELS, SELLERS } from '../ingest/reference.ts';
import { parseRulebook } from '../ingest/rulebook.ts';
import { readTable, type Table } from '../ingest/table.ts';
import { USAGE } from '../ingest/usage.ts';
import { type Evidence, evidenceOf } from '../normalize/evidence.ts';
import { canonicalText } from './canonical.ts';
import { readDigested } from './documents.ts';
import { digestHex, fromUtf8 } from './encoding.ts';
import { ensure, Refusal } from './refusal.ts';
import type { Source } from './source.ts';

export type InputKind = (typeof INPUT_KINDS)[number];

export function inputPath(sha256: string): string {
  return `inputs/${sha256}.csv`;
}

export function rulebookPath(index: string, version: string): string {
  return `rulebooks/${index}/${version}.yaml`;
}

/** Reads the canonical rows that a fixing names, as the CSV files that they are. */
export async function readEvidence(source: Source, inputs: Fixing['inputs']): Promise<Evidence> {
  const read = async <Row>(table: Table<Row>, kind: InputKind): Promise<Row[]> => {
    const { sha256, count } = inputs[kind];
    // A header alone is a file without rows, which the reader of books would ask about.
    if (count === 0) return [];
    const bytes = await readDigested(source, inputPath(sha256), sha256);
    const { rows, rejects } = await readTable(table, [bytes], inputPath(sha256));
    const [first] = rejects;
    if (first) throw new Refusal(`the published ${kind} cannot be read: ${describeReject(first)}`);
    ensure(rows.length === count, `expected ${count} rows of ${kind}, found ${rows.length}`);
    return rows.map(({ row }) => row);
  };
  const rows: BookRows = {
    quotes: await read(QUOTES, 'quotes'),
    usage: await read(USAGE, 'usage'),
    fx: await read(FX, 'fx'),
    models: await read(MODELS, 'models'),
    sellers: await read(SELLERS, 'sellers'),
    corrections: await read(CORRECTIONS, 'corrections'),
  };
  return evidenceOf(rows);
}

/** Reads the rulebook that a fixing names. */
export async function readRulebook(source: Source, fixing: Fixing): Promise<Rulebook> {
  const { version, sha256 } = fixing.rulebook;
  const path = rulebookPath(fixing.index, version);
  const bytes = await readDigested(source, path, sha256);
  const { rulebook, rejects } = parseRulebook(fromUtf8(bytes, path), path);
  const [first] = rejects;
  if (!rulebook) throw new Refusal(first ? describeReject(first) : `${path} cannot be read`);
  ensure(rulebook.index === fixing.index, `${path} is the rulebook of ${rulebook.index}`);
  return rulebook;
}

/**
 * Calculates a fixing again from its own published inputs, and compares the bytes.
 *
 * @throws {Refusal} that names the first part that differs.
 */
export async function recompute(source: Source, published: Fixing): Promise<void> {
  requireEngine(published);
  const evidence = await readEvidence(source, published.inputs);
  const rulebook = await readRulebook(source, published);
  const knownAtMs = parseMoment(published.known_at);
  const options = published.known_at === published.cutoff ? {} : { knownAtMs: knownAtMs ?? 0 };
  const result = calculateFixing(rulebook, evidence, published.date, options);
  if (!result.fixing) throw new Refusal(`no fixing can be calculated: ${result.none.message}`);
  requireEqual(published, { ...result.fixing, revision: published.revision });
}

/**
 * Calculates the fixings of an index again in one pass, from the inputs of the last of them: they
 * hold what the days before knew, and each day is calculated at its own cut-off.
 *
 * @returns those whose bytes and digests of inputs came out; the others have to be calculated each
 * from its own inputs.
 */
export async function recomputeSeries(
  source: Source,
  published: readonly Fixing[],
): Promise<ReadonlySet<Fixing>> {
  const [first] = published;
  const last = published.at(-1);
  const same = new Set<Fixing>();
  if (!first || !last) return same;
  const evidence = await readEvidence(source, last.inputs);
  const rulebook = await readRulebook(source, last);
  const run = backfill(rulebook, evidence, first.date, last.date);
  if (!run.items) return same;
  const byDate = new Map(published.map((fixing) => [fixing.date, fixing]));
  for (const fixing of run.items) {
    const expected = byDate.get(fixing.date);
    if (expected && canonicalText(fixing) === canonicalText(expected)) same.add(expected);
  }
  return same;
}

function requireEngine({ engine }: Fixing): void {
  const own = `${ENGINE.name} calculation ${ENGINE.calculation}`;
  const theirs = `${engine.name} calculation ${engine.calculation}`;
  ensure(own === theirs, `the fixing is by ${theirs}, and this is ${own}`);
}

function requireEqual(published: Fixing, calculated: Fixing): void {
  const [theirs, ours] = [canonicalText(published), canonicalText(calculated)];
  if (theirs === ours) return;
  const keys = Object.keys(published) as (keyof Fixing)[];
  const part = keys.find((key) => canonicalText(published[key]) !== canonicalText(calculated[key]));
  const shown = (fixing: Fixing) => (part ? canonicalText(fixing[part]).slice(0, 200) : '');
  const digest = digestHex(new TextEncoder().encode(ours));
  throw new Refusal(
    `calculated again it has the SHA-256 ${digest}: ${part} is ${shown(published)} as published, ` +
      `${shown(calculated)} as calculated`,
  );
}
