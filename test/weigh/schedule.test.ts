import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/domain/dates.ts';
import { calendarsOf, nextOpenDay } from '../../src/normalize/calendars.ts';
import { isRebalanceDay } from '../../src/weigh/schedule.ts';
import { rulebook } from '../fix/small-book.ts';

/** 2026-07-01 is a Wednesday; weekends begin on the 4th, 11th, 18th and 25th. */
const BASE = '{ date: 2026-07-01 }';

function rules(frequency: string, calendar = 'every_day', on = 'first_day') {
  return rulebook({ base: BASE, calendar, rebalance: `{ frequency: ${frequency}, on: ${on} }` });
}

function rebalanceDays(frequency: string, until: string, calendar?: string, on?: string): string[] {
  const book = rules(frequency, calendar, on);
  const days: string[] = [];
  let before = '2026-07-01';
  const open = calendarsOf([])(book.calendar)!;
  const next = (day: string) => nextOpenDay(day, open.isOpen);
  for (let day = next(before); day <= until; day = next(day)) {
    if (isRebalanceDay(day, before, book, open)) days.push(day.slice(5));
    before = day;
  }
  return days;
}

const EVERY_DAY = calendarsOf([])('every_day')!;

describe('a rebalance day (clause rebalance-day)', () => {
  it.each([
    ['none', '2027-01-31', undefined, []],
    ['daily', '2026-07-05', undefined, ['07-02', '07-03', '07-04', '07-05']],
    ['daily', '2026-07-07', 'weekdays', ['07-02', '07-03', '07-06', '07-07']],
    // Mondays
    ['weekly', '2026-07-21', undefined, ['07-06', '07-13', '07-20']],
    ['weekly', '2026-07-21', 'weekdays', ['07-06', '07-13', '07-20']],
    ['monthly', '2026-10-02', undefined, ['08-01', '09-01', '10-01']],
    // 1 August is a Saturday, 1 November a Sunday: the next calendar day.
    ['monthly', '2026-11-30', 'weekdays', ['08-03', '09-01', '10-01', '11-02']],
    ['quarterly', '2027-04-01', undefined, ['10-01', '01-01', '04-01']],
    ['quarterly', '2028-01-31', 'weekdays', ['10-01', '01-01', '04-01', '07-01', '10-01', '01-03']],
  ])('%s until %s (%s)', (frequency, until, calendar, days) => {
    expect(rebalanceDays(frequency, until, calendar)).toEqual(days);
  });

  it.each([
    // 1 August is a Saturday, 1 November a Sunday.
    ['monthly', 'first_business_day', '2026-11-30', '08-03 09-01 10-01 11-02'],
    ['quarterly', 'first_business_day', '2027-01-31', '10-01 01-01'],
    ['weekly', 'wednesday', '2026-07-23', '07-08 07-15 07-22'],
    ['weekly', 'first_business_day', '2026-07-14', '07-06 07-13'],
    // The first Friday of each month; that of July comes after the base date, too.
    ['monthly', 'friday', '2026-10-31', '07-03 08-07 09-04 10-02'],
    ['monthly', 'saturday', '2026-09-30', '07-04 08-01 09-05'],
  ])('%s on its %s until %s', (frequency, on, until, days) => {
    expect(rebalanceDays(frequency, until, undefined, on).join(' ')).toBe(days);
  });

  it('that is off the calendar is the next day of it, in the next period too', () => {
    // Sunday belongs to the week before: the Monday after it begins the next.
    expect(rebalanceDays('weekly', '2026-07-21', 'weekdays', 'sunday')).toEqual([
      ...['07-06', '07-13', '07-20'],
    ]);
  });

  it('is never the base date, though it begins a month', () => {
    for (const frequency of ['daily', 'weekly', 'monthly', 'quarterly']) {
      const book = rules(frequency);
      expect(isRebalanceDay('2026-07-01', '2026-06-30', book, EVERY_DAY)).toBe(false);
    }
  });
});

describe('a calendar', () => {
  it('of weekdays has no weekend', () => {
    const { isOpen } = calendarsOf([])('weekdays')!;
    const week = Array.from({ length: 7 }, (_, index) => addDays('2026-07-01', index));
    expect(week.filter((day) => !isOpen(day))).toEqual(['2026-07-04', '2026-07-05']);
    expect(nextOpenDay('2026-07-03', isOpen)).toBe('2026-07-06');
  });

  it('of every day passes the end of a month and a leap year', () => {
    const { isOpen } = EVERY_DAY;
    expect(nextOpenDay('2028-02-28', isOpen)).toBe('2028-02-29');
    expect(nextOpenDay('2026-12-31', isOpen)).toBe('2027-01-01');
  });
});
