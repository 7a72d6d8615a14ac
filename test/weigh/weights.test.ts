import { describe, expect, it } from 'vitest';
import { decimal, toText } from '../../src/domain/decimal.ts';
import { type Weighable, weigh } from '../../src/weigh/weights.ts';
import { rulebook } from '../fix/small-book.ts';

/** `x/alpha 4 usage 30+10` costs 4 for each leg. */
function member(text: string): Weighable {
  const [name = '', price = '', ...rest] = text.split(' ');
  const [lab = '', id = ''] = name.split('/');
  const option = Object.fromEntries(rest.map((one) => one.split('=')));
  const [input = '0', output = '0'] = (option.usage ?? '').split('+');
  const at = decimal(price);
  return {
    ...{ id, lab, price: at },
    legs: { input: at, cached_input: decimal(option.cached ?? price), output: at },
    usage: option.usage && {
      input: decimal(input),
      cached: decimal(option.hits ?? 0),
      output: decimal(output),
      total: decimal(Number(input) + Number(output)),
    },
  };
}

function weighed(members: string[], weights: string, formula = 'laspeyres'): string {
  const result = weigh(members.map(member), rulebook({ weights, formula }));
  return result.weights ? result.weights.map(toText).join(' ') : result.reason;
}

const NINTH = `0.${'1'.repeat(40)}`;
const FOUR_NINTHS = `0.${'4'.repeat(40)}`;

describe('weights are quantities (clause weights)', () => {
  it.each([
    ['equal: of tokens', ['x/a 1', 'y/b 4'], '{ method: equal }', '0.5 0.5'],
    // Value ½ each: ½/1 to ½/4 is 4 to 1.
    ['equal_value: of money', ['x/a 1', 'y/b 4'], '{ method: equal_value }', '0.8 0.2'],
    // Values ¼, ¼, ½ at prices 1, 1, 4: 0.25, 0.25, 0.125.
    [
      'equal_by_lab: each lab the same value',
      ['x/a 1', 'x/b 1', 'y/c 4'],
      '{ method: equal_by_lab }',
      '0.4 0.4 0.2',
    ],
    [
      'fixed: as they are given',
      ['x/a 1', 'y/b 4'],
      '{ method: fixed, fixed: { a: "3", b: "1" } }',
      '0.75 0.25',
    ],
    ['usage: tokens', ['x/a 1 usage=20+10', 'y/b 4 usage=5+5'], '{ method: usage }', '0.75 0.25'],
    [
      'usage: input alone',
      ['x/a 1 usage=20+10', 'y/b 4 usage=5+5'],
      '{ method: usage, measure: input_tokens }',
      '0.8 0.2',
    ],
    [
      'usage: output alone',
      ['x/a 1 usage=20+15', 'y/b 4 usage=5+5'],
      '{ method: usage, measure: output_tokens }',
      '0.75 0.25',
    ],
    // Spend (10 − 8)·1 + 8·0.5 + 2·1 = 8, and 1·4 + 1·4 = 8: value ½ each, as above.
    [
      'usage: spend, cached tokens at their own price',
      ['x/a 1 usage=10+2 hits=8 cached=0.5', 'y/b 4 usage=1+1'],
      '{ method: usage, measure: spend }',
      '0.8 0.2',
    ],
  ])('%s', (_, members, weights, expected) => {
    expect(weighed(members, weights)).toBe(expected);
  });
});

describe('caps', () => {
  const three = ['x/a 8', 'y/b 1', 'z/c 1'];
  it.each([
    // Values 8, 1, 1 of 10: 0.8 → 0.5, 0.25, 0.25; per price 1/16, 1/4, 1/4 of 9/16.
    [
      'of value bind at the link’s prices',
      'laspeyres',
      'equal, caps: { of: value, constituent: "0.5" }',
      `${NINTH} ${FOUR_NINTHS} ${FOUR_NINTHS}`,
    ],
    // Quantities 0.8, 0.1, 0.1, whatever they cost.
    [
      'of quantity do not see prices',
      'laspeyres',
      'fixed, fixed: { a: "8", b: "1", c: "1" }, caps: { of: quantity, constituent: "0.5" }',
      '0.5 0.25 0.25',
    ],
    [
      'bind exponents directly',
      'jevons',
      'fixed, fixed: { a: "8", b: "1", c: "1" }, caps: { of: value, constituent: "0.5" }',
      '0.5 0.25 0.25',
    ],
    [
      'that no basket can meet are refused',
      'laspeyres',
      'equal, caps: { of: value, constituent: "0.3" }',
      'infeasible_caps',
    ],
  ])('%s', (_, formula, weights, expected) => {
    expect(weighed(three, `{ method: ${weights} }`, formula)).toBe(expected);
  });
});

describe('weights under a geometric formula are exponents', () => {
  it.each([
    ['equal', '{ method: equal }', '0.5 0.5'],
    ['equal_value', '{ method: equal_value }', '0.5 0.5'],
    ['fixed', '{ method: fixed, fixed: { a: "3", b: "1" } }', '0.75 0.25'],
    // Value shares at the link: 4 tokens at 1 and 4 at 4.
    ['usage', '{ method: usage }', '0.2 0.8'],
  ])('%s', (_, weights, expected) => {
    const members = ['x/a 1 usage=2+2', 'y/b 4 usage=2+2'];
    expect(weighed(members, weights, 'jevons')).toBe(expected);
  });
});
