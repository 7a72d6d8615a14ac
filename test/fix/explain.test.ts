import { describe, expect, it } from 'vitest';
import { EMPTY_BOOK } from '../../src/domain/rows.ts';
import { type Explanation, evidenceOf, explain } from '../../src/index.ts';
import { rate } from '../normalize/rows.ts';
import { evidence, quote, rulebook, succession, usage } from './small-book.ts';

const [FROM, TO] = ['2026-07-01', '2026-07-03'];

function explained(...args: Parameters<typeof explain>): Explanation {
  const { explanation, none } = explain(...args);
  if (!explanation) throw new RangeError(none.message);
  return explanation;
}

/** `price a 0.5 25`: cause, constituent, USD/MTok, points. */
function parts({ parts: all }: Explanation): string[] {
  return all.map(({ cause, constituent, price, level }) =>
    [cause, constituent, price, level].filter((text) => text !== '').join(' '),
  );
}

describe('the move of an index (clause attribution)', () => {
  it('within a series is w·Δp of each constituent', () => {
    // w = 1/2 each; a 2 → 3 adds 0.5, b 6 → 5.5 takes 0.25; R = 4, so 12.5 and −6.25 points.
    const known = evidence([
      ...['2026-06-01 x/a 2', '2026-06-01 y/b 6'],
      ...['2026-07-02 x/a 3', '2026-07-03 y/b 5.5'],
    ]);
    const found = explained(rulebook(), known, FROM, TO);
    expect(parts(found)).toEqual(['price a 0.5 12.5', 'price b -0.25 -6.25']);
    expect(found.price).toEqual({
      ...{ from: '4.0000', to: '4.2500', change: '0.2500', percent: '6.2500' },
    });
    expect(found.level.percent).toBe('6.2500');
    expect(found.rounding).toEqual({ price: '0', level: '0' });
  });

  it('at a rebalance after the close is entry, exit and weights, and moves no level', () => {
    // Daily: on the 2nd c (10) enters a basket of a (2) and b (6), R = 4: weights 1/2 → 1/3.
    // a: −1/6 · (2 − 4) = 1/3; b: −1/6 · (6 − 4) = −1/3; c: 1/3 · (10 − 4) = 2.
    const known = evidence(['2026-06-01 x/a 2', '2026-06-01 y/b 6', '2026-07-02 z/c 10']);
    const rules = rulebook({ rebalance: '{ frequency: daily }' });
    const found = explained(rules, known, FROM, TO);
    expect(parts(found)).toEqual([
      'entry c 2 0',
      'weights a 0.333333333333 0',
      'weights b -0.333333333333 0',
    ]);
    expect(found.price.change).toBe('2.0000');
    expect(found.level.change).toBe('0.0000');
  });

  it('at the fixing counts members with both prices, then steps', () => {
    // On the 2nd, a 2 → 3 and c enters at 10: w′ = 1/3, w = 1/2, R before = 4.
    // a: price 1/3 · 1, weights −1/6 · (2 − 4); b: weights −1/6 · 2; c: 1/3 · (10 − 4).
    // Level: 100 · (1/3) / (8/3) = 12.5.
    const known = evidence([
      ...['2026-06-01 x/a 2', '2026-06-01 y/b 6'],
      ...['2026-07-02 x/a 3', '2026-07-02 z/c 10'],
    ]);
    const rules = rulebook({ rebalance: '{ frequency: daily, effective: at_fixing }' });
    const found = explained(rules, known, FROM, '2026-07-02');
    expect(parts(found)).toEqual([
      'entry c 2 0',
      'price a 0.333333333333 12.5',
      'weights a 0.333333333333 0',
      'weights b -0.333333333333 0',
    ]);
    expect(found.level.to).toBe('112.5000');
  });

  it('under a geometric formula is w·ln(p/p) times the logarithmic mean', () => {
    // a doubles, b halves: ln 2 and −ln 2 cancel at R = √12, whose mean with itself it is.
    // ½ · ln 2 · √12 = 1.2005661…; ½ · ln 2 · 100 = 34.657…
    const known = evidence([
      ...['2026-06-01 x/a 2', '2026-06-01 y/b 6'],
      ...['2026-07-02 x/a 4', '2026-07-02 y/b 3'],
    ]);
    const found = explained(rulebook({ formula: 'jevons' }), known, FROM, '2026-07-02');
    expect(parts(found)).toEqual([
      'price a 1.200566133853 34.657359027997',
      'price b -1.200566133853 -34.657359027997',
    ]);
  });

  it('splits exchange rates off by midpoint', () => {
    // 2 EUR at 1.10 → 3 EUR at 1.20: price (2.5-th mean rate) 1 · 1.15, rate 2.5 · 0.10.
    const known = evidence(['2026-06-01 x/a 2 currency=EUR', '2026-07-02 x/a 3 currency=EUR'], {
      fx: [rate('2026-07-01', 'EUR', 'USD', '1.1'), rate('2026-07-02', 'EUR', 'USD', '1.2')],
    });
    const found = explained(rulebook(), known, FROM, '2026-07-02');
    // 2.2 → 3.6: level 100 · 1.15 / 2.2 and 100 · 0.25 / 2.2.
    expect(parts(found)).toEqual(['price a 1.15 52.272727272727', 'fx a 0.25 11.363636363636']);
  });

  it('knows the factor of a comparable successor in another currency', () => {
    // Half of b's 10 EUR: 5 at 1.0, 6 at 1.2. All of it is the rate.
    const known = evidenceOf({
      ...EMPTY_BOOK,
      quotes: [
        ...['2026-06-01 x/a 4 until=2026-07-02', '2026-07-02 y/b 10 currency=EUR'].map(quote),
      ],
      fx: [rate('2026-07-02', 'EUR', 'USD', '1'), rate('2026-07-03', 'EUR', 'USD', '1.2')],
      succession: [succession('2026-07-01 a b 0.5')],
    });
    const found = explained(rulebook(), known, '2026-07-02', '2026-07-03');
    expect(found.price).toMatchObject({ from: '5.0000', to: '6.0000' });
    expect(parts(found)).toEqual(['fx a 1 25']);
  });

  it('files another set of sellers behind a price apart', () => {
    // Mean of x 2 and y 4 is 3; y leaves, x asks 2.5: x alone 2 → 2.5 is price, the rest sellers.
    const known = evidence([
      ...['2026-06-01 x/a 2 lab=l', '2026-06-01 y/a 4 lab=l'],
      ...['2026-07-02 x/a 2.5 lab=l', '2026-07-02 y/a withdrawn lab=l'],
    ]);
    const rules = rulebook({ price: '{ sellers: mean }' });
    const found = explained(rules, known, FROM, '2026-07-02');
    expect(parts(found)).toEqual(['sellers a -1 -33.333333333333', 'price a 0.5 16.666666666667']);
    // 100 · 2.5/3 = 83.3333: what twelve places leave of it is the rounding line.
    expect(found.level.change).toBe('-16.6667');
    expect(found.rounding).toEqual({ price: '0', level: '-0.000033333334' });
  });

  it('files the step to a new version as methodology', () => {
    // Input 2, output 4: half and half 3, then all output 4; the level stays.
    const known = evidence(['2026-06-01 x/a 2 out=4']);
    const versions = [
      rulebook(),
      rulebook({
        version: '2.0.0',
        effective_from: '2026-07-03',
        workload: '{ input: "0", output: "1" }',
      }),
    ];
    const found = explained(versions, known, FROM, TO);
    expect(parts(found)).toEqual(['methodology 1 0']);
    expect(found.level.change).toBe('0.0000');
  });
});

describe('a move without an additive split', () => {
  it('of a median says what crossed the middle', () => {
    const known = evidence([
      ...['2026-06-01 x/a 2', '2026-06-01 y/b 6', '2026-06-01 z/c 9'],
      '2026-07-02 x/a 7',
    ]);
    const found = explained(rulebook({ aggregate: 'weighted_median' }), known, FROM, TO);
    expect(found.unsplit).toBe('a weighted median');
    expect(found.price.change).toBe('1.0000');
    expect(found.crossed).toEqual([
      { constituent: 'a', from: '2', to: '7', side_from: 'below', side_to: 'at' },
      { constituent: 'b', from: '6', to: '6', side_from: 'at', side_to: 'below' },
    ]);
    expect(found.parts).toEqual([]);
  });

  it('of a formula with weights of the day names the formula', () => {
    const rows = {
      ...EMPTY_BOOK,
      quotes: ['2026-05-01 x/a 2', '2026-05-01 y/b 6', '2026-07-02 x/a 3'].map((one) => quote(one)),
      usage: ['2026-06-01 2026-07-04 a 700', '2026-06-01 2026-07-04 b 300'].map(usage),
    };
    for (const row of rows.usage) Object.assign(row, { publishedAtMs: row.periodStartMs });
    const rules = rulebook({ formula: 'fisher', weights: '{ method: usage, window_days: 5 }' });
    expect(explained(rules, evidenceOf(rows), FROM, TO).unsplit).toBe('the formula fisher');
  });
});

it('a day without a value of its own has no explanation', () => {
  const known = evidence(['2026-06-01 x/a 2']);
  const rules = rulebook({ gates: '{ min_constituents: 2 }' });
  expect(explain(rules, known, FROM, TO).none?.code).toBe('withheld');
  expect(explain(rulebook(), known, '2026-06-01', TO).none?.code).toBe('before_base');
});
