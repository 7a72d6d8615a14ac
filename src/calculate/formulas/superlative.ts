import {
  add,
  type Decimal,
  decimal,
  divide,
  multiply,
  ONE,
  subtract,
  sum,
} from '../../domain/decimal.ts';
import { toDecimal } from '../aggregate.ts';
import { laspeyresRatio, paascheRatio } from './fixed-basket.ts';
import { GUARD_DIGITS, type Matched, productsOf } from './matched.ts';
import { guardedRoot, squareRoot } from './roots.ts';

/**
 * Indices that balance the Laspeyres and the Paasche view. Each throws a RangeError where the
 * vectors do not match, a price is not positive, or a basket is empty.
 */

const TWO = decimal('2');
const FOUR = decimal('4');

/**
 * The Fisher index, which is superlative: √(L·P), the quotient at 60 digits, rounded half-even to
 * 40 (Fisher 1922; PPI Manual 2004).
 *
 * @example fisher(matchedOf('1 1', '2 1', '1 1', '1 5')) // 1.322875655532295295250807876819630212…
 */
export function fisher(matched: Matched): Decimal {
  const products = productsOf(matched);
  const [l, p] = [laspeyresRatio(products), paascheRatio(products)];
  return squareRoot(
    divide(
      multiply(l.numerator, p.numerator),
      multiply(l.denominator, p.denominator),
      GUARD_DIGITS,
    ),
  );
}

/**
 * The Drobisch index: (L + P) / 2, exact until one division, half-even to 40 digits (Drobisch 1871;
 * PPI Manual 2004).
 *
 * @example drobisch(matchedOf('1 1', '2 1', '1 1', '1 3')) // 1.375
 */
export function drobisch(matched: Matched): Decimal {
  const products = productsOf(matched);
  const [l, p] = [laspeyresRatio(products), paascheRatio(products)];
  return toDecimal({
    numerator: add(multiply(l.numerator, p.denominator), multiply(p.numerator, l.denominator)),
    denominator: multiply(TWO, multiply(l.denominator, p.denominator)),
  });
}

/**
 * The Stuvel index: A + √(A² + V1/V0) with A = (Laspeyres price − Laspeyres quantity index) / 2
 * (Stuvel 1957; Balk 2008). With B = Σ p1·q0 − Σ p0·q1 it is (B + √(B² + 4·V0·V1)) / (2·V0), and
 * 2·V1 / (√(…) − B) where B is negative, so that no digits cancel. Half-even to 40 digits.
 *
 * @example stuvel(matchedOf('1 1', '2 2', '1 1', '1 5')) // 2
 */
export function stuvel(matched: Matched): Decimal {
  const products = productsOf(matched);
  const [l, p] = [laspeyresRatio(products), paascheRatio(products)];
  const value0 = sum(products.map(({ v0 }) => v0));
  const value1 = sum(products.map(({ v1 }) => v1));
  const b = subtract(l.numerator, p.denominator);
  const root = guardedRoot(add(multiply(b, b), multiply(FOUR, multiply(value0, value1))), ONE);
  return b.digits < 0n
    ? divide(multiply(TWO, value1), subtract(root, b))
    : divide(add(b, root), multiply(TWO, value0));
}
