import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { formatMoment } from '../../../../src/domain/dates.ts';
import { groupTable } from '../../../../src/ingest/engines/clickhouse/raw.ts';
import { readTableRows } from '../../../../src/ingest/engines/clickhouse/rows.ts';
import { UseSums } from '../../../../src/ingest/reduce/logs.ts';
import type { GroupSink, RawReading } from '../../../../src/ingest/reduce/looks.ts';
import { METHODS, type Method } from '../../../../src/ingest/reduce/method.ts';
import { readRaw } from '../../../../src/ingest/reduce/read.ts';
import { Reduction } from '../../../../src/ingest/reduce/reduction.ts';
import { tickSink } from '../../../../src/ingest/reduce/tick-sink.ts';
import { DAILY, daysUntil, parseWindows } from '../../../../src/ingest/reduce/window.ts';
import { readRowFile } from '../../../../src/ingest/row-files.ts';
import { USAGE } from '../../../../src/ingest/usage.ts';
import { reducedCsv, usedCsv, volumesCsv } from '../../../../src/publish/reduced.ts';
import { scaled } from '../../../scale.ts';
import { TICK_HEADER, tickLines } from '../../reduce-data.ts';
import { inProcess, openChdb } from './chdb.ts';

const session = openChdb();
const directory = mkdtempSync(join(tmpdir(), 'mtok-raw-'));
afterAll(() => {
  session?.cleanup();
  rmSync(directory, { recursive: true });
});

const run = (sql: string): string => session?.query(sql, 'TabSeparated') ?? '';
const open = async () => inProcess(session!);
const ADDRESS = 'clickhouse://here/books.raw';
run('CREATE DATABASE IF NOT EXISTS books');

/** The codes of faults: a table has no lines. */
function codes(faults: RawReading['rejects']): string[] {
  return faults.map(({ code, column }) => `${code} ${column}`).sort();
}

/** Plain lines become rows, cell by cell. */
function insert(columns: string, header: string, lines: readonly string[]): void {
  run('DROP TABLE IF EXISTS books.raw SYNC');
  run(`CREATE TABLE books.raw (${columns}) ENGINE = MergeTree ORDER BY tuple()`);
  const rows = lines.map((line) => `(${line.split(',').map((cell) => `'${cell}'`)})`);
  if (rows.length > 0) run(`INSERT INTO books.raw (${header}) VALUES ${rows.join(', ')}`);
}

function csvOf(header: string, lines: readonly string[]): string {
  const path = join(directory, 'rows.csv');
  writeFileSync(path, `${[header, ...lines].join('\n')}\n`);
  return path;
}

const TEXTS = TICK_HEADER.split(',')
  .map((name) => `${name} String`)
  .join(', ');
const isWhole = (line: string) => line.split(',').length === TICK_HEADER.split(',').length;
const wholeLines = tickLines
  .map((lines) => lines.filter(isWhole))
  .filter(({ length }) => length > 0);

/** What both readings come to, of the table and of the same rows as CSV. */
async function both<Row, Kind, Look, Own>(
  header: string,
  lines: readonly string[],
  sinkOf: () => GroupSink<Row, Kind, Look> & Own,
  say: (sink: Own) => string,
) {
  const [own, reference] = [sinkOf(), sinkOf()];
  const found = await groupTable(ADDRESS, {}, own, open);
  const paths = [csvOf(header, lines)];
  const expected = await readRaw({ paths, options: {} }, reference, 'node', { memoryMb: 256 });
  expect(codes(found.rejects)).toEqual(codes(expected.rejects));
  expect(codes(found.warnings)).toEqual(codes(expected.warnings));
  expect(found.count).toBe(expected.count);
  expect(say(own)).toBe(say(reference));
  return { found, said: say(own) };
}

function reductionOf(method: Method, windows = DAILY) {
  const reduction = new Reduction(method, windows, 'aggregated');
  return Object.assign(tickSink(reduction), { reduction });
}

function saysQuotes({ reduction }: ReturnType<typeof reductionOf>): string {
  const { quotes, rejects, unpriced } = reduction.reduced('all');
  const files = [...reducedCsv(quotes), ...volumesCsv(quotes)].join('');
  return `${files}${codes(rejects).join(' ')} ${unpriced}`;
}

const saysUse = (sums: UseSums) => [...usedCsv(sums.daily())].join('');

describe.skipIf(!session)('raw observations in ClickHouse, on the current release', () => {
  it.each(METHODS)(
    'reduce to the same bytes as in CSV: %s',
    async (method) => {
      const windows = [DAILY, parseWindows('1h')!, daysUntil('16:00')!];
      await fc.assert(
        fc.asyncProperty(wholeLines, fc.nat(2), async (lines, pick) => {
          insert(TEXTS, TICK_HEADER, lines);
          await both(TICK_HEADER, lines, () => reductionOf(method, windows[pick]), saysQuotes);
        }),
        { numRuns: scaled(15, 120) },
      );
    },
    600_000,
  );

  it('sum usage to the same bytes as in CSV', { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(wholeLines, async (lines) => {
        insert(TEXTS, TICK_HEADER, lines);
        await both(TICK_HEADER, lines, () => new UseSums(), saysUse);
      }),
      { numRuns: scaled(25, 200) },
    );
  });

  it('are read from columns of their own types', async () => {
    const types =
      'seller LowCardinality(String), model LowCardinality(String), at DateTime64(3), ' +
      'input Decimal(18, 6), output Decimal(18, 6), volume Nullable(Decimal(18, 2))';
    const header = 'seller,model,at,input,output,volume';
    const moments = Array.from({ length: 500 }, (_, i) => Date.UTC(2026, 6, 1, 0, 7 * i, 0, i));
    const rows = moments.map((ms, i) => `acme,alpha,${ms / 1000},${1 + (i % 7)}.25,4,${i}.5`);
    insert(types, header, rows);
    const lines = moments.map(
      (ms, i) => `acme,alpha,${formatMoment(ms)},${1 + (i % 7)}.25,4,${i}.5`,
    );
    const { said } = await both(header, lines, () => reductionOf('vwap'), saysQuotes);
    expect(said.split('\n').length).toBeGreaterThan(3);
  });

  it('sum numbers of eighteen digits exactly', async () => {
    const header = 'model,at,input_tokens,output_tokens';
    const most = '9'.repeat(18);
    const lines = Array.from({ length: 30 }, () => `alpha,2026-07-01,${most},1`);
    insert('model String, at Date, input_tokens UInt64, output_tokens UInt64', header, lines);
    const { said } = await both(header, lines, () => new UseSums(), saysUse);
    expect(said).toContain(String(30n * BigInt(most)));
  });

  it('tell a row at fault by its cells', async () => {
    const header = 'seller,model,at,input,output';
    const lines = ['acme,alpha,2026-07-01,1,4', 'acme,alpha,2026-07-02,-1,4', 'acme,,x,1,4'];
    insert('seller String, model String, at String, input String, output String', header, lines);
    const { found } = await both(header, lines, () => reductionOf('last'), saysQuotes);
    expect(found.rejects.map(({ value }) => value)).toContain(
      '-1 in seller=acme model=alpha at=2026-07-02 input=-1 output=4',
    );
  });

  it('have to have the columns of ticks, and rows', async () => {
    insert('seller String, model String, price String', 'seller,model,price', []);
    const wrong = await groupTable(ADDRESS, {}, reductionOf('last'), open);
    expect(codes(wrong.rejects)).toContain('missing_column at');
    insert(TEXTS, TICK_HEADER, []);
    const empty = await groupTable(ADDRESS, {}, reductionOf('last'), open);
    expect(codes(empty.rejects)).toEqual(['no_rows ']);
  });

  it('are refused as binary floats', async () => {
    insert(
      'seller String, model String, at String, input Float64, output String',
      'seller,model,at,input,output',
      ['acme,alpha,2026-07-01,1,4'],
    );
    await expect(groupTable(ADDRESS, {}, reductionOf('last'), open)).rejects.toThrow(
      /binary float/,
    );
  });
});

describe.skipIf(!session)('usage in ClickHouse, on the current release', () => {
  const header = 'model,seller,date,input_tokens,output_tokens,cached_tokens,source';
  const word = fc.constantFrom('alpha', 'beta', '');
  const number = fc.constantFrom('0', '12', '3000', '', 'x', '-1', '1.5');
  const line = fc
    .tuple(
      word,
      word,
      fc.constantFrom('2026-07-01', '2026-07-02', '2026-02-30', ''),
      number,
      number,
    )
    .chain(([model, seller, date, input, output]) =>
      fc.constantFrom('', '5').map((cached) => [model, seller, date, input, output, cached, 's']),
    )
    .map((cells) => cells.join(','));

  it('is read as from CSV, with the same faults', { timeout: 600_000 }, async () => {
    const columns = header
      .split(',')
      .map((name) => `${name} String`)
      .join(', ');
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 30 }), async (lines) => {
        insert(columns, header, lines);
        const found = await readTableRows(USAGE, ADDRESS, {}, open);
        const expected = await readRowFile(USAGE, csvOf(header, lines), {});
        expect(codes(found.rejects)).toEqual(codes(expected.rejects));
        const texts = (rows: typeof found.rows) =>
          rows
            .map(({ row }) =>
              JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `${value}` : value)),
            )
            .sort();
        expect(texts(found.rows)).toEqual(texts(expected.rows));
      }),
      { numRuns: scaled(30, 200) },
    );
  });

  it('has days and whole numbers of their own types', async () => {
    const types = 'model String, date Date, input_tokens UInt64, output_tokens Nullable(UInt64)';
    const own = 'model,date,input_tokens,output_tokens';
    insert(types, own, ['alpha,2026-07-01,18446744073709551615,7']);
    const { rows, rejects } = await readTableRows(USAGE, ADDRESS, {}, open);
    expect(rejects).toEqual([]);
    expect(rows).toMatchObject([
      {
        file: ADDRESS,
        row: {
          model: 'alpha',
          tokens: { kind: 'split', input: 18446744073709551615n, output: 7n },
        },
      },
    ]);
  });

  it('has to have rows, and its columns', async () => {
    insert('model String, date Date, tokens UInt64', 'model,date,tokens', []);
    const { rejects } = await readTableRows(USAGE, ADDRESS, {}, open);
    expect(codes(rejects)).toEqual(['unknown_column tokens']);
    insert('model String, date Date, total_tokens UInt64', 'model,date,total_tokens', []);
    const empty = await readTableRows(USAGE, ADDRESS, {}, open);
    expect(codes(empty.rejects)).toEqual(['no_rows ']);
  });
});
