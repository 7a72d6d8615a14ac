import { DAY_MS, dayOf, WEEKDAYS, weekdayOf } from './dates.ts';

const WINDOW_PATTERN =
  /^(?:(Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:-(Mon|Tue|Wed|Thu|Fri|Sat|Sun))? )?(\d{2}:\d{2}-\d{2}:\d{2}(?: \d{2}:\d{2}-\d{2}:\d{2})*)$/;

/** The weekdays and hours (UTC, half-open) at which a time-of-day price applies. */
export interface HoursWindow {
  readonly weekdays: readonly number[];
  /** Milliseconds after midnight. A range that passes midnight has its end before its start. */
  readonly ranges: readonly (readonly [number, number])[];
}

/** Reads `Mon-Fri 01:00-04:00 06:00-10:00`; `undefined` where it is anything else. */
export function parseWindow(text: string): HoursWindow | undefined {
  const match = WINDOW_PATTERN.exec(text);
  if (!match) return undefined;
  const [, first, last = first, hours = ''] = match;
  const ranges = hours.split(' ').map((range) => range.split('-').map(clockMs));
  const pairs = ranges.map(([from = Number.NaN, to = Number.NaN]) => [from, to] as const);
  if (pairs.some(([from, to]) => Number.isNaN(from + to) || from === to)) return undefined;
  return { weekdays: weekdaysBetween(first, last), ranges: pairs };
}

/** Whether a moment lies in a window. A range past midnight belongs to the day it starts on. */
export function windowHolds(window: HoursWindow, atMs: number): boolean {
  const clock = atMs % DAY_MS;
  const today = window.weekdays.includes(weekdayOf(dayOf(atMs)));
  const yesterday = window.weekdays.includes(weekdayOf(dayOf(atMs - DAY_MS)));
  return window.ranges.some(([from, to]) =>
    from < to
      ? today && from <= clock && clock < to
      : (today && from <= clock) || (yesterday && clock < to),
  );
}

function clockMs(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  const valid = hours < 24 ? minutes < 60 : hours === 24 && minutes === 0;
  return valid ? (hours * 60 + minutes) * 60_000 : Number.NaN;
}

function weekdaysBetween(first: string | undefined, last: string | undefined): number[] {
  const index = (name: string) => WEEKDAYS.findIndex((day) => day.startsWith(name.toLowerCase()));
  if (first === undefined || last === undefined) return WEEKDAYS.map((_, day) => day);
  const days: number[] = [];
  for (let day = index(first); ; day = (day + 1) % 7) {
    days.push(day);
    if (day === index(last)) return days;
  }
}
