import { addDays, type Day, WEEKDAYS, weekdayOf } from '../domain/dates.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { type Calendar, nextOpenDay } from '../normalize/calendars.ts';

/**
 * Whether the basket is rebalanced on a day: the first calendar day at or after the day of a period
 * that the rulebook names. The base date is never a rebalance day.
 *
 * @param before the calendar day before it.
 */
export function isRebalanceDay(
  day: Day,
  before: Day,
  rules: RulebookRules,
  calendar: Calendar,
): boolean {
  const { frequency } = rules.rebalance;
  if (day <= rules.base.date || frequency === 'none') return false;
  if (frequency === 'daily') return true;
  // The named day may be off the calendar, and the next one in the period after.
  return [day, before].some((within) => {
    const named = namedDay(periodStart(within, frequency), rules.rebalance.on, calendar);
    return before < named && named <= day;
  });
}

type Period = 'weekly' | 'monthly' | 'quarterly';

/** The first day of the week (a Monday), month or quarter that holds a day. */
function periodStart(day: Day, frequency: Period): Day {
  if (frequency === 'weekly') return addDays(day, -weekdayOf(day));
  const month = Number(day.slice(5, 7));
  const first = frequency === 'monthly' ? month : month - ((month - 1) % 3);
  return `${day.slice(0, 5)}${String(first).padStart(2, '0')}-01`;
}

/** The day of a period that a rulebook names: its first, first business day, or first weekday. */
function namedDay(start: Day, on: RulebookRules['rebalance']['on'], calendar: Calendar): Day {
  if (on === 'first_day') return start;
  if (on === 'first_business_day') return nextOpenDay(addDays(start, -1), calendar.isBusinessDay);
  const wanted = WEEKDAYS.indexOf(on);
  return addDays(start, (wanted - weekdayOf(start) + DAYS_A_WEEK) % DAYS_A_WEEK);
}

const DAYS_A_WEEK = 7;

/**
 * The rebalance days that are announced on a day: those for which it is the last calendar day that
 * leaves the rulebook's lead. Where a version of the rulebook begins also those that are nearer.
 *
 * @param next the calendar day after it.
 * @param from the first day of the version.
 */
export function announcedOn(
  day: Day,
  next: Day,
  rules: RulebookRules,
  calendar: Calendar,
  from: Day,
): readonly Day[] {
  const lead = rules.rebalance.announce_days;
  const found: Day[] = [];
  if (lead === 0) return found;
  let before = day;
  for (
    let ahead = next;
    addDays(ahead, -lead) < next;
    ahead = nextOpenDay(ahead, calendar.isOpen)
  ) {
    const isNear = day > from && addDays(ahead, -lead) < day;
    if (!isNear && isRebalanceDay(ahead, before, rules, calendar)) found.push(ahead);
    before = ahead;
  }
  return found;
}
