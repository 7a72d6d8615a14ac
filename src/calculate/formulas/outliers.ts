import {
  absolute,
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  equals,
  multiply,
  ONE,
  pow10,
  subtract,
  sum,
} from '../../domain/decimal.ts';
import { median, medianAbsoluteDeviation } from '../estimators.ts';
import { GUARD_DIGITS } from './matched.ts';

/**
 * Rules that call a price relative an outlier (CPI Manual 2020, 5.113–5.135). Each gives a flag per
 * relative, in their order; every inequality is strict, quantiles are of type 7, and all throw a
 * RangeError where there are no relatives. None knows of a ratio band: that is `madScreen`.
 */

const MAD_SCALE = decimal('1.4826');
const QUARTER = decimal('0.25');
const THREE_QUARTERS = decimal('0.75');
const TAIL = decimal('0.05');
const OTHER_TAIL = decimal('0.95');
const FENCE = decimal('1.5');
const CUTOFF = decimal('2.5');
const HB_CUTOFF = decimal('3');
const FLOOR = decimal('0.05');
const TWO = decimal('2');
const NONE = decimal('0');

/**
 * Robust z-score: |x − median| > c·1.4826·MAD. Where the MAD is 0 every x off the median is out.
 *
 * @example robustZ(decimals('1 1.1 0.9 5')) // false, false, false, true
 */
export function robustZ(relatives: readonly Decimal[], cutoff: Decimal = CUTOFF): boolean[] {
  const centre = median(relatives);
  const deviation = medianAbsoluteDeviation(relatives, centre);
  const limit = multiply(multiply(cutoff, MAD_SCALE), deviation);
  return relatives.map((x) => compare(absolute(subtract(x, centre)), limit) > 0);
}

/**
 * Quartile method: beyond the median by more than c times the distance to the quartile of that
 * side, each distance at least `floor`·|median|. A floor of 0.05 is usual where many relatives are
 * 1.
 *
 * @example quartileMethod(decimals('1 1.1 0.9 5')) // false, false, false, true
 */
export function quartileMethod(
  relatives: readonly Decimal[],
  { cutoff = CUTOFF, floor = NONE }: { readonly cutoff?: Decimal; readonly floor?: Decimal } = {},
): boolean[] {
  const { q1, q2, q3 } = quartiles(relatives);
  const least = absolute(multiply(floor, q2));
  const spread = (distance: Decimal) =>
    multiply(cutoff, compare(distance, least) > 0 ? distance : least);
  return beyond(
    relatives,
    subtract(q2, spread(subtract(q2, q1))),
    add(q2, spread(subtract(q3, q2))),
  );
}

/**
 * Resistant fences: beyond a quartile by more than c times the interquartile range.
 *
 * @example resistantFences(decimals('1 1.1 0.9 1 5')) // false, false, false, false, true
 */
export function resistantFences(relatives: readonly Decimal[], cutoff: Decimal = FENCE): boolean[] {
  const { q1, q3 } = quartiles(relatives);
  const margin = multiply(cutoff, subtract(q3, q1));
  return beyond(relatives, subtract(q1, margin), add(q3, margin));
}

/**
 * Kimber's fences: beyond a quartile by more than c times its distance to the median (Kimber 1990).
 *
 * @example kimber(decimals('1 1.1 0.9 1.05 5')) // false, false, false, false, true
 */
export function kimber(relatives: readonly Decimal[], cutoff: Decimal = CUTOFF): boolean[] {
  const { q1, q2, q3 } = quartiles(relatives);
  return beyond(
    relatives,
    subtract(q1, multiply(cutoff, subtract(q2, q1))),
    add(q3, multiply(cutoff, subtract(q3, q2))),
  );
}

/**
 * Tukey's algorithm: the 5% tails are out; of the rest that moved, those beyond the mean by more
 * than c times the distance to the mean of the half on that side.
 *
 * @example tukey(decimals('1.1 0.9 0.95 1.05 1 5')) // false, true, false, false, false, true
 */
export function tukey(relatives: readonly Decimal[], cutoff: Decimal = CUTOFF): boolean[] {
  const inTail = beyond(relatives, quantile(relatives, TAIL), quantile(relatives, OTHER_TAIL));
  const moved = relatives.filter((x, place) => !inTail[place] && !equals(x, ONE));
  if (moved.length === 0) return inTail;
  const centre = guardedMean(moved);
  const upper = guardedMean(moved.filter((x) => compare(x, centre) >= 0));
  const lower = guardedMean(moved.filter((x) => compare(x, centre) <= 0));
  const out = beyond(
    relatives,
    subtract(centre, multiply(cutoff, subtract(centre, lower))),
    add(centre, multiply(cutoff, subtract(upper, centre))),
  );
  return relatives.map((_, place) => inTail[place] === true || out[place] === true);
}

/**
 * Fixed cut-off: above c or below 1/c.
 *
 * @example fixedCutoff(decimals('0.5 2 2.1')) // false, false, true
 */
export function fixedCutoff(relatives: readonly Decimal[], cutoff: Decimal = TWO): boolean[] {
  return relatives.map((x) => compare(x, cutoff) > 0 || compare(multiply(x, cutoff), ONE) < 0);
}

/**
 * Hidiroglou and Berthelot (1986): falls are made comparable with rises, s = 1 − m/x below the
 * median m, else x/m − 1, to 60 digits; then the quartile method on s.
 *
 * @throws {RangeError} where a relative is zero, or the median is.
 * @example hidiroglouBerthelot(decimals('1 1.1 0.9 5')) // false, false, false, true
 */
export function hidiroglouBerthelot(
  relatives: readonly Decimal[],
  cutoff: Decimal = HB_CUTOFF,
  floor: Decimal = FLOOR,
): boolean[] {
  const centre = median(relatives);
  const transformed = relatives.map((x) =>
    compare(x, centre) < 0
      ? subtract(ONE, divide(centre, x, GUARD_DIGITS))
      : subtract(divide(x, centre, GUARD_DIGITS), ONE),
  );
  return quartileMethod(transformed, { cutoff, floor });
}

/**
 * A quantile of type 7, exact: linear between the values around place (n − 1)·share.
 *
 * @param share from 0 to 1.
 * @throws {RangeError} where there are no values, or the share is outside.
 * @example quantile(decimals('1 2 4 9'), decimal('0.25')) // 1.75
 */
export function quantile(values: readonly Decimal[], share: Decimal): Decimal {
  const sorted = [...values].sort(compare);
  const place = multiply(decimal(sorted.length - 1), share);
  const whole =
    place.scale > 0 ? place.digits / pow10(place.scale) : place.digits * pow10(-place.scale);
  const lower = sorted[Number(whole)];
  if (!lower || share.digits < 0n || compare(share, ONE) > 0) {
    throw new RangeError('expected at least one value, and a share from 0 to 1');
  }
  const upper = sorted[Number(whole) + 1] ?? lower;
  return add(lower, multiply(subtract(place, decimal(whole)), subtract(upper, lower)));
}

function quartiles(values: readonly Decimal[]): Record<'q1' | 'q2' | 'q3', Decimal> {
  return {
    q1: quantile(values, QUARTER),
    q2: median(values),
    q3: quantile(values, THREE_QUARTERS),
  };
}

function guardedMean(values: readonly Decimal[]): Decimal {
  return divide(sum(values), decimal(values.length), GUARD_DIGITS);
}

function beyond(relatives: readonly Decimal[], low: Decimal, high: Decimal): boolean[] {
  return relatives.map((x) => compare(x, low) < 0 || compare(x, high) > 0);
}
