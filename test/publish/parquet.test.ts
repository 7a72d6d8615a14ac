import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parquetMetadataAsync } from 'hyparquet';
import { describe, expect, it } from 'vitest';
import { decimal, toFixedText } from '../../src/domain/decimal.ts';
import { openDuckDb, quoted } from '../../src/ingest/engines/duckdb/connection.ts';
import { readParquet } from '../../src/ingest/parquet.ts';
import { parquetFile } from '../../src/publish/parquet.ts';
import { mtok, temporaryDirectory } from '../cli/run.ts';

async function rowsOf(path: string): Promise<string[]> {
  const rows: string[] = [];
  await readParquet(
    path,
    path,
    () => true,
    (item) => {
      rows.push('cells' in item ? item.cells.join() : item.code);
      return true;
    },
  );
  return rows;
}

/** Of each column its type, as DuckDB reads it. */
async function typesOf(path: string): Promise<string[]> {
  const db = await openDuckDb({ memoryMb: 128 });
  const types: string[] = [];
  for await (const chunk of db.chunks(`DESCRIBE SELECT * FROM read_parquet(${quoted(path)})`)) {
    const [names, found] = chunk.getColumns();
    for (let row = 0; row < chunk.rowCount; row += 1) types.push(`${names?.[row]} ${found?.[row]}`);
  }
  await db.close();
  return types;
}

describe('mtok backfill --out s.parquet', () => {
  const cwd = temporaryDirectory();
  const range = ['backfill', '--from', '2026-06-20', '--to', '2026-07-05'];
  for (const ending of ['csv', 'parquet']) {
    mtok([...range, '--out', `s.${ending}`, '--constituents', `c.${ending}`], { cwd });
  }
  const csvOf = (name: string) => readFileSync(join(cwd, name), 'utf8').trimEnd().split('\n');

  it('holds what the CSV holds, withheld values as nothing', async () => {
    const rows = await rowsOf(join(cwd, 's.parquet'));
    expect(rows.length).toBeGreaterThan(60);
    expect(rows).toEqual(csvOf('s.csv'));
  });

  it('has days as DATE and values as DECIMAL with the places that are published', async () => {
    expect(await typesOf(join(cwd, 's.parquet'))).toEqual([
      ...['date DATE', 'index VARCHAR', 'status VARCHAR', 'basis VARCHAR', 'series INTEGER'],
      ...['price', 'input', 'cached_input', 'output', 'level'].map(
        (name) => `${name} DECIMAL(38,4)`,
      ),
      ...['constituents INTEGER', 'coverage DECIMAL(38,4)'],
    ]);
  });

  it('has constituents with their values rounded to 18 places, and exact as text', async () => {
    const [, ...rows] = await rowsOf(join(cwd, 'c.parquet'));
    const [, ...expected] = csvOf('c.csv');
    expect(rows).toHaveLength(expected.length);
    for (const [index, row] of rows.entries()) {
      const cells = row.split(',');
      const own = expected[index]!.split(',');
      expect([...cells.slice(0, 6), ...cells.slice(14, 20), cells[12], cells[13]]).toEqual(own);
      for (const place of [6, 7, 8, 9, 10, 11]) {
        expect(cells[place]).toBe(toFixedText(decimal(own[place]!), 18));
      }
    }
    const types = await typesOf(join(cwd, 'c.parquet'));
    expect(types).toContain('weight DECIMAL(38,18)');
    expect(types).toContain('weight_exact VARCHAR');
  });

  it('leaves nothing else behind, and gives the same bytes again', () => {
    expect(readdirSync(cwd).sort()).toEqual(['c.csv', 'c.parquet', 's.csv', 's.parquet']);
    const other = temporaryDirectory();
    mtok([...range, '--out', 'again.parquet'], { cwd: other });
    const first = readFileSync(join(cwd, 's.parquet'));
    const again = readFileSync(join(other, 'again.parquet'));
    expect(again.equals(first)).toBe(true);
  });

  it.each([
    ['--json beside it', ['--out', 't.parquet', '--json'], 2, 'expected --json or a .parquet file'],
    ['another format', ['--out', 't.arrow'], 2, 'to end in .csv, .json or .parquet'],
    ['a folder in its place', ['--out', 'd.parquet'], 4, 'expected a file, found a directory'],
    ['one file for both', ['--out', 't.parquet', '--constituents', 't.parquet'], 2, 'of its own'],
  ])('refuses %s', (_, args, code, message) => {
    const other = temporaryDirectory();
    mkdirSync(join(other, 'd.parquet'));
    const run = mtok([...range, ...args], { cwd: other });
    expect([run.code, run.err]).toEqual([code, expect.stringContaining(message)]);
  });
});

describe('a Parquet file', () => {
  const types = { name: 'text', on: 'day', n: 'integer', v: { places: 2 } } as const;

  it('holds text of any kind, and no value where a cell is empty', async () => {
    const path = join(temporaryDirectory(), "it's.parquet");
    const rows = [
      { name: 'a, "b"\nc', on: '2026-07-01', n: '-1', v: '0.05' },
      { name: '', on: '', n: '', v: '' },
    ];
    const { chunks, write } = parquetFile(types, rows);
    await write(path, chunks);
    expect(await rowsOf(path)).toEqual(['name,on,n,v', 'a, "b"\nc,2026-07-01,-1,0.05', ',,,']);
    const bytes = readFileSync(path);
    const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    const { num_rows } = await parquetMetadataAsync(buffer as ArrayBuffer);
    expect(num_rows).toBe(2n);
  });

  it('is not written where a value does not fit', async () => {
    const folder = temporaryDirectory();
    const rows = [{ name: 'a', on: '2026-07-01', n: '1', v: `1${'0'.repeat(37)}` }];
    const { chunks, write } = parquetFile(types, rows);
    await expect(write(join(folder, 'x.parquet'), chunks)).rejects.toThrow(
      /cannot write .*x\.parquet/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });
});
