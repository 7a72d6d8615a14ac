import { type Decimal, parseDecimal } from '../../domain/decimal.ts';
import { restated } from '../../domain/units.ts';

/** A longer amount is an attack or an accident, and could not be read again from a quotes file. */
const MOST_DIGITS = 100;

/**
 * The price per unit of its good (a million tokens) that a literal in a unit says, exactly;
 * `undefined` where it is no decimal, or absurdly long.
 *
 * @example toText(amountOf('2.9999900000000002e-06', 'per_token')!) // '2.9999900000000002'
 */
export function amountOf(literal: string, unit: string): Decimal | undefined {
  const value = parseDecimal(literal);
  const amount = value && restated(value, unit);
  if (!amount) return undefined;
  const whole = String(amount.digits).length - amount.scale;
  return amount.scale <= MOST_DIGITS && whole <= MOST_DIGITS ? amount : undefined;
}

/** Nobody sets a price of so many digits: a binary float was printed, here or upstream. */
const NOISY_DIGITS = 15;

/** True where a literal carries the noise of a binary float: it is kept as written, and flagged. */
export function hasFloatNoise(literal: string): boolean {
  const [mantissa = ''] = literal.split(/e/i);
  const digits = mantissa.replace(/[^0-9]/g, '').replace(/^0+|0+$/g, '');
  return digits.length >= NOISY_DIGITS;
}
