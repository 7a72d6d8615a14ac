import { describe, expect, it } from 'vitest';
import { decimal } from '../../src/domain/decimal.ts';
import { canonicalJson, evidenceOf } from '../../src/index.ts';
import { inputsOf, readBack } from '../fix/recompute.ts';
import {
  brief,
  briefs,
  evidence,
  fixingOn,
  fixings,
  rulebook,
  standing,
  succession,
} from '../fix/small-book.ts';
import { at } from '../normalize/rows.ts';

/** 6 and 13 July are Mondays. `a` ends on the 3rd; its successor b is sold from the 2nd on. */
const WEEKLY = { rebalance: '{ frequency: weekly }' };
const START = ['2026-07-01 x/a 4', '2026-07-01 y/c 4'];
const ENDS = [...START, '2026-07-02 x/b 5', '2026-07-03 x/a withdrawn'];
const known = (lines: readonly string[], ...rows: readonly string[]) =>
  evidence(lines, { succession: rows.map(succession) });

describe('a comparable successor (clause succession)', () => {
  const compared = '2026-07-03 a b 0.8';

  it('is compared directly, times the factor, until the next rebalance', () => {
    const lines = [...ENDS, '2026-07-04 x/b 10'];
    const days = fixings(rulebook(WEEKLY), known(lines, compared), '2026-07-02', '2026-07-07');
    expect(days.map((day) => standing(day)[0])).toEqual([
      ...['a 4 observed', 'a 4 observed', 'a 8 observed', 'a 8 observed', 'a 8 observed'],
      'b 10 observed',
    ]);
    expect(days.map(brief)).toEqual([
      '02 #1 price 4.0000 level 100.0000',
      '03 #1 price 4.0000 level 100.0000', // 5 · 0.8
      '04 #1 price 6.0000 level 150.0000', // 10 · 0.8, and 4
      '05 #1 price 6.0000 level 150.0000',
      '06 #1 price 6.0000 level 150.0000',
      '07 #2 price 7.0000 level 150.0000', // b itself at 10
    ]);
  });

  it('is named, with the sellers behind the price', () => {
    const fixing = fixingOn(rulebook(WEEKLY), known(ENDS, compared), '2026-07-04');
    expect(fixing.constituents[0]).toMatchObject({ id: 'a', successor: 'b', evidence: 'observed' });
    expect(fixing.constituents[0]!.sellers.map(({ quoted_as }) => quoted_as)).toEqual(['b']);
    expect(fixing.constituents[1]!.successor).toBeUndefined();
  });

  it('leaves no unmeasured step', () => {
    const fixing = fixingOn(rulebook(WEEKLY), known(ENDS, compared), '2026-07-07');
    expect(standing(fixing)).toEqual(['b 5 observed', 'c 4 observed']);
    expect(fixing.series.replaced).toEqual([]);
  });

  it('counts from its day', () => {
    const later = '2026-07-05 a b 0.8';
    const days = fixings(rulebook(WEEKLY), known(ENDS, later), '2026-07-04', '2026-07-05');
    // Until then a moves with the basket: c stands still.
    expect(days.map((day) => standing(day)[0])).toEqual(['a 4 imputed', 'a 4 observed']);
    expect(days.map((day) => day.inputs.succession.count)).toEqual([0, 1]);
  });

  it('counts for nothing while the predecessor is sold', () => {
    const lines = [...START, '2026-07-02 x/b 50'];
    const fixing = fixingOn(rulebook(WEEKLY), known(lines, compared), '2026-07-05');
    expect(standing(fixing)[0]).toBe('a 4 observed');
  });

  it('comes before a fallback, and serves an absence too', () => {
    const lines = [`${START[0]!} until=2026-07-03`, START[1]!, '2026-07-02 x/b 10'];
    const keys = { mode: 'settlement', fallback: '[{ rule: carry_forward, max_days: 9 }]' };
    const fixing = fixingOn(rulebook(keys), known(lines, compared), '2026-07-04');
    expect(standing(fixing)[0]).toBe('a 8 observed');
  });

  it('moves each leg by the factor', () => {
    const lines = [...START, '2026-07-02 x/b 5 out=15', '2026-07-03 x/a withdrawn'];
    const fixing = fixingOn(rulebook(WEEKLY), known(lines, compared), '2026-07-04');
    expect(fixing.constituents[0]).toMatchObject({
      price: '8',
      legs: { input: '4', cached_input: '4', output: '12' },
    });
  });

  it('at the fixing carries the level on to the successor', () => {
    const keys = { rebalance: '{ frequency: weekly, effective: at_fixing }' };
    const lines = [...ENDS, '2026-07-06 x/b 10'];
    expect(briefs(rulebook(keys), known(lines, compared), '2026-07-05', '2026-07-06')).toEqual([
      '05 #1 price 4.0000 level 100.0000',
      // b and c: (10 + 4) / (5 + 4)
      '06 #2 price 7.0000 level 155.5556',
    ]);
  });

  it('of seller’s models names those, and is among the inputs', async () => {
    const keys = { price: '{ constituent: seller_model }' };
    const rules = rulebook(keys);
    const book = known([...ENDS, '2026-07-04 x/b 10'], '2026-07-03 x/a x/b 0.8');
    const ours = fixingOn(rules, book, '2026-07-04');
    expect(standing(ours)).toEqual(['x/a 8 observed', 'y/c 4 observed']);
    const rows = await readBack(inputsOf(rules, book, '2026-07-04'));
    const theirs = fixingOn(rules, evidenceOf(rows), '2026-07-04');
    expect(canonicalJson(theirs)).toBe(canonicalJson(ours));
  });
});

describe('a successor that is not comparable', () => {
  const linked = '2026-07-03 a b';

  it('is linked, and the step that no level measures is printed', () => {
    const days = fixings(rulebook(WEEKLY), known(ENDS, linked), '2026-07-06', '2026-07-08');
    expect(days.map(brief)).toEqual([
      '06 #1 price 4.0000 level 100.0000',
      '07 #2 price 4.5000 level 100.0000',
      '08 #2 price 4.5000 level 100.0000',
    ]);
    const step = [{ predecessor: 'a', successor: 'b', step: '1.25' }]; // 5 over 4
    expect(days.map(({ series }) => series.replaced)).toEqual([[], step, step]);
  });

  it('leaves the predecessor to be imputed until then', () => {
    const lines = [...ENDS, '2026-07-04 y/c 6'];
    const fixing = fixingOn(rulebook(WEEKLY), known(lines, linked), '2026-07-04');
    expect(standing(fixing)).toEqual(['a 6 imputed', 'c 6 observed']);
  });

  it('is no replacement where the predecessor stays', () => {
    const lines = [...START, '2026-07-02 x/b 5'];
    const fixing = fixingOn(rulebook(WEEKLY), known(lines, linked), '2026-07-07');
    expect(standing(fixing)).toHaveLength(3);
    expect(fixing.series.replaced).toEqual([]);
  });

  it('is none before its day: nothing shows that comes later', () => {
    const later = '2026-07-20 a b';
    const own = fixingOn(rulebook(WEEKLY), known(ENDS), '2026-07-08');
    const told = fixingOn(rulebook(WEEKLY), known(ENDS, later), '2026-07-08');
    expect(canonicalJson(told)).toBe(canonicalJson(own));
  });

  it('is printed once, by id, whatever the order of the rows', () => {
    const lines = [...ENDS, '2026-07-03 y/c withdrawn', '2026-07-02 y/d 2'];
    const rows = ['2026-07-03 c d', linked, '2026-07-04 a b'];
    const replaced = (ordered: readonly string[]) =>
      fixingOn(rulebook(WEEKLY), known(lines, ...ordered), '2026-07-07').series.replaced;
    expect(replaced(rows)).toEqual(replaced([...rows].reverse()));
    expect(replaced(rows).map(({ predecessor, step }) => `${predecessor} ${step}`)).toEqual([
      ...['a 1.25', 'c 0.5'],
    ]);
  });

  it('prints the step at the fixing too', () => {
    const keys = { rebalance: '{ frequency: weekly, effective: at_fixing }' };
    const { series } = fixingOn(rulebook(keys), known(ENDS, linked), '2026-07-06');
    expect(series.replaced).toEqual([{ predecessor: 'a', successor: 'b', step: '1.25' }]);
  });
});

it('a successor that is gone is followed to its own', () => {
  // a is compared with b at 2, b with c at 3: c asks 5, so a stands at 5 · 3 · 2.
  const row = (predecessor: string, successor: string, factor: number) => ({
    ...{ predecessor, successor, comparable: true, factor: decimal(factor) },
    ...{ effectiveAtMs: at('2026-07-01'), evidence: 'same weights', approvers: ['a', 'b'] },
  });
  const lines = ['2026-06-01 x/a 2 until=2026-07-03', '2026-06-01 y/c 5'];
  const known = evidence(lines, { succession: [row('a', 'b', 2), row('b', 'c', 3)] });
  const [a] = standing(fixingOn(rulebook(), known, '2026-07-03'));
  expect(a).toBe('a 30 observed');
  const circle = evidence(lines, { succession: [row('a', 'b', 2), row('b', 'a', 3)] });
  expect(standing(fixingOn(rulebook(), circle, '2026-07-03'))[0]).toBe('a 2 imputed');
});
