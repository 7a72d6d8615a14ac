import { describe, expect, it } from 'vitest';
import { aggregateElementary } from '../../src/calculate/formulas/elementary-aggregation.ts';
import { laspeyres } from '../../src/calculate/formulas/fixed-basket.ts';
import { gearyKhamis } from '../../src/calculate/formulas/geary-khamis.ts';
import { geks } from '../../src/calculate/formulas/geks.ts';
import { aggregateUp } from '../../src/calculate/formulas/hierarchy.ts';
import { solveLinear } from '../../src/calculate/formulas/linear-system.ts';
import { decimals, matchedOf, productsOf } from '../../src/calculate/formulas/matched.ts';
import {
  hidiroglouBerthelot,
  quantile,
  quartileMethod,
  tukey,
} from '../../src/calculate/formulas/outliers.ts';
import { panelOf } from '../../src/calculate/formulas/panel.ts';
import {
  chainedSeries,
  fixedBaseSeries,
  fixedWeightSeries,
} from '../../src/calculate/formulas/series.ts';
import { rollingWindows, splice } from '../../src/calculate/formulas/splice.ts';
import { stuvel } from '../../src/calculate/formulas/superlative.ts';
import { decimal, toText } from '../../src/domain/decimal.ts';

const texts = (values: Iterable<Parameters<typeof toText>[0]>) => [...values].map(toText);

describe('the outliers among relatives', () => {
  /** The 0s and 1s of flags. */
  const bits = (flags: readonly boolean[]) => flags.map(Number).join('');

  it('by quartiles are at least the floor away, though most did not move', () => {
    // Quartiles and median are 1: 2.5 · 0.05 to each side, 1.125 on the limit.
    const still = decimals('1 1 1 1 1 1 1.125 0.874');
    expect(bits(quartileMethod(still, { floor: decimal('0.05') }))).toBe('00000001');
    expect(bits(quartileMethod(still))).toBe('00000011');
  });

  /** 21 values: a twentieth of 20 places is one, so the least and the largest are the tails. */
  const ones = Array.from({ length: 14 }, () => '1').join(' ');
  const inner = '0.8 1.2 1.6 2 2.4';

  it('by Tukey are the tails, and what is beyond the means of the halves that moved', () => {
    // Mean 1.6 of what moved and is in no tail; halves 1.2 and 2, both with the mean itself:
    // 1.6 − 1.5 · 0.4 = 1, on which 14 stay, and 1.6 + 1.5 · 0.4 = 2.2.
    const relatives = decimals(`0.1 ${inner} 9 ${ones}`);
    expect(bits(tukey(relatives, decimal('1.5')))).toBe(`1100011${'0'.repeat(14)}`);
  });

  it('by Tukey are the tails also where they are within', () => {
    // 1.6 ± 2.5 · 0.4 is 0.6 to 2.6: 0.7 and 2.5 are within, and are tails.
    expect(bits(tukey(decimals(`0.7 ${inner} 2.5 ${ones}`)))).toBe(`1000001${'0'.repeat(14)}`);
  });

  it('by Hidiroglou and Berthelot are falls as well as rises', () => {
    // s = −4 −1 0 1 4, quartiles ±1, times 3.
    expect(bits(hidiroglouBerthelot(decimals('0.2 0.5 1 2 5')))).toBe('10001');
    // s = −3 −1 0 1 3 is on the limits.
    expect(bits(hidiroglouBerthelot(decimals('0.25 0.5 1 2 4')))).toBe('00000');
    expect(bits(hidiroglouBerthelot(decimals('0.25 0.5 1 2 4'), decimal('2.9')))).toBe('10001');
    // Of five that are 1 the quartiles are 0: 3 · 0.05 · 0 as well, since the median of s is 0.
    expect(bits(hidiroglouBerthelot(decimals('1 1 1 1 1.01')))).toBe('00001');
  });

  it('have quantiles between 0 and 1, however they are written', () => {
    expect(toText(quantile(decimals('3 5'), decimal('0e5')))).toBe('3');
    expect(toText(quantile(decimals('3 5'), decimal('10e-1')))).toBe('5');
    const message = 'expected at least one value, and a share from 0 to 1';
    expect(() => quantile([], decimal('0.5'))).toThrow(message);
    expect(() => quantile(decimals('3 5'), decimal('1.5'))).toThrow(message);
  });
});

describe('the Stuvel index', () => {
  // (B + √(B² + 4·V0·V1)) / (2·V0), to 120 digits elsewhere: 8/3 less what is small.
  it.each([
    // B = 5 − 3·10²⁵, V0 = 2, V1 = 8·10²⁵
    ['grow', '1 1', '1e25 2e25', '2.666666666666666666666666637037037037037'],
    // B = 8·10²⁵ − 2, V0 = 3·10²⁵, V1 = 5
    ['shrink', '1e25 2e25', '1 1', '2.6666666666666666666666666625'],
  ])('loses no digits where quantities %s beyond measure', (_, q0, q1, expected) => {
    expect(toText(stuvel(matchedOf('1 1', '2 3', q0, q1)))).toBe(expected);
  });
});

describe('a comparison', () => {
  it.each([
    [matchedOf('1', '1', '1', '1'), /^$/],
    [{ p0: [], p1: [], q0: [], q1: [] }, /^expected at least one product in both periods$/],
    [matchedOf('1 2', '1', '1 1', '1 1'), /^expected 2 values in p1 as in p0, found 1$/],
    [matchedOf('1 2', '1 2', '1 1 1', '1 1'), /^expected 2 values in q0 as in p0, found 3$/],
    [matchedOf('1 2', '1 2', '1 1', '1'), /^expected 2 values in q1 as in p0, found 1$/],
    [matchedOf('1 0', '1 1', '1 1', '1 1'), /^expected a positive price, found 0$/],
    [matchedOf('1 2', '1 -3', '1 1', '1 1'), /^expected a positive price, found -3$/],
    [
      matchedOf('1 2', '1 1', '1 -4', '1 1'),
      /^expected a quantity or weight of 0 or more, found -4$/,
    ],
  ])('says what is wrong with it: %#', (matched, message) => {
    expect(messageOf(() => productsOf(matched))).toMatch(message);
  });
});

/** What an attempt is refused with; empty where it is not. */
function messageOf(attempt: () => unknown): string {
  try {
    attempt();
    return '';
  } catch (error) {
    return error instanceof RangeError ? error.message : `not a RangeError: ${error}`;
  }
}

describe('a linear system', () => {
  it.each([
    // The largest entry of the first column is in the middle row, and the last row has none.
    [['0 1 0', '2 0 0', '0 0 4'], '3 2 8', '1 3 2'],
    // The last entry of the first column is zero.
    [['2 0', '0 3'], '4 3', '2 1'],
  ])('is solved by its largest entries: %j', (rows, vector, solution) => {
    expect(texts(solveLinear(rows.map(decimals), decimals(vector))).join(' ')).toBe(solution);
  });

  it.each([
    [['1 2', '3 4', '5 6'], '1 2', 'expected 2 rows of 2 coefficients'],
    [['1 2'], '1 2', 'expected 2 rows of 2 coefficients'],
    [['1 2 3', '4 5 6'], '1 2', 'expected 2 rows of 2 coefficients'],
    [['1 2', '3'], '1 2', 'expected 2 rows of 2 coefficients'],
    [['0 0', '0 0'], '0 0', 'expected a system with one solution: the periods are not connected'],
  ])('of %j and %s is refused', (rows, vector, message) => {
    expect(messageOf(() => solveLinear(rows.map(decimals), decimals(vector)))).toBe(message);
  });
});

describe('a series of a panel', () => {
  const panel = panelOf([
    { a: { p: '1', q: '1' }, b: { p: '1', q: '1' } },
    { a: { p: '2', q: '1' }, c: { p: '5', q: '1' } },
    { b: { p: '3', q: '1' }, a: { p: '4', q: '1' } },
  ]);
  const seven = () => decimal('7');

  it('is 1 in its first period, whatever the formula says', () => {
    expect(texts(fixedBaseSeries(panel, seven))).toEqual(['1', '7', '7']);
    expect(texts(chainedSeries(panel, seven))).toEqual(['1', '7', '49']);
    expect(texts(fixedWeightSeries(panel, seven, new Map()))).toEqual(['1', '7', '7']);
  });

  it('with weights compares the products that both periods and the weights have', () => {
    const weights = new Map(['a', 'b', 'c', 'd'].map((id, index) => [id, decimal(index + 1)]));
    const seen: string[] = [];
    fixedWeightSeries(
      panel,
      ({ p0, p1 }, shares) => {
        seen.push([p0, p1, shares].map((list) => texts(list).join(' ')).join(', '));
        return decimal('1');
      },
      weights,
    );
    expect(seen).toEqual(['1, 2, 1', '1 1, 4 3, 1 2']);
  });

  it('of no periods is refused', () => {
    const message = 'expected a panel of at least one period';
    expect(messageOf(() => fixedBaseSeries([], seven))).toBe(message);
  });

  it('by GEKS compares the later period with the earlier one, never the other way round', () => {
    // Laspeyres (2·3 + 1·1) / (1·3 + 1·1); backwards it is 4/5, and not the reciprocal.
    const two = panelOf([
      { a: { p: '1', q: '3' }, b: { p: '1', q: '1' } },
      { a: { p: '2', q: '1' }, b: { p: '1', q: '3' } },
    ]);
    expect(texts(geks(laspeyres)(two))).toEqual(['1', '1.75']);
  });

  it('by Geary-Khamis is not moved by a product of which nothing is sold', () => {
    const more = panelOf([
      { a: { p: '2', q: '1' }, none: { p: '9', q: '0' } },
      { a: { p: '3', q: '4' }, none: { p: '1', q: '0' } },
    ]);
    expect(texts(gearyKhamis(more))).toEqual(['1', '1.5']);
  });
});

describe('a splice', () => {
  it.each([
    [[], 'expected a window of 2 or more periods'],
    [['1'], 'expected a window of 2 or more periods'],
    [['1 2 3', '1 2'], 'expected windows of 3 periods each'],
    [['1 2', '1 2 3'], 'expected windows of 2 periods each'],
  ])('of %j is refused', (windows, message) => {
    expect(messageOf(() => splice(windows.map(decimals), 'mean'))).toBe(message);
  });

  it('is not of windows that are wider than the panel', () => {
    const panel = panelOf([{ a: { p: '2', q: '1' } }, { a: { p: '3', q: '4' } }]);
    expect(messageOf(() => rollingWindows(panel, 3, gearyKhamis))).toBe(
      'expected a window of 2 to 2 periods, found 3',
    );
  });
});

describe('aggregation upwards', () => {
  const structure = [
    { id: 'x', parents: ['1', '11'] },
    { id: 'y', parents: ['1', '11'] },
    { id: 'z', parents: ['1', '12'] },
    { id: 'u', parents: ['2'] },
  ];
  const numbers = (text: string) =>
    new Map(
      text.split(' ').map((pair) => {
        const [id = '', value = ''] = pair.split('=');
        return [id, decimal(value)];
      }),
    );
  const up = (indices: string, weights: string, mean: 'arithmetic' | 'geometric') =>
    Object.fromEntries(
      [...aggregateUp(structure, numbers(indices), numbers(weights), mean)].map(([id, index]) => [
        id,
        toText(index),
      ]),
    );

  it('is the mean of what each aggregate holds, by the weights below it', () => {
    // 11: (1.5 + 2.5) / 2; 1: (2·2 + 2·4) / 4; 2 is u alone.
    expect(up('x=1.5 y=2.5 z=4 u=7', 'x=1 y=1 z=2 u=5', 'arithmetic')).toEqual({
      ...{ x: '1.5', y: '2.5', z: '4', u: '7', 11: '2', 12: '4', 1: '3', 2: '7' },
    });
  });

  it('is the geometric mean under one', () => {
    // 11: √(2·8); 1: √(4·9)
    expect(up('x=2 y=8 z=9 u=7', 'x=1 y=1 z=2 u=5', 'geometric')).toEqual({
      ...{ x: '2', y: '8', z: '9', u: '7', 11: '4', 12: '9', 1: '6', 2: '7' },
    });
  });

  it('gives what has no index, or no weight, the index of its parent', () => {
    // x alone has an index below 11, but no weight; y and 11 follow 1, which is 12.
    expect(up('x=9 z=4 u=7', 'x=0 y=0 z=2 u=5', 'arithmetic')).toEqual({
      ...{ x: '9', y: '4', z: '4', u: '7', 11: '4', 12: '4', 1: '4', 2: '7' },
    });
  });

  it('is refused without an index or a weight', () => {
    const attempt = (indices: string, weights: string) => () => up(indices, weights, 'arithmetic');
    expect(messageOf(attempt('x=1', 'x=1 y=1 z=2 u=5'))).toBe('expected an index anywhere below 2');
    expect(messageOf(attempt('x=1 u=1', 'x=1 y=1 u=5'))).toBe('expected a weight of z');
  });

  it('under a geometric mean keeps its weights, whatever prices do', () => {
    const parts = [
      { id: 'x', parents: ['all'], weight: decimal('3') },
      { id: 'y', parents: ['all'], weight: decimal('1') },
    ];
    const samples = ['1 1', '2 1', '2 4'].map((prices) =>
      decimals(prices).map((price, index) => {
        return { elementary: index === 0 ? 'x' : 'y', product: 'p', price };
      }),
    );
    // x doubled: 2^¾; then y times four: 4^¼, of the weights 3 and 1 as before.
    const all = aggregateElementary(samples, parts, 'geometric').map(({ periodOnPeriod }) =>
      toText(periodOnPeriod.get('all')!).slice(0, 10),
    );
    expect(all).toEqual(['1', '1.68179283', '1.41421356']);
  });
});
