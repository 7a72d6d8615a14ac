import { describe, expect, it } from 'vitest';
import { brief, evidence, fixingOn, hold, rulebook } from '../fix/small-book.ts';
import { alias } from '../normalize/rows.ts';

/** Averages over the UTC day of 2026-08-15, a Saturday, that turn on when a price is in force. */
const DAY = '2026-08-15';
const BASE = { base: '{ date: 2026-08-14, level: "100" }' };
const rulesOf = (price: string, keys: Readonly<Record<string, string>> = {}) =>
  rulebook({ ...BASE, ...keys, price: `{ ${price}, time_of_day: time_weighted }` });
const MEAN = rulesOf('sellers: mean');

function priceOn(...args: Parameters<typeof fixingOn>): string {
  return fixingOn(...args).value!.price;
}

describe('a mean over the day (clause time-of-day)', () => {
  it('counts a quote from when it has been in force for long enough', () => {
    // 6 h after 06:00: twelve hours of 4 and twelve of 8.
    const known = evidence(['2026-08-01 x/a 4', `${DAY}T06:00:00Z x/a 8`]);
    expect(priceOn(rulesOf('min_hours_in_force: 6'), known, DAY)).toBe('6.0000');
  });

  it('counts a quote that is held from when it is let through', () => {
    // Four times the price waits for 18 hours: 18 · 4 and 6 · 16 of 24.
    const known = evidence(['2026-08-01 x/a 4', `${DAY} x/a 16`]);
    const keys = { mode: 'settlement', hold: '{ move: "2", max_hours: 18 }' };
    expect(priceOn(rulesOf('sellers: mean', keys), known, DAY)).toBe('7.0000');
  });

  it('counts what resumes after a validity', () => {
    const known = evidence(['2026-08-01 x/a 4', `2026-08-14 x/a 8 until=${DAY}T12:00:00Z`]);
    expect(priceOn(MEAN, known, DAY)).toBe('6.0000');
  });

  it('counts a change at the cut-off itself for the rest of the day', () => {
    const known = evidence(['2026-08-01 x/a 4', `${DAY}T12:00:00Z x/a 8`]);
    const keys = { cutoff: '{ time: "12:00", zone: UTC }' };
    expect(priceOn(rulesOf('sellers: mean', keys), known, DAY)).toBe('6.0000');
  });

  it('counts no hours of the next day, though the cut-off lies in it', () => {
    // 23:00 in New York is 03:00 UTC of the 16th.
    const known = evidence([
      ...['2026-08-01 x/a 4', `${DAY}T12:00:00Z x/a 8`, '2026-08-16T00:00:00Z x/a 80'],
      '2026-08-16T01:00:00Z x/a 800',
    ]);
    const keys = { cutoff: '{ time: "23:00", zone: America/New_York }' };
    expect(priceOn(rulesOf('sellers: mean', keys), known, DAY)).toBe('6.0000');
  });

  it('counts a name that is mapped during the day as what it asks at the cut-off', () => {
    // q: 8 h of 4 and 16 h of 7; r's name means a from noon on, and stands for the day at 8.
    const models = [alias('a', 'a'), alias('b', 'a', { from: `${DAY}T12:00:00Z` })];
    const known = evidence(['2026-08-01 q/a 4', `${DAY}T08:00:00Z q/a 7`, '2026-08-01 r/b 8'], {
      models,
    });
    const onlyA = { universe: '{ include: { models: [a] } }' };
    expect(priceOn(rulesOf('sellers: mean', onlyA), known, DAY)).toBe('7.0000'); // (6 + 8) / 2
  });

  it('names sellers in their order, and what else is outside', () => {
    const known = evidence([
      // b at all hours, a by night only; at the cut-off, noon, a sells nothing.
      ...['2026-08-01 b/m 4', '2026-08-01 a/m 8 window=00:00-06:00'],
      '2026-08-01 b/m 9 region=eu',
    ]);
    const keys = { cutoff: '{ time: "12:00", zone: UTC }' };
    const fixing = fixingOn(rulesOf('sellers: mean', keys), known, DAY);
    expect(fixing.constituents[0]!.sellers.map(({ seller }) => seller)).toEqual(['a', 'b']);
    expect(fixing.excluded_counts).toEqual({ other_region: 1 });
    expect(brief(fixing)).toBe('15 #1 price 6.0000 level 100.0000');
  });

  it('shows the name that stands at the cut-off, not one of other hours', () => {
    const models = [alias('m', 'm'), alias('m-night', 'm')];
    const known = evidence(['2026-08-01 s/m 4', '2026-08-01 s/m-night 8 window=18:00-24:00'], {
      models,
    });
    const keys = { cutoff: '{ time: "16:00", zone: UTC }' };
    const fixing = fixingOn(rulesOf('sellers: mean', keys), known, DAY);
    // (18 · 4 + 6 · 8) / 24
    const [first] = fixing.constituents[0]!.sellers;
    expect([first!.quoted_as, first!.price]).toEqual(['m', '5']);
  });

  it('is that of people where they release a quote', () => {
    const known = evidence(['2026-08-01 x/a 4', `${DAY}T12:00:00Z x/a 16`], {
      holds: [hold(`${DAY}T12:00:00Z x/a release ${DAY}T13:00:00Z`)],
    });
    const keys = { mode: 'settlement', hold: '{ move: "2", max_hours: 999 }' };
    // Twelve hours of 4 and twelve of 16.
    expect(priceOn(rulesOf('sellers: mean', keys), known, DAY)).toBe('10.0000');
  });
});
