import { describe, expect, it } from 'vitest';
import { briefs, evidence, fixings, rulebook } from '../fix/small-book.ts';

/** Two days about a change of the clocks, and what the cut-off of each is in UTC. */
const CHANGES = [
  // Forward on 8 March, back on 1 November 2026.
  ['16:00', 'America/New_York', '2026-03-07T21:00:00Z', '2026-03-08T20:00:00Z'],
  ['16:00', 'America/New_York', '2026-10-31T20:00:00Z', '2026-11-01T21:00:00Z'],
  // On 29 March and 25 October 2026.
  ['16:00', 'Europe/London', '2026-03-28T16:00:00Z', '2026-03-29T15:00:00Z'],
  ['16:00', 'Europe/London', '2026-10-24T15:00:00Z', '2026-10-25T16:00:00Z'],
  // South of the equator forward on 4 October; there by half an hour.
  ['16:00', 'Australia/Sydney', '2026-10-03T06:00:00Z', '2026-10-04T05:00:00Z'],
  ['16:00', 'Australia/Lord_Howe', '2026-10-03T05:30:00Z', '2026-10-04T05:00:00Z'],
  // No change of the clocks.
  ['09:30', 'Asia/Shanghai', '2026-03-07T01:30:00Z', '2026-03-08T01:30:00Z'],
  ['09:30', 'Asia/Kolkata', '2026-03-07T04:00:00Z', '2026-03-08T04:00:00Z'],
  // A time that the clocks jump over is when they would have shown it; one shown twice the first.
  ['02:30', 'Europe/Berlin', '2026-03-28T01:30:00Z', '2026-03-29T01:30:00Z'],
  ['02:30', 'Europe/Berlin', '2026-10-24T00:30:00Z', '2026-10-25T00:30:00Z'],
  // Where the day of the zone begins in the UTC day before.
  ['08:00', 'Pacific/Auckland', '2026-04-03T19:00:00Z', '2026-04-04T20:00:00Z'],
] as const;

/** The day of the zone: that of UTC, but far in the east. */
const dayOf = (moment: string, zone: string) => {
  const shift = zone === 'Pacific/Auckland' ? 12 : zone === 'Asia/Kolkata' ? 5 : 0;
  return new Date(Date.parse(moment) + shift * 3_600_000).toISOString().slice(0, 10);
};

describe('a cut-off on the clock of a zone (clause cutoff)', () => {
  it.each(CHANGES)('%s in %s is %s, then %s', (time, zone, first, second) => {
    const days = [dayOf(first, zone), dayOf(second, zone)] as const;
    const keys = {
      base: `{ date: ${days[0]}, level: "100" }`,
      cutoff: `{ time: "${time}", zone: ${zone} }`,
    };
    const later = new Date(Date.parse(second) + 1000).toISOString();
    const lines = ['2026-01-01 x/a 4', `${second} y/b 8`, '2026-01-01 y/b 4', `${later} x/a 99`];
    const known = evidence(lines);
    const found = fixings(rulebook(keys), known, ...days);
    expect(found.map(({ cutoff }) => cutoff)).toEqual([first, second]);
    // What is effective at the cut-off counts, what comes a second later does not.
    expect(found.map(({ value }) => value!.price)).toEqual(['4.0000', '6.0000']);
  });

  it('leaves no gap: what comes between two cut-offs counts on the second day', () => {
    // The day of the change has 23 hours. Quotes one minute after the first cut-off, and at noon.
    const keys = {
      base: '{ date: 2026-03-07, level: "100" }',
      cutoff: '{ time: "16:00", zone: America/New_York }',
    };
    const lines = ['2026-01-01 x/a 4', '2026-03-07T21:01:00Z x/a 5', '2026-03-08T20:01:00Z x/a 6'];
    expect(briefs(rulebook(keys), evidence(lines), '2026-03-07', '2026-03-09')).toEqual([
      '07 #1 price 4.0000 level 100.0000',
      '08 #1 price 5.0000 level 125.0000',
      '09 #1 price 6.0000 level 150.0000',
    ]);
  });
});
