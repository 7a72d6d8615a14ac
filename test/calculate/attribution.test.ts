import { describe, expect, it } from 'vitest';
import { explain } from '../../src/index.ts';
import { evidence, rulebook } from '../fix/small-book.ts';

/** 2026-07-06 is a Monday. `price a 0.5 12.5`: cause, constituent, USD/MTok and points. */
function parts(keys: Readonly<Record<string, string>>, lines: string[], to: number): string[] {
  const [from, until] = [to - 1, to].map((day) => `2026-07-0${day}`);
  const { explanation, none } = explain(rulebook(keys), evidence(lines), from!, until!);
  if (!explanation) throw new RangeError(none.message);
  return explanation.parts.map(({ cause, constituent, price, level }) =>
    [cause, constituent, price, level].join(' '),
  );
}

const WEEKLY = { rebalance: '{ frequency: weekly }' };

describe('the parts of a move (clause attribution)', () => {
  it('name what leaves', () => {
    // a 2 and b 6; b is withdrawn on the 6th: a (1 − 1/2)(2 − 4), b (0 − 1/2)(6 − 4).
    const lines = ['2026-06-01 x/a 2', '2026-06-01 y/b 6', '2026-07-06 y/b withdrawn'];
    expect(parts(WEEKLY, lines, 7)).toEqual(['exit b -1 0', 'weights a -1 0']);
  });

  describe('under a geometric formula', () => {
    const keys = { ...WEEKLY, formula: 'jevons' };
    const START = ['2026-06-01 x/a 2', '2026-06-01 y/b 8'];
    const joined = [...START, '2026-07-06 z/c 32'];

    it('go from the new basket’s price at the link', () => {
      // √(2·8) = 4, and with c ∛(2·8·32) = 8; on the 7th a is 16: ∛(16·8·32) = 16.
      // Steps by 4/ln 2: a −1/6 · ln ½, b −1/6 · ln 2, c ⅓ · ln 8. Then a by 8/ln 2: ⅓ · ln 8.
      expect(parts(keys, [...joined, '2026-07-07 x/a 16'], 7)).toEqual([
        ...['price a 8 100', 'entry c 4 0', 'weights a 0.666666666667 0'],
        'weights b -0.666666666667 0',
      ]);
    });

    it('go from the day before within a series', () => {
      // From 16 to 32 by 16/ln 2: ⅓ · ln 8; the level was 200.
      expect(parts(keys, [...joined, '2026-07-07 x/a 16', '2026-07-08 x/a 128'], 8)).toEqual([
        'price a 16 200',
      ]);
    });

    it('are of values that differ in the last of 40 digits', () => {
      // √(2·8·(1 + 10⁻³⁹)): the quotient of the two values rounds to 1, their logarithms differ.
      const last = `8.${'0'.repeat(38)}8`;
      expect(parts(keys, [...START, `2026-07-02 y/b ${last}`], 2)).toEqual([]);
    });

    it('at the fixing are of the members that have both prices', () => {
      // √(2·8) = 4 to ∛(4·8·16) = 8, by 4/ln 2: a ⅓ · ln 2, c ⅓ · ln 4, weights as above.
      // The level goes by √2, all of it a’s.
      const atFixing = { ...keys, rebalance: '{ frequency: weekly, effective: at_fixing }' };
      expect(parts(atFixing, [...START, '2026-07-06 x/a 4', '2026-07-06 z/c 16'], 6)).toEqual([
        ...['entry c 2.666666666667 0', 'price a 1.333333333333 41.42135623731'],
        ...['weights a 0.666666666667 0', 'weights b -0.666666666667 0'],
      ]);
    });
  });
});
