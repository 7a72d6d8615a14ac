import {
  absolute,
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  equals,
  isZero,
  multiply,
  ONE,
  roundToDigits,
  subtract,
  ZERO,
} from '../../domain/decimal.ts';
import { exp, ln } from '../../domain/transcendental.ts';
import { GUARD_DIGITS } from './matched.ts';

export const HALF = decimal('0.5');
const TWO = decimal('2');

/** Below it the series of three terms is exact to 60 digits, and the logarithms cancel. */
const NEARLY_EQUAL = decimal('1e-10');
const THIRD = divide(ONE, decimal(3), GUARD_DIGITS);
const FIFTH = decimal('0.2');

/**
 * √x = exp(½·ln x), half-even to 40 digits; 0 stays 0.
 *
 * @throws {RangeError} where x is negative.
 * @example squareRoot(decimal('2')) // 1.41421356237309504880168872420969807857
 */
export function squareRoot(x: Decimal): Decimal {
  return isZero(x) ? ZERO : exp(multiply(ln(x), HALF));
}

/**
 * √(a·b), to 60 digits: the exponential gives 40, one step of Newton's the rest. It is for roots
 * that go into a sum; the logarithms of a and b are remembered.
 *
 * @throws {RangeError} where a or b is negative.
 */
export function guardedRoot(a: Decimal, b: Decimal): Decimal {
  if (equals(a, b)) return a;
  if (isZero(a) || isZero(b)) return ZERO;
  const root = exp(multiply(add(ln(a), ln(b)), HALF));
  const other = divide(multiply(a, b), root, GUARD_DIGITS);
  return roundToDigits(multiply(add(root, other), HALF), GUARD_DIGITS);
}

/** eˣ to about 55 digits, for powers in a sum: y·(1 + x − ln y), y its first 40 digits. */
export function guardedExp(x: Decimal): Decimal {
  const y = exp(x);
  return roundToDigits(multiply(y, add(ONE, subtract(x, ln(y)))), GUARD_DIGITS);
}

/**
 * The logarithmic mean (a − b) / (ln a − ln b), a where both are equal, 0 where one is; to about 50
 * digits. Close to a = b it is m / (1 + z²/3 + z⁴/5), m = (a + b)/2, z = (a − b)/(a + b), because
 * the quotient of differences would lose its digits (Vartia 1976).
 *
 * @throws {RangeError} where a or b is negative.
 * @example logarithmicMean(decimal('1'), decimal('2')) // 1.442695040888963407359924681001892137…
 */
export function logarithmicMean(a: Decimal, b: Decimal): Decimal {
  if (equals(a, b)) return a;
  if (isZero(a) || isZero(b)) return ZERO;
  const difference = subtract(a, b);
  const total = add(a, b);
  const z = divide(difference, total, GUARD_DIGITS);
  if (compare(absolute(z), NEARLY_EQUAL) >= 0) {
    return divide(difference, subtract(ln(a), ln(b)), GUARD_DIGITS);
  }
  const z2 = multiply(z, z);
  const series = add(ONE, add(multiply(z2, THIRD), multiply(multiply(z2, z2), FIFTH)));
  return divide(total, multiply(series, TWO), GUARD_DIGITS);
}
