import { type Decimal, decimal, multiply } from './decimal.ts';

/** What one unit of a price has to be multiplied by to be a price per million tokens. */
const PER_MTOK: Readonly<Record<string, Decimal>> = {
  per_mtok: decimal('1'),
  per_1k: decimal('1000'),
  per_token: decimal('1000000'),
  cents_per_token: decimal('10000'),
};

/** The units that a price may be quoted in. */
export const UNITS: readonly string[] = Object.keys(PER_MTOK);

/**
 * Restates an amount per unit as an amount per million tokens, exactly.
 *
 * @param unit one of {@link UNITS}.
 * @returns the price per million tokens, or `undefined` where the unit does not count tokens
 *   (characters, images, seconds): such a price cannot be restated.
 * @example toText(perMtok(decimal('1.5e-07'), 'per_token')!) // '0.15'
 */
export function perMtok(amount: Decimal, unit: string): Decimal | undefined {
  const factor = Object.hasOwn(PER_MTOK, unit) ? PER_MTOK[unit] : undefined;
  return factor && multiply(amount, factor);
}
