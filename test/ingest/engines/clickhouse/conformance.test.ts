import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { NO_FILES, readBook } from '../../../../src/ingest/book.ts';
import { clickHouseEngine } from '../../../../src/ingest/engines/clickhouse/quotes.ts';
import { scaled } from '../../../scale.ts';
import { essence } from '../essence.ts';
import { HEADER, looks, turns } from '../looks.ts';
import { inProcess, openChdb } from './chdb.ts';

const session = openChdb();
const directory = mkdtempSync(join(tmpdir(), 'mtok-clickhouse-'));
afterAll(() => {
  session?.cleanup();
  rmSync(directory, { recursive: true });
});

const run = (sql: string): string => session?.query(sql, 'TabSeparated') ?? '';
const ENGINE = clickHouseEngine(async () => inProcess(session!));
const ADDRESS = 'clickhouse://here/books.quotes';

/** The codes of faults: a table has no lines. */
function codes(faults: readonly { readonly code: string; readonly column: string }[]): string[] {
  return faults.map(({ code, column }) => `${code} ${column}`).sort();
}

async function same(csv: string) {
  const path = join(directory, 'rows.csv');
  writeFileSync(path, csv);
  const expected = await readBook({ ...NO_FILES, quotes: [path] });
  const read = await readBook({ ...NO_FILES, quotes: [ADDRESS] }, { engine: ENGINE });
  const [own, reference] = [essence(read), essence(expected)];
  expect(own.changes).toEqual(reference.changes);
  expect(own.latest).toEqual(reference.latest);
  expect(codes(read.rejects)).toEqual(codes(expected.rejects));
  expect(codes(read.warnings)).toEqual(codes(expected.warnings));
  return { read, expected };
}

/** Plain lines become rows, cell by cell. */
function insert(columns: string, csv: string): void {
  run('CREATE DATABASE IF NOT EXISTS books');
  run('DROP TABLE IF EXISTS books.quotes SYNC');
  run(`CREATE TABLE books.quotes (${columns}) ENGINE = MergeTree ORDER BY tuple()`);
  const [header = '', ...lines] = csv.trim().split('\n');
  const texts = lines.map(
    (line) =>
      `(${line
        .split(',')
        .map((cell) => `'${cell}'`)
        .join(', ')})`,
  );
  if (texts.length > 0) run(`INSERT INTO books.quotes (${header}) VALUES ${texts.join(', ')}`);
}

const TEXTS = HEADER.split(',')
  .map((name) => `${name} ${name === 'seller' ? 'LowCardinality(String)' : 'String'}`)
  .join(', ');

describe.skipIf(!session)('the ClickHouse engine, on the current release', () => {
  it('reads from a table of texts what is read from CSV', { timeout: 600_000 }, async () => {
    const isPlain = (line: string) => !/["\r]|,more$/.test(line);
    await fc.assert(
      fc.asyncProperty(
        fc.array(looks.filter(isPlain), { minLength: 1, maxLength: 60 }),
        async (rows) => {
          const csv = `${[HEADER, ...rows].join('\n')}\n`;
          insert(TEXTS, csv);
          await same(csv);
        },
      ),
      { numRuns: scaled(60, 600) },
    );
  });

  it('asks of prices that come back for the rows that may be changes', {
    timeout: 600_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(turns, async (rows) => {
        const csv = `${[HEADER, ...rows].join('\n')}\n`;
        insert(TEXTS, csv);
        await same(csv);
      }),
      { numRuns: scaled(60, 600) },
    );
  });
});
