import { describe, expect, it } from 'vitest';
import {
  blend,
  type Decimal,
  decimal,
  dispersion,
  madScreen,
  mean,
  median,
  nearestRank,
  toText,
  trimmedMean,
  weightedMean,
  weightedMedian,
} from '../../src/index.ts';

const values = (text: string): Decimal[] => text.split(' ').map((one) => decimal(one));
const items = (text: string) =>
  text.split(' ').map((one) => {
    const [weight = '', value = ''] = one.split(':');
    return [decimal(weight), decimal(value)] as const;
  });

describe('a nearest rank', () => {
  it.each([
    // The smallest value with at least the share at or below it, whatever the order.
    ['9 1 5 3', '0.5', '3'],
    ['9 1 5 3', '0.51', '5'],
    ['9 1 5 3', '0.25', '1'],
    ['9 1 5 3', '1', '9'],
    ['4', '0.9', '4'],
  ])('of %s at %s is %s', (list, share, expected) => {
    const given = values(list);
    expect(toText(nearestRank(given, decimal(share)))).toBe(expected);
    expect(given.map(toText).join(' ')).toBe(list);
  });

  it('of deviations over the median is the dispersion', () => {
    // Median 4; deviations 3 1 0 1 5, the 90th percentile of five is the fifth: 5/4.
    expect(toText(dispersion(values('1 3 4 5 9')))).toBe('1.25');
  });
});

describe('what has no answer is refused', () => {
  it.each([
    ['the median of nothing', () => median([]), 'at least one value'],
    ['the mean of nothing', () => mean([]), 'at least one value'],
    ['a mean without weights', () => weightedMean(items('0:1 0:2')), 'one weight above 0'],
    ['a median without weights', () => weightedMedian(items('0:1')), 'one weight above 0'],
    ['a mean trimmed by half', () => trimmedMean(items('1:1'), decimal('0.5')), 'less than a half'],
    ['a rank above all', () => nearestRank(values('1 2'), decimal('1.1')), 'a share of at most 1'],
    ['a blend of no weight', () => blend({ input: decimal(1) }, {}), 'a sum above 0'],
    [
      'a blend with a negative weight',
      () => blend({ input: decimal(1), output: decimal(2) }, legs('2', '-1')),
      'weights of 0 or more',
    ],
    [
      'a blend with a leg that has no price',
      () => blend({ input: decimal(1) }, legs('1', '1')),
      'a price of the leg output',
    ],
  ])('%s', (_, calculate, message) => {
    expect(calculate).toThrow(message);
  });
});

function legs(input: string, output: string) {
  return { input: decimal(input), output: decimal(output) };
}

it('a blend asks no price of a leg without a weight', () => {
  expect(toText(blend({ input: decimal(3) }, legs('1', '0')))).toBe('3');
});

it('a screen looks at three values, and at no fewer', () => {
  // Of 1 1 9 the MAD is 0: 9 is beyond 3 times the median. Of two nothing can be said.
  expect(madScreen(values('1 1 9'), decimal(3), decimal(3))).toEqual([false, false, true]);
  expect(madScreen(values('1 9'), decimal(3), decimal(3))).toEqual([false, false]);
  // Of 1 2 3 8: median 2.5, MAD 1, limit 3 · 1.4826 = 4.4478: 8 is 5.5 away.
  expect(madScreen(values('1 2 3 8'), decimal(3), null)).toEqual([false, false, false, true]);
});
