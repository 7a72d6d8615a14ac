import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ECB_RATES } from '../../../src/ingest/feeds/fx.ts';
import { importRates } from '../../../src/ingest/import/run-rows.ts';
import { ratesCsv } from '../../../src/publish/import-rows.ts';
import { NOON } from './documents.ts';

async function rates(...texts: readonly string[]) {
  const result = await importRates(
    ECB_RATES,
    texts.map((text, day) => ({
      observedAtMs: NOON + day,
      pages: [{ file: 'fx.csv', bytes: Buffer.from(text) }],
    })),
  );
  const lines = [...ratesCsv(result.rows)].slice(1).map((line) => line.split(',', 4).join(' '));
  const codes = result.documents.at(-1)?.leftovers.map(({ row, verdict }) => {
    return `${verdict.code} ${row.id}`;
  });
  return { lines, codes, documents: result.documents };
}

describe('exchange rates of the ECB', () => {
  it.each([
    ['the history', 'Date,USD,CNY,\n2026-08-21,1.1643,8.35,\n'],
    ['the daily file', 'Date, USD, CNY, \n21 August 2026, 1.1643, 8.35, \n'],
    [
      'the data API',
      'KEY,CURRENCY,CURRENCY_DENOM,TIME_PERIOD,OBS_VALUE\n' +
        'k,USD,EUR,2026-08-21,1.1643\nk,CNY,EUR,2026-08-21,8.35\n',
    ],
    [
      'our own columns',
      'date,base,quote,rate\n2026-08-21,EUR,USD,1.1643\n2026-08-21,EUR,CNY,8.35\n',
    ],
  ])('are the same from %s', async (_, text) => {
    expect((await rates(text)).lines).toEqual([
      '2026-08-21 EUR CNY 8.35',
      '2026-08-21 EUR USD 1.1643',
    ]);
  });

  it('keeps every digit, and says of each cell that is no rate why', async () => {
    const text = 'Date,USD,CYP,CNY,JPY\n2026-08-21,1.16430000000000001,0.58,N/A,-1\nsoon,1,1,1,1\n';
    const { lines, codes } = await rates(text);
    expect(lines).toEqual(['2026-08-21 EUR USD 1.16430000000000001']);
    expect(codes).toEqual([
      ...['unknown_currency 2026-08-21 EUR CYP', 'no_rate 2026-08-21 EUR CNY'],
      ...['sentinel_price 2026-08-21 EUR JPY', 'bad_date soon EUR USD'],
      ...['bad_date soon EUR CYP', 'bad_date soon EUR CNY', 'bad_date soon EUR JPY'],
    ]);
  });

  it('holds two rates for one day, in one file or in two', async () => {
    const one = await rates(
      'date,base,quote,rate\n2026-08-21,EUR,USD,1.1\n2026-08-21,EUR,USD,1.2\n',
    );
    expect([one.lines, one.codes?.length]).toEqual([[], 2]);
    const two = await rates(
      'Date,USD\n2026-08-21,1.1\n',
      'Date,USD\n2026-08-21,1.10\n2026-08-20,1\n',
    );
    expect(two.codes).toEqual(['unchanged 2026-08-21 EUR USD']);
    const other = await rates('Date,USD\n2026-08-21,1.1\n', 'Date,USD\n2026-08-21,1.2\n');
    expect([other.lines, other.codes]).toEqual([
      ...[['2026-08-21 EUR USD 1.1'], ['conflict 2026-08-21 EUR USD']],
    ]);
  });

  it('refuses another file, and goes on past it', async () => {
    const { documents } = await rates('a,b\n1,2\n', 'Date,USD\n2026-08-21,1.1\n');
    expect(documents.map(({ faults }) => faults.map(({ code }) => code))).toEqual([
      ...[['missing_column'], []],
    ]);
  });
});

it('accounts for every rate of a generated file', async () => {
  const cell = fc.constantFrom('1.1', '0', '-1', 'N/A', '', 'x', '1e-3', '7.25');
  const line = fc.tuple(
    fc.constantFrom('2026-08-20', '2026-08-21', '2026-02-30'),
    cell,
    cell,
    cell,
  );
  await fc.assert(
    fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
      const text = ['Date,USD,CNY,XXX', ...lines.map((cells) => cells.join())].join('\n');
      const { lines: quoted, codes } = await rates(text);
      expect(quoted.length + (codes?.length ?? 0)).toBe(lines.length * 3);
    }),
  );
});
