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
} from '../domain/decimal.ts';
import { geometricMean, geometricMeanOfRelatives } from '../domain/transcendental.ts';

/** An exact quotient, divided only when it is published or carried. */
export interface Ratio {
  readonly numerator: Decimal;
  readonly denominator: Decimal;
}

/** How an index puts its constituents together. */
export type Mean = 'arithmetic' | 'geometric';

/** Weight and price of one constituent. */
export type Weighted = readonly [weight: Decimal, price: Decimal];

/**
 * The reference price of a basket: Σ w·p / Σ w, or exp(Σ w ln p / Σ w) under a geometric formula.
 *
 * @example toPlaces(referencePrice([[ONE, decimal(2)], [ONE, decimal(4)]], 'arithmetic'), 4) // 3
 */
export function referencePrice(terms: readonly Weighted[], mean: Mean): Ratio {
  if (mean === 'geometric') return { numerator: geometricMean(terms), denominator: ONE };
  return { numerator: dot(terms), denominator: sum(terms.map(([weight]) => weight)) };
}

/**
 * The mean of price relatives over constituents that have a price on both days: Σ w·now / Σ w·then,
 * or the geometric mean of the relatives.
 */
export function meanRelative(
  terms: readonly (readonly [weight: Decimal, now: Decimal, then: Decimal])[],
  mean: Mean,
): Ratio {
  if (mean === 'geometric') {
    return { numerator: geometricMeanOfRelatives(terms), denominator: ONE };
  }
  return {
    numerator: dot(terms.map(([weight, now]) => [weight, now] as const)),
    denominator: dot(terms.map(([weight, , then]) => [weight, then] as const)),
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

/** A basket of weights with the level at which it was linked. */
export interface Link {
  readonly level: Decimal;
  /** Reference price of the basket on the link day. */
  readonly price: Ratio;
}

/** L_t = L_r · R_t / R_r, r being the link day (methodology, 6). */
export function levelAt(link: Link, price: Ratio): Ratio {
  return chained(ratioOf(link.level), price, link.price);
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
  mean: Mean = 'arithmetic',
): { readonly level: Ratio; readonly price: Ratio }[] {
  const pending = [...baskets];
  let basket = pending.shift();
  if (!basket) throw new RangeError('expected at least one basket');
  let link: Link | undefined;
  return prices.map((ofDay, index) => {
    const price = referencePrice(termsOf(basket, ofDay), mean);
    link ??= { level: baseLevel, price };
    const level = levelAt(link, price);
    if (pending[0]?.linkDay === index) {
      basket = pending.shift();
      link = { level: toDecimal(level), price: referencePrice(termsOf(basket, ofDay), mean) };
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
