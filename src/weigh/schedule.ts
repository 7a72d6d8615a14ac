import { addDays, type Day, WEEKDAYS, weekdayOf } from '../domain/dates.ts';
import type { RulebookRules } from '../domain/rulebook.ts';

const SATURDAY = 5;

/** Whether an index has a fixing on a day. */
export function isOnCalendar(day: Day, rules: RulebookRules): boolean {
  return rules.calendar === 'every_day' || weekdayOf(day) < SATURDAY;
}

/** The next day of the rulebook's calendar. */
export function nextDay(day: Day, rules: RulebookRules): Day {
  let next = addDays(day, 1);
  while (!isOnCalendar(next, rules)) next = addDays(next, 1);
  return next;
}

/**
 * Whether the basket is rebalanced on a day: the first calendar day at or after the day of a period
 * that the rulebook names. The base date is never a rebalance day.
 *
 * @param before the calendar day before it.
 */
export function isRebalanceDay(day: Day, before: Day, rules: RulebookRules): boolean {
  const { frequency } = rules.rebalance;
  if (day <= rules.base.date || frequency === 'none') return false;
  if (frequency === 'daily') return true;
  // The named day may be off the calendar, and the next one in the period after.
  return [day, before].some((within) => {
    const named = namedDay(periodStart(within, frequency), rules.rebalance.on);
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
function namedDay(start: Day, on: RulebookRules['rebalance']['on']): Day {
  const weekday = weekdayOf(start);
  if (on === 'first_day') return start;
  if (on === 'first_business_day') {
    return weekday < SATURDAY ? start : addDays(start, DAYS_A_WEEK - weekday);
  }
  const wanted = WEEKDAYS.indexOf(on);
  return addDays(start, (wanted - weekday + DAYS_A_WEEK) % DAYS_A_WEEK);
}

const DAYS_A_WEEK = 7;
