import {
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  dot,
  isPositive,
  multiply,
  sum,
} from '../../domain/decimal.ts';

export const METHODS = ['last', 'median', 'lower-weighted-median', 'vwap', 'twap'] as const;

/** How the ticks of a window become one price (docs/formats.md). */
export type Method = (typeof METHODS)[number];

/** Whether each tick has to say its volume. */
export function needsVolume(method: Method): boolean {
  return method === 'vwap' || method === 'lower-weighted-median';
}

/** A price and how much it counts. */
export interface Weighted {
  readonly price: Decimal;
  readonly weight: Decimal;
}

/**
 * One price of many, by any method but the last.
 *
 * @returns `undefined` where nothing counts.
 */
export function combined(method: Method, prices: readonly Weighted[]): Decimal | undefined {
  const counted = prices.filter(({ weight }) => isPositive(weight));
  if (counted.length === 0) return undefined;
  if (method === 'median') return median(counted);
  return method === 'lower-weighted-median' ? lowerMedian(counted) : mean(counted);
}

/** Σ weight·price / Σ weight, rounded half-even to 40 significant digits. */
function mean(prices: readonly Weighted[]): Decimal {
  const total = sum(prices.map(({ weight }) => weight));
  return divide(dot(prices.map(({ price, weight }) => [price, weight])), total);
}

/** The first price, from the lowest on, with 2·cum ≥ W. */
function lowerMedian(prices: readonly Weighted[]): Decimal | undefined {
  const total = sum(prices.map(({ weight }) => weight));
  return reaching(prices, (twice) => compare(twice, total) >= 0);
}

/** The middle price of as many as the weights count; the mean of the middle two. */
function median(prices: readonly Weighted[]): Decimal | undefined {
  const total = sum(prices.map(({ weight }) => weight));
  const lower = reaching(prices, (twice) => compare(twice, total) >= 0);
  const upper = reaching(prices, (twice) => compare(twice, total) > 0) ?? lower;
  return lower && upper && divide(add(lower, upper), TWO);
}

const TWO = decimal('2');

/** The first price, from the lowest on, of which twice the weight so far is enough. */
function reaching(
  prices: readonly Weighted[],
  isEnough: (twice: Decimal) => boolean,
): Decimal | undefined {
  let cumulated = decimal('0');
  for (const { price, weight } of [...prices].sort((a, b) => compare(a.price, b.price))) {
    cumulated = add(cumulated, weight);
    if (isEnough(multiply(cumulated, TWO))) return price;
  }
  return undefined;
}
