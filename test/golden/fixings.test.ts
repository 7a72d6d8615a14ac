import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import {
  calculateFixing,
  canonicalJson,
  type Evidence,
  evidenceOf,
  findBook,
  type Rulebook,
  readBook,
} from '../../src/index.ts';

/**
 * Fixings of the shipped book, pinned by the SHA-256 of their canonical bytes: what was published
 * once must come out again, whatever the release, the machine and the version of Node.js. They
 * change only with `UPDATE_GOLDEN=1`, which CI refuses, and with a line in the changelog.
 */
const PATH = 'test/golden/fixings.json';
const DAYS = ['2024-01-02', '2024-09-15', '2025-06-10', '2025-08-05', '2026-07-01', '2026-08-21'];

let rulebooks: readonly Rulebook[];
let evidence: Evidence;

beforeAll(async () => {
  const book = await readBook(await findBook('data'));
  rulebooks = book.rulebooks;
  evidence = evidenceOf(book.rows);
});

it('comes out as it was pinned', () => {
  const found: Record<string, string> = {};
  for (const rulebook of rulebooks) {
    for (const day of DAYS) {
      const { fixing } = calculateFixing(rulebook, evidence, day);
      if (!fixing) continue;
      const digest = createHash('sha256').update(canonicalJson(fixing)).digest('hex');
      found[`${rulebook.index} ${day}`] = digest;
    }
  }
  if (process.env.UPDATE_GOLDEN === '1') {
    if (process.env.CI) throw new Error('golden fixings are not updated in CI');
    writeFileSync(PATH, `${JSON.stringify(found, null, 2)}\n`);
  }
  expect(found).toEqual(JSON.parse(readFileSync(PATH, 'utf8')));
});
