import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseMoment } from '../../../../src/domain/dates.ts';
import { NO_FILES, readBook } from '../../../../src/ingest/book.ts';
import { momentOfText } from '../../../../src/ingest/engines/clickhouse/moments.ts';
import { clickHouseEngine } from '../../../../src/ingest/engines/clickhouse/quotes.ts';
import type { TableOptions } from '../../../../src/ingest/table.ts';
import { scaled } from '../../../scale.ts';
import { essence } from '../essence.ts';
import { HEADER, looks, turns } from '../looks.ts';
import { inProcess, openChdb } from './chdb.ts';
import { HOURS_HEADER, hourlyLooks } from './hours.ts';

const session = openChdb();
const directory = mkdtempSync(join(tmpdir(), 'mtok-clickhouse-'));
afterAll(() => {
  session?.cleanup();
  rmSync(directory, { recursive: true });
});

const run = (sql: string): string => session?.query(sql, 'TabSeparated') ?? '';
const ENGINE = clickHouseEngine(async () => inProcess(session!));
const ADDRESS = 'clickhouse://here/books.quotes';
run('CREATE DATABASE IF NOT EXISTS books');

/** The codes of faults: a table has no lines. */
function codes(faults: readonly { readonly code: string; readonly column: string }[]): string[] {
  return faults.map(({ code, column }) => `${code} ${column}`).sort();
}

async function same(csv: string, options: TableOptions = {}) {
  const path = join(directory, 'rows.csv');
  writeFileSync(path, csv);
  const expected = await readBook({ ...NO_FILES, quotes: [path] });
  const read = await readBook({ ...NO_FILES, quotes: [ADDRESS] }, { ...options, engine: ENGINE });
  const [own, reference] = [essence(read), essence(expected)];
  expect(own.changes).toEqual(reference.changes);
  expect(own.latest).toEqual(reference.latest);
  expect(codes(read.rejects)).toEqual(codes(expected.rejects));
  expect(codes(read.warnings)).toEqual(codes(expected.warnings));
  return { read, expected };
}

/** Plain lines become rows, cell by cell. */
function insert(columns: string, csv: string): void {
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
      { numRuns: scaled(25, 100) },
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
      { numRuns: scaled(25, 100) },
    );
  });

  const day = (date: number, price: string, rest: { region?: string; seen?: string } = {}) =>
    `acme,alpha,${rest.region ?? ''},2026-07-0${date},${rest.seen ?? ''},,${price},3,`;

  it.each([
    [
      'an offer that is spelled in two ways',
      [day(1, '1'), day(2, '2', { region: 'global' }), day(3, '1'), day(4, '1'), day(5, '1')],
    ],
    [
      'a price that was one of two that contradicted each other',
      [day(1, '1'), day(2, '2'), day(2, '3'), day(3, '2'), day(4, '2'), day(5, '3'), day(6, '1')],
    ],
    [
      'a latest look that is rejected',
      [1, 2, 1, 1, -1].map((price, at) => day(at + 1, `${price}`)),
    ],
    [
      'a latest look that is contradicted',
      [day(1, '1'), day(2, '2'), day(3, '1'), day(4, '1'), day(5, '1'), day(5, '2')],
    ],
    [
      'a look that was known before the one before it',
      [
        day(1, '1', { seen: '2026-07-08' }),
        day(2, '1', { seen: '2026-07-05' }),
        day(3, '2'),
        day(4, '1'),
      ],
    ],
  ])('tells of %s', async (_, lines) => {
    const csv = `${[HEADER, ...lines].join('\n')}\n`;
    insert(TEXTS, csv);
    await same(csv);
  });

  it('holds of hours what changes, and every look of an offer that is kept whole', async () => {
    const lines = hourlyLooks(12, 1_500);
    const csv = `${[HOURS_HEADER, ...lines].join('\n')}\n`;
    insert(
      HOURS_HEADER.split(',')
        .map((name) => `${name} String`)
        .join(', '),
      csv,
    );
    const { read } = await same(csv);
    const changes = read.rows.quotes.length;
    expect(read.looks).toBe(lines.length - read.rejects.length);
    expect(changes).toBeLessThan(read.looks / 20);
    const isWhole = ({ model }: { readonly model: string }) => model === 'model-5';
    const whole = await ENGINE.quotes({ paths: [ADDRESS], options: {}, isWhole });
    expect(whole.count).toBe(read.looks);
    const kept = whole.rows.filter(({ row }) => isWhole(row)).length;
    expect(kept).toBe(1_500 - lines.filter((line) => /model-5,.*,0\.0000/.test(line)).length);
    expect(whole.rows.length).toBeLessThan(kept + changes);
  });

  it('reads typed columns, whatever the time zone of the server', {
    timeout: 600_000,
  }, async () => {
    const types = [
      'seller LowCardinality(String), model String, region LowCardinality(Nullable(String))',
      'effective_at DateTime64(3), observed_at Nullable(DateTime), valid_until Nullable(Date32)',
      "currency Enum8('USD' = 1, 'CNY' = 2), input Decimal(38, 9), output Nullable(Decimal64(4))",
      'context_from UInt64, date_seen Date, mtok_x String',
    ].join(', ');
    run('DROP TABLE IF EXISTS books.quotes SYNC');
    run(`CREATE TABLE books.quotes (${types}) ENGINE = MergeTree ORDER BY (seller, model)`);
    const rows = [
      "('acme', 'alpha', NULL, '2026-07-01 00:00:00.000', NULL, NULL, 'USD', 1.5, 3, 0, '2026-07-01', '')",
      "('acme', 'alpha', NULL, '2026-07-02 12:00:00.250', '2026-07-03 01:00:00', NULL, 'USD', 1.5, 3, 0, '2026-07-01', '')",
      "('acme', 'alpha', 'us', '2026-07-02 00:00:00', NULL, '2026-07-09', 'CNY', 0.000000123, 3.25, 128000, '2026-07-01', '')",
      "('acme', 'alpha', 'us', '2026-07-10 00:00:00', NULL, '2026-07-09', 'CNY', 0.5, 3.25, 128000, '2026-07-01', '')",
      "('ac\\tme', 'al\\\\pha', 'us', '1969-12-31 23:00:00', NULL, NULL, 'USD', 1, 2, 0, '2026-07-01', '')",
      "('acme', 'beta', '', '2026-07-02 00:00:00', NULL, NULL, 'USD', -1, NULL, 0, '2026-07-01', '')",
    ];
    run(`INSERT INTO books.quotes VALUES ${rows.join(', ')}`);
    const header =
      'seller,model,region,effective_at,observed_at,valid_until,currency,input,output,context_from';
    const lines = [
      'acme,alpha,,2026-07-01,,,USD,1.5,3,0',
      'acme,alpha,,2026-07-02T12:00:00.250Z,2026-07-03T01:00:00Z,,USD,1.5,3,0',
      'acme,alpha,us,2026-07-02,,2026-07-09,CNY,0.000000123,3.25,128000',
      'acme,alpha,us,2026-07-10,,2026-07-09,CNY,0.5,3.25,128000',
      'ac\tme,al\\pha,us,1969-12-31T23:00:00Z,,,USD,1,2,0',
      'acme,beta,,2026-07-02,,,USD,-1,,0',
    ];
    const { read } = await same(`${[header, ...lines].join('\n')}\n`, {
      ignoreUnknownColumns: true,
    });
    expect(read.rejects.map(({ code }) => code).sort()).toEqual([
      'bad_name',
      'ends_before_it_begins',
      'sentinel_price',
    ]);
    const sentinel = read.rejects.find(({ code }) => code === 'sentinel_price');
    expect(sentinel).toMatchObject({ file: ADDRESS, line: 0, column: 'input' });
    expect(sentinel?.value).toMatch(
      /^-1(\.0+)? in seller=acme model=beta effective_at=2026-07-02T00:00:00Z/,
    );
  });

  it('refuses prices in binary floats', async () => {
    run('DROP TABLE IF EXISTS books.quotes SYNC');
    const types = 'seller String, model String, effective_at Date, input Float64, output Float32';
    run(`CREATE TABLE books.quotes (${types}) ENGINE = Memory`);
    const reading = readBook({ ...NO_FILES, quotes: [ADDRESS] }, { engine: ENGINE });
    await expect(reading).rejects.toThrow(/column input is Float64: a binary float has no exact/);
  });

  it.each([
    ...['2026-07-01', '1000-01-01', '2024-02-29', '2023-02-29', '2100-02-29', '2000-02-29'],
    ...['2026-07-01T00:00:00Z', '2026-07-01t23:59:59z', '2026-07-01T24:00:00Z', '2026-04-31'],
    ...['2026-07-01T00:00:00.1Z', '2026-07-01T00:00:00.123456789Z', '2026-07-01T00:00:00.Z'],
    ...['2026-07-01T00:00:00+23:59', '2026-01-01T00:00:00.999-05:30', '2026-07-01T00:00:00+24:00'],
    ...[
      '2026-07-01 00:00:00Z',
      '2026-07-01T00:00:00',
      '0999-12-31',
      '9999-12-31T23:59:59Z',
      '1969-12-31',
    ],
    ...[
      '2026-13-01',
      '2026-00-10',
      '2026-01-00',
      '2026-07-01\n',
      ' 2026-07-01',
      '1969-12-31T23:59:59.999Z',
    ],
  ])('reads the moment %j as the reference does', (text) => {
    const { names, isRead, ms } = momentOfText(`'${text.replace('\n', '\\n')}'`, 'm');
    const before = names.map(([name, sql]) => `${sql} AS ${name}`).join(', ');
    const [read, value] = run(`WITH ${before} SELECT ${isRead}, ${ms}`).trim().split('\t');
    const expected = text.startsWith('0') ? undefined : parseMoment(text);
    expect(read === '1' ? Number(value) : undefined).toBe(expected);
  });
});
