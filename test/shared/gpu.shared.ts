import { expect, it } from 'vitest';
import { mtok } from '../cli/run.ts';

const SHARED = '../shared';

it('reads the panel of GPU hours whole, and prints H100 as its tracker does', () => {
  const file = `${SHARED}/real/gpu/gpu_hour_prices.csv`;
  const of = ['--feed', 'gpu-hours', '--gpu', 'H100', '--date', '2026-08-22'];
  const { code: status, out: stdout } = mtok(['tracker', file, ...of]);
  expect(status).toBe(0);
  const shown = stdout.replace(/\s+/g, ' ');
  expect(shown).toContain('30 marketplaces, median 3.36, mean 4.18 USD/GPU-hour');
  expect(shown).toContain('7-day range of the daily mean 4.14 to 4.18');
  expect(shown).toContain('Daily minima, with forms (SXM, PCIe, NVL) and terms mixed');
});

it.each([
  ['gpu-hours', 'gpu_hour_prices.csv', 4794],
  ['gpurentalprices', 'gpurentalprices_2026-08-22.json', 293],
])('accounts for every price of %s', (feed, name, prices) => {
  const file = `${SHARED}/real/gpu/${name}`;
  const args = ['import', feed, file, '--observed-at', '2026-08-22T23:00:00Z', '--json'];
  const { code: status, out: stdout } = mtok(args);
  expect(status).toBe(0);
  const { quotes, held, documents } = JSON.parse(stdout);
  expect(quotes).toHaveLength(prices);
  expect(held).toEqual([]);
  expect(documents[0].leftovers).toEqual([]);
});
