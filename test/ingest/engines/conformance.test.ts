import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { NO_FILES, readBook } from '../../../src/ingest/book.ts';
import { openDuckDb } from '../../../src/ingest/engines/duckdb/connection.ts';
import { duckDbEngine } from '../../../src/ingest/engines/duckdb/quotes.ts';
import type { Engine } from '../../../src/ingest/engines/engine.ts';
import { NODE_ENGINE } from '../../../src/ingest/engines/node.ts';
import { scaled } from '../../scale.ts';
import { dataFile, dataFileNames } from '../data-files.ts';
import { essence } from './essence.ts';
import { HEADER, looks } from './looks.ts';

const DUCKDB = duckDbEngine({ memoryMb: 256 });
const ENGINES: readonly Engine[] = [NODE_ENGINE, DUCKDB];

const directory = mkdtempSync(join(tmpdir(), 'mtok-engines-'));
afterAll(() => rmSync(directory, { recursive: true }));

async function sameWith(engine: Engine, quotes: readonly string[]) {
  const files = { ...NO_FILES, quotes };
  const reduced = await readBook(files, { engine });
  expect(essence(reduced)).toEqual(essence(await readBook(files)));
  return reduced;
}

describe.each(ENGINES)('the $name engine', (engine) => {
  it.each(dataFileNames().filter((name) => name.startsWith('quotes-')))(
    'reads %s as every row is read',
    async (name) => {
      await sameWith(engine, [dataFile(name)]);
    },
  );

  it('reads several files as one', async () => {
    const names = ['quotes-across-files-a', 'quotes-across-files-b', 'quotes-bom'];
    await sameWith(engine, names.map(dataFile));
  });

  it.each([
    ['lines that need a CSV parser', (line: string) => line !== ''],
    ['plain lines', (line: string) => !/["\r]/.test(line)],
  ])(
    'leaves out what repeats, in whatever order and words it is said: %s',
    async (kind, isLine) => {
      let files = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.array(looks, { maxLength: 40 }), { maxLength: 3 }),
          async (all) => {
            const paths = all.map((rows) => {
              const path = join(directory, `${engine.name}-${kind.length}-${files}.csv`);
              files += 1;
              writeFileSync(path, `${[HEADER, ...rows.filter(isLine)].join('\n')}\n`);
              return path;
            });
            await sameWith(engine, paths);
          },
        ),
        { numRuns: scaled(60, 400) },
      );
    },
  );

  it('reads the same from gzip, zstd and Parquet as from plain lines', async () => {
    const rows = Array.from({ length: 3_000 }, (_, row) => {
      const at = new Date(Date.UTC(2026, 0, 1, Math.floor(row / 3))).toISOString();
      const price = row % 500 === 499 ? '-1' : `${1 + Math.floor(row / 700)}.50`;
      return `s${row % 3},alpha,us,${at},,,${price},${row % 401 === 400 ? '' : '3'},a`;
    });
    const plain = join(directory, `${engine.name}-forms.csv`);
    writeFileSync(plain, `${[HEADER, ...rows].join('\n')}\n`);
    const [gz, zst, parquet] = ['csv.gz', 'csv.zst', 'parquet'].map((ending) =>
      plain.replace('csv', ending),
    );
    await toParquet(plain, parquet!);
    writeFileSync(gz!, gzipSync(readFileSync(plain)));
    await toZstd(plain, zst!);
    const expected = essence(await sameWith(engine, [plain]));
    expect(expected.rejects).toHaveLength(13);
    for (const path of [gz!, zst!, parquet!]) {
      const found = essence(await readBook({ ...NO_FILES, quotes: [path] }, { engine }));
      const shift = path === parquet ? 1 : 0;
      const placed = (text: string) =>
        text.replace(/-forms\.[a-z.]+:(\d+)/, (_, line) => `-forms.csv:${Number(line) + shift}`);
      expect({ ...found, rejects: found.rejects.map(placed).sort() }).toEqual(expected);
    }
  });

  it('rejects a Parquet file that is broken in the middle', async () => {
    const path = join(directory, `${engine.name}-hole.parquet`);
    const rows = Array.from(
      { length: 9_000 },
      (_, row) => `s${row},a${row * 7},,2026-07-01,,,1,2,`,
    );
    const plain = path.replace('.parquet', '.csv');
    writeFileSync(plain, `${[HEADER, ...rows].join('\n')}\n`);
    await toParquet(plain, path);
    const bytes = readFileSync(path);
    bytes.fill(0xff, 2_000, bytes.length - 4_000);
    writeFileSync(path, bytes);
    const { rejects } = await readBook({ ...NO_FILES, quotes: [path] }, { engine });
    expect(rejects.map(({ code }) => code)).toEqual(['corrupt_file']);
  });

  it('holds no more rows than there are changes', async () => {
    const path = join(directory, `${engine.name}-hours.csv`);
    const hours = Array.from({ length: 2_000 }, (_, hour) =>
      new Date(Date.UTC(2026, 0, 1, hour)).toISOString().replace('.000', ''),
    );
    const rows = hours.map((at, hour) => `acme,alpha,${at},${hour < 1_500 ? '1.50' : '1.25'},2`);
    writeFileSync(path, `seller,model,effective_at,input,output\n${rows.join('\n')}\n`);
    const book = await sameWith(engine, [path]);
    expect(book.looks).toBe(2_000);
    // The two changes, and the latest look.
    expect(book.rows.quotes.map(({ effectiveAtMs }) => effectiveAtMs)).toEqual([
      Date.UTC(2026, 0, 1),
      Date.UTC(2026, 0, 1, 1_500),
      Date.UTC(2026, 0, 1, 1_999),
    ]);
  });
});

describe('the DuckDB engine', () => {
  let files = 0;
  const readsAlike = async (rows: readonly string[]) => {
    const path = join(directory, `rows-${files}.csv`);
    files += 1;
    writeFileSync(path, `${[HEADER, ...rows].join('\n')}\n`);
    const parquet = path.replace('.csv', '.parquet');
    await toParquet(path, parquet);
    const book = await readBook({ ...NO_FILES, quotes: [parquet] }, { engine: DUCKDB });
    const expected = essence(await readBook({ ...NO_FILES, quotes: [path] }));
    // A row of Parquet has its number, a line of CSV is one further down.
    const placed = (text: string) =>
      text.replaceAll(
        /rows-(\d+)\.csv:(\d+)/g,
        (_, file, line) => `rows-${file}.parquet:${line - 1}`,
      );
    expect(essence(book)).toEqual({
      ...expected,
      rejects: expected.rejects.map(placed).sort(),
      warnings: expected.warnings.map(placed).sort(),
    });
  };

  it('reads from Parquet what it reads from CSV', async () => {
    const isPlain = (line: string) => !/["\r]|,more$/.test(line);
    await fc.assert(
      fc.asyncProperty(
        fc.array(looks.filter(isPlain), { minLength: 1, maxLength: 60 }),
        async (rows) => {
          await readsAlike(rows);
        },
      ),
      { numRuns: scaled(30, 200) },
    );
  });

  const priced = ([day, price]: readonly [number, number]) =>
    `acme,alpha,,2026-07-0${day},,,${price},9,`;

  const hard: Record<string, [day: number, price: number][]> = {
    'a change after a conflict': [
      [1, 1],
      [2, 2],
      [2, 3],
      [3, 3],
      [4, 3],
      [5, 1],
      [6, 1],
    ],
    'a conflict at the end': [
      [1, 1],
      [2, 2],
      [3, 1],
      [4, 1],
      [5, 1],
      [5, 2],
    ],
  };

  it.each(Object.entries(hard))('sees in Parquet %s', async (_, days) => {
    await readsAlike(days.map(priced));
  });

  it('sees in Parquet prices that come back beside rows without a time', async () => {
    const timeless = 'acme,alpha,,,,,1,9,';
    const days: [day: number, price: number][] = [
      [1, 1],
      [2, 2],
      [3, 1],
      [4, 1],
    ];
    await readsAlike([timeless, ...days.map(priced), timeless, timeless]);
  });

  it('tells cells apart that hold what separates them in SQL', async () => {
    const names = ['a\u001fb,c', 'a,b\u001fc', 'a,b'];
    await readsAlike(names.map((name, row) => `${name},,2026-07-0${row + 1},,,1,2,`));
  });

  it('sees in Parquet prices that come back, and moments that disagree', async () => {
    const days = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3 }));
    await fc.assert(
      fc.asyncProperty(fc.array(days, { minLength: 1, maxLength: 15 }), async (all) => {
        await readsAlike(all.map(priced));
      }),
      { numRuns: scaled(30, 200) },
    );
  });
});

/** The same lines, compressed. */
async function toZstd(csv: string, zst: string): Promise<void> {
  const db = await openDuckDb({ memoryMb: 128 });
  const line = `header = false, auto_detect = false, delim = '|', quote = ''`;
  await db.run(`SET preserve_insertion_order = true`);
  await db.run(
    `COPY (SELECT * FROM read_csv('${csv}', ${line}, columns = {'line': 'VARCHAR'})) ` +
      `TO '${zst}' (FORMAT csv, HEADER false, DELIMITER '|', QUOTE '', COMPRESSION zstd)`,
  );
  await db.close();
}

async function toParquet(csv: string, parquet: string): Promise<void> {
  const db = await openDuckDb({ memoryMb: 128 });
  const settings = `header = true, auto_detect = false, delim = ',', quote = '', all_varchar = true`;
  const columns = HEADER.split(',').map((name) => `'${name}': 'VARCHAR'`);
  await db.run(
    `COPY (SELECT * FROM read_csv('${csv}', ${settings}, columns = {${columns.join(', ')}})) ` +
      `TO '${parquet}' (FORMAT parquet)`,
  );
  db.close();
}
