import { sampleStandardDeviation } from 'simple-statistics';
import { type Day, dayOf, daysBetween } from '../domain/dates.ts';
import { type Decimal, divide, toText } from '../domain/decimal.ts';
import { ln } from '../domain/transcendental.ts';
import type { LevelDay } from './levels.ts';

/** A calendar month in UTC, `YYYY-MM`. */
export type Month = string;

export function monthOf(day: Day): Month {
  return day.slice(0, 7);
}

/** The month after one, or so many after it. */
export function monthAfter(month: Month, count = 1): Month {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return dayOf(Date.UTC(year, number - 1 + count, 1)).slice(0, 7);
}

export function lastDayOf(month: Month): Day {
  const [year = 0, number = 0] = month.split('-').map(Number);
  return dayOf(Date.UTC(year, number, 0));
}

/** A month's last level, and its logarithmic change from that of the month before. */
export interface MonthEnd {
  readonly month: Month;
  readonly date: Day;
  readonly level: Decimal;
  /** `null` for the first month, and after a month without a level. */
  readonly change: number | null;
}

/** An older level is none of the end of a month: the rest of it was withheld, or is not there. */
const MOST_DAYS_BEFORE = 7;

/**
 * The last level of each month that is over, of its last seven days. The logarithm is taken at 60
 * digits, so that every engine gets the same double.
 *
 * @param to the last day that is looked at: its month counts where it ends there.
 */
export function monthEnds(days: readonly LevelDay[], to: Day): MonthEnd[] {
  const ends = new Map<Month, LevelDay>();
  for (const one of days) {
    const last = lastDayOf(monthOf(one.date));
    const isEnd = daysBetween(one.date, last) < MOST_DAYS_BEFORE;
    if (last <= to && isEnd) ends.set(monthOf(one.date), one);
  }
  return [...ends].map(([month, { date, level }]) => {
    const before = ends.get(monthAfter(month, -1));
    return { month, date, level, change: before ? logChange(before.level, level) : null };
  });
}

/** ln(to / from) as a double, the same on every engine. */
export function logChange(from: Decimal, to: Decimal): number {
  return Number(toText(ln(divide(to, from))));
}

/** Standard deviation of monthly changes, and times √12; `null` with fewer than two. */
export function volatilityOf(
  ends: readonly MonthEnd[],
): { readonly month: number; readonly year: number } | null {
  const changes = ends.flatMap(({ change }) => (change === null ? [] : [change]));
  if (changes.length < 2) return null;
  const month = sampleStandardDeviation(changes);
  return { month, year: month * Math.sqrt(12) };
}
