import { describe, expect, it } from 'vitest';
import { brief, briefs, evidence, fixingOn, rulebook, standing } from '../fix/small-book.ts';
import { alias } from '../normalize/rows.ts';

/** Constituents a, b (lab x), c (lab y, class of a), d (lab z), equal quantities, all at first 4. */
const START = ['x/a 4', 'x/b 4', 'y/c 4', 'z/d 4'].map((line) => `2026-07-01 ${line}`);
const models = [
  { ...alias('a', 'a'), lab: 'x', class: 'frontier' },
  { ...alias('b', 'b'), lab: 'x', class: 'efficient' },
  { ...alias('c', 'c'), lab: 'y', class: 'frontier' },
  { ...alias('d', 'd'), lab: 'z', class: 'efficient' },
];

/** `a` is quoted until the 4th. */
const absentA = START.map((line) => (line.includes('x/a') ? `${line} until=2026-07-04` : line));

function day(lines: readonly string[], date: string, keys: Record<string, string> = {}) {
  return fixingOn(rulebook(keys), evidence(lines, { models }), date);
}

describe('a missing price (clauses order-of-evidence, imputation)', () => {
  it('moves with the peers of its lab', () => {
    const lines = [...absentA, '2026-07-04 x/b 6', '2026-07-04 y/c 1', '2026-07-04 z/d 1'];
    // 4 · 6/4
    expect(standing(day(lines, '2026-07-04'))).toEqual([
      ...['a 6 imputed', 'b 6 observed', 'c 1 observed', 'd 1 observed'],
    ]);
  });

  it('moves with the peers of its class where its lab has none', () => {
    const lines = [...absentA.filter((line) => !line.includes('x/b')), '2026-07-04 y/c 5'];
    // 4 · 5/4
    expect(standing(day(lines, '2026-07-04'))[0]).toBe('a 5 imputed');
  });

  it('moves with the basket where neither has any', () => {
    const lines = [...absentA.filter((line) => !/x\/b|y\/c/.test(line)), '2026-07-04 z/d 3'];
    expect(standing(day(lines, '2026-07-04'))[0]).toBe('a 3 imputed');
  });

  it('moves with its peers by their quantities', () => {
    const weights = '{ method: fixed, fixed: { a: "1", c: "3", d: "1" } }';
    const lines = [
      ...absentA.filter((line) => !line.includes('x/b')),
      ...['2026-07-04 y/c 6', '2026-07-04 z/d 14'],
    ];
    const known = evidence(lines, { models: models.map((one) => ({ ...one, class: '' })) });
    // 4 · (3·6 + 1·14) / (3·4 + 1·4) = 4 · 32/16
    expect(standing(fixingOn(rulebook({ weights }), known, '2026-07-04'))[0]).toBe('a 8 imputed');
  });

  it('moves by its peers’ geometric mean under a geometric formula', () => {
    const lines = [
      ...absentA.filter((line) => !line.includes('x/b')),
      ...['2026-07-04 y/c 8', '2026-07-04 z/d 32'],
    ];
    const known = evidence(lines, { models: models.map((one) => ({ ...one, class: '' })) });
    // 4 · √(8/4 · 32/4) = 4 · 4
    const [a] = standing(fixingOn(rulebook({ formula: 'jevons' }), known, '2026-07-04'));
    expect(a).toBe('a 16 imputed');
  });

  it('moves its legs by the same factor', () => {
    const lines = [
      '2026-07-01 x/a 2 out=6 until=2026-07-04',
      '2026-07-01 x/b 4',
      '2026-07-04 x/b 6',
    ];
    const [a] = day(lines, '2026-07-04').constituents;
    // by 6/4: 2 · 1.5, 6 · 1.5, and the price 4 · 1.5
    expect([a!.legs.input, a!.legs.output, a!.price]).toEqual(['3', '9', '6']);
  });

  it('is not moved by a peer that was itself imputed the day before', () => {
    const lines = [
      ...absentA.map((line) => (line.includes('x/b') ? `${line} until=2026-07-04` : line)),
      ...['2026-07-04 y/c 5', '2026-07-05 x/b 99'],
    ];
    // b returns on the 5th at 99: on the 4th it was imputed, so a moves with c, its class: 5/5.
    expect(standing(day(lines, '2026-07-05')).slice(0, 2)).toEqual([
      'a 5 imputed',
      'b 99 observed',
    ]);
  });

  it('withholds the fixing where no peer is left, and stands still in the chain', () => {
    const lines = [
      ...['2026-07-01 x/a 4 until=2026-07-03', '2026-07-01 y/c 6 until=2026-07-03'],
      '2026-07-05 y/c 12',
    ];
    expect(briefs(rulebook(), evidence(lines), '2026-07-02', '2026-07-06')).toEqual([
      '02 #1 price 5.0000 level 100.0000',
      '03 #1 withheld no_matched_price',
      '04 #1 withheld no_matched_price',
      // c is back, but was imputed the day before: a has no peer yet.
      '05 #1 withheld no_matched_price',
      // (4 + 12) / 2 = 8, and 100 · 8/5
      '06 #1 price 8.0000 level 160.0000',
    ]);
  });

  it('gives way to the price that returns, and the level catches up', () => {
    const lines = ['2026-07-01 x/a 4 until=2026-07-02', '2026-07-01 x/b 4', '2026-07-02 x/b 8'];
    const back = [...lines, '2026-07-03 x/a 4'];
    expect(briefs(rulebook(), evidence(back), '2026-07-01', '2026-07-03')).toEqual([
      '01 #1 price 4.0000 level 100.0000',
      '02 #1 price 8.0000 level 200.0000', // 4 · 8/4 = 8
      '03 #1 price 6.0000 level 150.0000', // (4 + 8) / 2
    ]);
  });
});

describe('a price that is carried forward', () => {
  const keys = { mode: 'settlement', fallback: '[{ rule: carry_forward, max_days: 2 }]' };
  const moved = [...absentA, '2026-07-06 x/b 8'];

  it.each([
    ['2026-07-03', 'a 4 observed'],
    ['2026-07-04', 'a 4 carried_forward'],
    ['2026-07-05', 'a 4 carried_forward'], // 2 days after the 3rd
    ['2026-07-06', 'a 8 imputed'], // from then on with its lab: 4 · 8/4
  ])('on %s', (date, expected) => {
    expect(standing(day(moved, date, keys))[0]).toBe(expected);
  });

  it('says when it was last quoted', () => {
    expect(day(moved, '2026-07-05', keys).constituents[0]!.quoted_on).toBe('2026-07-03');
  });

  it('is counted from the last quote again after a return', () => {
    const lines = [...absentA, '2026-07-05 x/a 5 until=2026-07-06'];
    expect(standing(day(lines, '2026-07-07', keys))[0]).toBe('a 5 carried_forward');
    expect(standing(day(lines, '2026-07-08', keys))[0]).toBe('a 5 imputed');
  });

  it('is a peer to others', () => {
    const lines = [
      ...absentA.map((line) => (line.includes('x/b') ? `${line} until=2026-07-04` : line)),
      '2026-07-04 x/b withdrawn',
    ];
    // b is withdrawn, so imputed; its lab's a is carried at 4, so b stands at 4.
    expect(standing(day(lines, '2026-07-04', keys)).slice(0, 2)).toEqual([
      ...['a 4 carried_forward', 'b 4 imputed'],
    ]);
  });

  it('is not one that was withdrawn', () => {
    const lines = [...START, '2026-07-04 x/a withdrawn', '2026-07-04 x/b 6'];
    expect(standing(day(lines, '2026-07-04', keys))[0]).toBe('a 6 imputed');
  });
});

describe('a withdrawn constituent (clause withdrawal)', () => {
  const rebalance = '{ frequency: weekly }'; // 6 and 13 July are Mondays
  const lines = [...START.slice(0, 3), '2026-07-03 x/a withdrawn', '2026-07-04 x/b 6'];
  it('is imputed until the next rebalance, and leaves there', () => {
    const rules = rulebook({ rebalance });
    const known = evidence(lines, { models });
    // (6 + 6 + 4) / 3 to the 6th; then (6 + 4) / 2, linked at 100 · 16/12.
    expect(briefs(rules, known, '2026-07-06', '2026-07-07')).toEqual([
      '06 #1 price 5.3333 level 133.3333',
      '07 #2 price 5.0000 level 133.3333',
    ]);
  });

  it('enters again without a price effect', () => {
    const rules = rulebook({ rebalance });
    const known = evidence([...lines, '2026-07-08 x/a 60'], { models });
    expect(briefs(rules, known, '2026-07-12', '2026-07-14')).toEqual([
      '12 #2 price 5.0000 level 133.3333',
      '13 #2 price 5.0000 level 133.3333',
      '14 #3 price 23.3333 level 133.3333', // (60 + 6 + 4) / 3
    ]);
  });

  it('keeps its place where it is only absent', () => {
    const rules = rulebook({ rebalance });
    const absent = [...absentA.slice(0, 3), '2026-07-04 x/b 6'];
    const fixing = fixingOn(rules, evidence(absent, { models }), '2026-07-07');
    expect(standing(fixing)[0]).toBe('a 6 imputed');
    expect(brief(fixing)).toBe('07 #2 price 5.3333 level 133.3333');
  });
});
