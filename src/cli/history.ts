import { tz } from '@date-fns/tz';
import { subMonths } from 'date-fns/subMonths';
import { subYears } from 'date-fns/subYears';
import { addDays, type Day, dayOf, daysBetween, dayToMs } from '../domain/dates.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { Fixing } from '../domain/fixing.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { versionOn } from '../domain/versions.ts';
import { resultsOn } from '../fix/backfill.ts';
import { cannotFix, type FixingOptions, fixingOf } from '../fix/fixing.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Versions } from './book.ts';

/** What was published on a day; `null` where it was withheld. */
export interface Point {
  readonly date: Day;
  readonly published: { readonly price: Decimal; readonly level: Decimal } | null;
}

/** A fixing with the days of its index that a person compares it with. */
export interface Viewed {
  readonly rulebook: Rulebook;
  readonly fixing: Fixing;
  /** Evenly spaced days from the base date to the fixing, at most as many as asked for. */
  readonly history: readonly Point[];
  readonly dayBefore: Point | undefined;
  readonly monthBefore: Point | undefined;
  readonly yearBefore: Point | undefined;
  readonly base: Point | undefined;
}

const UTC = { in: tz('UTC') };

/** Calculates a fixing and the days around it in one pass over its chain. */
export function view(
  versions: Versions,
  evidence: Evidence,
  date: Day,
  options: FixingOptions,
  columns: number,
): { readonly viewed: Viewed } | { readonly viewed?: undefined; readonly none: string } {
  const rulebook = versionOn(versions, date);
  const upTo = (day: Day) => calendarDayUpTo(day, versions, evidence);
  const compared = {
    dayBefore: upTo(addDays(date, -1)),
    monthBefore: upTo(dayOf(+subMonths(dayToMs(date), 1, UTC))),
    yearBefore: upTo(dayOf(+subYears(dayToMs(date), 1, UTC))),
    base: rulebook.base.date,
  };
  const spaced = spacedDays(rulebook.base.date, date, columns).map(upTo);
  const charted = new Set(spaced.filter((day) => day !== undefined));
  const wanted = new Set([date, ...charted, ...Object.values(compared)]);
  const run = resultsOn(versions, evidence, date, (day) => wanted.has(day), options);
  if (!run.items) return { none: run.none.message };
  const points = new Map<Day, Point>();
  let fixing: Fixing | undefined;
  for (const result of run.items) {
    const { day } = result.day;
    points.set(day, { date: day, published: result.print ?? null });
    if (day === date) fixing = fixingOf(result, evidence, options).fixing;
  }
  if (!fixing) return { none: `${rulebook.index} has no such series on ${date}` };
  const at = (day: Day | undefined) => (day === undefined ? undefined : points.get(day));
  return {
    viewed: {
      rulebook,
      fixing,
      history: [...points.values()].filter((point) => charted.has(point.date)),
      dayBefore: at(compared.dayBefore),
      monthBefore: at(compared.monthBefore),
      yearBefore: at(compared.yearBefore),
      base: at(compared.base),
    },
  };
}

/** The last day of the calendar up to a day, where the index existed then. */
function calendarDayUpTo(day: Day, versions: Versions, evidence: Evidence): Day | undefined {
  let found = day;
  for (;;) {
    const none = cannotFix(versions, evidence, found);
    if (!none) return found;
    if (none.code === 'before_base') return undefined;
    found = addDays(found, -1);
  }
}

function spacedDays(base: Day, date: Day, most: number): Day[] {
  const span = daysBetween(base, date);
  const columns = Math.min(most, span + 1);
  return Array.from({ length: columns }, (_, column) =>
    addDays(base, Math.round((span * column) / Math.max(1, columns - 1))),
  );
}
