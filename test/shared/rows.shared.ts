import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  ECB_RATES,
  importRates,
  importUsage,
  OPENROUTER_RANKINGS,
  ratesCsv,
  usageCsv,
} from '../../src/index.ts';

function document(file: string) {
  const observedAtMs = Date.UTC(2026, 7, 22, 0, 5, 21);
  return [{ observedAtMs, pages: [{ file, bytes: readFileSync(file) }] }];
}

it('reads all 1,687 rates of the ECB into the rates that are shipped, to the byte', async () => {
  const file = '../shared/real/fx/ecb_eur_reference_rates.csv';
  const { rows, documents } = await importRates(ECB_RATES, document(file));
  expect(documents[0]?.tally).toEqual([{ disposition: 'accepted', code: '', rows: 1687 }]);
  expect([...ratesCsv(rows)].join('')).toBe(readFileSync('data/fx/ecb.csv', 'utf8'));
});

it('reads all 4,641 figures of the rankings, the tokens being those that are shipped', async () => {
  const file = '../shared/real/usage/openrouter_daily_top50_2026.csv';
  const { rows, documents } = await importUsage(OPENROUTER_RANKINGS, document(file));
  expect(documents[0]?.tally).toEqual([{ disposition: 'accepted', code: '', rows: 4641 }]);
  expect(documents[0]?.warnings.map(({ code, value }) => [code, value])).toEqual([
    ['below_top', '6.5%'],
    ['free_usage', '9.2%'],
  ]);
  // The shipped file states no time of publication, and a shorter source.
  const plain = rows.map((row) => ({
    ...row,
    publishedAtMs: row.periodEndMs,
    source: 'OpenRouter rankings-daily',
  }));
  const shipped = readFileSync('data/usage/openrouter-2026.csv', 'utf8');
  expect([...usageCsv(plain)].join('')).toBe(shipped);
});
