import { type Decimal, decimal, divide, ONE, sum } from '../../domain/decimal.ts';
import { geometricMeanOfRelatives } from '../../domain/transcendental.ts';
import { toDecimal } from '../aggregate.ts';
import { basketRatio } from './fixed-basket.ts';
import {
  GUARD_DIGITS,
  type MatchedPrices,
  type MatchedProduct,
  weightedProductsOf,
} from './matched.ts';
import { guardedRoot, squareRoot } from './roots.ts';

/**
 * Elementary indices: prices alone, where no quantities are known. Relatives r = p1 / p0 are
 * divided to 60 digits, the result is rounded half-even to 40. Each throws a RangeError where the
 * vectors do not match or a price is not positive.
 */

/**
 * The Jevons index: the geometric mean of relatives. exp(Σ ln r / n) (CPI Manual 2020; PPI
 * Manual 2004).
 *
 * @example jevons({ p0: decimals('1 4'), p1: decimals('2 2') }) // 1
 */
export function jevons(prices: MatchedPrices): Decimal {
  return geometricMeanOfRelatives(unweighted(prices).map(({ p0, p1 }) => [ONE, p1, p0] as const));
}

/**
 * The Carli index: the arithmetic mean of relatives, which drifts upwards when chained. Σ r / n
 * (Carli 1764; PPI Manual 2004).
 *
 * @example carli({ p0: decimals('1 4'), p1: decimals('2 2') }) // 1.25
 */
export function carli(prices: MatchedPrices): Decimal {
  const products = unweighted(prices);
  return divide(sumOfRelatives(products), decimal(products.length));
}

/**
 * The Dutot index: the ratio of mean prices, which depends on the units of quantity.
 * Σ p1 / Σ p0 (Dutot 1738; PPI Manual 2004).
 *
 * @example dutot({ p0: decimals('1 4'), p1: decimals('2 2') }) // 0.8
 */
export function dutot(prices: MatchedPrices): Decimal {
  return toDecimal(basketRatio(unweighted(prices), () => ONE));
}

/**
 * The harmonic mean of relatives, which drifts downwards when chained. n / Σ (1/r) (PPI Manual
 * 2004).
 *
 * @example harmonic({ p0: decimals('1 4'), p1: decimals('2 2') }) // 0.8
 */
export function harmonic(prices: MatchedPrices): Decimal {
  const products = unweighted(prices);
  return divide(decimal(products.length), sumOfInverses(products));
}

/**
 * The CSWD index: √(Carli · harmonic) = √(Σ r / Σ (1/r)) (Carruthers, Sellwood and Ward 1980, Dalén
 * 1992; PPI Manual 2004).
 *
 * @example cswd({ p0: decimals('1 4'), p1: decimals('2 2') }) // 1
 */
export function cswd(prices: MatchedPrices): Decimal {
  const products = unweighted(prices);
  return squareRoot(divide(sumOfRelatives(products), sumOfInverses(products), GUARD_DIGITS));
}

/**
 * The Balk-Mehrhoff-Walsh index: Σ √r / Σ (1/√r) (Balk 2005, Mehrhoff 2007). Roots to 60
 * digits.
 *
 * @example bmw({ p0: decimals('1 4'), p1: decimals('4 4') }) // 2
 */
export function bmw(prices: MatchedPrices): Decimal {
  // √r = √(p0·p1) / p0, and 1/√r = √(p0·p1) / p1.
  const roots = unweighted(prices).map(({ p0, p1 }) => ({ p0, p1, root: guardedRoot(p0, p1) }));
  return divide(
    sum(roots.map(({ root, p0 }) => divide(root, p0, GUARD_DIGITS))),
    sum(roots.map(({ root, p1 }) => divide(root, p1, GUARD_DIGITS))),
  );
}

function unweighted(prices: MatchedPrices): MatchedProduct[] {
  return weightedProductsOf(
    prices,
    prices.p0.map(() => ONE),
  );
}

function sumOfRelatives(products: readonly MatchedProduct[]): Decimal {
  return sum(products.map(({ p0, p1 }) => divide(p1, p0, GUARD_DIGITS)));
}

function sumOfInverses(products: readonly MatchedProduct[]): Decimal {
  return sum(products.map(({ p0, p1 }) => divide(p0, p1, GUARD_DIGITS)));
}
