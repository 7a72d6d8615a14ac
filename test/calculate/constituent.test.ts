import { describe, expect, it } from 'vitest';
import type { BookRows } from '../../src/domain/rows.ts';
import { evidence, excluded, fixingOn, rulebook, standing } from '../fix/small-book.ts';
import { alias, rate } from '../normalize/rows.ts';

const D = '2026-07-01';

/** What `alpha` costs on the base date, and who is left out. */
function priced(lines: readonly string[], price: string, rows: Partial<BookRows> = {}): string {
  const rules = rulebook({ price });
  const fixing = fixingOn(
    rules,
    evidence(
      lines.map((line) => `${D} ${line}`),
      rows,
    ),
    D,
  );
  return [
    ...standing(fixing).map((text) => text.replace(' observed', '')),
    ...excluded(fixing),
  ].join(', ');
}

const models = [alias('alpha', 'alpha')];

describe('a constituent of several sellers (clause sellers)', () => {
  const hosts = ['bell/alpha 2', 'coil/alpha 4', 'dyne/alpha 12'];
  it.each([
    ['has the median', 'median', ['acme/alpha 9', ...hosts.slice(1)], 'alpha 9'],
    ['has the mean of the middle two', 'median', ['acme/alpha 9', ...hosts], 'alpha 6.5'],
    ['has the mean', 'mean', ['acme/alpha 9', ...hosts], 'alpha 6.75'],
    [
      'has its lab’s own price, and names the others',
      'first_party_else_median',
      ['acme/alpha 9', ...hosts],
      'alpha 9, alpha/bell not_first_party, alpha/coil not_first_party, alpha/dyne not_first_party',
    ],
    ['has the median where its lab sells none', 'first_party_else_median', hosts, 'alpha 4'],
    ['has its lab’s own price or none', 'first_party', ['acme/alpha 9', ...hosts], 'alpha 9'],
  ])('%s', (_, sellers, lines, expected) => {
    expect(priced(lines, `{ sellers: ${sellers} }`, { models })).toBe(expected);
  });

  it('rounds a mean half-even to 40 digits', () => {
    const lines = ['acme/alpha 1', 'bell/alpha 1', 'coil/alpha 3'];
    // 5/3
    expect(priced(lines, '{ sellers: mean }')).toBe(`alpha 1.${'6'.repeat(38)}7`);
  });

  it('combines leg by leg before it blends', () => {
    // Medians 2 and 6, halves of each; the median of the blends 5, 3 and 5 would be 5.
    const lines = ['acme/alpha 1 out=9', 'bell/alpha 2 out=4', 'coil/alpha 4 out=6'];
    expect(priced(lines, '{ sellers: median }')).toBe('alpha 4');
  });
});

describe('weighted sellers', () => {
  const three = ['acme/alpha 2', 'bell/alpha 4', 'coil/alpha 12 basis=transacted'];
  it.each([
    ['take the cheapest whole', '{ sellers: min }', 'alpha 2'],
    // 2 and 4 of weight 1, 12 of weight 10: (2 + 4 + 120) / 12
    [
      'weigh by basis',
      '{ sellers: weighted_mean, basis_weights: { transacted: 10 } }',
      'alpha 10.5',
    ],
    // 10/12 is cut to 1/2, the others have 1/4 each: 0.5 + 1 + 6
    [
      'are capped',
      '{ sellers: weighted_mean, basis_weights: { transacted: 10 }, seller_cap: "0.5" }',
      'alpha 7.5',
    ],
    // A cap of a fifth cannot be met by three: a third each, 18 / 3.
    [
      'are capped at 1/n where the cap is less',
      '{ sellers: weighted_mean, basis_weights: { transacted: 10 }, seller_cap: "0.2" }',
      'alpha 6',
    ],
    ['have the lower median', '{ sellers: weighted_median }', 'alpha 4'],
    [
      'have the median of their weight',
      '{ sellers: weighted_median, basis_weights: { transacted: 10 } }',
      'alpha 12',
    ],
  ])('%s', (_, price, expected) => {
    expect(priced(three, price).split(', ')[0]?.slice(0, 12)).toBe(expected);
  });

  it('are trimmed by weight', () => {
    // A quarter of four off each side leaves the middle two.
    const lines = ['acme/alpha 2', 'bell/alpha 4', 'coil/alpha 6', 'dyne/alpha 40'];
    expect(priced(lines, '{ sellers: trimmed_mean }')).toBe('alpha 5');
  });

  it('of an even number have the lower of the middle two', () => {
    expect(priced(['acme/alpha 2', 'bell/alpha 4'], '{ sellers: weighted_median }')).toBe(
      'alpha 2',
    );
  });

  it('name those that the cheapest leaves out; ties go to the smaller id', () => {
    // At halves: 5, 4 and 4.
    const lines = ['acme/alpha 2 out=8', 'dyne/alpha 3 out=5', 'bell/alpha 4 out=4'];
    expect(priced(lines, '{ sellers: min }')).toBe(
      'alpha 4, alpha/acme not_the_cheapest, alpha/dyne not_the_cheapest',
    );
  });
});

describe('one owner (clause owners)', () => {
  const sellers = ['east', 'west', 'south'].map((name) => ({
    seller: `coil-${name}`,
    owner: 'coil',
  }));
  const lines = [
    'acme/alpha 1',
    'bell/alpha 2',
    ...sellers.map(({ seller }) => `${seller}/alpha 9`),
  ];
  it('has one vote under several names', () => {
    expect(priced(lines, '{ sellers: median }')).toBe('alpha 9');
    expect(priced(lines, '{ sellers: median }', { sellers })).toBe('alpha 2');
    // (1 + 2 + 9) / 3
    expect(priced(lines, '{ sellers: mean }', { sellers })).toBe('alpha 4');
  });

  it('votes for the median of its names', () => {
    const apart = [
      ...lines.slice(0, 2),
      'coil-east/alpha 3',
      'coil-west/alpha 4',
      'coil-south/alpha 8',
    ];
    // 1, 2, 4: (1 + 2 + 4) / 3, to be told from (1 + 2 + 5) / 3
    expect(priced(apart, '{ sellers: mean }', { sellers })).toBe(`alpha 2.${'3'.repeat(39)}`);
  });
});

describe('a screen (clause screen)', () => {
  const mad = '{ sellers: mean, screen: { method: mad, sigma: "3", ratio: "3" } }';
  const five = (last: string) =>
    ['a 9', 'b 10', 'c 10', 'd 11', `e ${last}`].map((line) => {
      const [seller, price] = line.split(' ');
      return `${seller}/alpha ${price}`;
    });
  it.each([
    // Median 10, deviations 0 0 1 1 and the last: MAD 1, band 3 · 1.4826 = 4.4478.
    ['leaves out what is beyond', five('14.4479'), 'alpha 10, alpha/e screened'],
    // (9 + 10 + 10 + 11 + 14.4478) / 5
    ['keeps what is on the bound', five('14.4478'), 'alpha 10.88956'],
    // MAD 0: the band is 10/3 to 30.
    ['keeps a ratio on the bound where prices are copied', copies('30'), 'alpha 15'],
    ['leaves out a ratio beyond it', copies('30.01'), 'alpha 10, alpha/e screened'],
    ['leaves out a ratio beyond it downwards', copies('3.33'), 'alpha 10, alpha/e screened'],
    ['does not screen two', ['a/alpha 1', 'b/alpha 99'], 'alpha 50'],
  ])('%s', (_, lines, expected) => {
    expect(priced(lines, mad)).toBe(expected);
  });

  it('leaves a seller out on all legs that is out on one', () => {
    const lines = ['a/alpha 10', 'b/alpha 10', 'c/alpha 10', 'e/alpha 13 out=31'];
    expect(priced(lines, mad)).toBe('alpha 10, alpha/e screened');
  });

  it('looks at owners, not at their names', () => {
    const lines = ['a/alpha 10', 'e1/alpha 99', 'e2/alpha 99'];
    const sellers = ['e1', 'e2'].map((seller) => ({ seller, owner: 'e' }));
    // Of two owners neither is the outlier: (10 + 99) / 2.
    expect(priced(lines, mad, { sellers })).toBe('alpha 54.5');
  });

  function copies(last: string): string[] {
    return [...['a', 'b', 'c'].map((seller) => `${seller}/alpha 10`), `e/alpha ${last}`];
  }
});

describe('a price in another currency', () => {
  it('is converted before it is combined', () => {
    const fx = [rate(D, 'EUR', 'USD', '1.25')];
    // (8 · 1.25 + 20) / 2
    const lines = ['acme/alpha 8 currency=EUR', 'bell/alpha 20'];
    expect(priced(lines, '{ sellers: mean }', { fx })).toBe('alpha 15');
  });

  it.each([
    ['no_fx_rate', []],
    ['fx_rate_too_old', [rate('2026-06-23', 'EUR', 'USD', '1.25')]],
  ])('is left out for %s', (reason, fx) => {
    const lines = ['acme/alpha 8 currency=EUR', 'bell/alpha 20'];
    expect(priced(lines, '{ sellers: mean }', { fx })).toBe(`alpha 20, alpha/acme ${reason}`);
  });
});

describe('a cached leg that is not offered (clause workload)', () => {
  const on = (line: string, fill: string) => {
    const workload = `{ input: "0.25", cached_input: "0.5", output: "0.25", no_cache_price: ${fill} }`;
    return standing(fixingOn(rulebook({ workload }), evidence([`${D} ${line}`]), D))[0];
  };
  it.each([
    // 4/4 + 1/2 + 8/4
    ['is not filled where it is', 'acme/alpha 4 cached=1 out=8', 'input', 'alpha 3.5 observed'],
    // 4/4 + 4/2 + 8/4
    ['is billed as input', 'acme/alpha 4 out=8', 'input', 'alpha 5 observed'],
    // 4/4 + 8/2 + 8/4
    ['is billed as output', 'acme/alpha 4 out=8', 'output', 'alpha 7 observed'],
  ])('%s', (_, line, fill, expected) => {
    expect(on(line, fill)).toBe(expected);
  });
});
