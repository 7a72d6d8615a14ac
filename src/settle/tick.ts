import {
  absolute,
  compare,
  type Decimal,
  divideToPlaces,
  multiply,
  type RoundingMode,
  subtract,
  toText,
} from '../domain/decimal.ts';

/** How a value in the middle of two ticks settles: contracts say which, and they differ. */
export type TieRule = RoundingMode | 'nearer_prior';

export interface Ticked {
  readonly settled: Decimal;
  /** The value was in the middle of two ticks, and the rule chose. */
  readonly isTie: boolean;
}

/**
 * Rounds an exact quotient once, to a multiple of a tick. `half_up` takes a tie away from zero;
 * `nearer_prior` to the tick that is closer to the settlement before, and, where that lies in the
 * middle as well, to the even one.
 *
 * @returns `undefined` for a tie that waits for a settlement before which was not given.
 * @throws {RangeError} where the tick or the divisor is not positive.
 * @example toTick(decimal('10.002'), decimal(4), decimal('0.001'), 'half_up')?.settled // 2.501
 */
export function toTick(
  numerator: Decimal,
  denominator: Decimal,
  tick: Decimal,
  rule: TieRule,
  prior?: Decimal,
): Ticked | undefined {
  if (tick.digits <= 0n || denominator.digits <= 0n) {
    throw new RangeError(`expected a positive tick and divisor, found ${toText(tick)}`);
  }
  const unit = multiply(denominator, tick);
  const even = multiply(divideToPlaces(numerator, unit, 0, 'half_even'), tick);
  // |x − even| is half a tick, with both sides times 2n.
  const off = absolute(subtract(numerator, multiply(even, denominator)));
  const isTie = compare(multiply(off, { digits: 2n, scale: 0 }), unit) === 0;
  if (!isTie || rule === 'half_even') return { settled: even, isTie };
  const outward = multiply(divideToPlaces(numerator, unit, 0, 'half_up'), tick);
  if (rule === 'half_up') return { settled: outward, isTie };
  if (prior === undefined) return undefined;
  const side = compare(multiply(prior, denominator), numerator);
  if (side === 0) return { settled: even, isTie };
  const inward = subtract(outward, numerator.digits < 0n ? negative(tick) : tick);
  const [lower, upper] = numerator.digits < 0n ? [outward, inward] : [inward, outward];
  return { settled: side > 0 ? upper : lower, isTie };
}

function negative({ digits, scale }: Decimal): Decimal {
  return { digits: -digits, scale };
}
