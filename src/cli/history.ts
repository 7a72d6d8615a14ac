import { tz } from '@date-fns/tz';
import { subMonths } from 'date-fns/subMonths';
import { subYears } from 'date-fns/subYears';
import { addDays, type Day, dayOf, daysBetween, dayToMs } from '../domain/dates.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { Fixing } from '../domain/fixing.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { resultsOn } from '../fix/backfill.ts';
import { fixingOf } from '../fix/fixing.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { isOnCalendar } from '../weigh/schedule.ts';

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
  rulebook: Rulebook,
  evidence: Evidence,
  date: Day,
  knownAtMs: number | undefined,
  columns: number,
): { readonly viewed: Viewed } | { readonly viewed?: undefined; readonly none: string } {
  const compared = {
    dayBefore: calendarDayUpTo(addDays(date, -1), rulebook),
    monthBefore: calendarDayUpTo(dayOf(+subMonths(dayToMs(date), 1, UTC)), rulebook),
    yearBefore: calendarDayUpTo(dayOf(+subYears(dayToMs(date), 1, UTC)), rulebook),
    base: rulebook.base.date,
  };
  const charted = new Set(spacedDays(rulebook, date, columns));
  const wanted = new Set([date, ...charted, ...Object.values(compared)]);
  const options = knownAtMs === undefined ? {} : { knownAtMs };
  const run = resultsOn(rulebook, evidence, date, (day) => wanted.has(day), options);
  if (!run.items) return { none: run.none.message };
  const points = new Map<Day, Point>();
  let fixing: Fixing | undefined;
  for (const { result, market } of run.items) {
    const { day } = result.day;
    const { level, value } = result;
    const published = result.withheld.length === 0 ? { level, price: value.price } : null;
    points.set(day, { date: day, published });
    if (day === date) fixing = fixingOf(result, rulebook, evidence, market);
  }
  if (!fixing) throw new RangeError(`expected the chain to reach ${date}`);
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
function calendarDayUpTo(day: Day, rulebook: Rulebook): Day | undefined {
  let found = day;
  while (found >= rulebook.base.date && !isOnCalendar(found, rulebook)) found = addDays(found, -1);
  return found >= rulebook.base.date ? found : undefined;
}

function spacedDays(rulebook: Rulebook, date: Day, most: number): Day[] {
  const span = daysBetween(rulebook.base.date, date);
  const columns = Math.min(most, span + 1);
  const days = Array.from({ length: columns }, (_, column) =>
    addDays(rulebook.base.date, Math.round((span * column) / Math.max(1, columns - 1))),
  );
  return days.map((day) => calendarDayUpTo(day, rulebook)).filter((day) => day !== undefined);
}
