import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseMoment } from '../../src/domain/dates.ts';
import type { Contents } from '../../src/domain/publication.ts';
import type { BookRows } from '../../src/domain/rows.ts';
import { publish } from '../../src/publish/publication/publish.ts';
import { directorySource } from '../../src/verify/directory.ts';
import { parseVerifierKey } from '../../src/verify/verifier-key.ts';
import { type VerifyRequest, verify } from '../../src/verify/verify.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { quote, revision } from '../fix/small-book.ts';
import {
  filesUnder,
  publishDays,
  REVISED,
  RULES,
  requestFor,
  SEEN,
  SIGNER,
} from './publications.ts';

const DAY = '2026-07-03';
const at = (moment: string) => ({ nowMs: parseMoment(moment) ?? 0 });
const beta = { rules: RULES.slice(1) };

async function published(): Promise<string> {
  const directory = temporaryDirectory();
  await publishDays(directory, ['2026-07-01', '2026-07-02', DAY], { rows: SEEN });
  return directory;
}

/** The third, made again within its eight hours. */
const revise = (directory: string, changes: Parameters<typeof requestFor>[2] = {}) =>
  publish(
    directory,
    [SIGNER],
    requestFor(DAY, DAY, { ...beta, rows: REVISED, ...at('2026-07-04T01:00:00Z'), ...changes }),
  );

const json = (directory: string, path: string) =>
  JSON.parse(readFileSync(join(directory, path), 'utf8'));

const statesOf = (directory: string): string[] => {
  const { fixings } = json(directory, 'index.json') as Contents;
  return fixings
    .filter(({ index, date }) => index === 'BETA' && date === DAY)
    .map((row) => `r${row.revision} ${row.state}`);
};

async function stepsOf(directory: string, asked: Partial<VerifyRequest> = {}) {
  const keys = [parseVerifierKey(SIGNER.verifierKey)];
  const { steps } = await verify(directorySource(directory), { keys, witnesses: [], ...asked });
  expect(steps.filter(({ result }) => result === 'fail')).toEqual([]);
  return steps;
}

describe('a revision', () => {
  it('is published beside the fixing that it takes the place of', async () => {
    const directory = await published();
    const before = filesUnder(directory);
    const { added } = await revise(directory);
    expect(added).toMatchObject([{ index: 'BETA', date: DAY, revision: 1, state: 'provisional' }]);
    const after = filesUnder(directory);
    const old = `fixings/BETA/${DAY}.json`;
    expect(after.get(old)).toEqual(before.get(old));
    const [was, is] = [old, `fixings/BETA/${DAY}.r1.json`].map((path) => json(directory, path));
    expect(is).toMatchObject({ revision: 1, known_at: '2026-07-04T00:30:00Z' });
    expect(is.value.price).not.toBe(was.value.price);
    const series = readFileSync(join(directory, 'series/BETA.csv'), 'utf8');
    expect(series).toContain(`${DAY},BETA,published,reconstructed,1,${is.value.price}`);
    expect(json(directory, 'latest.json').fixings[1]).toMatchObject({ revision: 1 });
  });

  it('is published once, and becomes final; what it took the place of does not', async () => {
    const directory = await published();
    await revise(directory);
    expect(await revise(directory)).toMatchObject({ added: [], unchanged: 1 });
    expect(statesOf(directory)).toEqual(['r0 provisional', 'r1 provisional']);
    await publishDays(directory, ['2026-07-05'], { rows: REVISED });
    expect(statesOf(directory)).toEqual(['r0 provisional', 'r1 final']);
  });

  it('verifies, and so does what it took the place of, with the days after it', async () => {
    const directory = await published();
    await revise(directory);
    await publishDays(directory, ['2026-07-04', '2026-07-05'], { rows: REVISED });
    await stepsOf(directory);
    const details = (await stepsOf(directory, { index: 'BETA', date: DAY })).map(
      ({ detail }) => detail,
    );
    expect(details.join('\n')).toContain(
      `BETA ${DAY} is provisional, superseded by revision 1, by entry`,
    );
    expect(details.join('\n')).toContain(`BETA ${DAY} revision 1 is final, by entry`);
  });

  it('may be the first that a publication has of a day', async () => {
    const directory = temporaryDirectory();
    await publishDays(directory, [DAY, '2026-07-04'], { rows: REVISED });
    expect(statesOf(directory)).toEqual(['r1 final']);
    await stepsOf(directory);
  });
});

describe('what has other bytes than it was published with is refused', () => {
  it('without a revision', async () => {
    const directory = await published();
    const quotes = [...SEEN.quotes, quote(`${DAY} acme/alpha 1 out=2`)];
    await expect(revise(directory, { rows: { ...SEEN, quotes } })).rejects.toThrow(
      'while it is provisional it can have revision 1 in revisions.csv',
    );
  });

  it('as the next revision of one that is final', async () => {
    const directory = await published();
    const late = revise(directory, at('2026-07-04T02:00:00Z'));
    await expect(late).rejects.toThrow('revision 0 is final since 2026-07-04T02:00:00Z');
    await publishDays(directory, ['2026-07-05'], { rows: SEEN });
    await expect(revise(directory)).rejects.toThrow('comes too late');
  });

  it('as a revision that leaves one out, or goes back', async () => {
    const directory = await published();
    const second = revision(`BETA ${DAY} 2 2026-07-04T00:40:00Z`);
    const rows = { ...SEEN, revisions: [...REVISED.revisions, second] };
    await expect(revise(directory, { rows })).rejects.toThrow('revision 2 of BETA 2026-07-03 is');
    const other = temporaryDirectory();
    await publish(other, [SIGNER], requestFor(DAY, DAY, { ...beta, rows: REVISED }));
    await expect(revise(other, { rows: SEEN })).rejects.toThrow('is not the next one');
  });

  it('after the revision of a day before it, unless it has one too', async () => {
    const directory = await published();
    await publish(
      directory,
      [SIGNER],
      requestFor('2026-07-04', '2026-07-04', {
        ...beta,
        rows: SEEN,
        ...at('2026-07-04T01:00:00Z'),
      }),
    );
    const both = {
      ...REVISED,
      revisions: [...REVISED.revisions, revision('BETA 2026-07-04 1 2026-07-05T00:00:00Z')],
    };
    const to = (rows: BookRows) =>
      publish(
        directory,
        [SIGNER],
        requestFor(DAY, '2026-07-04', { ...beta, rows, ...at('2026-07-04T01:30:00Z') }),
      );
    await expect(to(REVISED)).rejects.toThrow('the revision of an earlier day');
    expect((await to(both)).added.map((row) => `${row.date} r${row.revision}`)).toEqual([
      '2026-07-03 r1',
      '2026-07-04 r1',
    ]);
    await stepsOf(directory);
  });
});
