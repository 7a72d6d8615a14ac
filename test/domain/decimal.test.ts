import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  divideToPlaces,
  dot,
  equals,
  multiply,
  parseDecimal,
  pow10,
  roundToDigits,
  roundToPlaces,
  roundToTick,
  subtract,
  sum,
  toFixedText,
  toText,
} from '../../src/domain/decimal.ts';

const decimals = fc
  .record({ digits: fc.bigInt({ min: -(10n ** 45n), max: 10n ** 45n }), scale: fc.nat(60) })
  .map((value): Decimal => value);
const divisors = decimals.filter(({ digits }) => digits !== 0n);

describe('reading text', () => {
  it.each([
    ['0', '0'],
    ['-0', '0'],
    ['0.000', '0'],
    ['7', '7'],
    ['007.50', '7.5'],
    ['-1.50', '-1.5'],
    ['100', '100'],
    ['1.5e-07', '0.00000015'],
    ['1.5E+3', '1500'],
    ['25e-2', '0.25'],
    ['1e0', '1'],
    [
      '0.1234567890123456789012345678901234567890123',
      '0.1234567890123456789012345678901234567890123',
    ],
    ['9007199254740993', '9007199254740993'],
  ])('%s is %s', (text, plain) => {
    expect(toText(parseDecimal(text)!)).toBe(plain);
  });

  it.each([
    ...['', ' ', ' 1', '1 ', '1\n', '+1', '.5', '5.', '1,5', '1,500.00', '$5', '1_000', '1.2.3'],
    ...['NaN', 'Infinity', '-Infinity', '0x10', '1e', 'e5', '1e1.5', '--1', '-', '１', '١'],
    ...['1e401', '1e-401', '1e999999999', '9'.repeat(201)],
  ])('%j is no decimal', (text) => {
    expect(parseDecimal(text)).toBeUndefined();
  });

  it('throws where text is said to be a decimal and is not', () => {
    expect(() => decimal('1,5')).toThrow(new RangeError('expected a decimal number, found "1,5"'));
    expect(() => decimal(Number.NaN)).toThrow(RangeError);
  });

  it('takes an integer of any length as it is', () => {
    expect(toText(decimal(10n ** 300n))).toBe(`1${'0'.repeat(300)}`);
  });

  it('gives back the value that was written', () => {
    fc.assert(
      fc.property(decimals, (value) => {
        const read = parseDecimal(toText(value))!;
        expect(equals(read, value)).toBe(true);
        expect(toText(read)).toBe(toText(value));
      }),
    );
  });
});

describe('rounding (clause digits)', () => {
  it.each([
    // value, places, half-even, half-up
    ['0.5', 0, '0', '1'],
    ['1.5', 0, '2', '2'],
    ['2.5', 0, '2', '3'],
    ['-0.5', 0, '0', '-1'],
    ['-1.5', 0, '-2', '-2'],
    ['-2.5', 0, '-2', '-3'],
    ['2.5000000000000000000000000000000000000001', 0, '3', '3'],
    ['2.4999999999999999999999999999999999999999', 0, '2', '2'],
    ['1.005', 2, '1.00', '1.01'],
    ['1.015', 2, '1.02', '1.02'],
    ['-1.005', 2, '-1.00', '-1.01'],
    ['0.00004', 4, '0.0000', '0.0000'],
    ['-0.00004', 4, '0.0000', '0.0000'],
    ['9.99995', 4, '10.0000', '10.0000'],
    ['3', 4, '3.0000', '3.0000'],
    ['-3.1', 2, '-3.10', '-3.10'],
    ['1e5', 1, '100000.0', '100000.0'],
  ])('%s to %i places is %s half-even and %s half-up', (text, places, even, up) => {
    expect(toFixedText(decimal(text), places, 'half_even')).toBe(even);
    expect(toFixedText(decimal(text), places, 'half_up')).toBe(up);
  });

  it('is half-even unless said', () => {
    expect(toFixedText(decimal('0.125'), 2)).toBe('0.12');
  });

  it.each([
    ['123456', 3, '123000'],
    ['123500', 3, '124000'],
    ['122500', 3, '122000'],
    ['-122500', 3, '-122000'],
    ['0.00012345', 4, '0.0001234'],
    ['999.95', 4, '1000'],
    ['0', 3, '0'],
    ['1.5', 40, '1.5'],
  ])('%s to %i digits is %s', (text, digits, rounded) => {
    expect(toText(roundToDigits(decimal(text), digits))).toBe(rounded);
  });

  it.each([
    ['33.292', '0.0125', 'half_even', '33.2875'],
    ['33.29375', '0.0125', 'half_even', '33.3'],
    ['33.28125', '0.0125', 'half_even', '33.275'],
    ['33.28125', '0.0125', 'half_up', '33.2875'],
    ['-33.28125', '0.0125', 'half_up', '-33.2875'],
    ['7', '5', 'half_even', '5'],
    ['7.5', '5', 'half_even', '10'],
    ['0.1', '0.25', 'half_even', '0'],
  ] as const)('%s to a tick of %s, %s, is %s', (text, tick, mode, rounded) => {
    expect(toText(roundToTick(decimal(text), decimal(tick), mode))).toBe(rounded);
  });

  it.each(['0', '-0.01'])('refuses a tick of %s', (tick) => {
    expect(() => roundToTick(decimal('1'), decimal(tick), 'half_even')).toThrow(RangeError);
  });

  it('is never further than half a unit of the last place', () => {
    const places = fc.nat(20);
    const mode = fc.constantFrom('half_even' as const, 'half_up' as const);
    fc.assert(
      fc.property(decimals, places, mode, (value, digits, how) => {
        const off = subtract(value, roundToPlaces(value, digits, how));
        const twice = multiply(off, decimal(2));
        const unit = { digits: 1n, scale: digits };
        expect(compare(twice, unit)).toBeLessThanOrEqual(0);
        expect(compare(multiply(twice, decimal(-1)), unit)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('division', () => {
  it.each([
    ['1', '3', '0.3333333333333333333333333333333333333333'],
    ['2', '3', '0.6666666666666666666666666666666666666667'],
    ['-2', '3', '-0.6666666666666666666666666666666666666667'],
    ['2', '-3', '-0.6666666666666666666666666666666666666667'],
    ['1', '7', '0.1428571428571428571428571428571428571429'],
    ['1', '81', '0.01234567901234567901234567901234567901235'],
    ['100', '3', '33.33333333333333333333333333333333333333'],
    ['1', '8', '0.125'],
    ['0', '7', '0'],
    ['1e30', '1e-10', `1${'0'.repeat(40)}`],
    ['1', '0.00000015', '6666666.666666666666666666666666666666667'],
  ])('%s / %s is %s', (a, b, quotient) => {
    expect(toText(divide(decimal(a), decimal(b)))).toBe(quotient);
  });

  it.each([
    ['1', '8', 2, 'half_even', '0.12'],
    ['1', '8', 2, 'half_up', '0.13'],
    ['3', '8', 2, 'half_even', '0.38'],
    ['-1', '8', 2, 'half_up', '-0.13'],
    ['99999', '100000', 2, 'half_even', '1'],
  ] as const)('%s / %s to %i digits, %s, is %s', (a, b, digits, mode, quotient) => {
    expect(toText(divide(decimal(a), decimal(b), digits, mode))).toBe(quotient);
  });

  it.each([
    ['1', '8', 2, 'half_even', '0.12'],
    ['1', '8', 2, 'half_up', '0.13'],
    ['-5', '2', 0, 'half_even', '-2'],
    ['1', '3000', 2, 'half_even', '0'],
    ['200', '3', 1, 'half_even', '66.7'],
  ] as const)('%s / %s to %i places, %s, is %s', (a, b, places, mode, quotient) => {
    expect(toText(divideToPlaces(decimal(a), decimal(b), places, mode))).toBe(quotient);
  });

  it('by zero is refused', () => {
    expect(() => divide(decimal(1), decimal('0.00'))).toThrow(RangeError);
    expect(() => divideToPlaces(decimal(1), decimal(0), 2, 'half_even')).toThrow(RangeError);
  });

  it('is within half a unit of the last of its digits', () => {
    fc.assert(
      fc.property(decimals, divisors, fc.integer({ min: 1, max: 50 }), (a, b, digits) => {
        const q = divide(a, b, digits);
        // |a/b - q| <= u/2, times 2|b|: 2·|a - q·b| <= u·|b|, in integers of one scale.
        const [left, right] = aligned(
          subtract(a, multiply(q, b)),
          multiply({ digits: 1n, scale: q.scale }, b),
        );
        expect(2n * magnitude(left)).toBeLessThanOrEqual(magnitude(right));
        const size = magnitude(q.digits);
        if (size !== 0n) {
          expect(size).toBeGreaterThanOrEqual(pow10(digits - 1));
          expect(size).toBeLessThanOrEqual(pow10(digits));
        }
      }),
    );
  });
});

describe('sums and products', () => {
  it.each([
    ['0.1', '0.2', '0.3', '0.02'],
    ['1e30', '1e-30', `1${'0'.repeat(30)}.${'0'.repeat(29)}1`, '1'],
    ['-1.5', '1.5', '0', '-2.25'],
  ])('%s and %s: sum %s, product %s', (a, b, total, product) => {
    expect(toText(add(decimal(a), decimal(b)))).toBe(total);
    expect(toText(multiply(decimal(a), decimal(b)))).toBe(product);
  });

  it('commute, associate and distribute exactly', () => {
    fc.assert(
      fc.property(decimals, decimals, decimals, (a, b, c) => {
        expect(toText(add(a, b))).toBe(toText(add(b, a)));
        expect(toText(add(add(a, b), c))).toBe(toText(add(a, add(b, c))));
        expect(toText(multiply(a, add(b, c)))).toBe(toText(add(multiply(a, b), multiply(a, c))));
        expect(equals(subtract(add(a, b), b), a)).toBe(true);
      }),
    );
  });

  it('do not depend on the order of the terms', () => {
    const shuffled = fc
      .array(decimals, { maxLength: 20 })
      .chain((values) =>
        fc.tuple(
          fc.constant(values),
          fc.shuffledSubarray(values, { minLength: values.length, maxLength: values.length }),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([values, others]) => {
        expect(toText(sum(others))).toBe(toText(sum(values)));
        const squares = (terms: Decimal[]) => dot(terms.map((term) => [term, term] as const));
        expect(toText(squares(others))).toBe(toText(squares(values)));
      }),
    );
  });

  it('compare as their difference does', () => {
    fc.assert(
      fc.property(decimals, decimals, (a, b) => {
        const [left, right] = aligned(a, b);
        expect(compare(a, b)).toBe(left < right ? -1 : left > right ? 1 : 0);
      }),
    );
  });
});

/** The digits of two values at one scale. */
function aligned(a: Decimal, b: Decimal): [bigint, bigint] {
  const scale = Math.max(a.scale, b.scale);
  return [a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale)];
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}
