import {
  absolute,
  compare,
  type Decimal,
  decimal,
  isZero,
  multiply,
  subtract,
} from '../domain/decimal.ts';
import { median, medianAbsoluteDeviation } from './estimators.ts';

/** Makes the MAD of normally distributed values their standard deviation. */
const MAD_SCALE = decimal('1.4826');
/** Of two sellers neither can be said to be the outlier. */
const FEWEST_TO_SCREEN = 3;

/**
 * Which values lie outside: more than `sigma` scaled MADs from the median or, where the MAD is 0
 * because prices are copied, beyond the symmetric ratio band around it. The inequality is strict;
 * fewer than three values are not screened.
 *
 * @returns for each value, whether it is out.
 */
export function madScreen(
  values: readonly Decimal[],
  sigma: Decimal,
  ratio: Decimal | null,
): boolean[] {
  if (values.length < FEWEST_TO_SCREEN) return values.map(() => false);
  const centre = median(values);
  const mad = medianAbsoluteDeviation(values, centre);
  if (isZero(mad)) {
    return values.map((value) => ratio !== null && isBeyondRatio(value, centre, ratio));
  }
  const limit = multiply(multiply(sigma, MAD_SCALE), mad);
  return values.map((value) => compare(absolute(subtract(value, centre)), limit) > 0);
}

/**
 * Which values lie beyond the symmetric ratio band around the price of the day before. The
 * inequality is strict; fewer than three values are not screened, nor is anything where there was
 * no price before.
 *
 * @returns for each value, whether it is out.
 */
export function previousPriceScreen(
  values: readonly Decimal[],
  previous: Decimal | undefined,
  ratio: Decimal,
): boolean[] {
  const isScreened = previous !== undefined && values.length >= FEWEST_TO_SCREEN;
  return values.map((value) => isScreened && isBeyondRatio(value, previous, ratio));
}

function isBeyondRatio(value: Decimal, centre: Decimal, ratio: Decimal): boolean {
  return compare(value, multiply(centre, ratio)) > 0 || compare(centre, multiply(value, ratio)) > 0;
}
