import { describe, expect, it } from 'vitest';
import { calendarsOf, nextOpenDay } from '../../src/normalize/calendars.ts';
import { briefs, calendar, evidence, fixings, rulebook } from '../fix/small-book.ts';

/**
 * Golden Week of an office: 1 to 8 October 2026 are closed, and Sunday 27 September and Saturday 10
 * October are worked instead. 2026-10-01 is a Thursday.
 */
const CLOSED = ['01', '02', '05', '06', '07', '08'].map((day) => `2026-10-${day} closed`);
const OFFICE = calendar('office', ...CLOSED, '2026-09-27 open', '2026-10-10 open');
const EVERY_HOLIDAY = calendar('office', '2026-10-03 closed', ...CLOSED, '2026-10-10 open');

describe('a calendar from a file', () => {
  const { isOpen, isBusinessDay } = calendarsOf(OFFICE)('office')!;

  it('differs from Monday to Friday on the days that it states', () => {
    const open: string[] = [];
    for (let day = '2026-09-24'; day < '2026-10-14'; day = nextOpenDay(day, isOpen)) open.push(day);
    expect(open.map((day) => day.slice(5))).toEqual([
      // From Friday the 25th: the Sunday is worked; then Friday 9 and Saturday 10 October.
      ...['09-24', '09-25', '09-27', '09-28', '09-29', '09-30'],
      ...['10-09', '10-10', '10-12', '10-13'],
    ]);
  });

  it('is one of business on every open day', () => {
    expect(isBusinessDay('2026-10-10')).toBe(true);
    expect(isBusinessDay('2026-10-01')).toBe(false);
  });

  it('may state what is so in any case', () => {
    const { isOpen: other } = calendarsOf(EVERY_HOLIDAY)('office')!;
    expect(other('2026-10-03')).toBe(false);
  });

  it('is not one of another name', () => {
    expect(calendarsOf(OFFICE)('factory')).toBeUndefined();
  });

  it('that never opens again is refused', () => {
    expect(() => nextOpenDay('2026-01-01', () => false)).toThrow('an open day after 2026-01-01');
  });
});

describe('an index on a calendar from a file', () => {
  const keys = { base: '{ date: 2026-09-25, level: "100" }', calendar: 'office' };
  const start = ['2026-09-25 x/a 4', '2026-09-25 y/b 4'];
  const known = (lines: readonly string[] = start) => evidence(lines, { calendars: OFFICE });

  it('has fixings on its days only', () => {
    const days = fixings(rulebook(keys), known(), '2026-09-25', '2026-10-12');
    expect(days.map(({ date }) => date.slice(5))).toEqual([
      ...['09-25', '09-27', '09-28', '09-29', '09-30', '10-09', '10-10', '10-12'],
    ]);
  });

  it.each([
    // The 1st is closed: the next open day is the 9th.
    ['monthly', 'first_day', '10-10 #2'],
    ['monthly', 'first_business_day', '10-10 #2'],
    // The first Saturday, the 3rd, is closed too.
    ['monthly', 'saturday', '10-10 #2'],
    // Monday the 28th, after the Sunday that is worked.
    ['weekly', 'first_day', '09-29 #2 10-10 #3'],
    // Sunday ends the week: the 27th is open; the 4th is not, so that the 9th stands for it.
    ['weekly', 'sunday', '09-28 #2 10-10 #3'],
  ])('rebalances %s on its %s after the close: %s', (frequency, on, expected) => {
    const rebalance = `{ frequency: ${frequency}, on: ${on} }`;
    const days = fixings(rulebook({ ...keys, rebalance }), known(), '2026-09-25', '2026-10-10');
    const first = days.filter(({ date, series }) => date === series.first_day).slice(1);
    expect(first.map(({ date, series }) => `${date.slice(5)} #${series.number}`).join(' ')).toBe(
      expected,
    );
  });

  it('imputes from the calendar day before', () => {
    // a is absent from the 9th on; on the 30th it was 6, and b goes from 4 to 8.
    const lines = [
      ...['2026-09-25 x/a 4', '2026-09-30 x/a 6 until=2026-10-09'],
      ...['2026-09-25 y/b 4', '2026-10-03 y/b 8'],
    ];
    const closed = lines.map((line) => line.replace('x/a 4', 'x/a 4 until=2026-09-30'));
    expect(briefs(rulebook(keys), known(closed), '2026-09-30', '2026-10-10')).toEqual([
      '30 #1 price 5.0000 level 125.0000',
      '09 #1 price 10.0000 level 250.0000',
      '10 #1 price 10.0000 level 250.0000',
    ]);
  });

  it('is refused where the book has no such calendar, or the base date is off it', () => {
    expect(() => briefs(rulebook(keys), evidence(start), '2026-09-25', '2026-09-28')).toThrow(
      'TEST 1.0.0: expected a calendar of the book, found office: add calendars/office.csv',
    );
    const holiday = rulebook({ ...keys, base: '{ date: 2026-10-01, level: "100" }' });
    expect(() => briefs(holiday, known(), '2026-10-01', '2026-10-09')).toThrow(
      'TEST 1.0.0: expected a base date on the calendar office, found 2026-10-01',
    );
  });

  it('is known to its inputs by a day, also before the first that it states', () => {
    const [first] = fixings(rulebook(keys), known(), '2026-09-25', '2026-09-25');
    expect(first!.inputs.calendars.count).toBe(1);
  });

  it('rests on the days that are behind it, not on holidays of later years', () => {
    const later = calendar('office', '2027-10-01 closed');
    const digest = (rows: typeof OFFICE) => {
      const evidenced = evidence(start, { calendars: rows });
      return fixings(rulebook(keys), evidenced, '2026-10-10', '2026-10-10')[0]!.inputs.calendars;
    };
    expect(digest([...OFFICE, ...later])).toEqual(digest(OFFICE));
    expect(digest(OFFICE).count).toBe(OFFICE.length);
  });
});
