import { type Decimal, divide, dot, sum } from '../../domain/decimal.ts';
import { exp } from '../../domain/transcendental.ts';
import { logRelative } from './geometric.ts';
import { GUARD_DIGITS, type Matched, productsOf } from './matched.ts';
import { logarithmicMean } from './roots.ts';

/**
 * Geometric indices whose weights are logarithmic means, which pass the factor reversal test. Means
 * to 60 digits, one exponential, rounded half-even to 40. Both throw a RangeError where the vectors
 * do not match, a price is not positive, or the values of a period are all zero.
 */

/**
 * The Sato-Vartia index, Vartia II: weights are logarithmic means of the value shares, normalized
 * to sum to 1. exp(Σ w·ln r / Σ w), w = L(s0, s1) (Sato 1976, Vartia 1976).
 *
 * @example satoVartia(matchedOf('1 4', '2 2', '2 1', '1 2')) // 0.79370052598409973737585281963615…
 */
export function satoVartia(matched: Matched): Decimal {
  const products = productsOf(matched);
  const value0 = sum(products.map(({ v0 }) => v0));
  const value1 = sum(products.map(({ v1 }) => v1));
  const terms = products.map(({ v0, v1, p0, p1 }) => {
    const share0 = divide(v0, value0, GUARD_DIGITS);
    const share1 = divide(v1, value1, GUARD_DIGITS);
    return [logarithmicMean(share0, share1), logRelative(p0, p1)] as const;
  });
  return exp(divide(dot(terms), sum(terms.map(([weight]) => weight)), GUARD_DIGITS));
}

/**
 * The Montgomery-Vartia index, Vartia I: weights are logarithmic means of the values over that of
 * the totals, and sum to less than 1, so that a uniform change of prices is not quite reproduced.
 * exp(Σ L(v0, v1)·ln r / L(V0, V1)) (Montgomery 1937, Vartia 1976).
 *
 * @example montgomeryVartia(matchedOf('1 4', '1 4', '2 1', '1 2')) // 1
 */
export function montgomeryVartia(matched: Matched): Decimal {
  const products = productsOf(matched);
  const total = logarithmicMean(
    sum(products.map(({ v0 }) => v0)),
    sum(products.map(({ v1 }) => v1)),
  );
  const logarithm = dot(
    products.map(({ v0, v1, p0, p1 }) => [logarithmicMean(v0, v1), logRelative(p0, p1)]),
  );
  return exp(divide(logarithm, total, GUARD_DIGITS));
}
