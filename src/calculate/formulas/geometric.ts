import { add, type Decimal, divide, dot, multiply, subtract, sum } from '../../domain/decimal.ts';
import { exp, ln } from '../../domain/transcendental.ts';
import {
  GUARD_DIGITS,
  type Matched,
  type MatchedPrices,
  type MatchedProduct,
  productsOf,
  weightedProductsOf,
} from './matched.ts';
import { guardedRoot, HALF } from './roots.ts';

/**
 * Weighted geometric means of relatives r = p1 / p0: logarithms at 60 digits, one exponential,
 * rounded half-even to 40. Each throws a RangeError where the vectors do not match, a price is not
 * positive, or all weights are zero.
 */

/**
 * The geometric Laspeyres index: value shares of the earlier period. exp(Σ s0·ln r) (PPI Manual
 * 2004).
 *
 * @example geometricLaspeyres(matchedOf('1 4', '2 2', '4 1', '1 1')) // 1
 */
export function geometricLaspeyres(matched: Matched): Decimal {
  return exp(meanLogarithm(productsOf(matched), ({ v0 }) => v0));
}

/**
 * The geometric Paasche index: value shares of the later period. exp(Σ s1·ln r) (PPI Manual 2004).
 *
 * @example geometricPaasche(matchedOf('1 4', '2 2', '4 1', '1 1')) // 1
 */
export function geometricPaasche(matched: Matched): Decimal {
  return exp(meanLogarithm(productsOf(matched), ({ v1 }) => v1));
}

/**
 * The geometric Young index: value shares of any period. exp(Σ w·ln r / Σ w) (PPI Manual 2004).
 *
 * @param weights value shares, in any proportion; 0 or more.
 * @example geometricYoung({ p0: decimals('1 4'), p1: decimals('2 2') }, decimals('3 3')) // 1
 */
export function geometricYoung(prices: MatchedPrices, weights: readonly Decimal[]): Decimal {
  return exp(meanLogarithm(weightedProductsOf(prices, weights), ({ q0 }) => q0));
}

/**
 * The Törnqvist index, which is superlative: mean value shares of both periods.
 * exp(Σ (s0 + s1)/2 · ln r) (Törnqvist 1936; PPI Manual 2004).
 *
 * @example tornqvist(matchedOf('1 4', '2 2', '4 1', '1 1')) // 1
 */
export function tornqvist(matched: Matched): Decimal {
  const products = productsOf(matched);
  const [earlier, later] = [
    meanLogarithm(products, ({ v0 }) => v0),
    meanLogarithm(products, ({ v1 }) => v1),
  ];
  return exp(multiply(add(earlier, later), HALF));
}

/**
 * The second index of Walsh: weights √(v0·v1), to 60 digits.
 * exp(Σ √(v0·v1)·ln r / Σ √(v0·v1)) (Walsh 1901; PPI Manual 2004).
 *
 * @example walsh2(matchedOf('1 4', '2 2', '4 1', '1 1')) // 1
 */
export function walsh2(matched: Matched): Decimal {
  return exp(meanLogarithm(productsOf(matched), ({ v0, v1 }) => guardedRoot(v0, v1)));
}

/** Σ w·(ln p1 − ln p0) / Σ w, to 60 digits. */
function meanLogarithm(
  products: readonly MatchedProduct[],
  weightOf: (product: MatchedProduct) => Decimal,
): Decimal {
  const weighted = products.map((product) => ({ ...product, weight: weightOf(product) }));
  const logarithm = dot(weighted.map(({ weight, p0, p1 }) => [weight, logRelative(p0, p1)]));
  return divide(logarithm, sum(weighted.map(({ weight }) => weight)), GUARD_DIGITS);
}

/** ln (p1 / p0) by the logarithms of the prices, which are remembered; exactly 0 for no change. */
export function logRelative(p0: Decimal, p1: Decimal): Decimal {
  return subtract(ln(p1), ln(p0));
}
