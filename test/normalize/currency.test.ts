import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal, toText } from '../../src/domain/decimal.ts';
import type { FxRate } from '../../src/domain/rows.ts';
import { fxTable, toUsd } from '../../src/normalize/currency.ts';
import { rate } from './rows.ts';

/** `dollars @ date of the rate`, or the reason why there are none. */
function convert(amount: string, currency: string, day: string, rates: FxRate[], maxAge = 7) {
  const { usd, ...rest } = toUsd(decimal(amount), currency, day, fxTable(rates), maxAge);
  return 'reason' in rest ? rest.reason : `${toText(usd!)} @ ${rest.rateDate}`;
}

const DAY = '2026-07-01';

describe('a price in another currency (clause currency)', () => {
  it.each([
    ['direct', '10', 'EUR', [rate(DAY, 'EUR', 'USD', '1.1')], '11 @ 2026-07-01'],
    ['inverse', '10', 'CNY', [rate(DAY, 'USD', 'CNY', '8')], '1.25 @ 2026-07-01'],
    [
      'inverse, rounded half-even to 40 digits',
      '2',
      'CNY',
      [rate(DAY, 'USD', 'CNY', '3')],
      '0.6666666666666666666666666666666666666667 @ 2026-07-01',
    ],
    [
      'cross, through a common base',
      '16',
      'CNY',
      [rate(DAY, 'EUR', 'USD', '1.2'), rate(DAY, 'EUR', 'CNY', '8')],
      '2.4 @ 2026-07-01',
    ],
    [
      'direct before inverse and cross',
      '1',
      'CNY',
      [
        ...[rate(DAY, 'EUR', 'USD', '1.2'), rate(DAY, 'EUR', 'CNY', '8')],
        ...[rate(DAY, 'USD', 'CNY', '8'), rate(DAY, 'CNY', 'USD', '0.5')],
      ],
      '0.5 @ 2026-07-01',
    ],
    [
      'inverse before cross',
      '1',
      'CNY',
      [
        ...[rate(DAY, 'EUR', 'USD', '1.2'), rate(DAY, 'EUR', 'CNY', '8')],
        rate(DAY, 'USD', 'CNY', '4'),
      ],
      '0.25 @ 2026-07-01',
    ],
    [
      'cross, through the first of two bases',
      '1',
      'CNY',
      [
        ...[rate(DAY, 'GBP', 'USD', '2'), rate(DAY, 'GBP', 'CNY', '5')],
        ...[rate(DAY, 'EUR', 'USD', '1'), rate(DAY, 'EUR', 'CNY', '8')],
      ],
      '0.125 @ 2026-07-01',
    ],
    [
      'no cross through bases of two dates',
      '1',
      'CNY',
      [rate(DAY, 'EUR', 'USD', '1.2'), rate('2026-06-30', 'EUR', 'CNY', '8')],
      'no_fx_rate',
    ],
    ['no rate at all', '1', 'CNY', [rate(DAY, 'EUR', 'USD', '1.1')], 'no_fx_rate'],
  ] as const)('%s', (_, amount, currency, rates, result) => {
    expect(convert(amount, currency, DAY, [...rates])).toBe(result);
  });

  it('needs no rate in US dollars', () => {
    expect(convert('10', 'USD', DAY, [])).toBe('10 @ 2026-07-01');
  });

  const rates = [
    ...[rate('2026-06-26', 'EUR', 'USD', '1.1'), rate('2026-06-29', 'EUR', 'USD', '1.2')],
    rate('2026-07-02', 'EUR', 'USD', '1.3'),
  ];
  it.each([
    ['2026-06-25', 'no_fx_rate'],
    ['2026-06-26', '11 @ 2026-06-26'],
    ['2026-06-28', '11 @ 2026-06-26'],
    ['2026-06-29', '12 @ 2026-06-29'],
    ['2026-07-01', '12 @ 2026-06-29'],
    ['2026-07-02', '13 @ 2026-07-02'],
    ['2026-07-09', '13 @ 2026-07-02'],
    ['2026-07-10', 'fx_rate_too_old'],
  ])('on %s takes the latest rate on or before, at most 7 days old: %s', (day, result) => {
    expect(convert('10', 'EUR', day, rates, 7)).toBe(result);
  });

  it('takes only a rate of the same day where the age limit is 0', () => {
    expect(convert('10', 'EUR', '2026-06-29', rates, 0)).toBe('12 @ 2026-06-29');
    expect(convert('10', 'EUR', '2026-06-30', rates, 0)).toBe('fx_rate_too_old');
  });

  it('does not depend on the order of the rates', () => {
    const all = ['2026-06-29', '2026-06-30', DAY].flatMap((date, index) => [
      ...[rate(date, 'GBP', 'USD', '2'), rate(date, 'GBP', 'CNY', `${5 + index}`)],
      ...[rate(date, 'EUR', 'USD', '1'), rate(date, 'EUR', 'CNY', `${8 + index}`)],
    ]);
    const shuffles = fc.shuffledSubarray(all, { minLength: all.length });
    fc.assert(
      fc.property(shuffles, (shuffled) => {
        expect(convert('1', 'CNY', DAY, shuffled)).toBe('0.1 @ 2026-07-01');
      }),
    );
  });
});
