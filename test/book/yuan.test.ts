import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  calculateFixing,
  EMPTY_BOOK,
  type Evidence,
  evidenceOf,
  FX,
  parseRulebook,
  QUOTES,
  readTable,
  toText,
} from '../../src/index.ts';

const RULEBOOK = `
schema: mtok.rulebook/1
index: YUAN
version: 1.0.0
base: { date: 2026-01-05, level: "100" }
workload: { input: "0.5", output: "0.5" }
rebalance: { frequency: none }
fx: { max_age_days: 3 }
cutoff: { time: "16:00", zone: UTC }
`;

const PRICES = `seller,model,effective_at,input,output,currency
zhipu,glm-x,2026-01-01,4,12,CNY
`;

let evidence: Evidence;

beforeAll(async () => {
  const quotes = await readTable(QUOTES, [Buffer.from(PRICES)], 'prices.csv');
  const fx = await readTable(FX, [readFileSync('data/fx/ecb.csv')], 'ecb.csv');
  evidence = evidenceOf({
    ...EMPTY_BOOK,
    quotes: quotes.rows.map(({ row }) => row),
    fx: fx.rows.map(({ row }) => row),
  });
});

function fixing(date: string) {
  const { rulebook } = parseRulebook(RULEBOOK);
  const result = rulebook && calculateFixing(rulebook, evidence, date);
  if (!result?.fixing) throw new Error(`no fixing on ${date}`);
  return result.fixing;
}

/** a · USD per EUR / CNY per EUR, in whole numbers, rounded half-even to four places by hand. */
function dollars(yuan: bigint, usdPerEur: bigint, cnyPerEur: bigint): string {
  const scaled = (yuan * usdPerEur * 10_000n * 2n) / cnyPerEur;
  return toText({ digits: (scaled + 1n) / 2n, scale: 4 });
}

describe('a price in yuan', () => {
  it('is converted across the euro rates of the European Central Bank of the day', () => {
    // 2026-01-05: 1 EUR = 8.1478 CNY = 1.1664 USD. 8 CNY is the price of the workload.
    expect(fixing('2026-01-05').value).toEqual({
      price: dollars(8n, 11664n, 81478n),
      input: dollars(4n, 11664n, 81478n),
      cached_input: dollars(4n, 11664n, 81478n),
      output: dollars(12n, 11664n, 81478n),
    });
    expect(fixing('2026-01-05').value?.price).toBe('1.1452');
  });

  it('moves with the rate alone, and never by a later rate', () => {
    expect(fixing('2026-01-06').value?.price).toBe(dollars(8n, 11707n, 81766n));
    // Friday's rate stands over the weekend: 2026-04-10, 7.9967 CNY and 1.1711 USD.
    for (const day of ['2026-04-11', '2026-04-12']) {
      expect(fixing(day).value?.price).toBe(dollars(8n, 11711n, 79967n));
    }
  });

  it('has no rate once the last is older than the rulebook allows', () => {
    // The last rate of the yuan is of 2026-04-13.
    expect(fixing('2026-04-16').status).toBe('published');
    const { status, withheld, excluded, coverage } = fixing('2026-04-17');
    expect([status, withheld, coverage]).toEqual(['withheld', ['no_matched_price'], '0']);
    expect(excluded).toEqual([
      { constituent: 'glm-x', seller: 'zhipu', quoted_as: 'glm-x', reason: 'fx_rate_too_old' },
    ]);
  });
});
