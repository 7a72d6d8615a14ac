import { add, type Decimal, divide, dot, isZero, multiply, ZERO } from '../../domain/decimal.ts';
import { type Ratio, toDecimal } from '../aggregate.ts';
import {
  GUARD_DIGITS,
  type Matched,
  type MatchedPrices,
  type MatchedProduct,
  productsOf,
  weightedProductsOf,
} from './matched.ts';
import { guardedRoot } from './roots.ts';

/**
 * Price indices that ask what one basket costs in the two periods. Each is exact until its one
 * division, half-even to 40 digits, and throws a RangeError where the vectors do not match, a price
 * is not positive, or the basket is empty.
 */

/**
 * The Laspeyres index: the basket of the earlier period. Σ p1·q0 / Σ p0·q0 (PPI Manual 2004).
 *
 * @example laspeyres(matchedOf('2 5', '3 5', '4 2', '6 2')) // 1.222222222222222222222222222222222…
 */
export function laspeyres(matched: Matched): Decimal {
  return toDecimal(laspeyresRatio(productsOf(matched)));
}

/**
 * The Paasche index: the basket of the later period. Σ p1·q1 / Σ p0·q1 (PPI Manual 2004).
 *
 * @example paasche(matchedOf('2 5', '3 5', '4 2', '5 2')) // 1.25
 */
export function paasche(matched: Matched): Decimal {
  return toDecimal(paascheRatio(productsOf(matched)));
}

/**
 * The Lowe index: the basket of any period. Σ p1·q / Σ p0·q (PPI Manual 2004).
 *
 * @param quantities of the basket, 0 or more, not all zero.
 * @example lowe({ p0: decimals('2 5'), p1: decimals('3 5') }, decimals('5 2')) // 1.25
 */
export function lowe(prices: MatchedPrices, quantities: readonly Decimal[]): Decimal {
  return toDecimal(basketRatio(weightedProductsOf(prices, quantities), ({ q0 }) => q0));
}

/**
 * The Marshall-Edgeworth index: the mean basket. Σ p1·(q0 + q1) / Σ p0·(q0 + q1) (Marshall 1887,
 * Edgeworth 1888; PPI Manual 2004).
 *
 * @example marshallEdgeworth(matchedOf('2 5', '3 5', '4 2', '6 2')) // 1.25
 */
export function marshallEdgeworth(matched: Matched): Decimal {
  return toDecimal(basketRatio(productsOf(matched), ({ q0, q1 }) => add(q0, q1)));
}

/**
 * The Walsh index: the geometric mean basket, which is superlative. Σ p1·√(q0·q1) / Σ p0·√(q0·q1)
 * (Walsh 1901; PPI Manual 2004). Roots to 60 digits.
 *
 * @example walsh(matchedOf('2 5', '3 5', '4 2', '9 2')) // 1.2727272727272727272727272727272727272…
 */
export function walsh(matched: Matched): Decimal {
  return toDecimal(basketRatio(productsOf(matched), ({ q0, q1 }) => guardedRoot(q0, q1)));
}

/**
 * The Geary-Khamis index of two periods: the harmonic mean basket. Σ p1·h / Σ p0·h with
 * h = q0·q1 / (q0 + q1) (Geary 1958, Khamis 1970).
 *
 * @example gearyKhamisBilateral(matchedOf('2 5', '3 5', '4 2', '4 2')) // 1.2222222222222222222222…
 */
export function gearyKhamisBilateral(matched: Matched): Decimal {
  return toDecimal(basketRatio(productsOf(matched), harmonicQuantity));
}

/** Σ p1·q / Σ p0·q, not yet divided. */
export function basketRatio(
  products: readonly MatchedProduct[],
  quantityOf: (product: MatchedProduct) => Decimal,
): Ratio {
  const basket = products.map((product) => ({ ...product, quantity: quantityOf(product) }));
  return {
    numerator: dot(basket.map(({ p1, quantity }) => [p1, quantity] as const)),
    denominator: dot(basket.map(({ p0, quantity }) => [p0, quantity] as const)),
  };
}

export function laspeyresRatio(products: readonly MatchedProduct[]): Ratio {
  return basketRatio(products, ({ q0 }) => q0);
}

export function paascheRatio(products: readonly MatchedProduct[]): Ratio {
  return basketRatio(products, ({ q1 }) => q1);
}

function harmonicQuantity({ q0, q1 }: MatchedProduct): Decimal {
  const total = add(q0, q1);
  return isZero(total) ? ZERO : divide(multiply(q0, q1), total, GUARD_DIGITS);
}
