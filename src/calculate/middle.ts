import { add, compare, type Decimal, multiply, roundToDigits } from '../domain/decimal.ts';
import { HALF } from './estimators.ts';

/** A median, and how near to it a value has to be to have a part in it. */
export interface Middle {
  /** The same as `median` gives, half-even to 40 digits. */
  readonly value: Decimal;
  readonly low: number;
  readonly high: number;
}

/** Far above the error of a double, and far below any step of a price. */
const MARGIN = 1e-9;

/**
 * The median of values of which doubles are known that are near: they are sorted by those, and only
 * what may be in the middle is compared exactly.
 *
 * @param exact the value at a place.
 * @throws {RangeError} where there are no values.
 */
export function middleOf(near: Float64Array, exact: (place: number) => Decimal): Middle {
  const sorted = near.slice().sort();
  const [lowerRank, upperRank] = [(near.length - 1) >> 1, near.length >> 1];
  const low = belowOf(sorted[lowerRank] ?? 0);
  const high = aboveOf(sorted[upperRank] ?? 0);
  const candidates: Decimal[] = [];
  let below = 0;
  for (let place = 0; place < near.length; place += 1) {
    const at = near[place] ?? 0;
    if (at < low) below += 1;
    else if (at <= high) candidates.push(exact(place));
  }
  candidates.sort(compare);
  const [lower, upper] = [candidates[lowerRank - below], candidates[upperRank - below]];
  if (!lower || !upper) throw new RangeError('expected at least one value');
  const value = lower === upper ? lower : multiply(add(lower, upper), HALF);
  return { value: roundToDigits(value), low, high };
}

/** What is not above this is below a value for certain. */
export function belowOf(value: number): number {
  return value * (1 - MARGIN);
}

/** What is not below this is above a value for certain. */
export function aboveOf(value: number): number {
  return value * (1 + MARGIN);
}
