import { describe, expect, it } from 'vitest';
import { brief, briefs, evidence, fixingOn, fixings, rulebook, usage } from '../fix/small-book.ts';

/** 2026-07-01 is a Wednesday; 6 and 13 July are Mondays. */
const START = ['2026-07-01 x/a 4', '2026-07-01 y/b 4'];
const weekly = (effective: string) => ({
  rebalance: `{ frequency: weekly, effective: ${effective} }`,
});

describe('a level (clauses arithmetic, geometric)', () => {
  it('is the base level on the base date, and moves with the basket', () => {
    const known = evidence([...START, '2026-07-02 x/a 6', '2026-07-03 y/b 2']);
    const rules = rulebook({ base: '{ date: 2026-07-01, level: "1000" }' });
    expect(briefs(rules, known, '2026-07-01', '2026-07-03')).toEqual([
      '01 #1 price 4.0000 level 1000.0000',
      '02 #1 price 5.0000 level 1250.0000', // 1000 · 10/8
      '03 #1 price 4.0000 level 1000.0000', // 1000 · 8/8
    ]);
  });

  it('of a geometric basket moves with the geometric mean', () => {
    const known = evidence([...START, '2026-07-02 x/a 16', '2026-07-03 y/b 1']);
    expect(briefs(rulebook({ formula: 'jevons' }), known, '2026-07-01', '2026-07-03')).toEqual([
      '01 #1 price 4.0000 level 100.0000',
      '02 #1 price 8.0000 level 200.0000', // √(16 · 4)
      '03 #1 price 4.0000 level 100.0000', // √(16 · 1)
    ]);
  });

  it('of exponents 3 to 1 moves by r^¾', () => {
    const known = evidence([...START, '2026-07-02 x/a 64']);
    const weights = '{ method: fixed, fixed: { a: "3", b: "1" } }';
    const [day] = fixings(
      rulebook({ formula: 'jevons', weights }),
      known,
      '2026-07-02',
      '2026-07-02',
    );
    // 16^¾ = 8
    expect(brief(day!)).toBe('02 #1 price 32.0000 level 800.0000');
  });

  it('is rounded once, half to even, to the places of the rulebook', () => {
    const rounding = (mode: string) => ({ rounding: `{ price: 1, level: 2, mode: ${mode} }` });
    // Price (4 + 4.1) / 2 = 4.05 and level 100 · 8.1/8 = 101.25
    const known = evidence([...START, '2026-07-02 y/b 4.1']);
    const on = (mode: string) => brief(fixingOn(rulebook(rounding(mode)), known, '2026-07-02'));
    expect(on('half_even')).toBe('02 #1 price 4.0 level 101.25');
    expect(on('half_up')).toBe('02 #1 price 4.1 level 101.25');
  });
});

describe('a rebalance after the close (clause link)', () => {
  it('is calculated on the old basket, and linked from the next day', () => {
    const lines = [...START, '2026-07-03 z/e 10', '2026-07-06 x/a 6', '2026-07-06 z/e 12'];
    expect(
      briefs(rulebook(weekly('after_close')), evidence(lines), '2026-07-05', '2026-07-08'),
    ).toEqual([
      '05 #1 price 4.0000 level 100.0000',
      '06 #1 price 5.0000 level 125.0000', // (6 + 4) / 2; 100 · 10/8
      '07 #2 price 7.3333 level 125.0000', // (6 + 4 + 12) / 3
      '08 #2 price 7.3333 level 125.0000',
    ]);
  });
});

describe('a rebalance at the fixing', () => {
  const moved = [...START, '2026-07-06 x/a 6', '2026-07-06 z/e 12'];
  it.each([
    // (6 + 4 + 12) / (4 + 4 + 10), of which e was quoted the day before though no member.
    [
      'with an entrant that had a price',
      ['2026-07-03 z/e 10'],
      '06 #2 price 7.3333 level 122.2222',
    ],
    // (6 + 4) / (4 + 4): e is in neither sum.
    ['with an entrant that had none', [], '06 #2 price 7.3333 level 125.0000'],
  ])('already gives the day’s price: %s', (_, more, expected) => {
    const fixing = fixingOn(
      rulebook(weekly('at_fixing')),
      evidence([...moved, ...more]),
      '2026-07-06',
    );
    expect(brief(fixing)).toBe(expected);
  });

  it('leaves the level where no new member had a price', () => {
    const universe = '{ max_model_age_days: 4 }'; // a and b are 5 days old on the 6th
    const lines = [...START, '2026-07-05 x/a 8', '2026-07-06 x/a 9', '2026-07-06 z/e 12'];
    const rules = rulebook({ ...weekly('at_fixing'), universe });
    expect(briefs(rules, evidence(lines), '2026-07-05', '2026-07-06')).toEqual([
      '05 #1 price 6.0000 level 150.0000', // (8 + 4) / 2
      '06 #2 price 12.0000 level 150.0000',
    ]);
  });

  it('links on an imputed price where a member was absent', () => {
    const lines = [
      ...['2026-07-01 x/a 4 until=2026-07-05', '2026-07-01 y/b 4', '2026-07-05 y/b 8'],
      ...['2026-07-06 x/a 10', '2026-07-06 y/b 10'],
    ];
    // On the 5th a stands at 4 · 8/4 = 8; then 20/16.
    expect(
      briefs(rulebook(weekly('at_fixing')), evidence(lines), '2026-07-05', '2026-07-06'),
    ).toEqual(['05 #1 price 8.0000 level 200.0000', '06 #2 price 10.0000 level 250.0000']);
  });

  it('lets one that returns after it has left enter without a price effect', () => {
    // b leaves on the 6th; what it was imputed at until then is no price of the 12th.
    const lines = [...START, '2026-07-02 y/b withdrawn', '2026-07-13 y/b 40'];
    const rules = rulebook(weekly('at_fixing'));
    expect(briefs(rules, evidence(lines), '2026-07-06', '2026-07-13').at(-1)).toBe(
      '13 #3 price 22.0000 level 100.0000', // (4 + 40) / 2
    );
  });
});

describe('series', () => {
  const numbers = (effective: string, calendar = 'every_day') =>
    fixings(
      rulebook({ ...weekly(effective), calendar }),
      evidence(START),
      '2026-07-01',
      '2026-07-14',
    )
      .map(({ date, series }) => `${date.slice(8)} #${series.number} ${series.first_day.slice(8)}`)
      .filter((text, index, all) => text.slice(3) !== all[index - 1]?.slice(3));

  it.each([
    ['after_close', 'every_day', ['01 #1 01', '07 #2 07', '14 #3 14']],
    ['at_fixing', 'every_day', ['01 #1 01', '06 #2 06', '13 #3 13']],
    ['after_close', 'weekdays', ['01 #1 01', '07 #2 07', '14 #3 14']],
  ])('are numbered from 1, also if unchanged: %s, %s', (effective, calendar, expected) => {
    expect(numbers(effective, calendar)).toEqual(expected);
  });
});

describe('a basket that is due and cannot be formed (clause refused-basket)', () => {
  const caps = { weights: '{ method: equal, caps: { of: value, constituent: "0.5" } }' };
  // Alone, a cannot be held to a half; on the 10th b is back.
  const gone = [...START, '2026-07-05 y/b withdrawn', '2026-07-05 x/a 6', '2026-07-10 y/b 6'];
  const used = { weights: '{ method: usage, window_days: 7, min_days: 7 }' };
  const tokens = [
    // The 6th asks for the days from the 29th of June to the 5th of July: four are known.
    ...['a', 'b'].map((id) => usage(`2026-06-24 2026-07-03 ${id} 900 published=2026-07-01`)),
    ...['a', 'b'].map((id) => usage(`2026-07-06 2026-07-13 ${id} 700`)),
  ];
  const reasons = (keys: Record<string, string>, effective: string, lines: string[]) =>
    fixings(
      rulebook({ ...keys, ...weekly(effective) }),
      evidence(lines, { usage: tokens }),
      '2026-07-05',
      '2026-07-14',
    ).map((fixing) => brief(fixing).replace(/ price.*/, ''));

  it.each([
    ['infeasible_caps', caps, gone],
    ['short_usage', used, START],
  ])('withholds from the next day until one is, after the close: %s', (reason, keys, lines) => {
    expect(reasons(keys, 'after_close', lines)).toEqual([
      ...['05 #1', '06 #1'],
      ...['07', '08', '09', '10', '11', '12', '13'].map((day) => `${day} #1 withheld ${reason}`),
      '14 #2',
    ]);
  });

  it.each([
    ['infeasible_caps', caps, gone],
    ['short_usage', used, START],
  ])('withholds from that day until one is, at the fixing: %s', (reason, keys, lines) => {
    expect(reasons(keys, 'at_fixing', lines)).toEqual([
      '05 #1',
      ...['06', '07', '08', '09', '10', '11', '12'].map((day) => `${day} #1 withheld ${reason}`),
      ...['13 #2', '14 #2'],
    ]);
  });

  it('does not stop the chain', () => {
    const known = evidence(gone);
    // The old basket stands at (6 + 6) / 2 on the 13th: 100 · 12/8, and is linked there.
    const fixing = fixingOn(rulebook({ ...caps, ...weekly('after_close') }), known, '2026-07-14');
    expect(brief(fixing)).toBe('14 #2 price 6.0000 level 150.0000');
  });
});
