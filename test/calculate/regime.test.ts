import { describe, expect, it } from 'vitest';
import { announces, nextRebalanceDay } from '../../src/calculate/rebalance.ts';
import { regimesOf } from '../../src/calculate/regime.ts';
import { MtokError } from '../../src/domain/failure.ts';
import { calendar, evidence, rulebook } from '../fix/small-book.ts';

/** 2026-07-01 is a Wednesday; 4 and 5 July are a weekend. */
const KNOWN = evidence(['2026-06-01 x/a 4']);
type Keys = Readonly<Record<string, string>>;

const regimeOf = (keys: Keys, known = KNOWN) => regimesOf([rulebook(keys)], known).first;

/** Kind and message of what an attempt is refused with. */
function refusal(attempt: () => unknown): string {
  try {
    attempt();
    return 'none';
  } catch (error) {
    return error instanceof MtokError
      ? `${error.kind}: ${error.message}`
      : `no MtokError: ${error}`;
  }
}

describe('the versions of an index', () => {
  it('need a calendar that the book has', () => {
    expect(refusal(() => regimeOf({ calendar: 'nowhere' }))).toBe(
      'data: TEST 1.0.0: expected a calendar of the book, found nowhere: add calendars/nowhere.csv',
    );
  });

  it('need a base date on their calendar', () => {
    const known = evidence(['2026-06-01 x/a 4'], {
      calendars: calendar('city', '2026-07-01 closed'),
    });
    expect(refusal(() => regimeOf({ calendar: 'city' }, known))).toBe(
      'data: TEST 1.0.0: expected a base date on the calendar city, found 2026-07-01',
    );
    expect(regimeOf({}, known).from).toBe('2026-07-01');
  });

  it('are at least one', () => {
    expect(() => regimesOf([], KNOWN)).toThrow('expected at least one version of a rulebook');
  });

  it('each say by their own calendar which day is next', () => {
    const next = { version: '2.0.0', effective_from: '2026-07-10', calendar: 'weekdays' };
    const { next: dayAfter } = regimesOf([rulebook(), rulebook(next)], KNOWN);
    // Saturday the 4th under the first; Monday the 13th under the second.
    expect([dayAfter('2026-07-03'), dayAfter('2026-07-10')]).toEqual(['2026-07-04', '2026-07-13']);
  });

  it('name those between two that were in force on no day', () => {
    const versions = ['2026-07-04', '2026-07-05', '2026-07-06'].map((day, index) =>
      rulebook({ version: `${index + 2}.0.0`, effective_from: day, calendar: 'weekdays' }),
    );
    const regimes = regimesOf([rulebook({ calendar: 'weekdays' }), ...versions], KNOWN);
    const monday = regimes.on('2026-07-06', regimes.first, new Map());
    expect(monday.rules.version).toBe('4.0.0');
    const passed = regimes.passed(regimes.first, monday);
    expect(passed.map(({ rules, from }) => `${rules.version} ${from}`)).toEqual([
      ...['2.0.0 2026-07-04', '3.0.0 2026-07-05'],
    ]);
    expect(regimes.passed(regimes.first, regimes.first)).toEqual([]);
    expect(regimes.passed(monday, monday)).toEqual([]);
  });
});

describe('the next rebalance day', () => {
  const nextOf = (day: string, rebalance: string, keys: Keys = {}) =>
    nextRebalanceDay(day, regimeOf({ ...keys, rebalance: `{ ${rebalance} }` }));

  it.each([
    ['2026-07-01', 'frequency: weekly', '2026-07-06'],
    ['2026-07-06', 'frequency: weekly', '2026-07-13'],
    ['2026-07-01', 'frequency: monthly', '2026-08-01'],
    ['2026-07-01', 'frequency: daily', '2026-07-02'],
    ['2026-07-01', 'frequency: none', undefined],
  ])('after %s is, %s: %s', (day, rebalance, expected) => {
    expect(nextOf(day, rebalance)).toBe(expected);
  });

  it('is a day of the calendar', () => {
    // 1 August is a Saturday.
    expect(nextOf('2026-07-01', 'frequency: monthly', { calendar: 'weekdays' })).toBe('2026-08-03');
  });

  it('is announced on the last day so many days before it', () => {
    const regime = regimeOf({ rebalance: '{ frequency: weekly, announce_days: 3 }' });
    const days = ['2026-07-02', '2026-07-03', '2026-07-04'];
    expect(days.map((day) => announces(day, '2026-07-06', regime))).toEqual([false, true, false]);
    expect(announces('2026-07-03', '2026-07-13', regime)).toBe(false);
  });
});
