import { describe, expect, it } from 'vitest';
import { evidence, fixingOn, rulebook } from '../fix/small-book.ts';
import { alias } from '../normalize/rows.ts';

const D = '2026-07-01';
const MEDIAN = { price: '{ sellers: median }' };
const models = [
  { ...alias('a', 'a'), lab: 'x' },
  { ...alias('b', 'b'), lab: 'y' },
  { ...alias('c', 'c'), lab: 'y' },
];
/** a at its median 4 from three hosts, b at 12 and c at 4 from their maker: 20 in all. */
const LINES = ['p/a 4', 'q/a 4', 'r/a 5', 'y/b 12', 'y/c 4'].map((line) => `${D} ${line}`);

function influence(
  lines: readonly string[],
  keys: Record<string, string> = MEDIAN,
  rows: object = {},
  date = D,
) {
  return fixingOn(rulebook(keys), evidence(lines, rows), date).influence;
}

/** n constituents at one price, each of a seller of its own. */
const alone = (n: number) =>
  Array.from({ length: n }, (_, index) => `${D} s${index + 10}/m${index + 10} 4`);

describe('influence (clause influence)', () => {
  it('says who is how large, and what each does by a change of 10%', () => {
    const fixing = fixingOn(rulebook(MEDIAN), evidence(LINES, { models }), D);
    expect(fixing.influence).toEqual({
      largest_constituent: { id: 'b', share: '0.6' },
      largest_lab: { id: 'y', share: '0.8' },
      hhi: '0.44', // 0.04 + 0.36 + 0.04
      single_seller_share: '0.8',
      modal_price_share: `0.9${'3'.repeat(39)}`, // 0.2 · ⅔ + 0.6 + 0.2
      sellers: 4,
      venues: 4,
      sellers_to_move_1_percent: 1,
      labs: [
        { id: 'x', share: '0.2', effect_of_10_percent: '0.02' },
        { id: 'y', share: '0.8', effect_of_10_percent: '0.08' },
      ],
    });
    expect(fixing.constituents.map(({ effect_of_10_percent }) => effect_of_10_percent)).toEqual([
      ...['0.02', '0.06', '0.02'],
    ]);
  });

  it('of a change of 10% is what a change of 10% does', () => {
    const risen = LINES.map((line) => line.replace('y/b 12', 'y/b 13.2'));
    const price = (lines: readonly string[]) =>
      Number(fixingOn(rulebook(MEDIAN), evidence(lines, { models }), D).value!.price);
    // 21.2/3 over 20/3
    expect(price(risen) / price(LINES)).toBeCloseTo(1.06, 4);
  });

  it('under a geometric formula is that of the exponents', () => {
    const fixing = fixingOn(
      rulebook({ formula: 'jevons' }),
      evidence([`${D} x/a 4`, `${D} y/b 12`]),
      D,
    );
    // √1.1 − 1
    const [a, b] = fixing.constituents;
    expect(a!.effect_of_10_percent.slice(0, 14)).toBe('0.048808848170');
    expect(b!.effect_of_10_percent).toBe(a!.effect_of_10_percent);
    expect(fixing.influence.hhi).toBe('0.5');
  });
});

describe('the sellers that could move an index by 1%', () => {
  it.each([
    // Each moves its own 1/n of the value by 10%.
    [1, 1],
    [10, 1],
    [11, 2],
    [20, 2],
    [21, 3],
    [30, 3],
    [31, 4],
    [70, 7],
  ])('of %i that are alike are %i', (n, expected) => {
    expect(influence(alone(n)).sellers_to_move_1_percent).toBe(expected);
  });

  it('are owners, whatever names they sell by', () => {
    const sellers = ['s10', 's11', 's12'].map((seller) => ({ seller, owner: 'holding' }));
    expect(influence(alone(30), MEDIAN, { sellers }).sellers_to_move_1_percent).toBe(1);
  });

  it('share a constituent, each with a part of it', () => {
    // 15 constituents of two sellers: parts of 1/30.
    const lines = alone(15).flatMap((line) => [line, line.replace(/ s/, ' t')]);
    expect(influence(lines).sellers_to_move_1_percent).toBe(3);
  });

  it('are more under a geometric formula, where 10% of a tenth is less than 1%', () => {
    // 1.1^0.1 − 1 = 0.00957; two of them 0.0192.
    expect(influence(alone(10), { formula: 'jevons' }).sellers_to_move_1_percent).toBe(2);
    expect(influence(alone(9), { formula: 'jevons' }).sellers_to_move_1_percent).toBe(1);
  });

  it('are none where too little is quoted', () => {
    // b is 99 of 100 and absent.
    const lines = [`${D} x/a 1`, `${D} y/b 99 until=2026-07-02`];
    expect(influence(lines, {}, {}, '2026-07-02').sellers_to_move_1_percent).toBeNull();
  });
});

it('a price with one seller is published and flagged, not hidden', () => {
  const fixing = fixingOn(rulebook(MEDIAN), evidence([`${D} x/a 4`]), D);
  expect(fixing.status).toBe('published');
  expect(fixing.influence.single_seller_share).toBe('1');
});
