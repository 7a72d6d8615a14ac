import { describe, expect, it } from 'vitest';
import type { Rulebook } from '../../src/index.ts';
import { brief, evidence, fixingOn, fixings, rulebook, standing } from '../fix/small-book.ts';

/** 2026-07-01 is a Wednesday; 6 July is a Monday. */
const START = ['2026-07-01 x/a 4', '2026-07-01 y/b 4'];
type Keys = Readonly<Record<string, string>>;

function versions(from: string, changes: Keys, keys: Keys = {}): [Rulebook, Rulebook] {
  const next = { version: '2.0.0', effective_from: from };
  return [rulebook(keys), rulebook({ ...keys, ...next, ...changes })];
}

describe('the close before a version (clause versions)', () => {
  it('withholds where its basket cannot be formed, on the day after the base date too', () => {
    const alone = { weights: '{ method: equal, caps: { of: value, constituent: "0.4" } }' };
    const days = fixings(
      versions('2026-07-02', alone),
      evidence(START),
      '2026-07-01',
      '2026-07-02',
    );
    expect(days.map(brief)).toEqual([
      ...['01 #1 price 4.0000 level 100.0000', '02 #1 withheld infeasible_caps'],
    ]);
  });

  it('forgets the baskets that the version before announced', () => {
    // Announced for Monday the 6th on the 1st, by equal weights; the version begins on the 4th.
    const rebalance = '{ frequency: weekly, announce_days: 5 }';
    const fixed = { weights: '{ method: fixed, fixed: { a: "3", b: "1" } }' };
    const rules = versions('2026-07-04', fixed, { rebalance });
    const fixing = fixingOn(rules, evidence(START), '2026-07-07');
    expect(fixing.constituents.map(({ weight }) => weight)).toEqual(['0.75', '0.25']);
  });

  describe('with a universe in which a member has no quote', () => {
    // a is sold in the other region from the 20th on only.
    const lines = [
      ...['2026-07-01 x/a 4', '2026-07-20 x/a 5 region=eu'],
      ...['2026-07-01 y/b 4', '2026-07-01 y/b 6 region=eu'],
    ];
    const regions = { universe: '{ regions: [eu] }' };

    it('has no place for it', () => {
      const fixing = fixingOn(versions('2026-07-05', regions), evidence(lines), '2026-07-05');
      expect(standing(fixing)).toEqual(['b 6 observed']);
      expect(brief(fixing)).toBe('05 #2 price 6.0000 level 100.0000');
    });

    it('imputes it where the new basket cannot be formed, and it goes on with the old one', () => {
      const caps = { weights: '{ method: equal, caps: { of: value, constituent: "0.6" } }' };
      const rules = versions('2026-07-05', { ...regions, ...caps });
      const moved = [...lines, '2026-07-06 y/b 9 region=eu'];
      const days = fixings(rules, evidence(moved), '2026-07-05', '2026-07-06');
      expect(days.map(brief)).toEqual([
        ...['05 #1 withheld infeasible_caps', '06 #1 withheld infeasible_caps'],
      ]);
      // With b: 4 · 9/6.
      expect(days.map((day) => standing(day)[0])).toEqual(['a 4 imputed', 'a 6 imputed']);
    });

    it('has no peers in what it has no quote of, though that is quoted the day after', () => {
      const caps = { weights: '{ method: equal, caps: { of: value, constituent: "0.6" } }' };
      const rules = versions('2026-07-05', { ...regions, ...caps });
      const back = [
        ...['2026-07-01 x/a 4', '2026-07-05 x/a 40 region=eu', '2026-07-01 x/c 4'],
        ...['2026-07-01 y/b 4', '2026-07-01 y/b 6 region=eu', '2026-07-20 x/c 5 region=eu'],
      ];
      // c moves with b, which stands, and not with a of its lab: that was imputed on the 4th.
      expect(standing(fixingOn(rules, evidence(back), '2026-07-05'))).toEqual([
        ...['a 40 observed', 'b 6 observed', 'c 4 imputed'],
      ]);
    });
  });

  it('does not lengthen what is carried forward', () => {
    const keys = { mode: 'settlement', fallback: '[{ rule: carry_forward, max_days: 2 }]' };
    const rules = versions('2026-07-05', { title: 'Another title' }, keys);
    const absent = ['2026-07-01 x/a 4 until=2026-07-04', '2026-07-01 y/b 4'];
    const days = fixings(rules, evidence(absent), '2026-07-03', '2026-07-06');
    expect(days.map((day) => `${day.series.number} ${standing(day)[0]}`)).toEqual([
      ...['1 a 4 observed', '1 a 4 carried_forward', '2 a 4 carried_forward', '2 a 4 imputed'],
    ]);
  });
});
