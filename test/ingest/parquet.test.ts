import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reject } from '../../src/domain/failure.ts';
import type { CsvRecord } from '../../src/ingest/csv.ts';
import { readParquet } from '../../src/ingest/parquet.ts';
import { QUOTES } from '../../src/ingest/quotes.ts';
import { readRowFile } from '../../src/ingest/row-files.ts';
import { USAGE } from '../../src/ingest/usage.ts';
import { scaled } from '../scale.ts';
import { writeParquet } from './parquet-files.ts';

const directory = mkdtempSync(join(tmpdir(), 'mtok-parquet-'));
afterAll(() => rmSync(directory, { recursive: true }));

const at = (name: string) => join(directory, name);

async function itemsOf(path: string, isWanted: (name: string) => boolean = () => true) {
  const items: (CsvRecord | Reject)[] = [];
  await readParquet(path, 'f.parquet', isWanted, (item) => items.push(item) > 0);
  return items;
}

/** The one cell of a column of one row, or the code with which it is refused. */
async function cellOf(value: string): Promise<string> {
  const path = at('cell.parquet');
  await writeParquet(`SELECT ${value} AS v`, path);
  const last = (await itemsOf(path)).at(-1);
  if (!last) return 'nothing';
  return 'cells' in last ? (last.cells[0] ?? 'nothing') : last.code;
}

describe('a cell of Parquet', () => {
  it.each([
    ['\'text, "as" it is\'', 'text, "as" it is'],
    ["''", ''],
    ['NULL::VARCHAR', ''],
    ["'\u00fcml\u00e4ut \ud83d\ude00'", '\u00fcml\u00e4ut \ud83d\ude00'],
    ['1.5::DECIMAL(4,2)', '1.50'],
    ['-0.05::DECIMAL(9,2)', '-0.05'],
    ['0.1::DECIMAL(18,10)', '0.1000000000'],
    [
      '-12345678901234567890.123456789012345678::DECIMAL(38,18)',
      '-12345678901234567890.123456789012345678',
    ],
    ['7::DECIMAL(38,0)', '7'],
    ['9007199254740993::BIGINT', '9007199254740993'],
    ['18446744073709551615::UBIGINT', '18446744073709551615'],
    ['4294967295::UINTEGER', '4294967295'],
    ['-7::TINYINT', '-7'],
    ['200::UTINYINT', '200'],
    ['true', 'true'],
    ["DATE '2026-07-01'", '2026-07-01'],
    ["DATE '1969-12-31'", '1969-12-31'],
    ["TIMESTAMPTZ '2026-07-01T02:30:00+02:00'", '2026-07-01T00:30:00Z'],
    ["TIMESTAMPTZ '2026-07-01T00:00:00.5Z'", '2026-07-01T00:00:00.5Z'],
    ["TIMESTAMPTZ '1969-12-31T23:59:59.999999Z'", '1969-12-31T23:59:59.999999Z'],
    ["DATE '20000-01-01'", '6585322'],
    ['1.5::DOUBLE', 'float_price'],
    ['1.5::FLOAT', 'float_price'],
    ["TIMESTAMP '2026-07-01T00:00:00'", '2026-07-01T00:00:00Z'],
    ["TIMESTAMP_MS '2026-07-01T00:00:00.25'", '2026-07-01T00:00:00.25Z'],
    ["TIMESTAMP_NS '2026-07-01T00:00:00.000000001'", '2026-07-01T00:00:00.000000001Z'],
    ["TIME '10:00:00'", 'unsupported_type'],
    ['[1, 2]', 'unsupported_type'],
    ["{'a': 1}", 'unsupported_type'],
    ["'\\xAA'::BLOB", 'invalid_utf8'],
  ])('is %s read as %s', async (value, text) => {
    expect(await cellOf(value)).toBe(text);
  });
});

const ROWS = `SELECT 'acme' AS seller, 'alpha' AS model, i AS context_from,
  TIMESTAMPTZ '2026-07-01T00:00:00Z' + i * INTERVAL 1 HOUR AS effective_at,
  (1 + i % 7)::DECIMAL(20, 6) AS "input", 3.25::DECIMAL(30, 4) AS "output",
  CASE WHEN i % 2 = 0 THEN 0.5::DECIMAL(9, 2) END AS cached_input FROM range(5000) AS r(i)`;

describe('a Parquet file', () => {
  it.each(['uncompressed', 'snappy', 'gzip', 'zstd', 'lz4', 'brotli'])(
    'gives its rows in their order under %s, groups one after the other',
    async (codec) => {
      const path = at(`${codec}.parquet`);
      await writeParquet(ROWS, path, `compression ${codec}, row_group_size 2048`);
      const { rows, rejects } = await readRowFile(QUOTES, path, {});
      expect(rejects).toEqual([]);
      expect(rows.map(({ line }) => line)).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1));
      expect(rows.map(({ row }) => row.contextFrom)).toEqual(rows.map((_, index) => index));
      const { legs, effectiveAtMs } = rows[4999]!.row;
      expect(effectiveAtMs).toBe(Date.UTC(2026, 6, 1, 4999));
      expect(legs).toEqual({
        input: { digits: 2000000n, scale: 6 },
        output: { digits: 32500n, scale: 4 },
      });
    },
  );

  it('holds usage too', async () => {
    const path = at('usage.parquet');
    const row = "'alpha' AS model, DATE '2026-06-01' AS date";
    await writeParquet(`SELECT ${row}, 100::BIGINT AS input_tokens, 7 AS output_tokens`, path);
    const { rows, rejects } = await readRowFile(USAGE, path, {});
    expect(rejects).toEqual([]);
    expect(rows[0]).toMatchObject({
      line: 1,
      row: { model: 'alpha', tokens: { kind: 'split', input: 100n, output: 7n } },
    });
  });

  it('is refused row by row as CSV is, each with its number', async () => {
    const path = at('bad-row.parquet');
    const prices = "(VALUES ('1'), ('-2'), ('NaN'), (NULL)) AS v(p)";
    const row = "'acme' AS seller, 'alpha' AS model, '2026-07-01' AS date";
    await writeParquet(`SELECT ${row}, p AS "input", 2 AS "output" FROM ${prices}`, path);
    const { rows, rejects } = await readRowFile(QUOTES, path, {});
    expect(rows).toHaveLength(1);
    expect(rejects.map(({ line, column, code }) => `${line}:${column} ${code}`)).toEqual([
      ...['2:input negative_price', '3:input not_a_number', '4:input missing_leg'],
    ]);
  });

  it.each([
    ['1 AS "input"', ['missing_column', 'missing_column', 'missing_column', 'missing_column']],
    ['1 AS inptu', ['unknown_column', ...Array(5).fill('missing_column')]],
    [
      "'a' AS seller, 'b' AS vendor, 1 AS model, 1 AS date, 1 AS input, 1 AS output",
      ['duplicate_column'],
    ],
  ])('of columns %s is refused as a whole', async (columns, codes) => {
    const path = at('columns.parquet');
    await writeParquet(`SELECT ${columns}`, path);
    const { rejects } = await readRowFile(QUOTES, path, {});
    expect(rejects.map(({ code }) => code)).toEqual(codes);
    expect(rejects.every(({ line }) => line === 0)).toBe(true);
  });

  it('may have columns of any type that nobody reads', async () => {
    const path = at('more.parquet');
    await writeParquet(`SELECT *, 0.1::DOUBLE AS score, [1] AS list FROM (${ROWS})`, path);
    const { rows, rejects } = await readRowFile(QUOTES, path, { ignoreUnknownColumns: true });
    expect(rejects).toEqual([]);
    expect(rows).toHaveLength(5000);
  });

  it('without rows is refused', async () => {
    const path = at('none.parquet');
    await writeParquet(`SELECT * FROM (${ROWS}) WHERE false`, path);
    expect((await readRowFile(QUOTES, path, {})).rejects.map(({ code }) => code)).toEqual([
      'no_rows',
    ]);
  });
});

describe('a Parquet file that is none, or broken', () => {
  let good: Buffer;
  beforeAll(async () => {
    await writeParquet(ROWS, at('good.parquet'), 'row_group_size 2048');
    good = readFileSync(at('good.parquet'));
  });

  const rejectsOf = async (bytes: Uint8Array | string) => {
    writeFileSync(at('broken.parquet'), bytes);
    return (await readRowFile(QUOTES, at('broken.parquet'), {})).rejects;
  };

  it.each([
    ['nothing', '', 'empty_file'],
    ['a byte', 'P', 'corrupt_file'],
    ['two marks', 'PAR1PAR1', 'corrupt_file'],
    ['a CSV file', 'seller,model,date,input,output\nacme,alpha,2026-07-01,1,2\n', 'corrupt_file'],
    ['a length beyond the file', 'PAR1\u0001\u0001\u0001\u0001PAR1', 'corrupt_file'],
  ])('is refused: %s', async (_, text, code) => {
    expect((await rejectsOf(text)).map((reject) => reject.code)).toEqual([code]);
  });

  it('is refused where it was cut off', async () => {
    for (const share of [0.1, 0.5, 0.9, 0.999]) {
      const rejects = await rejectsOf(good.subarray(0, good.length * share));
      expect(rejects.map(({ code }) => code)).toEqual(['corrupt_file']);
    }
  });

  it('is refused where a middle part is gone, at the group of rows that it hits', async () => {
    const hole = Buffer.from(good);
    hole.fill(0xff, Math.floor(good.length * 0.55), Math.floor(good.length * 0.65));
    const [reject] = await rejectsOf(hole);
    expect(reject).toMatchObject({ code: 'corrupt_file', file: expect.stringContaining('broken') });
    expect([0, 2048, 4096]).toContain(reject?.line);
  });

  it('never ends in anything but rows and rejects', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.boolean(),
        async (changes, inFooter) => {
          const bytes = Buffer.from(good);
          const from = inFooter ? good.length - 1500 : 0;
          for (const [place, byte] of changes) {
            bytes[from + (place % (good.length - from))] = byte;
          }
          for (const reject of await rejectsOf(bytes)) expect(reject.code).toMatch(/^[a-z_0-9]+$/);
        },
      ),
      { numRuns: scaled(150, 3_000) },
    );
  }, 600_000);
});
