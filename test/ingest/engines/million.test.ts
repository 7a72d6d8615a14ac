import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { generate } from '../../../bench/scale/generate.mjs';
import { BASE, LAST, writeBook } from '../../../bench/scale/inputs.mjs';
import { calculateFixing } from '../../../src/fix/fixing.ts';
import { findBook, readBook } from '../../../src/ingest/book.ts';
import { engineNamed } from '../../../src/ingest/engines/choose.ts';
import type { Engine } from '../../../src/ingest/engines/engine.ts';
import { evidenceOf } from '../../../src/normalize/evidence.ts';
import { canonicalJson } from '../../../src/publish/canonical.ts';
import { scaled } from '../../scale.ts';
import { essence } from './essence.ts';

const directory = mkdtempSync(join(tmpdir(), 'mtok-million-'));
afterAll(() => rmSync(directory, { recursive: true }));

it('a million rows with every fault are one book and one fixing, whichever engine reads', async () => {
  const path = join(directory, 'looks.csv');
  const { rows, faults } = await generate(path, scaled(60_000, 1_000_000));
  writeBook(directory);
  const files = { ...(await findBook(directory)), quotes: [path] };
  const read = async (engine?: Engine) => {
    const book = await readBook(files, engine ? { engine } : {});
    const rules = book.rulebooks.filter(({ index }) => index === 'BENCH-MEAN');
    const evidence = evidenceOf(book.rows);
    const fixings = [BASE, LAST].map((day) => calculateFixing(rules, evidence, day).fixing);
    return { ...essence(book), fixings: fixings.map(canonicalJson), looks: book.looks };
  };
  const expected = await read();
  expect(expected.looks).toBe(rows - faults);
  expect(new Set(expected.rejects.map((text) => /\[(\w+)\]$/.exec(text)?.[1])).size).toBe(9);
  expect(expected.fixings.map((text) => text.length > 1_000)).toEqual([true, true]);
  for (const name of ['node', 'duckdb'] as const) {
    expect(await read(await engineNamed(name, { memoryMb: 256 }))).toEqual(expected);
  }
});
