import {
  absolute,
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  dot,
  isPositive,
  minimum,
  multiply,
  roundToDigits,
  subtract,
  sum,
  ZERO,
} from '../domain/decimal.ts';

export const HALF = decimal('0.5');
const TWO = decimal('2');

/**
 * The middle of the values; of an even number the mean of the middle two, half-even to 40 digits.
 *
 * @throws {RangeError} where there are no values.
 * @example median([decimal(1), decimal(2), decimal(4), decimal(9)]) // 3
 */
export function median(values: readonly Decimal[]): Decimal {
  // The middle two of two are both of them, in any order.
  const sorted = values.length <= 2 ? values : [...values].sort(compare);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (!upper || !lower) throw new RangeError('expected at least one value');
  if (upper === lower) return roundToDigits(upper);
  return roundToDigits(multiply(add(lower, upper), HALF));
}

/**
 * The arithmetic mean, half-even to 40 digits.
 *
 * @throws {RangeError} where there are no values.
 */
export function mean(values: readonly Decimal[]): Decimal {
  if (values.length === 0) throw new RangeError('expected at least one value');
  return divide(sum(values), decimal(values.length));
}

/** A value with its weight, 0 or more. */
export type WeightedValue = readonly [weight: Decimal, value: Decimal];

/**
 * Σ w·x / Σ w, half-even to 40 digits.
 *
 * @throws {RangeError} where no weight is above 0.
 */
export function weightedMean(items: readonly WeightedValue[]): Decimal {
  return divide(dot(items), totalOf(items));
}

/**
 * The lower weighted median: of the values in their order, without those of no weight, the first at
 * which twice the cumulated weight reaches the whole. Always one of the values.
 *
 * @throws {RangeError} where no weight is above 0.
 * @example weightedMedian([[ONE, decimal(2)], [ONE, decimal(5)]]) // 2
 */
export function weightedMedian(items: readonly WeightedValue[]): Decimal {
  const found = items[weightedMedianIndex(items)];
  if (!found) throw new RangeError('expected an item at the median');
  return found[1];
}

/**
 * The mean of what is left when a share of the whole weight is taken off each end; values at the
 * cut keep the part of their weight that lies inside. Half-even to 40 digits.
 *
 * @param trim share of the weight off each side, below a half.
 * @throws {RangeError} where no weight is above 0, or nothing would be left.
 */
export function trimmedMean(items: readonly WeightedValue[], trim: Decimal): Decimal {
  const kept = trimmedWeights(items, trim);
  return weightedMean(items.map(([, value], index) => [kept[index] ?? ZERO, value]));
}

/** What a trimmed mean keeps of each weight, in the order of the items. */
export function trimmedWeights(items: readonly WeightedValue[], trim: Decimal): Decimal[] {
  const total = totalOf(items);
  const low = multiply(trim, total);
  const high = subtract(total, low);
  if (compare(low, high) >= 0) throw new RangeError('expected to trim less than a half');
  const weights = items.map(() => ZERO);
  let from = ZERO;
  for (const { weight, index } of ranked(items)) {
    const until = add(from, weight);
    const kept = subtract(minimum(until, high), maximum(from, low));
    if (isPositive(kept)) weights[index] = kept;
    from = until;
  }
  return weights;
}

/** Which item a lower weighted median is: of equal values the first in the order of the items. */
export function weightedMedianIndex(items: readonly WeightedValue[]): number {
  const total = totalOf(items);
  let cumulated = ZERO;
  for (const { weight, index } of ranked(items)) {
    cumulated = add(cumulated, weight);
    if (compare(multiply(TWO, cumulated), total) >= 0) return index;
  }
  throw new RangeError('expected the weights to sum to their total');
}

/** The items by their values, each with its place. */
function ranked(items: readonly WeightedValue[]) {
  return items
    .map(([weight, value], index) => ({ weight, value, index }))
    .sort((a, b) => compare(a.value, b.value));
}

function totalOf(items: readonly WeightedValue[]): Decimal {
  const total = sum(items.map(([weight]) => weight));
  if (!isPositive(total)) throw new RangeError('expected at least one weight above 0');
  return total;
}

function maximum(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) >= 0 ? a : b;
}

/** The median of the absolute deviations from a centre (MAD), not scaled. */
export function medianAbsoluteDeviation(values: readonly Decimal[], centre: Decimal): Decimal {
  return median(values.map((value) => absolute(subtract(value, centre))));
}

/**
 * A quantile by the nearest rank: the smallest value with at least `share` of the values at or
 * below it. Always one of the values.
 *
 * @param share above 0 and at most 1.
 */
export function nearestRank(values: readonly Decimal[], share: Decimal): Decimal {
  const sorted = [...values].sort(compare);
  const wanted = multiply(share, decimal(sorted.length));
  const found = sorted.find((_, index) => compare(decimal(index + 1), wanted) >= 0);
  if (!found) throw new RangeError('expected at least one value, and a share of at most 1');
  return found;
}

/**
 * Dispersion of the prices behind a constituent: the nearest-rank 90th percentile of the absolute
 * deviation over the median. The MAD would read 0 wherever most sellers copy one price.
 */
export function dispersion(prices: readonly Decimal[]): Decimal {
  const centre = median(prices);
  const deviations = prices.map((price) => absolute(subtract(price, centre)));
  return divide(nearestRank(deviations, decimal('0.9')), centre);
}
