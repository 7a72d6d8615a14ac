import { addDays, type Day, weekdayOf } from '../domain/dates.ts';
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

/** The first day of the calendar at or after a day. */
export function firstDayFrom(day: Day, rules: RulebookRules): Day {
  return isOnCalendar(day, rules) ? day : nextDay(day, rules);
}

/**
 * Whether the basket is rebalanced on a day: the first calendar day of a new period. `before` is
 * the calendar day before it; the base date is never a rebalance day.
 */
export function isRebalanceDay(day: Day, before: Day, rules: RulebookRules): boolean {
  if (day <= rules.base.date) return false;
  switch (rules.rebalance.frequency) {
    case 'none':
      return false;
    case 'daily':
      return true;
    case 'weekly':
      return mondayOf(day) !== mondayOf(before);
    case 'monthly':
      return day.slice(0, 7) !== before.slice(0, 7);
    case 'quarterly':
      return quarterOf(day) !== quarterOf(before);
  }
}

function mondayOf(day: Day): Day {
  return addDays(day, -weekdayOf(day));
}

function quarterOf(day: Day): string {
  return `${day.slice(0, 4)}Q${Math.ceil(Number(day.slice(5, 7)) / 3)}`;
}
