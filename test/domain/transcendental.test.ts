import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  absolute,
  compare,
  type Decimal,
  decimal,
  multiply,
  roundToDigits,
  subtract,
  toText,
} from '../../src/domain/decimal.ts';
import {
  exp,
  geometricMean,
  geometricMeanOfRelatives,
  ln,
} from '../../src/domain/transcendental.ts';

/** 0.000001 to 999999.999999. */
const prices = fc
  .bigInt({ min: 1n, max: 999_999_999_999n })
  .map((digits): Decimal => ({ digits, scale: 6 }));
const weights = fc.bigInt({ min: 1n, max: 10n ** 9n }).map((digits): Decimal => {
  return { digits, scale: 3 };
});

describe('known values', () => {
  // OEIS A002162, A002392, A001113, A002391, A068985, rounded to 40 digits.
  it.each([
    ['ln 2', ln(decimal(2)), '0.6931471805599453094172321214581765680755'],
    ['ln 10', ln(decimal(10)), '2.302585092994045684017991454684364207601'],
    ['ln 3', ln(decimal(3)), '1.098612288668109691395245236922525704647'],
    ['exp 1', exp(decimal(1)), '2.718281828459045235360287471352662497757'],
    ['exp -1', exp(decimal(-1)), '0.3678794411714423215955237701614608674458'],
    ['ln 1', ln(decimal(1)), '0'],
    ['exp 0', exp(decimal(0)), '1'],
  ])('%s', (_, value, text) => {
    expect(toText(roundToDigits(value))).toBe(text);
  });

  it('ln has digits to spare for the products and sums that follow it', () => {
    // OEIS A002392: ln 10 rounded to 60 digits.
    expect(toText(ln(decimal(10)))).toBe(
      '2.30258509299404568401799145468436420760110148862877297603333',
    );
  });

  it.each(['0', '-1'])('ln %s is refused', (text) => {
    expect(() => ln(decimal(text))).toThrow(RangeError);
  });

  it.each([
    [
      [
        ['1', '2'],
        ['1', '8'],
      ],
      '4',
    ],
    [
      [
        ['3', '2'],
        ['1', '32'],
      ],
      '4',
    ],
    [
      [
        ['0.5', '0.25'],
        ['0.5', '4'],
      ],
      '1',
    ],
    [
      [
        ['1', '5'],
        ['0', '1000'],
      ],
      '5',
    ],
  ] as [[string, string][], string][])('the geometric mean of %j is %s', (terms, mean) => {
    expect(toText(geometricMean(read(terms)))).toBe(mean);
  });
});

function read(terms: [string, string][]): [Decimal, Decimal][] {
  return terms.map(([weight, value]) => [decimal(weight), decimal(value)]);
}

describe('for all prices', () => {
  it('the geometric mean of equal values is that value', () => {
    fc.assert(
      fc.property(prices, fc.array(weights, { minLength: 1, maxLength: 6 }), (price, all) => {
        const mean = geometricMean(all.map((weight) => [weight, price]));
        expect(toText(mean)).toBe(toText(price));
      }),
    );
  });

  it('means do not depend on the order of the terms', () => {
    const terms = fc.array(fc.tuple(weights, prices, prices), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(terms, (all) => {
        const turned = [...all].reverse();
        const mean = (rows: typeof all) => geometricMean(rows.map(([w, p]) => [w, p] as const));
        expect(toText(mean(turned))).toBe(toText(mean(all)));
        expect(toText(geometricMeanOfRelatives(turned))).toBe(
          toText(geometricMeanOfRelatives(all)),
        );
      }),
    );
  });

  it('the mean of relatives is exactly 1 where nothing moved', () => {
    const terms = fc.array(fc.tuple(weights, prices), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(terms, (all) => {
        expect(toText(geometricMeanOfRelatives(all.map(([w, p]) => [w, p, p])))).toBe('1');
      }),
    );
  });

  it('exp undoes ln, but for the last of 40 digits', () => {
    fc.assert(
      fc.property(prices, (price) => {
        const off = absolute(subtract(exp(ln(price)), price));
        expect(compare(off, multiply(price, decimal('1e-39')))).toBeLessThanOrEqual(0);
      }),
    );
  });
});
