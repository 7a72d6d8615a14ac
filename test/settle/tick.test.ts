import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compare, decimal, type TieRule, toText, toTick } from '../../src/index.ts';

function tick(n: string, d: string, size: string, rule: TieRule, prior?: string): string {
  const before = prior === undefined ? undefined : decimal(prior);
  const found = toTick(decimal(n), decimal(d), decimal(size), rule, before);
  return found ? `${toText(found.settled)}${found.isTie ? ' tie' : ''}` : 'waits';
}

describe('a value in the middle of two ticks', () => {
  it.each([
    ['10.002', '4', '0.001', 'half_even', undefined, '2.5 tie'],
    ['10.002', '4', '0.001', 'half_up', undefined, '2.501 tie'],
    ['10.002', '4', '0.001', 'nearer_prior', '2.4', '2.5 tie'],
    ['10.002', '4', '0.001', 'nearer_prior', '2.6', '2.501 tie'],
    // The settlement before lies in the middle as well: the even tick.
    ['10.002', '4', '0.001', 'nearer_prior', '2.5005', '2.5 tie'],
    ['10.002', '4', '0.001', 'nearer_prior', undefined, 'waits'],
    // Away from zero, and nearer to what is above or below.
    ['-2.5', '1', '1', 'half_even', undefined, '-2 tie'],
    ['-2.5', '1', '1', 'half_up', undefined, '-3 tie'],
    ['-2.5', '1', '1', 'nearer_prior', '-9', '-3 tie'],
    ['-2.5', '1', '1', 'nearer_prior', '9', '-2 tie'],
    ['0.5', '1', '1', 'half_even', undefined, '0 tie'],
    ['3', '2', '0.0125', 'half_even', undefined, '1.5'],
    // 33.29375 is 2663.5 ticks of 0.0125.
    ['33.29375', '1', '0.0125', 'half_even', undefined, '33.3 tie'],
    ['33.29375', '1', '0.0125', 'nearer_prior', '1', '33.2875 tie'],
  ] as const)('%s / %s at %s, %s, prior %s', (n, d, size, rule, prior, expected) => {
    expect(tick(n, d, size, rule, prior)).toBe(expected);
  });

  it('is none a hair beside it: then the rules agree, and nothing waits', () => {
    for (const rule of ['half_even', 'half_up', 'nearer_prior'] as const) {
      expect(tick('2.50050000000000000000000000000000000000000001', '1', '0.001', rule)).toBe(
        '2.501',
      );
      expect(tick('2.50049999999999999999999999999999999999999999', '1', '0.001', rule)).toBe(
        '2.5',
      );
      // A third cannot be written out, and is no tie.
      expect(tick('1', '3', '0.0001', rule)).toBe('0.3333');
    }
  });

  it('needs a tick and a divisor above 0', () => {
    expect(() => tick('1', '1', '0', 'half_even')).toThrow(RangeError);
    expect(() => tick('1', '0', '1', 'half_even')).toThrow(RangeError);
  });
});

it('is never further than half a tick away, under every rule', () => {
  const whole = fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n });
  const above = fc.bigInt({ min: 1n, max: 5000n });
  fc.assert(
    fc.property(whole, above, above, whole, (n, d, size, before) => {
      const [value, divisor, unit] = [decimal(n), decimal(d), decimal(size)];
      for (const rule of ['half_even', 'half_up', 'nearer_prior'] as const) {
        const found = toTick(value, divisor, unit, rule, decimal(before))!;
        const settled = found.settled.digits * 10n ** BigInt(-Math.min(0, found.settled.scale));
        const off = n - settled * d;
        const twice = 2n * (off < 0n ? -off : off);
        expect(settled % size).toBe(0n);
        expect(compare(decimal(twice), decimal(size * d))).toBeLessThanOrEqual(0);
        expect(found.isTie).toBe(twice === size * d);
      }
    }),
  );
});
