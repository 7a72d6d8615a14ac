import { type Decimal, multiply } from './decimal.ts';
import { TOKEN } from './goods/token.ts';
import { GOODS } from './goods.ts';

const FACTORS: Readonly<Record<string, Decimal>> = Object.assign(
  {},
  ...Object.values(GOODS).map(({ units }) => units),
);

/** The units that a price may be quoted in, of every good: no two goods share one. */
export const UNITS: readonly string[] = Object.keys(FACTORS);

/**
 * Restates an amount in the unit of its good (a million tokens, a GPU hour), exactly.
 *
 * @param unit one of {@link UNITS}.
 * @returns `undefined` where the unit counts no good (characters, images): such a price cannot be
 *   restated.
 */
export function restated(amount: Decimal, unit: string): Decimal | undefined {
  const factor = Object.hasOwn(FACTORS, unit) ? FACTORS[unit] : undefined;
  return factor && multiply(amount, factor);
}

/**
 * Restates an amount per unit as an amount per million tokens, exactly.
 *
 * @returns the price per million tokens, or `undefined` where the unit does not count tokens.
 * @example toText(perMtok(decimal('1.5e-07'), 'per_token')!) // '0.15'
 */
export function perMtok(amount: Decimal, unit: string): Decimal | undefined {
  return Object.hasOwn(TOKEN.units, unit) ? restated(amount, unit) : undefined;
}
