import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decimal, decimal, divide, dot, near, sum, toText } from '../../src/domain/decimal.ts';
import { weightsOf } from '../../src/domain/weights.ts';

const prices: fc.Arbitrary<Decimal> = fc.oneof(
  fc
    .tuple(fc.bigInt({ min: 0n, max: 10n ** 7n }), fc.integer({ min: 0, max: 6 }))
    .map(([digits, scale]) => ({ digits, scale })),
  // Converted prices have forty digits; others are longer than a double, negative or large.
  fc
    .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.integer({ min: -20, max: 60 }))
    .map(([digits, scale]) => ({ digits, scale })),
  fc.constantFrom(...['0', '1e-12', '1099511627775', '1099511627776', '1e-13'].map(decimal)),
);

const weights: fc.Arbitrary<Decimal> = fc.oneof(
  fc.bigInt({ min: 1n, max: 10n ** 30n }).map((n) => divide(decimal(n), decimal(10n ** 31n - 1n))),
  fc.integer({ min: 0, max: 1000 }).map(decimal),
  fc.constantFrom(...['0', '1e300', '1e-300', '-3'].map(decimal)),
);

describe('weights that stay', () => {
  it('sum values exactly, whatever their digits', () => {
    fc.assert(
      fc.property(
        fc.array(weights, { minLength: 1, maxLength: 60 }).chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.array(fc.array(prices, { minLength: all.length, maxLength: all.length }), {
              minLength: 1,
              maxLength: 4,
            }),
            // What stays from one day to the next is the same object.
            fc.array(fc.constantFrom(true, true, true, true, true, false), {
              minLength: all.length,
              maxLength: all.length,
            }),
          ),
        ),
        ([all, own, stays]) => {
          const days = own.map((values) =>
            values.map((value, index) => (stays[index] ? own[0]![index]! : value)),
          );
          const ready = weightsOf(all);
          expect(toText(ready.total)).toBe(toText(sum(all)));
          const summed = ready.summing((value: Decimal) => value);
          for (const values of days) {
            const terms = all.map((weight, index) => [weight, values[index]!] as const);
            expect(toText(summed(values))).toBe(toText(dot(terms)));
          }
        },
      ),
      { numRuns: 400 },
    );
  });

  it('are exact at the edge of what a double holds: a thousand of the longest short prices', () => {
    const all = Array.from({ length: 1000 }, (_, index) => divide(decimal(index + 1), decimal(7)));
    const values = all.map(() => decimal('1099511627775'));
    const terms = all.map((weight, index) => [weight, values[index]!] as const);
    expect(toText(weightsOf(all).summing((value: Decimal) => value)(values))).toBe(
      toText(dot(terms)),
    );
  });
});

describe('one value of many that moves', () => {
  it.each([
    ['to a price of more places', '0.000000000001'],
    ['to one that no double holds at their scale', '1099511627775'],
    ['to forty digits', '0.1234567890123456789012345678901234567891'],
    ['to nothing', '0'],
  ])('is summed exactly, there and back: %s', (_, text) => {
    const all = Array.from({ length: 40 }, (_, index) => divide(decimal(index + 1), decimal(820)));
    const before = all.map((_, index) => decimal(`${index}.00000000000${index % 9}`));
    const now = before.map((value, index) => (index === 7 ? decimal(text) : value));
    const summed = weightsOf(all).summing((value: Decimal) => value);
    for (const values of [before, now, before, now.slice().reverse(), before]) {
      const terms = all.map((weight, index) => [weight, values[index]!] as const);
      expect(toText(summed(values))).toBe(toText(dot(terms)));
    }
  });
});

describe('the double near a decimal', () => {
  it.each([
    ['0.15', 0.15],
    ['-3', -3],
    ['1.5e-07', 1.5e-7],
    ['1e-320', 1e-320],
    ['1e300', 1e300],
    ['123456789012345678901234567890e-310', 1.2345678901234568e-281],
  ])('of %s is %d', (text, double) => {
    expect(near(decimal(text))).toBe(double);
  });
});
