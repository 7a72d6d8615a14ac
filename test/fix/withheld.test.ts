import { describe, expect, it } from 'vitest';
import { calculateFixing, canonicalJson, type Fixing, series } from '../../src/index.ts';
import { brief, evidence, fixingOn, fixings, rulebook } from './small-book.ts';

/** Two constituents are asked for; b is absent from the 3rd to the 8th. */
const LINES = [
  ...['2026-07-01 x/a 4', '2026-07-01 y/b 4 until=2026-07-03', '2026-07-02 x/a 6'],
  ...['2026-07-04 x/a 8', '2026-07-09 y/b 4'],
];
const GATE = { gates: '{ min_constituents: 2 }' };
const REPEATS = { ...GATE, on_withheld: '{ previous: 3 }' };

/** `03 5.0000 125.0000 of 02 (min_constituents)` */
function told({ date, value, level, repeats, withheld, status }: Fixing): string {
  const print = value ? `${value.price} ${level}` : 'nothing';
  const of = repeats === undefined ? '' : ` of ${repeats.slice(8)}`;
  const why = withheld.length === 0 ? '' : ` (${withheld.join(' ')})`;
  expect(status).toBe(value ? 'published' : 'withheld');
  return `${date.slice(8)} ${print}${of}${why}`;
}

describe('on_withheld (clause on-withheld)', () => {
  const on = (keys: Record<string, string>, until = '09') =>
    fixings(rulebook(keys), evidence(LINES), '2026-07-01', `2026-07-${until}`).map(told);

  it('none: nothing is published', () => {
    expect(on(GATE, '04')).toEqual([
      ...['01 4.0000 100.0000', '02 5.0000 125.0000'],
      ...['03 nothing (min_constituents)', '04 nothing (min_constituents)'],
    ]);
  });

  it('previous: repeats the last print so many days, labelled, and is then suspended', () => {
    expect(on(REPEATS)).toEqual([
      ...['01 4.0000 100.0000', '02 5.0000 125.0000'],
      ...['03', '04', '05'].map((day) => `${day} 5.0000 125.0000 of 02 (min_constituents)`),
      ...['06', '07', '08'].map((day) => `${day} nothing (min_constituents suspended)`),
      // The chain ran on: (8 + 4) / 2
      '09 6.0000 150.0000',
    ]);
  });

  it('previous: counts days of the calendar', () => {
    // Friday the 3rd, Monday the 6th and Tuesday the 7th.
    expect(on({ ...REPEATS, calendar: 'weekdays' })).toEqual([
      ...['01 4.0000 100.0000', '02 5.0000 125.0000'],
      ...['03', '06', '07'].map((day) => `${day} 5.0000 125.0000 of 02 (min_constituents)`),
      '08 nothing (min_constituents suspended)',
      '09 6.0000 150.0000',
    ]);
  });

  it('previous: has nothing to repeat where nothing was published', () => {
    const none = { ...REPEATS, gates: '{ min_constituents: 3 }' };
    expect(on(none, '02')).toEqual([
      ...['01', '02'].map((day) => `${day} nothing (min_constituents suspended)`),
    ]);
  });

  it('previous: serves days without a matched price too', () => {
    const lines = ['2026-07-01 x/a 4 until=2026-07-02'];
    const fixing = fixingOn(rulebook(REPEATS), evidence(lines), '2026-07-02');
    expect(fixing.withheld).toContain('no_matched_price');
  });

  it('previous: repeats all values, and shows the day’s own constituents', () => {
    const [last, again] = fixings(rulebook(REPEATS), evidence(LINES), '2026-07-02', '2026-07-03');
    expect(again!.value).toEqual(last!.value);
    expect(again!.constituents.map(({ evidence: kind }) => kind)).toEqual(['observed', 'imputed']);
    expect(again!.gates[0]!.pass).toBe(false);
  });

  it('previous: is the same in a series', () => {
    const rows = [...series(rulebook(REPEATS), evidence(LINES), '2026-07-03', '2026-07-06').items!];
    expect(rows.map(({ status, price }) => `${status} ${price}`)).toEqual([
      ...['published 5.0000', 'published 5.0000', 'published 5.0000', 'withheld '],
    ]);
  });

  it('previous: repeats a print of the version before as it was printed', () => {
    const next = { version: '2.0.0', effective_from: '2026-07-03', rounding: '{ price: 1 }' };
    const lines = ['2026-07-01 x/a 4.1234', '2026-07-01 y/b 4.1234 until=2026-07-03'];
    const both = [rulebook(REPEATS), rulebook({ ...REPEATS, ...next })];
    expect(told(fixingOn(both, evidence(lines), '2026-07-03'))).toBe(
      '03 4.1234 100.0000 of 02 (min_constituents)',
    );
  });
});

describe('a frozen series (clause series)', () => {
  /** 6 and 13 July are Mondays: c enters on the 7th. */
  const weekly = rulebook({ rebalance: '{ frequency: weekly }' });
  const known = evidence([
    ...['2026-07-01 x/a 4', '2026-07-01 y/b 4', '2026-07-03 z/c 10'],
    ...['2026-07-08 z/c 20', '2026-07-15 x/a 6'],
  ]);

  it('goes on being priced on its basket, beyond its rebalance and the ones after', () => {
    const days = fixings(weekly, known, '2026-07-06', '2026-07-15', { series: 1 });
    expect(days.map(brief)).toEqual([
      ...['06', '07', '08', '09', '10', '11', '12', '13', '14'].map(
        (day) => `${day} #1 price 4.0000 level 100.0000`,
      ),
      '15 #1 price 5.0000 level 125.0000', // (6 + 4) / 2
    ]);
    expect(days.map(({ series: { frozen } }) => frozen)).toEqual(days.map(() => true));
    expect(days.at(-1)!.constituents.map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('has days from its first on', () => {
    const days = fixings(weekly, known, '2026-07-01', '2026-07-08', { series: 2 });
    expect(days.map(brief)).toEqual([
      '07 #2 price 6.0000 level 100.0000', // 18/3
      '08 #2 price 9.3333 level 155.5556', // 28/18
    ]);
    const { fixing, ...rest } = calculateFixing(weekly, known, '2026-07-06', { series: 2 });
    expect(fixing).toBeUndefined();
    expect('none' in rest && rest.none).toEqual({
      code: 'no_such_series',
      message: 'TEST has no series 2 on 2026-07-06: it is in series 1',
    });
  });

  it('is up to its end what the index is', () => {
    const options = { series: 2 };
    const own = fixings(weekly, known, '2026-07-07', '2026-07-13');
    const frozen = fixings(weekly, known, '2026-07-07', '2026-07-13', options);
    expect(
      frozen.map(({ series: { frozen: _, ...rest }, ...one }) => ({ ...one, series: rest })),
    ).toEqual(own);
  });

  it('is the same alone as in a backfill', () => {
    const options = { series: 1 };
    for (const fixing of fixings(weekly, known, '2026-07-05', '2026-07-15', options)) {
      const alone = fixingOn(weekly, known, fixing.date, options);
      expect(canonicalJson(alone)).toBe(canonicalJson(fixing));
    }
  });

  it('stays under its version of the rulebook', () => {
    const next = rulebook({
      ...{ version: '2.0.0', effective_from: '2026-07-10' },
      ...{ workload: '{ input: "0", output: "1" }', rebalance: '{ frequency: weekly }' },
    });
    const fixing = fixingOn([weekly, next], known, '2026-07-15', { series: 2 });
    expect(fixing.rulebook).toEqual({ version: '1.0.0', sha256: weekly.sha256 });
    expect(fixing.constituents.map(({ id }) => id)).toEqual(['a', 'b', 'c']);
  });

  it('keeps a withdrawn member, imputed', () => {
    const gone = evidence(['2026-07-01 x/a 4', '2026-07-01 y/b 4', '2026-07-03 x/a withdrawn']);
    const fixing = fixingOn(weekly, gone, '2026-07-20', { series: 1 });
    expect(fixing.constituents.map(({ id, evidence: kind }) => `${id} ${kind}`)).toEqual([
      ...['a imputed', 'b observed'],
    ]);
  });
});

describe('the roll spread', () => {
  const spreads = (effective: string) => {
    const rules = rulebook({ rebalance: `{ frequency: weekly, effective: ${effective} }` });
    const known = evidence([
      ...['2026-07-01 x/a 4', '2026-07-01 y/b 4', '2026-07-03 z/c 10', '2026-07-06 x/a 6'],
    ]);
    return fixings(rules, known, '2026-07-05', '2026-07-07').map(
      ({ series: { roll_spread } }) => roll_spread,
    );
  };

  it('is the price of the new basket less that of the old one, at the link', () => {
    // On the 6th (6 + 4 + 10) / 3 and (6 + 4) / 2.
    const spread = `1.${'6'.repeat(38)}7`;
    expect(spreads('after_close')).toEqual([null, null, spread]);
    expect(spreads('at_fixing')).toEqual([null, spread, spread]);
  });
});
