/**
 * Exact decimals. A price, a weight or a result is an integer and a scale, read from the digits of
 * its source: no value here has ever been a binary float.
 */
export interface Decimal {
  readonly digits: bigint;
  /** The value is `digits / 10^scale`. Negative where a rounding left trailing zeros. */
  readonly scale: number;
}

/** Half-even rounds a tie to the even neighbour, half-up away from zero. */
export type RoundingMode = 'half_even' | 'half_up';

/** Significant digits of every value that is formed by division (methodology, 10). */
export const WORKING_DIGITS = 40;

const DECIMAL_PATTERN = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/;
/** A longer literal or exponent is an attack or an accident, not a price. */
const MAX_LITERAL_LENGTH = 200;
const MAX_EXPONENT = 400;

export const ZERO: Decimal = { digits: 0n, scale: 0 };
export const ONE: Decimal = { digits: 1n, scale: 0 };

/**
 * Reads a decimal from its text, exactly: `1.5e-07` is 0.00000015. Returns `undefined` for anything
 * else (`1,5`, `$5`, `NaN`, ` 1`, `.5`, `+1`).
 *
 * @example toText(parseDecimal('1.5e-07')!) // '0.00000015'
 */
export function parseDecimal(text: string): Decimal | undefined {
  if (text.length > MAX_LITERAL_LENGTH) return undefined;
  const match = DECIMAL_PATTERN.exec(text);
  if (!match) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  if (Math.abs(Number(exponent)) > MAX_EXPONENT) return undefined;
  const digits = BigInt(whole + fraction);
  return { digits: sign ? -digits : digits, scale: fraction.length - Number(exponent) };
}

/**
 * The same for text that is known to be a decimal.
 *
 * @throws {RangeError} where it is not.
 */
export function decimal(text: string | number | bigint): Decimal {
  if (typeof text === 'bigint') return { digits: text, scale: 0 };
  const value = parseDecimal(String(text));
  if (!value) throw new RangeError(`expected a decimal number, found ${JSON.stringify(text)}`);
  return value;
}

/** Plain digits, no exponent, no trailing zeros after the point: `0.15`, `3`, `-1.5`. */
export function toText(value: Decimal): string {
  const text = plain(value.digits, value.scale);
  if (!text.includes('.')) return text;
  return text.replace(/\.?0+$/, '');
}

/** Plain digits with exactly `places` after the point. The value is rounded first, never cut. */
export function toFixedText(
  value: Decimal,
  places: number,
  mode: RoundingMode = 'half_even',
): string {
  const rounded = roundToPlaces(value, places, mode);
  return plain(rounded.digits * pow10(places - rounded.scale), places);
}

function plain(digits: bigint, scale: number): string {
  if (scale <= 0) return (digits * pow10(-scale)).toString();
  const negative = digits < 0n;
  const text = (negative ? -digits : digits).toString().padStart(scale + 1, '0');
  return `${negative ? '-' : ''}${text.slice(0, -scale)}.${text.slice(-scale)}`;
}

const POWERS: bigint[] = [1n];

/** 10^exponent; the exponent is not negative. */
export function pow10(exponent: number): bigint {
  for (let known = POWERS.length; known <= exponent; known += 1) {
    POWERS.push((POWERS[known - 1] ?? 1n) * 10n);
  }
  const power = POWERS[exponent];
  if (power === undefined) throw new RangeError(`expected an exponent of 0 or more: ${exponent}`);
  return power;
}

export function add(a: Decimal, b: Decimal): Decimal {
  if (a.scale === b.scale) return { digits: a.digits + b.digits, scale: a.scale };
  return a.scale > b.scale
    ? { digits: a.digits + b.digits * pow10(a.scale - b.scale), scale: a.scale }
    : { digits: a.digits * pow10(b.scale - a.scale) + b.digits, scale: b.scale };
}

export function negate(a: Decimal): Decimal {
  return { digits: -a.digits, scale: a.scale };
}

export function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, negate(b));
}

export function multiply(a: Decimal, b: Decimal): Decimal {
  return { digits: a.digits * b.digits, scale: a.scale + b.scale };
}

/**
 * The double that is nearest, or next to it: to look for what is then compared exactly. No value is
 * ever formed from it.
 */
export function near({ digits, scale }: Decimal): number {
  const double = Number(digits);
  const isExact = -LARGEST_EXACT < double && double < LARGEST_EXACT && scale >= 0 && scale <= 22;
  return isExact ? double / Number(pow10(scale)) : Number(`${digits}e${-scale}`);
}

const LARGEST_EXACT = Number.MAX_SAFE_INTEGER;

/** An exact sum: the order of the terms cannot matter. */
export function sum(values: Iterable<Decimal>): Decimal {
  let total = ZERO;
  for (const value of values) total = add(total, value);
  return total;
}

/** Σ aᵢ·bᵢ, exact. */
export function dot(pairs: Iterable<readonly [Decimal, Decimal]>): Decimal {
  let total = ZERO;
  for (const [a, b] of pairs) total = add(total, multiply(a, b));
  return total;
}

/** -1, 0 or 1, for sorting and comparing. */
export function compare(a: Decimal, b: Decimal): number {
  let [left, right] = [a.digits, b.digits];
  if (a.scale < b.scale) left *= pow10(b.scale - a.scale);
  else if (a.scale > b.scale) right *= pow10(a.scale - b.scale);
  return left < right ? -1 : left > right ? 1 : 0;
}

export function equals(a: Decimal, b: Decimal): boolean {
  return compare(a, b) === 0;
}

export function isPositive(a: Decimal): boolean {
  return a.digits > 0n;
}

export function isZero(a: Decimal): boolean {
  return a.digits === 0n;
}

export function absolute(a: Decimal): Decimal {
  return a.digits < 0n ? negate(a) : a;
}

export function minimum(a: Decimal, b: Decimal): Decimal {
  return compare(a, b) <= 0 ? a : b;
}

/**
 * a / b rounded once to a number of significant digits, half-even unless said.
 *
 * @throws {RangeError} where b is zero.
 */
export function divide(
  a: Decimal,
  b: Decimal,
  digits: number = WORKING_DIGITS,
  mode: RoundingMode = 'half_even',
): Decimal {
  if (b.digits === 0n) throw new RangeError('expected a divisor other than zero');
  if (a.digits === 0n) return ZERO;
  // The quotient of an m-digit and an n-digit integer has m-n or m-n+1 digits before the point.
  let shift = digits - (digitCount(a.digits) - digitCount(b.digits));
  let [n, d] = scaled(a.digits, b.digits, shift);
  if (digitCount(n / d) > digits) {
    shift -= 1;
    [n, d] = scaled(a.digits, b.digits, shift);
  }
  return { digits: roundQuotient(n, d, mode), scale: a.scale - b.scale + shift };
}

/** a / b rounded once to `places` after the point. */
export function divideToPlaces(
  a: Decimal,
  b: Decimal,
  places: number,
  mode: RoundingMode,
): Decimal {
  if (b.digits === 0n) throw new RangeError('expected a divisor other than zero');
  const [n, d] = scaled(a.digits, b.digits, places - a.scale + b.scale);
  return { digits: roundQuotient(n, d, mode), scale: places };
}

/** Rounds to a number of significant digits, half-even. */
export function roundToDigits(value: Decimal, digits: number = WORKING_DIGITS): Decimal {
  const limit = pow10(digits);
  if (-limit < value.digits && value.digits < limit) return value;
  const excess = digitCount(value.digits) - digits;
  return {
    digits: roundQuotient(value.digits, pow10(excess), 'half_even'),
    scale: value.scale - excess,
  };
}

/** Rounds to `places` after the point. */
export function roundToPlaces(value: Decimal, places: number, mode: RoundingMode): Decimal {
  if (value.scale <= places) return value;
  return {
    digits: roundQuotient(value.digits, pow10(value.scale - places), mode),
    scale: places,
  };
}

/**
 * Rounds to a multiple of a tick, as exchanges do.
 *
 * @example toText(roundToTick(decimal('33.292'), decimal('0.0125'), 'half_even')) // '33.2875'
 * @throws {RangeError} where the tick is not positive.
 */
export function roundToTick(value: Decimal, tick: Decimal, mode: RoundingMode): Decimal {
  if (!isPositive(tick)) throw new RangeError(`expected a positive tick, found ${toText(tick)}`);
  return multiply(divideToPlaces(value, tick, 0, mode), tick);
}

function scaled(n: bigint, d: bigint, shift: number): [bigint, bigint] {
  return shift >= 0 ? [n * pow10(shift), d] : [n, d * pow10(-shift)];
}

function roundQuotient(numerator: bigint, denominator: bigint, mode: RoundingMode): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const n = numerator < 0n ? -numerator : numerator;
  const d = denominator < 0n ? -denominator : denominator;
  const whole = n / d;
  const twice = (n - whole * d) * 2n;
  const up = twice > d || (twice === d && (mode === 'half_up' || (whole & 1n) === 1n));
  const rounded = up ? whole + 1n : whole;
  return negative ? -rounded : rounded;
}

/** Digits of an integer; 0 has one. */
function digitCount(digits: bigint): number {
  const positive = digits < 0n ? -digits : digits;
  let [fewest, most] = [1, 64];
  while (positive >= pow10(most)) [fewest, most] = [most + 1, most * 2];
  while (fewest < most) {
    const middle = (fewest + most) >> 1;
    if (positive >= pow10(middle)) fewest = middle + 1;
    else most = middle;
  }
  return fewest;
}
