import { join } from 'node:path';
import { expect, it } from 'vitest';
import { addDays } from '../../src/domain/dates.ts';
import { publish } from '../../src/publish/publication/publish.ts';
import { directorySource } from '../../src/verify/directory.ts';
import { parseVerifierKey } from '../../src/verify/verifier-key.ts';
import { verify } from '../../src/verify/verify.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { requestFor, SIGNER } from '../publish/publications.ts';
import { scaled } from '../scale.ts';

/** Whatever the size of the log: the tiles on two paths, and what the fixing names. */
const MOST_FILES = 24;

const FIXINGS = scaled(1_000, 10_000);

it('reads at most 24 files to verify one fixing of 10,000 (or 1,000)', async () => {
  const directory = join(temporaryDirectory(), 'public');
  const real = requestFor('2026-07-01', '2026-07-20');
  await publish(directory, [SIGNER], real);
  // Stand-ins for years: only a fixing that is asked for is calculated again.
  const stand = real.drafts.slice(0, 20);
  const third = Math.ceil((FIXINGS - real.drafts.length) / 3);
  for (let from = 0; from < third * 3; from += third) {
    const drafts = Array.from({ length: third }, (_, at) => {
      const [draft] = stand;
      const date = addDays('2026-08-01', from + at);
      return { ...draft!, fixing: { ...draft!.fixing, date } };
    });
    await publish(directory, [SIGNER], { ...real, drafts });
  }
  const source = directorySource(directory);
  const seen = new Set<string>();
  const counting = {
    ...source,
    read: async (path: string) => {
      seen.add(path);
      return source.read(path);
    },
  };
  const keys = [parseVerifierKey(SIGNER.verifierKey)];
  const asked = { keys, witnesses: [], index: 'BETA', date: '2026-07-15' };
  const { pass, steps, seen: tree } = await verify(counting, asked);
  expect(steps.filter(({ result }) => result === 'fail')).toEqual([]);
  expect({ pass, isLong: (tree?.size ?? 0) > FIXINGS }).toEqual({ pass: true, isLong: true });
  console.log(`one fixing of ${FIXINGS}: ${seen.size} files are read`);
  expect(seen.size).toBeLessThanOrEqual(MOST_FILES);
});
