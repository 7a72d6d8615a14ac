import { afterEach, describe, expect, it } from 'vitest';
import {
  addDays,
  dayOf,
  daysBetween,
  dayToMs,
  formatMoment,
  isDay,
  isZone,
  parseMoment,
  wallClockToMs,
  weekdayOf,
} from '../../src/domain/dates.ts';

describe('days', () => {
  it.each(['2024-02-29', '2000-02-29', '2026-12-31', '1970-01-01'])('%s exists', (day) => {
    expect(isDay(day)).toBe(true);
  });

  it.each([
    ...['2026-02-29', '1900-02-29', '2026-02-30', '2026-04-31', '2026-13-01', '2026-00-10'],
    ...['2026-01-00', '2026-1-1', '26-01-01', '20260101', ' 2026-01-01', '2026-01-01\n', ''],
  ])('%j does not', (day) => {
    expect(isDay(day)).toBe(false);
  });

  it.each([
    ['2026-02-28', 1, '2026-03-01'],
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-01-01', -1, '2025-12-31'],
    ['2026-03-28', 2, '2026-03-30'],
    ['2024-01-01', 366, '2025-01-01'],
  ])('%s and %i days is %s', (from, days, to) => {
    expect(addDays(from, days)).toBe(to);
    expect(daysBetween(from, to)).toBe(days);
  });

  it.each([
    ['2026-07-01', 2],
    ['2024-02-29', 3],
    ['1970-01-01', 3],
    ['2026-11-22', 6],
    ['2026-11-23', 0],
  ])('%s is weekday %i from Monday', (day, weekday) => {
    expect(weekdayOf(day)).toBe(weekday);
  });

  it('throws for a day that does not exist', () => {
    expect(() => dayToMs('2026-02-30')).toThrow(RangeError);
  });
});

describe('moments', () => {
  it.each([
    ['2026-07-01', '2026-07-01T00:00:00Z'],
    ['2026-07-01T12:34:56Z', '2026-07-01T12:34:56Z'],
    ['2026-07-01t12:34:56z', '2026-07-01T12:34:56Z'],
    ['2026-07-01T00:00:00+05:45', '2026-06-30T18:15:00Z'],
    ['2026-12-31T23:30:00-01:00', '2027-01-01T00:30:00Z'],
    ['2026-07-01T12:00:00-00:00', '2026-07-01T12:00:00Z'],
    ['2026-07-01T12:00:00.5Z', '2026-07-01T12:00:00.500Z'],
    ['2026-07-01T12:00:00.123456789Z', '2026-07-01T12:00:00.123Z'],
  ])('%s is %s', (text, utc) => {
    expect(formatMoment(parseMoment(text)!)).toBe(utc);
  });

  it.each([
    ...['2026-07-01T12:00:00', '2026-07-01 12:00:00Z', '2026-07-01T12:00Z', '2026-07-01T24:00:00Z'],
    ...['2026-07-01T12:60:00Z', '2026-07-01T12:00:60Z', '2026-02-30T12:00:00Z', '1751328000'],
    ...['2026-07-01T12:00:00+24:00', '2026-07-01T12:00:00+05', '2026-07-01T12:00:00.Z', 'now', ''],
  ])('%j is no moment', (text) => {
    expect(parseMoment(text)).toBeUndefined();
  });

  it('belong to their UTC day', () => {
    expect(dayOf(parseMoment('2026-07-01T00:30:00+01:00')!)).toBe('2026-06-30');
    expect(dayOf(parseMoment('2026-06-30T23:59:59.999Z')!)).toBe('2026-06-30');
  });
});

describe('zones', () => {
  it.each(['UTC', 'Europe/London', 'America/New_York', 'Asia/Kathmandu'])('%s is one', (zone) => {
    expect(isZone(zone)).toBe(true);
  });

  it.each(['Europe/Lundon', 'Mars/Olympus', 'noon'])('%s is none', (zone) => {
    expect(isZone(zone)).toBe(false);
  });
});

/** Clocks change on 8 March and 1 November in New York, 29 March and 25 October in London. */
const NOONS = [
  ['UTC', '2026-03-29', '12:00', '2026-03-29T12:00:00Z'],
  ['UTC', '2026-10-25', '12:00', '2026-10-25T12:00:00Z'],
  ['Europe/London', '2026-03-28', '12:00', '2026-03-28T12:00:00Z'],
  ['Europe/London', '2026-03-29', '12:00', '2026-03-29T11:00:00Z'],
  ['Europe/London', '2026-10-24', '12:00', '2026-10-24T11:00:00Z'],
  ['Europe/London', '2026-10-25', '12:00', '2026-10-25T12:00:00Z'],
  ['America/New_York', '2026-03-07', '12:00', '2026-03-07T17:00:00Z'],
  ['America/New_York', '2026-03-08', '12:00', '2026-03-08T16:00:00Z'],
  ['America/New_York', '2026-10-31', '12:00', '2026-10-31T16:00:00Z'],
  ['America/New_York', '2026-11-01', '12:00', '2026-11-01T17:00:00Z'],
  ['Asia/Kathmandu', '2026-03-29', '12:00', '2026-03-29T06:15:00Z'],
  ['Asia/Kathmandu', '2026-10-25', '12:00', '2026-10-25T06:15:00Z'],
  ['Asia/Kathmandu', '2026-03-08', '12:00', '2026-03-08T06:15:00Z'],
  ['Asia/Kathmandu', '2026-11-01', '12:00', '2026-11-01T06:15:00Z'],
] as const;

const NIGHTS = [
  ['Europe/London', '2026-03-29', '00:59', '2026-03-29T00:59:00Z'],
  ['Europe/London', '2026-03-29', '02:00', '2026-03-29T01:00:00Z'],
  ['Europe/London', '2026-10-25', '00:59', '2026-10-24T23:59:00Z'],
  ['Europe/London', '2026-10-25', '02:00', '2026-10-25T02:00:00Z'],
  ['America/New_York', '2026-03-08', '01:59', '2026-03-08T06:59:00Z'],
  ['America/New_York', '2026-03-08', '03:00', '2026-03-08T07:00:00Z'],
  ['America/New_York', '2026-11-01', '00:59', '2026-11-01T04:59:00Z'],
  ['America/New_York', '2026-11-01', '02:00', '2026-11-01T07:00:00Z'],
] as const;

/** Jumped over: as if the clock had not been changed. Shown twice: the first. */
const JUMPED_OR_TWICE = [
  ['Europe/London', '2026-03-29', '01:00', '2026-03-29T01:00:00Z'],
  ['Europe/London', '2026-03-29', '01:30', '2026-03-29T01:30:00Z'],
  ['Europe/London', '2026-10-25', '01:00', '2026-10-25T00:00:00Z'],
  ['Europe/London', '2026-10-25', '01:30', '2026-10-25T00:30:00Z'],
  ['America/New_York', '2026-03-08', '02:30', '2026-03-08T07:30:00Z'],
  ['America/New_York', '2026-11-01', '01:30', '2026-11-01T05:30:00Z'],
] as const;

describe('a wall clock', () => {
  it.each([...NOONS, ...NIGHTS, ...JUMPED_OR_TWICE])('%s %s %s is %s', (zone, day, time, utc) => {
    expect(formatMoment(wallClockToMs(day, { time, zone }))).toBe(utc);
  });
});

describe('the time zone of the machine', () => {
  const before = process.env.TZ;
  afterEach(() => {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  });

  it.each([
    ['UTC', 0],
    ['Asia/Kathmandu', -345],
    ['America/New_York', 240],
    ['Pacific/Kiritimati', -840],
  ])('%s changes nothing', (zone, offset) => {
    process.env.TZ = zone;
    // The machine is there: without this line the test would prove nothing.
    expect(new Date(2026, 6, 1).getTimezoneOffset()).toBe(offset);
    for (const [wallZone, day, time, utc] of [...NOONS, ...NIGHTS, ...JUMPED_OR_TWICE]) {
      expect(formatMoment(wallClockToMs(day, { time, zone: wallZone }))).toBe(utc);
    }
    expect(addDays('2026-03-28', 2)).toBe('2026-03-30');
    expect(weekdayOf('2026-07-01')).toBe(2);
    expect(parseMoment('2026-07-01')).toBe(Date.UTC(2026, 6, 1));
  });
});
