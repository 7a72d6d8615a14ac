import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { formatMoment } from '../../src/domain/dates.ts';
import { describeReject } from '../../src/domain/failure.ts';
import { NO_FILES, readBook } from '../../src/ingest/book.ts';
import { UseSums } from '../../src/ingest/reduce/logs.ts';
import { METHODS, type Method } from '../../src/ingest/reduce/method.ts';
import { readRaw } from '../../src/ingest/reduce/read.ts';
import { Reduction } from '../../src/ingest/reduce/reduction.ts';
import { tickSink } from '../../src/ingest/reduce/tick-sink.ts';
import { DAILY, daysUntil, parseWindows, windowOf } from '../../src/ingest/reduce/window.ts';
import { quotesCsv } from '../../src/publish/import.ts';
import { reducedCsv, usedCsv, volumesCsv } from '../../src/publish/reduced.ts';
import { scaled } from '../scale.ts';
import { writeParquet } from './parquet-files.ts';
import { TICK_HEADER, tickLines } from './reduce-data.ts';

const directory = mkdtempSync(join(tmpdir(), 'mtok-reduce-'));
afterAll(() => rmSync(directory, { recursive: true }), 60_000);

let files = 0;

function fileOf(
  lines: readonly string[],
  header = 'seller,model,at,input,output,cached_input,volume',
) {
  files += 1;
  const path = join(directory, `${files}.csv`);
  writeFileSync(path, `${[header, ...lines].join('\n')}\n`);
  return path;
}

type EngineName = 'node' | 'duckdb';

async function reduce(
  method: Method,
  paths: readonly string[],
  windows = DAILY,
  engine: EngineName = 'node',
) {
  const reduction = new Reduction(method, windows, 'aggregated');
  const options = { options: {}, paths };
  const reading = await readRaw(options, tickSink(reduction), engine, { memoryMb: 256 });
  const { quotes, rejects, unpriced } = reduction.reduced('all');
  return {
    quotes,
    unpriced,
    csv: [...reducedCsv(quotes)].join(''),
    volumes: [...volumesCsv(quotes)].join(''),
    rejects: [...reading.rejects, ...rejects].map(describeReject),
    warnings: reading.warnings.map(describeReject),
    count: reading.count,
  };
}

/** Of each quote when it begins, its input, cached input and output. */
async function prices(method: Method, lines: readonly string[], windows = DAILY) {
  const { quotes, rejects } = await reduce(method, [fileOf(lines)], windows);
  expect(rejects).toEqual([]);
  const csv = [...reducedCsv(quotes)].slice(1).map((line) => line.split(','));
  return csv.map((cells) => `${cells[12]} ${cells[6]} ${cells[7]} ${cells[9]}`);
}

const DAY = [
  'acme,alpha,2026-07-01T00:00:00Z,1.00,4,0.1,100',
  'acme,alpha,2026-07-01T06:00:00Z,2.00,4,,50',
  'acme,alpha,2026-07-01T12:00:00Z,3,5,0.3,0',
  'acme,alpha,2026-07-01T12:00:00+00:00,3.0,5,0.3,1e1',
];

describe('a window of ticks, by hand', () => {
  it.each([
    // The last tick as it stands.
    ['last', '2026-07-01T12:00:00Z 3 0.3 5'],
    // 1 2 | 3 3; 0.1 0.3 0.3; 4 4 | 5 5
    ['median', '2026-07-01T00:00:00Z 2.5 0.3 4.5'],
    // W = 160: 2·100 >= 160. Cached W = 110. Output: 2·150 >= 160.
    ['lower-weighted-median', '2026-07-01T00:00:00Z 1 0.1 4'],
    // (100·1 + 50·2 + 10·3) / 160; (100·0.1 + 10·0.3) / 110; (150·4 + 10·5) / 160
    ['vwap', '2026-07-01T00:00:00Z 1.4375 0.1181818181818181818181818181818181818182 4.0625'],
    // (6·1 + 6·2 + 12·3) / 24; (6·0.1 + 12·0.3) / 18; (12·4 + 12·5) / 24
    ['twap', '2026-07-01T00:00:00Z 2.25 0.2333333333333333333333333333333333333333 4.5'],
  ] as const)('%s', async (method, expected) => {
    expect(await prices(method, DAY)).toEqual([expected]);
  });

  it('of an odd number has its middle as median, and one price counts as often as it is said', async () => {
    const at = (price: number) => `acme,alpha,2026-07-01,${price},${price},,`;
    expect(await prices('median', [9, 1, 1].map(at))).toEqual(['2026-07-01T00:00:00Z 1  1']);
    expect(await prices('median', [9, 1, 4].map(at))).toEqual(['2026-07-01T00:00:00Z 4  4']);
  });

  it('at exactly half of the volume has the lower price as weighted median', async () => {
    const lines = ['1,1,,5', '2,2,,5'].map((rest) => `acme,alpha,2026-07-01,${rest}`);
    expect(await prices('lower-weighted-median', lines)).toEqual(['2026-07-01T00:00:00Z 1  1']);
    lines.push('acme,alpha,2026-07-01,3,3,,0.000000001');
    expect(await prices('lower-weighted-median', lines)).toEqual(['2026-07-01T00:00:00Z 2  2']);
  });

  it('has the lower of two last prices of one moment, in whatever order they stand', async () => {
    const lines = ['2,3,0.2,', '2,3,,', '2,4,0.1,', '3,1,,'].map(
      (rest) => `a,m,2026-07-01,${rest}`,
    );
    for (const method of ['last', 'twap'] as const) {
      expect(await prices(method, lines)).toEqual(['2026-07-01T00:00:00Z 2 0.2 3']);
      expect(await prices(method, lines.reverse())).toEqual(['2026-07-01T00:00:00Z 2 0.2 3']);
    }
  });
});

describe('twap', () => {
  it('carries the price in from the last tick before the window', async () => {
    const lines = ['2026-07-01T12:00:00Z,1,4,,', '2026-07-02T06:00:00Z,2,4,,'];
    expect(
      await prices(
        'twap',
        lines.map((rest) => `acme,alpha,${rest}`),
      ),
    ).toEqual(['2026-07-01T00:00:00Z 1  4', '2026-07-02T00:00:00Z 1.75  4']);
  });

  it('states the price that is carried through windows without ticks once, and ends with the ticks', async () => {
    const lines = ['2026-07-01T12:00:00Z,1,4,,', '2026-07-01T18:00:00Z,3,4,,', '2026-07-05,2,4,,'];
    expect(
      await prices(
        'twap',
        lines.map((rest) => `acme,alpha,${rest}`),
      ),
    ).toEqual([
      '2026-07-01T00:00:00Z 2  4',
      '2026-07-02T00:00:00Z 3  4',
      '2026-07-05T00:00:00Z 2  4',
    ]);
  });
});

describe('windows', () => {
  it.each(['1d', '24h', '12h', '1h', '15m', '1440m', '1m'])('may be %s', (name) => {
    expect(parseWindows(name)?.name).toBe(name);
  });

  it.each(['', '0d', '2d', '7h', '7m', '1s', '-1h', '1.5h', '1', 'd', '25h', '99999m', '1H'])(
    'may not be %j',
    (name) => {
      expect(parseWindows(name)).toBeUndefined();
    },
  );

  it.each(['24:00', '1:00', '16', '16:60', '16:00:00', ''])('do not end at %j', (time) => {
    expect(daysUntil(time)).toBeUndefined();
  });

  it.each([
    ['1d', '2026-07-01T23:59:59.999Z', '2026-07-01T00:00:00Z'],
    ['1h', '2026-07-01T23:59:59.999Z', '2026-07-01T23:00:00Z'],
    ['15m', '2026-07-01T00:15:00Z', '2026-07-01T00:15:00Z'],
    ['1d', '1969-12-31T12:00:00Z', '1969-12-31T00:00:00Z'],
  ])('of %s hold %s from %s on', (name, at, start) => {
    expect(formatMoment(windowOf(parseWindows(name)!, Date.parse(at)))).toBe(start);
  });

  it('end at a time of day, which belongs to the next', async () => {
    const lines = ['15:59:59.999Z,1,4,,', '16:00:00Z,2,4,,'];
    const ticks = lines.map((rest) => `acme,alpha,2026-07-02T${rest}`);
    const { quotes } = await reduce(
      'vwap',
      [fileOf(ticks.map((line) => `${line}1`))],
      daysUntil('16:00'),
    );
    const spans = quotes.map(({ quote, windowMs, windowEndMs }) =>
      [windowMs, windowEndMs, quote.effectiveAtMs, quote.observedAtMs].map(formatMoment),
    );
    const [first, second, third] = ['01', '02', '03'].map((day) => `2026-07-${day}T16:00:00Z`);
    expect(spans).toEqual([
      [first, second, first, second],
      [second, third, second, third],
    ]);
  });
});

describe('what cannot be reduced', () => {
  it.each([
    ['median', 'a,m,2026-07-01,1,2,,x', 'not_a_number'],
    ['vwap', 'a,m,2026-07-01,1,2,,', 'missing_value'],
    ['vwap', 'a,m,2026-07-01,1,2,,-1', 'negative_volume'],
    ['last', 'a,m,2026-07-01,0,2,,1', 'zero_price'],
    ['last', 'a,m,2026-07-01,-1,2,,1', 'sentinel_price'],
    ['last', 'a,m,2026-07-01,1,,,1', 'missing_leg'],
    ['last', 'a,m,01.07.2026,1,2,,1', 'bad_date'],
    ['last', ',m,2026-07-01,1,2,,1', 'missing_value'],
    ['last', 'a,m,2026-07-01,1,2,,1,9', 'ragged_row'],
  ] as const)('%s: %s', async (method, line, code) => {
    const { rejects, count } = await reduce(method, [fileOf(['a,m,2026-07-01,1,2,,1', line])]);
    expect(rejects).toEqual([expect.stringMatching(`:3[:,].*\\[${code}\\]$`)]);
    expect(count).toBe(1);
  });

  it('has to have a volume where the method asks for it', async () => {
    const path = fileOf(['a,m,2026-07-01,1,2'], 'seller,model,at,input,output');
    expect((await reduce('vwap', [path])).rejects).toEqual([
      expect.stringMatching(/expected a column volume.*\[missing_column\]$/),
    ]);
    expect((await reduce('last', [path])).rejects).toEqual([]);
  });

  it('is a window in two currencies, but for the last tick', async () => {
    const header = 'seller,model,at,input,output,currency,volume';
    const path = fileOf(
      ['a,m,2026-07-01,1,2,USD,1', 'a,m,2026-07-01T10:00:00Z,7,14,CNY,1'],
      header,
    );
    for (const method of METHODS) {
      const { rejects, quotes } = await reduce(method, [path]);
      if (method === 'last') {
        expect(rejects).toEqual([]);
        expect(quotes[0]?.quote.currency).toBe('CNY');
        continue;
      }
      expect(rejects).toEqual([expect.stringContaining('found "CNY, USD" [mixed_currency]')]);
      expect(quotes).toEqual([]);
    }
  });

  it('is a window without any volume: it is counted', async () => {
    const lines = ['a,m,2026-07-01,1,2,,0', 'a,m,2026-07-02,1,2,,5'];
    for (const method of ['vwap', 'lower-weighted-median'] as const) {
      const { quotes, unpriced } = await reduce(method, [fileOf(lines)]);
      expect([quotes.length, unpriced]).toEqual([1, 1]);
    }
  });
});

describe('the engines', () => {
  it.each(METHODS)(
    'reduce to the same bytes, in any order of rows: %s',
    async (method) => {
      const windows = [DAILY, parseWindows('1h')!, daysUntil('16:00')!];
      await fc.assert(
        fc.asyncProperty(
          fc.array(tickLines, { minLength: 1, maxLength: 2 }),
          fc.nat(2),
          async (all, pick) => {
            const paths = all.map((lines) => fileOf(lines, TICK_HEADER));
            const byRows = await reduce(method, paths, windows[pick], 'node');
            const { quotes: _, ...said } = await reduce(method, paths, windows[pick], 'duckdb');
            expect(byRows).toMatchObject(said);
            const turned = all.map((lines) => fileOf([...lines].reverse(), TICK_HEADER));
            expect((await reduce(method, turned, windows[pick])).volumes).toEqual(byRows.volumes);
            expect((await reduce(method, turned, windows[pick])).csv).toEqual(byRows.csv);
          },
        ),
        { numRuns: scaled(25, 500) },
      );
    },
    600_000,
  );

  it('sum usage to the same bytes', async () => {
    await fc.assert(
      fc.asyncProperty(tickLines, async (lines) => {
        const paths = [fileOf(lines, TICK_HEADER)];
        const summed = async (engine: EngineName) => {
          const sums = new UseSums();
          const reading = await readRaw({ paths, options: {} }, sums, engine, { memoryMb: 256 });
          const rejects = reading.rejects.map(describeReject);
          return { csv: [...usedCsv(sums.daily())].join(''), rejects, count: reading.count };
        };
        expect(await summed('duckdb')).toEqual(await summed('node'));
      }),
      { numRuns: scaled(40, 800) },
    );
  }, 600_000);

  it.each(['node', 'duckdb'] as const)('read Parquet as they read CSV: %s', async (engine) => {
    const path = join(directory, 'ticks.parquet');
    const rows = `SELECT 'acme' AS seller, 'alpha' AS model, (1 + i % 7)::DECIMAL(9, 3) AS "input",
      4 AS "output", TIMESTAMPTZ '2026-07-01T00:00:00Z' + i * INTERVAL 7 MINUTE AS at, i AS volume
      FROM range(1000) AS r(i)`;
    await writeParquet(rows, path);
    const lines = Array.from({ length: 1000 }, (_, i) => {
      const at = formatMoment(Date.UTC(2026, 6, 1, 0, 7 * i));
      return `acme,alpha,${at},${1 + (i % 7)},4,,${i}`;
    });
    const { csv, rejects } = await reduce('vwap', [path], DAILY, engine);
    expect(rejects).toEqual([]);
    expect(csv).toBe((await reduce('vwap', [fileOf(lines)])).csv);
  });

  it('read a broken Parquet file to the same reject', async () => {
    const path = join(directory, 'broken.parquet');
    writeFileSync(path, 'PAR1 and nothing more PAR1');
    const byRows = await reduce('last', [path]);
    expect(byRows.rejects).toEqual([expect.stringMatching(/\[corrupt_file\]$/)]);
    expect((await reduce('last', [path], DAILY, 'duckdb')).rejects).toEqual(byRows.rejects);
  });
});

describe('usage', () => {
  const summed = async (lines: readonly string[]) => {
    const sums = new UseSums();
    const header = 'model,seller,timestamp,input_tokens,output_tokens,cached_tokens,requests';
    const raw = { paths: [fileOf(lines, header)], options: {} };
    const { rejects } = await readRaw(raw, sums, 'node', { memoryMb: 256 });
    return { csv: [...usedCsv(sums.daily())].slice(1), rejects: rejects.map(({ code }) => code) };
  };

  it('is summed exactly by model, seller and day', async () => {
    const { csv, rejects } = await summed([
      'alpha,acme,2026-07-01T00:00:00Z,9007199254740993,2,1,1',
      'alpha,acme,2026-07-01T23:59:59Z,1,3,,4',
      'alpha,acme,2026-07-02T00:30:00+01:00,5,5,5,1',
      'alpha,,2026-07-01T00:00:00Z,7,8,,',
    ]);
    expect(rejects).toEqual([]);
    expect(csv).toEqual([
      '2026-07-01,alpha,,7,0,8,,mtok reduce sum over 1d: 1 row\n',
      '2026-07-01,alpha,acme,9007199254740999,6,10,6,mtok reduce sum over 1d: 3 rows\n',
    ]);
  });

  it.each([
    ['alpha,acme,2026-07-01,1,2,3,', 'cached_above_input'],
    ['alpha,acme,2026-07-01,1.5,2,,', 'not_a_number'],
    ['alpha,acme,2026-07-01,-1,2,,', 'not_a_number'],
    ['alpha,acme,2026-07-01,,2,,', 'missing_value'],
    [',acme,2026-07-01,1,2,,', 'missing_value'],
    ['alpha,acme,2026-07-01,1,2,,many', 'not_a_number'],
  ])('is refused: %s', async (line, code) => {
    expect(await summed(['alpha,acme,2026-07-01,1,1,1,', line])).toMatchObject({ rejects: [code] });
  });
});

it('gives files that are read again', async () => {
  const reduced = await reduce('vwap', [fileOf(DAY)]);
  const quotes = join(directory, 'quotes.csv');
  writeFileSync(quotes, reduced.csv);
  const sums = new UseSums();
  const log = fileOf(['alpha,acme,2026-07-01,5,6'], 'model,seller,at,input_tokens,output_tokens');
  await readRaw({ paths: [log], options: {} }, sums, 'node', { memoryMb: 256 });
  const usage = join(directory, 'usage.csv');
  writeFileSync(usage, [...usedCsv(sums.daily())].join(''));
  const book = await readBook({ ...NO_FILES, quotes: [quotes], usage: [usage] });
  expect(book.rejects).toEqual([]);
  expect([...quotesCsv(book.rows.quotes)].join('')).toBe(reduced.csv);
  expect(book.rows.usage[0]?.tokens).toEqual({ kind: 'split', input: 5n, cached: 0n, output: 6n });
});
