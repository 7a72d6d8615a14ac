import { addDays, type Day, weekdayOf } from '../domain/dates.ts';
import { groupBy } from '../domain/group.ts';
import type { CalendarDay } from '../domain/rows.ts';

/** The days on which an index has a fixing. */
export interface Calendar {
  readonly isOpen: (day: Day) => boolean;
  /** Open, and a day of business: on a calendar of every day, from Monday to Friday. */
  readonly isBusinessDay: (day: Day) => boolean;
}

/** Finds a calendar by its name; `undefined` where the book has none of that name. */
export type Calendars = (name: string) => Calendar | undefined;

const SATURDAY = 5;
const isWeekday = (day: Day) => weekdayOf(day) < SATURDAY;

const WEEKDAYS: Calendar = { isOpen: isWeekday, isBusinessDay: isWeekday };
const EVERY_DAY: Calendar = { isOpen: () => true, isBusinessDay: isWeekday };

/** The calendars that every book has, and those of its `calendars/*.csv`. */
export function calendarsOf(days: readonly CalendarDay[]): Calendars {
  const calendars = new Map<string, Calendar>();
  for (const [name, ofName] of groupBy(days, ({ calendar }) => calendar)) {
    const stated = new Map(ofName.map(({ date, isOpen }) => [date, isOpen]));
    const isOpen = (day: Day) => stated.get(day) ?? isWeekday(day);
    calendars.set(name, { isOpen, isBusinessDay: isOpen });
  }
  calendars.set('every_day', EVERY_DAY).set('weekdays', WEEKDAYS);
  return (name) => calendars.get(name);
}

/** A calendar that is always closed has no next day to look for. */
const LONGEST_CLOSURE_DAYS = 400;

/**
 * The first day after another on which a calendar is open.
 *
 * @throws {RangeError} where it is closed for more than a year.
 */
export function nextOpenDay(day: Day, isOpen: (day: Day) => boolean): Day {
  let next = addDays(day, 1);
  for (let closed = 0; !isOpen(next); closed += 1) {
    if (closed > LONGEST_CLOSURE_DAYS) throw new RangeError(`expected an open day after ${day}`);
    next = addDays(next, 1);
  }
  return next;
}
