import { expect, it } from 'vitest';
import type { Source } from '../../src/verify/source.ts';
import { parseVerifierKey } from '../../src/verify/verifier-key.ts';
import { verify } from '../../src/verify/verify.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { filesUnder, publishDays, SIGNER } from '../publish/publications.ts';
import { scaled } from '../scale.ts';

const FLIPS_OF_EACH_FILE = scaled(6, 60);

/** A fixed sequence, so that a failure can be repeated. */
let state = 1;
const below = (count: number): number => {
  state = (state * 48271) % 2147483647;
  return state % count;
};

it('a byte that was changed after it was signed is caught, whichever of whichever file', async () => {
  const directory = temporaryDirectory();
  await publishDays(directory, ['2026-07-01', '2026-07-02']);
  const files = filesUnder(directory);
  const keys = [parseVerifierKey(SIGNER.verifierKey)];
  const passes = async (path: string, bytes: Uint8Array) => {
    const source: Source = {
      name: 'changed',
      read: async (asked) => (asked === path ? bytes : files.get(asked)),
      list: async () => [...files.keys()],
    };
    return (await verify(source, { keys, witnesses: [] })).pass;
  };
  let flips = 0;
  for (const [path, bytes] of files) {
    expect(await passes(path, bytes), path).toBe(true);
    for (let time = 0; time < FLIPS_OF_EACH_FILE; time += 1) {
      const [at, bit] = [below(bytes.length), below(8)];
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ (1 << bit);
      expect(await passes(path, copy), `${path} byte ${at} bit ${bit}`).toBe(false);
      flips += 1;
    }
  }
  console.log(`${flips} flips in ${files.size} files: all caught`);
  expect(flips).toBeGreaterThan(scaled(150, 1500));
});
