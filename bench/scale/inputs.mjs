/**
 * What a book needs besides the raw observations: five rulebooks of different kinds, exchange rates
 * and usage by month. Deterministic.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DAYS, FIRST_DAY, MODELS } from './generate.mjs';

export const BASE = '2023-08-15';
export const RATES = { USD: '1', CNY: '7.25', EUR: '0.92', KRW: '1310' };
const DAY_MS = 86_400_000;
export const LAST = new Date(Date.parse(FIRST_DAY) + (DAYS - 1) * DAY_MS)
  .toISOString()
  .slice(0, 10);

const WORKLOAD = 'workload: { input: "0.75", cached_input: "0", output: "0.25" }';
const model = (number) => `m${String(number).padStart(3, '0')}`;

/** A mean that a group-by can calculate too, and four indices as they are published. */
const RULES = {
  'BENCH-MEAN': ['price: { sellers: mean }', 'rebalance: { frequency: none }'],
  'BENCH-MEDIAN': ['price: { sellers: median, screen: { method: mad, sigma: "3", ratio: "3" } }'],
  'BENCH-LEAST': [
    'universe: { include: { sellers: [s00, s01, s02, s05, s08, s09, s10, s13] } }',
    'price: { sellers: min }',
    'weights: { method: equal_value }',
  ],
  'BENCH-TRIMMED': ['price: { sellers: trimmed_mean, trim: "0.25" }', 'weights: { method: equal }'],
  'BENCH-USAGE': [
    'price: { sellers: weighted_median }',
    'weights: { method: usage, window_days: 28, min_days: 28, caps: { of: value, constituent: "0.05" } }',
    'gates: { min_constituents: 20, min_coverage: "0.8" }',
  ],
};

export const INDICES = Object.keys(RULES);

/** Writes a book without quotes. */
export function writeBook(directory) {
  for (const folder of ['rulebooks', 'fx', 'usage']) {
    mkdirSync(join(directory, folder), { recursive: true });
  }
  for (const [index, rules] of Object.entries(RULES)) {
    const lines = [
      ...['schema: mtok.rulebook/1', `index: ${index}`, 'version: 1.0.0'],
      ...[
        `base: { date: ${BASE}, level: "100" }`,
        WORKLOAD,
        'fx: { max_age_days: 9999 }',
        ...rules,
      ],
    ];
    writeFileSync(
      join(directory, 'rulebooks', `${index.toLowerCase()}.yaml`),
      `${lines.join('\n')}\n`,
    );
  }
  const rates = Object.entries(RATES).filter(([currency]) => currency !== 'USD');
  const fx = rates.map(([currency, rate]) => `2023-06-30,USD,${currency},${rate},bench`);
  writeFileSync(
    join(directory, 'fx', 'rates.csv'),
    `date,base,quote,rate,source\n${fx.join('\n')}\n`,
  );
  const usage = ['model,period_start,period_end,published_at,input_tokens,output_tokens'];
  for (let start = Date.parse(FIRST_DAY), month = 0; month * 28 < DAYS; month += 1) {
    const [from, to] = [month, month + 1].map((at) =>
      new Date(start + at * 28 * DAY_MS).toISOString().slice(0, 10),
    );
    for (let number = 0; number < MODELS; number += 1) {
      const tokens = 1_000_000 + ((number * 7919 + month * 104_729) % 999_983) * 1_000;
      usage.push(`${model(number)},${from},${to},${from},${tokens * 3},${tokens}`);
    }
  }
  writeFileSync(join(directory, 'usage', 'tokens.csv'), `${usage.join('\n')}\n`);
}
