import {
  absolute,
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  multiply,
  roundToDigits,
  subtract,
  sum,
} from '../domain/decimal.ts';

const HALF = decimal('0.5');

/**
 * The middle of the values; of an even number the mean of the middle two, half-even to 40 digits.
 *
 * @throws {RangeError} where there are no values.
 * @example median([decimal(1), decimal(2), decimal(4), decimal(9)]) // 3
 */
export function median(values: readonly Decimal[]): Decimal {
  const sorted = [...values].sort(compare);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  if (!upper || !lower) throw new RangeError('expected at least one value');
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
