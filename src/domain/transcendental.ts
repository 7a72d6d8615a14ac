import { Decimal as Transcendental } from 'decimal.js';
import {
  type Decimal,
  decimal,
  divide,
  dot,
  isZero,
  ONE,
  roundToDigits,
  subtract,
  sum,
  toText,
} from './decimal.ts';

/**
 * Logarithms and exponentials by decimal.js at 60 digits, because `Math.log` and `Math.pow` differ
 * from one JavaScript engine to the next. Products and sums between them are exact.
 */
const TRANSCENDENTAL_DIGITS = 60;
const Precise = Transcendental.clone({
  precision: TRANSCENDENTAL_DIGITS,
  rounding: Transcendental.ROUND_HALF_EVEN,
});

/** The same few prices stand for months: a memory of their logarithms is a hundredfold saving. */
const REMEMBERED = 20_000;
const logarithms = new Map<string, Decimal>();

/**
 * ln x at 60 digits.
 *
 * @throws {RangeError} where x is not positive.
 */
export function ln(x: Decimal): Decimal {
  if (x.digits <= 0n) throw new RangeError(`expected a positive number, found ${toText(x)}`);
  const key = toText(x);
  const known = logarithms.get(key);
  if (known) return known;
  const value = decimal(Precise.ln(key).toExponential());
  if (logarithms.size >= REMEMBERED) logarithms.clear();
  logarithms.set(key, value);
  return value;
}

/** eˣ at 60 digits, rounded half-even to 40. */
export function exp(x: Decimal): Decimal {
  if (isZero(x)) return ONE;
  return roundToDigits(decimal(Precise.exp(toText(x)).toExponential()));
}

/**
 * exp(Σ w ln x / Σ w), rounded half-even to 40 digits. One exponential at the end, never repeated
 * powers (the Jevons mean of the CPI Manual 2020, here with weights).
 *
 * @param terms weight and value; weights are not negative and do not all vanish, values positive.
 * @example geometricMean([[decimal(1), decimal(2)], [decimal(1), decimal(8)]]) // 4
 */
export function geometricMean(terms: readonly (readonly [Decimal, Decimal])[]): Decimal {
  const weights = sum(terms.map(([weight]) => weight));
  const logarithm = dot(terms.map(([weight, value]) => [weight, ln(value)] as const));
  return exp(divide(logarithm, weights, 2 * TRANSCENDENTAL_DIGITS));
}

/**
 * The weighted geometric mean of relatives now / then: exp(Σ w (ln now − ln then) / Σ w). Exactly 1
 * where nothing moved.
 *
 * @param terms weight, value now, value then.
 */
export function geometricMeanOfRelatives(
  terms: readonly (readonly [Decimal, Decimal, Decimal])[],
): Decimal {
  const weights = sum(terms.map(([weight]) => weight));
  const logarithm = dot(
    terms.map(([weight, now, then]) => [weight, subtract(ln(now), ln(then))] as const),
  );
  return exp(divide(logarithm, weights, 2 * TRANSCENDENTAL_DIGITS));
}
