import { describe, expect, it } from 'vitest';
import { BILATERAL_FORMULAS } from '../../src/calculate/formulas/catalogue.ts';
import {
  aggregateElementary,
  imputePrices,
} from '../../src/calculate/formulas/elementary-aggregation.ts';
import { lowe } from '../../src/calculate/formulas/fixed-basket.ts';
import { solveLinear } from '../../src/calculate/formulas/linear-system.ts';
import { decimals, matchedOf } from '../../src/calculate/formulas/matched.ts';
import { panelOf } from '../../src/calculate/formulas/panel.ts';
import {
  chainedSeries,
  fixedBaseSeries,
  fixedWeightSeries,
} from '../../src/calculate/formulas/series.ts';
import { rollingWindows, splice } from '../../src/calculate/formulas/splice.ts';
import { decimal, toText } from '../../src/domain/decimal.ts';
import { multilaterals } from './panel-cases.ts';

const NOTHING = { p0: [], p1: [], q0: [], q1: [] };

describe.each(Object.entries(BILATERAL_FORMULAS))('%s', (name, formula) => {
  const usesQuantities = !['jevons', 'carli', 'dutot', 'harmonic', 'cswd', 'bmw'].includes(name);

  it.each([
    ['no products', NOTHING],
    ['vectors of different lengths', matchedOf('1 2', '1', '1 1', '1 1')],
    ['a price of zero', matchedOf('1 0', '1 1', '1 1', '1 1')],
    ['a negative price', matchedOf('1 2', '1 -1', '1 1', '1 1')],
  ])('refuses %s', (_, matched) => expect(() => formula(matched)).toThrow(RangeError));

  it('refuses baskets that are empty, if it needs a basket', () => {
    const empty = () => formula(matchedOf('1 2', '2 4', '0 0', '0 0'));
    const negative = () => formula(matchedOf('1 2', '2 4', '1 -1', '1 1'));
    for (const attempt of [empty, negative]) {
      if (usesQuantities) expect(attempt).toThrow(RangeError);
      else expect(toText(attempt())).toBe('2');
    }
  });

  it('is not moved by a product without quantities, unless it does not weigh', () => {
    const plain = formula(matchedOf('1 2', '2 3', '3 4', '5 4'));
    const more = formula(matchedOf('1 2 7', '2 3 1', '3 4 0', '5 4 0'));
    expect(toText(more) === toText(plain)).toBe(usesQuantities);
  });
});

describe('a series', () => {
  const apart = panelOf([{ a: { p: '1', q: '1' } }, { b: { p: '1', q: '1' } }]);

  it('refuses periods that share no product', () => {
    expect(() => fixedBaseSeries(apart, BILATERAL_FORMULAS.fisher)).toThrow(RangeError);
    expect(() => chainedSeries(apart, BILATERAL_FORMULAS.fisher)).toThrow(RangeError);
    const weights = new Map([['a', decimal('1')]]);
    expect(() => fixedWeightSeries(apart, lowe, weights)).toThrow(RangeError);
  });

  it.each(Object.entries(multilaterals))('of %s refuses them too', (_, index) => {
    expect(() => index(apart)).toThrow(RangeError);
    const twoIslands = panelOf([
      { a: { p: '1', q: '3' }, b: { p: '1', q: '7' } },
      { a: { p: '1', q: '7' }, b: { p: '3', q: '11' } },
      { c: { p: '7', q: '1' }, d: { p: '1', q: '13' } },
      { c: { p: '1', q: '3' }, d: { p: '1', q: '7' } },
    ]);
    expect(() => index(twoIslands)).toThrow(RangeError);
  });

  it('refuses an empty panel', () => {
    expect(() => fixedBaseSeries([], BILATERAL_FORMULAS.fisher)).toThrow(RangeError);
    expect(() => chainedSeries([], BILATERAL_FORMULAS.fisher)).toThrow(RangeError);
  });

  it('is its first window where there is but one', () => {
    const panel = panelOf([{ a: { p: '2', q: '1' } }, { a: { p: '3', q: '1' } }]);
    for (const index of Object.values(multilaterals)) {
      expect(splice(rollingWindows(panel, 2, index), 'mean').map(toText)).toEqual(['1', '1.5']);
      expect(index(panel.slice(0, 1)).map(toText)).toEqual(['1']);
    }
    for (const width of [1, 3, 1.5]) {
      expect(() => rollingWindows(panel, width, multilaterals.wtpd!)).toThrow(RangeError);
    }
  });

  it('refuses windows of different widths, or none', () => {
    expect(() => splice([], 'mean')).toThrow(RangeError);
    expect(() => splice([decimals('1 2 3'), decimals('1 2')], 'mean')).toThrow(RangeError);
  });

  it('of exact growth has it under every splice, even and odd', () => {
    const kinds = ['movement', 'window', 'half', 'mean'] as const;
    for (const windows of [
      Array.from({ length: 4 }, () => decimals('1 2 4')),
      Array.from({ length: 3 }, () => decimals('1 2 4 8')),
    ]) {
      const all = [...kinds, 'window_published', 'half_published', 'mean_published'] as const;
      for (const kind of all) {
        expect(splice(windows, kind).map(toText)).toEqual(['1', '2', '4', '8', '16', '32']);
      }
    }
  });
});

describe('a linear system', () => {
  it('is solved though a zero stands on its diagonal', () => {
    const solution = solveLinear([decimals('0 2'), decimals('3 1')], decimals('4 5'));
    expect(solution.map(toText)).toEqual(['1', '2']);
  });

  it.each([
    ['without a unique solution', ['1 2', '2 4'], '1 2'],
    ['without one but for the rounding of thirds', ['1 3', '3 9'], '1 3'],
    ['of zeros', ['0 0', '0 0'], '0 0'],
    ['that is not square', ['1 2 3', '1 2 4'], '1 2'],
  ])('%s is refused', (_, rows, vector) => {
    expect(() => solveLinear(rows.map(decimals), decimals(vector))).toThrow(RangeError);
  });
});

describe('aggregation', () => {
  const structure = [
    { id: 'x', parents: ['all'], weight: decimal('3') },
    { id: 'y', parents: ['all'], weight: decimal('1') },
  ];
  const row = (elementary: string, price: string | null) => {
    return { elementary, product: 'p', price: price === null ? null : decimal(price) };
  };
  const samples = [
    [row('x', '1'), row('y', '2')],
    [row('x', '2'), row('y', null)],
    [row('x', '2'), row('y', '8')],
  ];

  it('imputes an empty aggregate by its parent, and updates weights by prices', () => {
    const found = aggregateElementary(samples, structure, 'arithmetic');
    expect(found.map(({ chained }) => toText(chained.get('all')!))).toEqual(['1', '2', '2']);
    expect(found.map(({ chained }) => toText(chained.get('y')!))).toEqual(['1', '2', '2']);
  });

  it('moves a missing price with its parent, so that its return counts', () => {
    const imputed = imputePrices(samples, structure, 'overall_mean');
    expect(imputed[1]!.map(({ price }) => toText(price!))).toEqual(['2', '4']);
    // Weights 3·2 and 1·2; y doubles from 4 to 8: (6·1 + 2·2) / 8.
    const found = aggregateElementary(imputed, structure, 'arithmetic');
    expect(toText(found[2]!.periodOnPeriod.get('all')!)).toBe('1.25');
  });

  it('carries a missing price forward', () => {
    const carried = imputePrices(samples, structure, 'carry_forward');
    expect(carried[1]!.map(({ price }) => toText(price!))).toEqual(['2', '2']);
    // (3·2 + 1·1) / 4, then with weights 6 and 1: (6·1 + 1·4) / 7.
    const found = aggregateElementary(carried, structure, 'arithmetic');
    expect(toText(found[1]!.periodOnPeriod.get('all')!)).toBe('1.75');
    expect(toText(found[2]!.periodOnPeriod.get('all')!)).toMatch(/^1\.428571428571/);
  });

  it('refuses a period of which nothing is known', () => {
    const silent = [[row('x', '1')], [row('x', null)]];
    expect(() => aggregateElementary(silent, structure, 'geometric')).toThrow(RangeError);
    const onlyX = imputePrices(silent, structure, 'carry_forward');
    expect(() => aggregateElementary(onlyX, structure, 'geometric')).not.toThrow();
  });
});
