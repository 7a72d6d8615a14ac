import { tz } from '@date-fns/tz';
import { subMonths } from 'date-fns/subMonths';
import { subYears } from 'date-fns/subYears';
import { addDays, type Day, dayOf, daysBetween, dayToMs } from '../domain/dates.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { Fixing } from '../domain/fixing.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { versionOn } from '../domain/versions.ts';
import { cannotFix, type FixingOptions, fixingOf } from '../fix/fixing.ts';
import { resultsTogether } from '../fix/together.ts';
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

/**
 * Calculates the fixings of a day and the days around them, in one pass over all chains.
 *
 * @returns in the order of the indices; `undefined` where one has none.
 */
export function view(
  indices: readonly Versions[],
  evidence: Evidence,
  date: Day,
  options: FixingOptions,
  columns: number,
): readonly (Viewed | undefined)[] {
  const plans = indices.map((versions) => planOf(versions, evidence, date, columns));
  const wanted = plans.map(({ versions, days }) => {
    return { rules: versions, isOn: (day: Day) => days.has(day) };
  });
  for (const { place, result } of resultsTogether(wanted, evidence, date, options)) {
    const plan = plans[place];
    if (!plan || !result) continue;
    const { day } = result.day;
    plan.points.set(day, { date: day, published: result.print ?? null });
    if (day === date) plan.fixing = fixingOf(result, evidence, options).fixing;
  }
  return plans.map((plan) => viewedOf(plan, date));
}

/** The days of an index that are looked at, and what has been found of them. */
interface Plan {
  readonly versions: Versions;
  readonly compared: Readonly<Record<'dayBefore' | 'monthBefore' | 'yearBefore', Day | undefined>>;
  readonly charted: ReadonlySet<Day>;
  readonly days: ReadonlySet<Day | undefined>;
  readonly points: Map<Day, Point>;
  fixing: Fixing | undefined;
}

function planOf(versions: Versions, evidence: Evidence, date: Day, columns: number): Plan {
  const { base } = versionOn(versions, date);
  const upTo = (day: Day) => calendarDayUpTo(day, versions, evidence);
  const compared = {
    dayBefore: upTo(addDays(date, -1)),
    monthBefore: upTo(dayOf(+subMonths(dayToMs(date), 1, UTC))),
    yearBefore: upTo(dayOf(+subYears(dayToMs(date), 1, UTC))),
  };
  const spaced = spacedDays(base.date, date, columns).map(upTo);
  const charted = new Set(spaced.filter((day) => day !== undefined));
  const days = new Set([date, base.date, ...charted, ...Object.values(compared)]);
  return {
    ...{ versions, compared, charted, days, points: new Map(), fixing: undefined },
  };
}

function viewedOf(plan: Plan, date: Day): Viewed | undefined {
  const { versions, compared, charted, points, fixing } = plan;
  if (!fixing) return undefined;
  const rulebook = versionOn(versions, date);
  const at = (day: Day | undefined) => (day === undefined ? undefined : points.get(day));
  return {
    rulebook,
    fixing,
    history: [...points.values()].filter((point) => charted.has(point.date)),
    dayBefore: at(compared.dayBefore),
    monthBefore: at(compared.monthBefore),
    yearBefore: at(compared.yearBefore),
    base: at(rulebook.base.date),
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
