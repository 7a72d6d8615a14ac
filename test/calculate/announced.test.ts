import { describe, expect, it } from 'vitest';
import { add, decimal, toText } from '../../src/index.ts';
import {
  brief,
  briefs,
  evidence,
  excluded,
  fixingOn,
  fixings,
  refusals,
  rulebook,
  standing,
  usage,
} from '../fix/small-book.ts';

/** 2026-07-01 is a Wednesday; 6 and 13 July are Mondays: announced on the Fridays 3 and 10 July. */
const START = ['2026-07-01 x/a 4', '2026-07-01 y/b 8'];
const keysOf = (days: number, effective = 'after_close') => ({
  rebalance: `{ frequency: weekly, effective: ${effective}, announce_days: ${days} }`,
});
const weightsOf = (fixing: ReturnType<typeof fixingOn>) =>
  fixing.constituents.map(({ id, weight }) => `${id} ${weight}`);

describe('a basket that is announced (clause announcement)', () => {
  // The window of the 6th is the week to 2 July; of the base date the week to 27 June.
  const weights = '{ method: usage, window_days: 7, lag_days: 3 }';
  const tokens = [
    ...['2026-06-21 2026-06-28 a 100', '2026-06-21 2026-06-28 b 100'],
    ...['2026-06-28 2026-07-03 a 300', '2026-06-28 2026-07-03 b 100'],
  ];
  const led = (days: number, more: string[], date = '2026-07-07') => {
    const known = evidence(START, { usage: [...tokens, ...more].map(usage) });
    return fixingOn(rulebook({ ...keysOf(days), weights }), known, date);
  };

  it('weighs by what is known on the day of its announcement', () => {
    // Of the week from 26 June 2 of 7 days of the first figures: 200/7 each; then 300 and 100.
    const announced = weightsOf(led(3, []));
    expect(announced).toEqual(weightsOf(led(0, [])));
    // (300 + 200/7) / (400 + 400/7) = 2300/3200
    expect(announced).toEqual(['a 0.71875', 'b 0.28125']);
  });

  it('is not changed by usage that is published after it', () => {
    const restated = ['2026-06-28 2026-07-03 b 900 published=2026-07-04'];
    expect(weightsOf(led(3, restated))).toEqual(['a 0.71875', 'b 0.28125']);
    // Without a lead it would be: 2300 and 6500 of 8800.
    expect(weightsOf(led(0, restated))[0]).toBe('a 0.2613636363636363636363636363636363636364');
  });

  it('is changed by usage that is published on its day', () => {
    const restated = ['2026-06-28 2026-07-03 b 300 published=2026-07-03T12:00:00Z'];
    expect(weightsOf(led(3, restated))).toEqual(['a 0.5', 'b 0.5']);
  });

  it('has weights that are frozen, not prices: it links at those of its rebalance', () => {
    const lines = [...START, '2026-07-05 x/a 6', '2026-07-07 y/b 10'];
    const rules = rulebook({ ...keysOf(3), weights: '{ method: equal_value }' });
    // Quantities of the 3rd: 1/4 and 1/8, so ⅔ and ⅓, though a costs 6 by the 6th.
    const days = fixings(rules, evidence(lines), '2026-07-06', '2026-07-07');
    expect(weightsOf(days[1]!).map((text) => text.slice(0, 8))).toEqual(['a 0.6666', 'b 0.3333']);
    expect(days.map(brief)).toEqual([
      // The base's own ⅔ and ⅓: (12 + 8) / 3 after 16/3
      '06 #1 price 6.6667 level 125.0000',
      // (12 + 10) / 3; 125 · 22/20
      '07 #2 price 7.3333 level 137.5000',
    ]);
    // Formed on the 6th it were 1/6 and 1/8: 4/7 and 3/7.
    const late = rulebook({ ...keysOf(0), weights: '{ method: equal_value }' });
    const [a] = weightsOf(fixingOn(late, evidence(lines), '2026-07-07'));
    expect(a!.slice(0, 8)).toBe('a 0.5714');
  });

  it('has no member that is first quoted after it', () => {
    const lines = [...START, '2026-07-04 z/c 6', '2026-07-02 z/d 6'];
    const known = evidence(lines);
    const fixing = fixingOn(rulebook(keysOf(3)), known, '2026-07-07');
    expect(standing(fixing).map((text) => text[0])).toEqual(['a', 'b', 'd']);
    expect(excluded(fixing)).toEqual(['c/z awaits_rebalance']);
    const next = fixingOn(rulebook(keysOf(3)), known, '2026-07-14');
    expect(standing(next).map((text) => text[0])).toEqual(['a', 'b', 'c', 'd']);
  });

  it('loses a member that is withdrawn before it takes effect', () => {
    const weights = '{ method: fixed, fixed: { a: "2", b: "1", c: "1" } }';
    const lines = [...START, '2026-07-01 z/c 8', '2026-07-05 x/a withdrawn', '2026-07-07 y/b 12'];
    const days = fixings(
      rulebook({ ...keysOf(3), weights }),
      evidence(lines),
      '2026-07-06',
      '2026-07-07',
    );
    expect(days.map(brief)).toEqual([
      '06 #1 price 6.0000 level 100.0000', // (2 · 4 + 8 + 8) / 4
      '07 #2 price 10.0000 level 125.0000', // (12 + 8) / 2; 100 · 20/16
    ]);
    // What is left of the frozen weights, as shares of the basket's quantity.
    expect(weightsOf(days[1]!)).toEqual(['b 0.5', 'c 0.5']);
  });

  it('keeps a member that is absent when it takes effect, with its imputed price', () => {
    const lines = [`${START[0]!} until=2026-07-05`, START[1]!, '2026-07-05 y/b 10'];
    const fixing = fixingOn(rulebook(keysOf(3)), evidence(lines), '2026-07-07');
    expect(standing(fixing)).toEqual(['a 5 imputed', 'b 10 observed']);
  });

  it('takes effect on the day itself at the fixing', () => {
    const lines = [...START, '2026-07-02 z/c 6', '2026-07-04 z/d 6', '2026-07-06 z/c 12'];
    expect(
      briefs(rulebook(keysOf(3, 'at_fixing')), evidence(lines), '2026-07-05', '2026-07-06'),
    ).toEqual(
      ['05 #1 price 6.0000 level 100.0000', '06 #2 price 8.0000 level 133.3333'], // 24/18
    );
  });

  it('that cannot be formed withholds from the day it was due', () => {
    const weights = '{ method: equal, caps: { of: value, constituent: "0.5" } }';
    // On the 3rd b alone is left; that a second is back by the 6th comes too late.
    const lines = [...START, '2026-07-03 x/a withdrawn', '2026-07-05 z/c 8'];
    expect(
      briefs(rulebook({ ...keysOf(3), weights }), evidence(lines), '2026-07-06', '2026-07-14'),
    ).toEqual([
      '06 #1 price 5.3333 level 100.0000',
      ...['07', '08', '09', '10', '11', '12', '13'].map(
        (day) => `${day} #1 withheld infeasible_caps`,
      ),
      '14 #2 price 8.0000 level 100.0000',
    ]);
  });

  it('is announced on the last day of the calendar that leaves the lead', () => {
    // A day before Monday is Sunday: on weekdays Friday the 3rd.
    const keys = { ...keysOf(1), calendar: 'weekdays' };
    const friday = [...START, '2026-07-03 z/c 6'];
    const saturday = [...START, '2026-07-04 z/c 6'];
    const members = (lines: string[], more: Record<string, string>) =>
      fixingOn(rulebook({ ...keys, ...more }), evidence(lines), '2026-07-07').constituents.length;
    expect([members(friday, {}), members(saturday, {})]).toEqual([3, 2]);
    expect(members(saturday, { calendar: 'every_day' })).toBe(3);
  });

  it('of a rebalance nearer than the lead is announced on the base date', () => {
    const lines = [...START, '2026-07-02 z/c 6'];
    const rules = rulebook(keysOf(10));
    // The 6th is five days off: c comes too late for it. Of the 13th the 3rd is the day.
    expect(fixingOn(rules, evidence(lines), '2026-07-07').constituents).toHaveLength(2);
    expect(fixingOn(rules, evidence(lines), '2026-07-14').constituents).toHaveLength(3);
  });

  it('stays announced where the rulebook is clarified meanwhile', () => {
    const keys = keysOf(3);
    const next = { version: '1.0.1', effective_from: '2026-07-05', change: 'clarifying' };
    const both = [rulebook(keys), rulebook({ ...keys, ...next })];
    const lines = [...START, '2026-07-04 z/c 6'];
    expect(fixingOn(both, evidence(lines), '2026-07-07').constituents).toHaveLength(2);
  });

  it('of exponents keeps them', () => {
    const weights = '{ method: fixed, fixed: { a: "2", b: "1", c: "1" } }';
    const lines = [...START, '2026-07-01 z/c 8', '2026-07-05 x/a withdrawn'];
    const rules = rulebook({ ...keysOf(3), weights, formula: 'jevons' });
    const fixing = fixingOn(rules, evidence(lines), '2026-07-07');
    const [b, c] = fixing.constituents;
    expect(toText(add(decimal(b!.weight), decimal(c!.weight)))).toBe('1');
    expect(brief(fixing)).toBe('07 #2 price 8.0000 level 100.0000');
  });
});

it('a lead that is longer than the lag of usage is refused', () => {
  const weights = '{ method: usage, window_days: 7, lag_days: 2 }';
  expect(refusals({ ...keysOf(3), weights })).toEqual([
    'weights.lag_days: at least announce_days (3), so that the window is over by then',
  ]);
});
