import {
  type Decimal,
  divide,
  dot,
  isZero,
  multiply,
  ONE,
  subtract,
  sum,
} from '../../domain/decimal.ts';
import { exp, ln } from '../../domain/transcendental.ts';
import { geometricLaspeyres, logRelative } from './geometric.ts';
import { type Bilateral, GUARD_DIGITS, type Matched, productsOf } from './matched.ts';
import { guardedExp } from './roots.ts';

/**
 * The Lloyd-Moulton index of an elasticity of substitution σ: (Σ s0·r^(1−σ))^(1/(1−σ)). It is
 * Laspeyres at σ = 0, geometric Laspeyres at σ = 1 (Lloyd 1975, Moulton 1996; PPI Manual 2004).
 * Powers to about 55 digits, the result half-even to 40; about as many digits are lost as 1 − σ
 * has zeros after the point.
 *
 * @throws {RangeError} where the vectors do not match, a price is not positive, or the earlier
 *   values are all zero.
 * @example lloydMoulton(decimal('0.5'))(matchedOf('1 1', '4 1', '1 1', '1 1')) // 2.25
 */
export function lloydMoulton(sigma: Decimal): Bilateral {
  const exponent = subtract(ONE, sigma);
  if (isZero(exponent)) return geometricLaspeyres;
  return (matched: Matched): Decimal => {
    const products = productsOf(matched);
    const powers = products.map(({ v0, p0, p1 }) => {
      return [v0, guardedExp(multiply(exponent, logRelative(p0, p1)))] as const;
    });
    const mean = divide(dot(powers), sum(products.map(({ v0 }) => v0)), GUARD_DIGITS);
    return exp(divide(ln(mean), exponent, GUARD_DIGITS));
  };
}
