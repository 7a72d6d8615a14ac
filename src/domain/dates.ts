import { tzOffset } from '@date-fns/tz';

/** A calendar day in UTC, `YYYY-MM-DD`. Days compare and sort as text. */
export type Day = string;

/** No index reaches as far: days after the year 9999 cannot be written in four digits. */
export const LAST_DAY: Day = '9000-01-01';

export const DAY_MS = 86_400_000;
export const HOUR_MS = 3_600_000;

const DAY_PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;
const MOMENT_PATTERN =
  /^(\d{4}-\d{2}-\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** True for a day that the calendar has: not for 2026-02-30. */
export function isDay(text: string): text is Day {
  return parseDayMs(text) !== undefined;
}

/** Epoch milliseconds of 00:00 UTC on a day, or `undefined` where there is no such day. */
export function parseDayMs(text: string): number | undefined {
  const match = DAY_PATTERN.exec(text);
  if (!match) return undefined;
  const [year, month, date] = [Number(match[1]), Number(match[2]), Number(match[3])];
  const ms = Date.UTC(year, month - 1, date);
  const found = new Date(ms);
  // Date.UTC rolls 2026-02-30 over into March, and takes the year 24 for 1924.
  const exists =
    found.getUTCDate() === date &&
    found.getUTCMonth() === month - 1 &&
    found.getUTCFullYear() === year;
  return exists ? ms : undefined;
}

/**
 * Epoch milliseconds of a moment: RFC 3339 with an offset, or a day alone, which is its 00:00 UTC.
 * `undefined` for anything else, a local time without an offset included.
 */
export function parseMoment(text: string): number | undefined {
  const day = parseDayMs(text);
  if (day !== undefined) return day;
  const match = MOMENT_PATTERN.exec(text);
  if (!match) return undefined;
  const [, date = '', hours, minutes, seconds, fraction = '', sign, offsetHours, offsetMinutes] =
    match;
  const midnight = parseDayMs(date);
  if (midnight === undefined) return undefined;
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  const [oh, om] = [Number(offsetHours ?? 0), Number(offsetMinutes ?? 0)];
  if (h > 23 || m > 59 || s > 59 || oh > 23 || om > 59) return undefined;
  const offset = (oh * 60 + om) * 60_000 * (sign === '-' ? -1 : 1);
  const ms = Number(fraction.padEnd(3, '0').slice(0, 3));
  return midnight + (h * 3600 + m * 60 + s) * 1000 + ms - offset;
}

export function dayToMs(day: Day): number {
  const ms = parseDayMs(day);
  if (ms === undefined) throw new RangeError(`expected a day (YYYY-MM-DD), found ${day}`);
  return ms;
}

/** The UTC day that holds a moment. */
export function dayOf(ms: number): Day {
  return new Date(ms).toISOString().slice(0, 10);
}

/** RFC 3339 in UTC; milliseconds only where there are any. */
export function formatMoment(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}

export function addDays(day: Day, days: number): Day {
  return dayOf(dayToMs(day) + days * DAY_MS);
}

/** Whole days from one day to another, negative where `to` is earlier. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((dayToMs(to) - dayToMs(from)) / DAY_MS);
}

/** 0 for Monday to 6 for Sunday. */
export function weekdayOf(day: Day): number {
  return (new Date(dayToMs(day)).getUTCDay() + 6) % 7;
}

export const WEEKDAYS = [
  ...(['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const),
] as const;

/** A time of day on a zone's wall clock: `16:00` in `Europe/London`. */
export interface WallClock {
  readonly time: string;
  readonly zone: string;
}

/** True for UTC and for names of the IANA time zone database. */
export function isZone(zone: string): boolean {
  return zone === 'UTC' || !Number.isNaN(tzOffset(zone, new Date(0)));
}

/**
 * The instant at which a zone's wall clock shows a time on a day. Where clocks jump over that time
 * it is the instant at which they would have shown it without the jump; where they show it twice,
 * the first.
 */
export function wallClockToMs(day: Day, { time, zone }: WallClock): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  const wall = dayToMs(day) + (hours * 60 + minutes) * 60_000;
  if (zone === 'UTC') return wall;
  // The offset that holds before the wall time, then the one at the instant it gives: they agree
  // but within hours of a clock change, and then the earlier instant that shows the time is right.
  const before = wall - tzOffset(zone, new Date(wall - DAY_MS)) * 60_000;
  const after = wall - tzOffset(zone, new Date(wall + DAY_MS)) * 60_000;
  const shows = (ms: number): boolean => ms + tzOffset(zone, new Date(ms)) * 60_000 === wall;
  const candidates = [before, after].filter(shows);
  return candidates.length > 0 ? Math.min(...candidates) : before;
}
