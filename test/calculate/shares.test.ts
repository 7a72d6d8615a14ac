import { describe, expect, it } from 'vitest';
import { chainLevels, decimal, median, toPlaces, toText } from '../../src/index.ts';
import { evidence, fixingOn, rulebook } from '../fix/small-book.ts';
import { rate } from '../normalize/rows.ts';

const D = '2026-07-01';
const THREE = ['x/a 4', 'y/b 4', 'z/c 4'].map((line) => `${D} ${line}`);

function gates(keys: Readonly<Record<string, string>>, ...args: Parameters<typeof evidence>) {
  return fixingOn(rulebook(keys), evidence(...args), '2026-07-02').gates.map(
    ({ name, measured }) => `${name} ${measured}`,
  );
}

describe('gates (clause gates)', () => {
  it('have the names that the rulebook gives them', () => {
    const limits = [
      ...['min_constituents: 1', 'min_labs: 1', 'min_sellers: 1', 'min_venues: 1'],
      ...['min_coverage: "0.1"', 'min_confirmed: "0.1"', 'max_single_seller: "1"'],
      ...['max_dispersion: "1"', 'max_move: "1"', 'max_fx_age_days: 9'],
    ];
    expect(gates({ gates: `{ ${limits.join(', ')} }` }, THREE.slice(1))).toEqual([
      ...['min_constituents 2', 'min_labs 2', 'min_sellers 2', 'min_venues 2', 'min_coverage 1'],
      ...['min_confirmed 1', 'max_single_seller 1', 'max_dispersion 0', 'max_move 0'],
      'max_fx_age_days null',
    ]);
  });

  it('take three thirds for the whole', () => {
    expect(gates({ gates: '{ min_confirmed: "1", min_coverage: "1" }' }, THREE)).toEqual([
      ...['min_coverage 1', 'min_confirmed 1'],
    ]);
  });

  it('measure the oldest rate', () => {
    const fx = [rate('2026-06-30', 'EUR', 'USD', '1.1'), rate('2026-07-02', 'CNY', 'USD', '0.1')];
    const lines = [`${D} x/a 4 currency=EUR`, `${D} y/b 40 currency=CNY`];
    const rates = [...fx, rate('2026-07-01', 'CNY', 'USD', '0.1')];
    expect(gates({ gates: '{ max_fx_age_days: 9 }' }, lines, { fx: rates })).toEqual([
      'max_fx_age_days 2',
    ]);
  });

  it('measure the widest dispersion, wherever it is', () => {
    // a: 8 and 12 about 10; b: 9 and 11 about 10.
    const lines = ['p/a 8', 'q/a 12', 'p/b 9', 'q/b 11'].map((line) => `${D} ${line}`);
    const keys = { price: '{ sellers: mean }', gates: '{ max_dispersion: "1" }' };
    expect(gates(keys, lines)).toEqual(['max_dispersion 0.2']);
  });
});

describe('what each constituent does to an index', () => {
  it('of a geometric basket is its exponent’s share of the price', () => {
    const fixing = fixingOn(
      rulebook({ formula: 'jevons' }),
      evidence([`${D} x/a 2`, `${D} y/b 8`]),
      D,
    );
    // √(2·8) = 4, a half of it each.
    expect(fixing.constituents.map(({ contribution }) => contribution)).toEqual(['2', '2']);
  });

  it('is counted by labs in the order of their ids', () => {
    const lines = ['z/a 4', 'y/b 2', 'x/c 4', 'x/d 2'].map((line) => `${D} ${line}`);
    const { influence } = fixingOn(rulebook(), evidence(lines), D);
    expect(influence!.labs.map(({ id, share }) => `${id} ${share}`)).toEqual([
      ...['x 0.5', 'y 0.1666666666666666666666666666666666666667'],
      'z 0.3333333333333333333333333333333333333333',
    ]);
    expect(influence!.largest_lab.id).toBe('x');
  });
});

describe('a chain of baskets', () => {
  const prices = [
    { a: decimal(2), b: decimal(4) },
    { a: decimal(3), b: decimal(4) },
  ];
  const weights = { a: decimal(1), b: decimal(1) };

  it('goes by the median, and by the mean of relatives', () => {
    const of = (aggregate: 'weighted_median' | 'geometric') =>
      chainLevels(prices, [{ weights, linkDay: 0 }], decimal(100), aggregate).map(({ level }) =>
        toText(toPlaces(level, 4)),
      );
    expect(of('weighted_median')).toEqual(['100', '150']);
    expect(of('geometric')).toEqual(['100', '122.4745']); // √1.5
  });

  it('needs a basket, and a price of each member', () => {
    expect(() => chainLevels(prices, [], decimal(100))).toThrow('expected at least one basket');
    const unknown = [{ weights: { ...weights, c: decimal(1) }, linkDay: 0 }];
    expect(() => chainLevels(prices, unknown, decimal(100))).toThrow('expected a price of c');
  });

  it('is rounded half-even unless said', () => {
    const quarter = { numerator: decimal(1), denominator: decimal(4) };
    expect(toText(toPlaces(quarter, 1))).toBe('0.2');
    expect(toText(toPlaces(quarter, 1, 'half_up'))).toBe('0.3');
  });
});

it('a median of no values is refused', () => {
  expect(() => median([])).toThrow('expected at least one value');
});
