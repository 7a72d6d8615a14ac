import { type Decimal, divide, dot, sum } from '../../domain/decimal.ts';
import {
  GUARD_DIGITS,
  type Matched,
  type MatchedPrices,
  type MatchedProduct,
  productsOf,
  weightedProductsOf,
} from './matched.ts';

/**
 * Weighted arithmetic and harmonic means of relatives r = p1 / p0. Relatives are divided to 60
 * digits, the result is rounded half-even to 40. Each throws a RangeError where the vectors do not
 * match, a price is not positive, or all weights are zero.
 */

/**
 * The Young index: value shares of any period. Σ w·r / Σ w (PPI Manual 2004).
 *
 * @param weights value shares, in any proportion; 0 or more.
 * @example young({ p0: decimals('2 5'), p1: decimals('3 5') }, decimals('3 1')) // 1.375
 */
export function young(prices: MatchedPrices, weights: readonly Decimal[]): Decimal {
  return meanOfRelatives(weightedProductsOf(prices, weights), ({ q0 }) => q0);
}

/**
 * The Palgrave index: the arithmetic mean with the value shares of the later period. Σ s1·r
 * (Palgrave 1886; PPI Manual 2004).
 *
 * @example palgrave(matchedOf('2 5', '3 5', '4 2', '5 3')) // 1.25
 */
export function palgrave(matched: Matched): Decimal {
  return meanOfRelatives(productsOf(matched), ({ v1 }) => v1);
}

/**
 * The harmonic Laspeyres index: the harmonic mean with the value shares of the earlier period.
 * 1 / Σ s0/r (PPI Manual 2004).
 *
 * @example harmonicLaspeyres(matchedOf('2 5', '4 5', '5 2', '1 1')) // 1.3333333333333333333333333…
 */
export function harmonicLaspeyres(matched: Matched): Decimal {
  const products = productsOf(matched);
  const inverse = dot(products.map(({ v0, p0, p1 }) => [v0, divide(p0, p1, GUARD_DIGITS)]));
  return divide(sum(products.map(({ v0 }) => v0)), inverse);
}

function meanOfRelatives(
  products: readonly MatchedProduct[],
  weightOf: (product: MatchedProduct) => Decimal,
): Decimal {
  const weighted = dot(
    products.map((product) => [weightOf(product), divide(product.p1, product.p0, GUARD_DIGITS)]),
  );
  return divide(weighted, sum(products.map(weightOf)));
}
