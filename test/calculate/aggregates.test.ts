import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/index.ts';
import { brief, briefs, evidence, fixingOn, rulebook } from '../fix/small-book.ts';

/** 2026-07-01 is a Wednesday; 6 July is a Monday. */
const START = ['w/a 2', 'x/b 4', 'y/c 8', 'z/d 16'].map((line) => `2026-07-01 ${line}`);
const MEDIAN = { aggregate: 'weighted_median' };
const trimmed = (trim: string) => ({ aggregate: 'trimmed_mean', price: `{ trim: "${trim}" }` });
const fixed = (text: string) => ({ weights: `{ method: fixed, fixed: { ${text} } }` });

const contributions = (known: Evidence, keys: Record<string, string>) =>
  fixingOn(rulebook(keys), known, '2026-07-01').constituents.map(
    ({ id, contribution }) => `${id} ${contribution}`,
  );

describe('a weighted median (clause aggregate)', () => {
  it.each([
    // Of four of 1 each the second reaches 2·2 ≥ 4: the lower one.
    ['is the lower one of two', '', '4.0000', ['a 0', 'b 4', 'c 0', 'd 0']],
    // Of 1, 1, 1 and 4 the cumulated 1, 2, 3 and 7: 2·7 ≥ 7 and 2·3 < 7.
    [
      'goes where half the weight is',
      'a: "1", b: "1", c: "1", d: "4"',
      '16.0000',
      ['a 0', 'b 0', 'c 0', 'd 16'],
    ],
    // 4 of 8 is a half: 2·4 ≥ 8.
    [
      'is reached by exactly a half',
      'a: "4", b: "2", c: "1", d: "1"',
      '2.0000',
      ['a 2', 'b 0', 'c 0', 'd 0'],
    ],
  ])('%s', (_, weights, price, parts) => {
    const keys = { ...MEDIAN, ...(weights === '' ? {} : fixed(weights)) };
    const known = evidence(START);
    expect(fixingOn(rulebook(keys), known, '2026-07-01').value!.price).toBe(price);
    expect(contributions(known, keys)).toEqual(parts);
  });

  it('moves the level by its own ratio', () => {
    const lines = [...START, '2026-07-02 x/b 6', '2026-07-03 w/a 30', '2026-07-04 y/c 3'];
    expect(briefs(rulebook(MEDIAN), evidence(lines), '2026-07-01', '2026-07-04')).toEqual([
      '01 #1 price 4.0000 level 100.0000', // 2 4 8 16
      '02 #1 price 6.0000 level 150.0000', // 2 6 8 16: 100 · 6/4
      '03 #1 price 8.0000 level 200.0000', // 6 8 16 30
      '04 #1 price 6.0000 level 150.0000', // 3 6 16 30
    ]);
  });

  it('is not moved by what does not cross the middle', () => {
    const lines = [...START, '2026-07-02 z/d 1600', '2026-07-02 w/a 0.01'];
    expect(brief(fixingOn(rulebook(MEDIAN), evidence(lines), '2026-07-02'))).toBe(
      '02 #1 price 4.0000 level 100.0000',
    );
  });

  it('takes legs that each have a median of their own', () => {
    const lines = ['2026-07-01 x/a 1 out=9', '2026-07-01 y/b 2 out=2', '2026-07-01 z/c 3 out=7'];
    const { value } = fixingOn(rulebook(MEDIAN), evidence(lines), '2026-07-01');
    // Prices 5, 2, 5; inputs 1, 2, 3; outputs 9, 2, 7.
    expect(value).toMatchObject({ price: '5.0000', input: '2.0000', output: '7.0000' });
  });

  it('links after the close over the constituents of the new basket', () => {
    const weekly = { ...MEDIAN, rebalance: '{ frequency: weekly }' };
    const lines = [...START, '2026-07-03 v/e 5', '2026-07-07 v/e 6'];
    expect(briefs(rulebook(weekly), evidence(lines), '2026-07-05', '2026-07-07')).toEqual([
      '05 #1 price 4.0000 level 100.0000',
      '06 #1 price 4.0000 level 100.0000',
      // 2 4 5 8 16 at the link, then 2 4 6 8 16: 100 · 6/5
      '07 #2 price 6.0000 level 120.0000',
    ]);
  });

  it('links at the fixing by the medians of the matched constituents', () => {
    const weekly = { ...MEDIAN, rebalance: '{ frequency: weekly, effective: at_fixing }' };
    const lines = [
      ...[...START, '2026-07-03 v/e 5', '2026-07-06 v/e 6'],
      // f has no price on the day before, and is in neither median.
      '2026-07-06 u/f 5.5',
    ];
    expect(briefs(rulebook(weekly), evidence(lines), '2026-07-05', '2026-07-06')).toEqual([
      '05 #1 price 4.0000 level 100.0000',
      // Price: 2 4 5.5 6 8 16. Level: of a to e 2 4 5 8 16, then 2 4 6 8 16: 100 · 6/5
      '06 #2 price 5.5000 level 120.0000',
    ]);
  });

  it('imputes a missing price by the arithmetic mean of its peers', () => {
    const lines = [
      ...[`${START[0]!} until=2026-07-02`, ...START.slice(1)],
      ...['2026-07-02 x/b 5', '2026-07-02 y/c 9', '2026-07-02 z/d 21'],
    ];
    // 2 · (5 + 9 + 21) / (4 + 8 + 16) = 2.5
    const fixing = fixingOn(rulebook(MEDIAN), evidence(lines), '2026-07-02');
    expect(fixing.constituents[0]).toMatchObject({ price: '2.5', evidence: 'imputed' });
    expect(brief(fixing)).toBe('02 #1 price 5.0000 level 125.0000');
  });
});

describe('a trimmed mean', () => {
  it.each([
    // A quarter of four: the first and the last.
    ['0.25', '', '6.0000', ['a 0', 'b 2', 'c 4', 'd 0']],
    // A tenth of 4 is 0.4 of the first and of the last: (0.6·2 + 4 + 8 + 0.6·16) / 3.2
    ['0.1', '', '7.1250', ['a 0.375', 'b 1.25', 'c 2.5', 'd 3']],
    // Nothing is taken off: 30/4
    ['0', '', '7.5000', ['a 0.5', 'b 1', 'c 2', 'd 4']],
    // 8 in all, 2 off each side: a 0 of 1, b 1 of 2, c 2, d 1 of 3: (4 + 2·8 + 16) / 4
    ['0.25', 'a: "1", b: "2", c: "2", d: "3"', '9.0000', ['a 0', 'b 1', 'c 4', 'd 4']],
  ])('takes %s of the weight off each side (%s)', (trim, weights, price, parts) => {
    const keys = { ...trimmed(trim), ...(weights === '' ? {} : fixed(weights)) };
    const known = evidence(START);
    expect(fixingOn(rulebook(keys), known, '2026-07-01').value!.price).toBe(price);
    expect(contributions(known, keys)).toEqual(parts);
  });

  it('moves the level by its own ratio, whoever is inside', () => {
    const lines = [...START, '2026-07-02 y/c 10', '2026-07-03 w/a 32'];
    expect(briefs(rulebook(trimmed('0.25')), evidence(lines), '2026-07-01', '2026-07-03')).toEqual([
      '01 #1 price 6.0000 level 100.0000', // (4 + 8) / 2
      '02 #1 price 7.0000 level 116.6667', // (4 + 10) / 2
      '03 #1 price 13.0000 level 216.6667', // 4 10 16 32: (10 + 16) / 2
    ]);
  });

  it('links at the fixing by the trimmed means of the matched constituents', () => {
    const keys = {
      ...trimmed('0.25'),
      rebalance: '{ frequency: weekly, effective: at_fixing }',
    };
    const lines = [...START, '2026-07-06 y/c 10', '2026-07-06 u/f 1', '2026-07-06 u/g 1'];
    // f and g had no price the day before: L = 100 · ((4 + 10)/2) / ((4 + 8)/2). The price is that
    // of all six, 1 1 2 4 10 16, of which 1.5 are off each side: (½·1 + 2 + 4 + ½·10) / 3
    expect(brief(fixingOn(rulebook(keys), evidence(lines), '2026-07-06'))).toBe(
      '06 #2 price 3.8333 level 116.6667',
    );
  });
});
