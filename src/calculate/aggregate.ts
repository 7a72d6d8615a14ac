import {
  type Decimal,
  decimal,
  divide,
  divideToPlaces,
  dot,
  multiply,
  ONE,
  type RoundingMode,
  sum,
  ZERO,
} from '../domain/decimal.ts';
import { isGeometricFormula } from '../domain/formulas.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { geometricMean, geometricMeanOfRelatives } from '../domain/transcendental.ts';
import { trimmedMean, trimmedWeights, weightedMedian, weightedMedianIndex } from './estimators.ts';

/** An exact quotient, divided only when it is published or carried. */
export interface Ratio {
  readonly numerator: Decimal;
  readonly denominator: Decimal;
}

/** The means whose parts sum to the whole. */
export type Mean = 'arithmetic' | 'geometric';

/** How an index puts its constituents together. */
export type Aggregate =
  | Mean
  | 'weighted_median'
  /** The share of the weight that is taken off each side. */
  | { readonly trim: Decimal };

/** How a rulebook puts its constituents together. */
export function aggregateOf({ formula, aggregate, price }: RulebookRules): Aggregate {
  if (isGeometricFormula(formula)) return 'geometric';
  if (aggregate === 'weighted_mean') return 'arithmetic';
  return aggregate === 'weighted_median' ? 'weighted_median' : { trim: price.trim };
}

/** True where the parts of the constituents sum to the whole. */
export function isAdditive(aggregate: Aggregate): aggregate is Mean {
  return aggregate === 'arithmetic' || aggregate === 'geometric';
}

/** Weight and price of one constituent. */
export type Weighted = readonly [weight: Decimal, price: Decimal];

/**
 * The reference price of a basket: Σ w·p / Σ w, exp(Σ w ln p / Σ w) under a geometric formula, else
 * the lower weighted median or the trimmed mean.
 *
 * @example toPlaces(referencePrice([[ONE, decimal(2)], [ONE, decimal(4)]], 'arithmetic'), 4) // 3
 */
export function referencePrice(terms: readonly Weighted[], aggregate: Aggregate): Ratio {
  switch (aggregate) {
    case 'arithmetic':
      return { numerator: dot(terms), denominator: sum(terms.map(([weight]) => weight)) };
    case 'geometric':
      return ratioOf(geometricMean(terms));
    case 'weighted_median':
      return ratioOf(weightedMedian(terms));
    default:
      return ratioOf(trimmedMean(terms, aggregate.trim));
  }
}

/**
 * What each constituent contributes to the reference price, half-even to 40 digits: they sum to it,
 * but for the last digits. Of a median, all is the one at the middle; of a trimmed mean, what is
 * kept.
 */
export function contributionsTo(
  price: Ratio,
  terms: readonly Weighted[],
  aggregate: Aggregate,
): Decimal[] {
  if (aggregate === 'geometric') {
    const total = sum(terms.map(([weight]) => weight));
    const whole = multiply(total, price.denominator);
    return terms.map(([weight]) => divide(multiply(weight, price.numerator), whole));
  }
  const kept = keptWeights(terms, aggregate);
  const total = sum(kept);
  return terms.map(([, at], index) => divide(multiply(kept[index] ?? ZERO, at), total));
}

function keptWeights(
  terms: readonly Weighted[],
  aggregate: Exclude<Aggregate, 'geometric'>,
): readonly Decimal[] {
  if (aggregate === 'arithmetic') return terms.map(([weight]) => weight);
  if (aggregate !== 'weighted_median') return trimmedWeights(terms, aggregate.trim);
  const middle = weightedMedianIndex(terms);
  return terms.map((_, index) => (index === middle ? ONE : ZERO));
}

/**
 * The mean of price relatives over constituents that have a price on both days: Σ w·now / Σ w·then,
 * or the geometric mean of the relatives; of a median or trimmed mean the ratio of the two.
 */
export function meanRelative(
  terms: readonly (readonly [weight: Decimal, now: Decimal, then: Decimal])[],
  aggregate: Aggregate,
): Ratio {
  if (aggregate === 'geometric') return ratioOf(geometricMeanOfRelatives(terms));
  const now = terms.map(([weight, price]) => [weight, price] as const);
  const then = terms.map(([weight, , price]) => [weight, price] as const);
  if (aggregate === 'arithmetic') return { numerator: dot(now), denominator: dot(then) };
  return {
    numerator: referencePrice(now, aggregate).numerator,
    denominator: referencePrice(then, aggregate).numerator,
  };
}

/** A level that moves with a basket: L · now / then, exact. */
export function chained(level: Ratio, now: Ratio, then: Ratio): Ratio {
  return {
    numerator: multiply(level.numerator, multiply(now.numerator, then.denominator)),
    denominator: multiply(level.denominator, multiply(now.denominator, then.numerator)),
  };
}

export function ratioOf(value: Decimal): Ratio {
  return { numerator: value, denominator: ONE };
}

/** Half-even to 40 digits: for what is carried to the next link. */
export function toDecimal({ numerator, denominator }: Ratio): Decimal {
  return divide(numerator, denominator);
}

/** Rounded once, for publication. */
export function toPlaces(
  { numerator, denominator }: Ratio,
  places: number,
  mode: RoundingMode = 'half_even',
): Decimal {
  return divideToPlaces(numerator, denominator, places, mode);
}

/** The basket of one period: quantities, or exponents under a geometric formula. */
export interface BasketPeriod {
  readonly weights: Readonly<Record<string, Decimal>>;
  /** Index of the day after whose close it takes effect; the first basket has 0 and its own day. */
  readonly linkDay: number;
}

/**
 * Levels of a chain of baskets over days of prices: the link day itself is calculated on the old
 * basket, and the level carried is rounded to 40 digits. The index divisor that others publish is
 * R_r·Σq / L_r.
 *
 * @param prices by day and constituent; every basket finds the prices of its own constituents.
 * @returns level and reference price of each day, exact.
 */
export function chainLevels(
  prices: readonly Readonly<Record<string, Decimal>>[],
  baskets: readonly BasketPeriod[],
  baseLevel: Decimal,
  aggregate: Aggregate = 'arithmetic',
): { readonly level: Ratio; readonly price: Ratio }[] {
  const pending = [...baskets];
  let basket = pending.shift();
  if (!basket) throw new RangeError('expected at least one basket');
  let link: { readonly level: Decimal; readonly price: Ratio } | undefined;
  return prices.map((ofDay, index) => {
    const price = referencePrice(termsOf(basket, ofDay), aggregate);
    link ??= { level: baseLevel, price };
    const level = chained(ratioOf(link.level), price, link.price);
    if (pending[0]?.linkDay === index) {
      basket = pending.shift();
      link = { level: toDecimal(level), price: referencePrice(termsOf(basket, ofDay), aggregate) };
    }
    return { level, price };
  });
}

function termsOf(
  basket: BasketPeriod | undefined,
  prices: Readonly<Record<string, Decimal>>,
): Weighted[] {
  return Object.entries(basket?.weights ?? {}).map(([id, weight]) => {
    const price = prices[id];
    if (!price) throw new RangeError(`expected a price of ${id}`);
    return [weight, price] as const;
  });
}

/** Quantities that give value shares at the link's prices: q = w / p (the Young link). */
export function quantitiesOf(
  shares: Readonly<Record<string, Decimal>>,
  prices: Readonly<Record<string, Decimal>>,
): Record<string, Decimal> {
  return Object.fromEntries(
    Object.entries(shares).map(([id, share]) => [id, divide(share, prices[id] ?? decimal('0'))]),
  );
}
