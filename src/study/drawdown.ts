import type { Day } from '../domain/dates.ts';
import { compare, type Decimal, divide, subtract, ZERO } from '../domain/decimal.ts';
import type { LevelDay } from './levels.ts';

/** The deepest fall of a level from a day to a later one. */
export interface Drawdown {
  /** Share of the peak. */
  readonly fall: Decimal;
  readonly peakOn: Day;
  readonly lowOn: Day;
  /** The first day at the peak's level again; `undefined` where there is none. */
  readonly recoveredOn: Day | undefined;
}

/** Of falls of one depth the first; `undefined` where the level never fell. */
export function drawdownOf(days: readonly LevelDay[]): Drawdown | undefined {
  let peak: LevelDay | undefined;
  let deepest: { fall: Decimal; peak: LevelDay; low: LevelDay } | undefined;
  for (const day of days) {
    if (!peak || compare(day.level, peak.level) >= 0) peak = day;
    const fall = divide(subtract(peak.level, day.level), peak.level);
    if (compare(fall, deepest?.fall ?? ZERO) > 0) deepest = { fall, peak, low: day };
  }
  if (!deepest) return undefined;
  const { fall, peak: top, low } = deepest;
  const back = days.find(({ date, level }) => date > low.date && compare(level, top.level) >= 0);
  return { fall, peakOn: top.date, lowOn: low.date, recoveredOn: back?.date };
}
