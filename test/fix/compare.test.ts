import { describe, expect, it } from 'vitest';
import { type Comparison, compareRulebooks } from '../../src/index.ts';
import { evidence, rulebook } from './small-book.ts';

function compared(...args: Parameters<typeof compareRulebooks>): Comparison {
  const { comparison, none } = compareRulebooks(...args);
  if (!comparison) throw new RangeError(none.message);
  return comparison;
}

describe('two rulebooks over one history', () => {
  it('have volatility and drawdown of what each published', () => {
    // Month ends 110, 55, 110: ln ½ and ln 2, mean 0, deviation √(2 · ln² 2 / 1) = 0.980258…,
    // times √12 = 3.395714…; b stands still.
    const known = evidence([
      ...['2026-07-01 x/a 2', '2026-07-31 x/a 2.2', '2026-08-15 x/a 1.1', '2026-09-30 x/a 2.2'],
      '2026-07-01 y/b 5',
    ]);
    const only = (model: string) => rulebook({ universe: `{ include: { models: [${model}] } }` });
    const { a, b, correlation } = compared(only('a'), only('b'), known, '2026-07-01', '2026-09-30');
    expect(a).toMatchObject({ change_percent: '10.00', volatility_percent: '339.57' });
    // The last day at the peak, and the first at the bottom.
    expect(a.drawdown).toEqual({ from: '2026-08-14', to: '2026-08-15', percent: '50.00' });
    expect(b).toMatchObject({ change_percent: '0.00', volatility_percent: '0.00', drawdown: null });
    // What never moves goes with nothing.
    expect(correlation).toBeNull();
  });

  it('have the turnover of shares of value, and the days that differ with their causes', () => {
    // Value ¼ and ¾; with c at 8 it is ⅛, ⅜, ½: half of ⅛ + ⅜ + ½ is ½.
    const known = evidence([
      ...['2026-07-01 x/a 2', '2026-07-01 y/b 6', '2026-07-02 z/c 8', '2026-07-04 z/c 12'],
    ]);
    const daily = rulebook({ rebalance: '{ frequency: daily }' });
    const { a, b, differences } = compared(daily, rulebook(), known, '2026-07-01', '2026-07-04');
    // The link of the 2nd, and two that change nothing.
    expect(a).toMatchObject({
      rebalances: 2,
      turnover_percent: { mean: '25.00', largest: '50.00' },
    });
    expect(b).toMatchObject({ rebalances: 0, turnover_percent: null });
    // c from 8 to 12 in a basket of 16 is a quarter; the other does not hold it.
    expect(differences).toEqual([
      {
        ...{ date: '2026-07-04', a_percent: '25.00', b_percent: '0.00', points: '25.00' },
        a_causes: [{ cause: 'price', constituent: 'c', points: '25.0000' }],
        b_causes: [],
      },
    ]);
  });

  it('count a print that is repeated at what was printed, not at what was withheld', () => {
    const known = evidence(['2026-07-01 x/a 2', '2026-07-03 x/a 6']);
    const rules = rulebook({ gates: '{ max_move: "0.5" }', on_withheld: '{ previous: 3 }' });
    const { a } = compared(rules, rules, known, '2026-07-01', '2026-07-03');
    expect(a.last).toEqual({ date: '2026-07-03', price: '2.0000', level: '100.0000' });
    expect(a).toMatchObject({ change_percent: '0.00', published: 3, withheld: 0 });
  });
});
