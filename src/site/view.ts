import { tz } from '@date-fns/tz';
import { subMonths } from 'date-fns/subMonths';
import { subYears } from 'date-fns/subYears';
import { addDays, type Day, dayOf, dayToMs } from '../domain/dates.ts';
import type { Fixing } from '../domain/fixing.ts';
import type { Contents, FixingRow } from '../domain/publication.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import type { Settlement } from '../domain/settlement.ts';

/** What the pages of a publication show: read once, and rendered without looking further. */
export interface SiteView {
  readonly origin: string;
  readonly contents: Contents;
  readonly indices: readonly IndexView[];
  /** The last settlement of each contract and period, the newest first. */
  readonly settlements: readonly LoggedSettlementView[];
  /** As it was published; `undefined` where none was. */
  readonly methodology: string | undefined;
}

export interface LoggedSettlementView {
  readonly path: string;
  readonly at: string;
  readonly settlement: Settlement;
}

export interface IndexView {
  readonly index: string;
  readonly title: string;
  readonly row: FixingRow;
  readonly fixing: Fixing;
  readonly rulebook: Rulebook;
  readonly series: readonly SeriesPoint[];
  /** The last revision of each day that has any. */
  readonly revised: ReadonlyMap<Day, number>;
  /** When the fixing after the latest one has to be there. */
  readonly next: NextFixing | undefined;
  /** Prices of each constituent, a week apart, the last one of the fixing itself. */
  readonly sparks: ReadonlyMap<string, readonly (number | null)[]>;
}

export interface NextFixing {
  readonly date: Day;
  readonly dueBy: string;
}

/** One day of a series; `null` where it was withheld. */
export interface SeriesPoint {
  readonly date: Day;
  readonly series: number;
  readonly price: string | null;
  readonly input: string | null;
  readonly cachedInput: string | null;
  readonly output: string | null;
  readonly level: string | null;
}

const UTC = { in: tz('UTC') };

/** The days that a reader compares a fixing with: the last ones with a value up to each. */
export function comparedWith(
  series: readonly SeriesPoint[],
  date: Day,
): Readonly<Record<'day' | 'month' | 'year', SeriesPoint | undefined>> {
  const upTo = (day: Day) => {
    const found = series.findLast((point) => point.date <= day);
    // A change from a withheld day would be a change from something else.
    return found?.level === null ? undefined : found;
  };
  return {
    day: upTo(addDays(date, -1)),
    month: upTo(dayOf(+subMonths(dayToMs(date), 1, UTC))),
    year: upTo(dayOf(+subYears(dayToMs(date), 1, UTC))),
  };
}
