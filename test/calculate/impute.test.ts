import { describe, expect, it } from 'vitest';
import type { Basket, Member } from '../../src/calculate/basket.ts';
import type { EvidenceKind } from '../../src/calculate/constituent.ts';
import type { Prices, StandingPrice } from '../../src/calculate/fallback.ts';
import { completePrices } from '../../src/calculate/impute.ts';
import { decimal, ONE, toText } from '../../src/domain/decimal.ts';
import type { BookRows } from '../../src/domain/rows.ts';
import { evidence, rulebook, succession } from '../fix/small-book.ts';
import { at } from '../normalize/rows.ts';

/** `a x frontier`: a member of the same weight as the others, its lab and its class. */
function basketOf(...lines: string[]): Basket {
  const members = lines.map((line): Member => {
    const [id = '', lab = '', kind = ''] = line.split(' ');
    return { id, lab, class: kind, weight: ONE, linkShare: ONE };
  });
  return { members, refused: new Map(), usage: null, tokens: null };
}

/** `a 4 imputed`: an id, its price and what it rests on, `observed` unless said. */
function pricesOf(...lines: string[]): Prices {
  const all = lines.map((line): [string, StandingPrice] => {
    const [id = '', price = '', kind = 'observed'] = line.split(' ');
    const legs = { input: decimal(price), output: decimal(price) };
    const rest = {
      lab: '',
      class: '',
      sellers: [],
      sellerCount: 0,
      evidence: kind as EvidenceKind,
    };
    return [id, { id, price: decimal(price), legs, ...rest }];
  });
  return new Map(all);
}

function complete(
  basket: Basket,
  before: Prices,
  quoted: Prices,
  keys: Readonly<Record<string, string>> = {},
  rows: Partial<BookRows> = {},
) {
  const today = {
    ...{ day: '2026-07-02', quoted, isWithdrawn: () => false, elsewhere: () => undefined },
    horizon: { cutoffMs: at('2026-07-02'), knownAtMs: at('2026-07-02') },
  };
  const yesterday = { day: '2026-07-01', prices: before };
  return completePrices(basket, today, yesterday, rulebook(keys), evidence([], rows));
}

/** `a 6, c 8` of those that were imputed. */
function imputed({ prices }: ReturnType<typeof complete>): string {
  return [...prices.values()]
    .filter(({ evidence: kind }) => kind === 'imputed')
    .map(({ id, price }) => `${id} ${toText(price)}`)
    .sort()
    .join(', ');
}

describe('prices of a day (clause imputation)', () => {
  it('that are all quoted are complete as they are', () => {
    const quoted = pricesOf('a 4');
    const done = complete(basketOf('a x'), pricesOf('a 3'), quoted);
    expect(done).toEqual({ prices: quoted, unmatched: [], settled: true });
    expect(done.prices).toBe(quoted);
  });

  it('move each with the peers of its own lab', () => {
    const basket = basketOf('a x', 'b x', 'c y', 'd y');
    const done = complete(basket, pricesOf('a 4', 'b 4', 'c 4', 'd 4'), pricesOf('b 6', 'd 8'));
    expect(imputed(done)).toBe('a 6, c 8');
    expect(done.unmatched).toEqual([]);
  });

  it('move each with the peers of its own class where its lab has none', () => {
    const basket = basketOf('a v frontier', 'b w frontier', 'c x small', 'd y small');
    const done = complete(basket, pricesOf('a 4', 'b 4', 'c 4', 'd 4'), pricesOf('b 6', 'd 8'));
    expect(imputed(done)).toBe('a 6, c 8');
  });

  it('of no class have no peers by class', () => {
    // a moves with the basket: 4 · (6 + 10) / (4 + 4), not with b, which has no class either.
    const basket = basketOf('a v', 'b w', 'c x small');
    const done = complete(basket, pricesOf('a 4', 'b 4', 'c 4'), pricesOf('b 6', 'c 10'));
    expect(imputed(done)).toBe('a 8');
  });

  it('move with no peer that had no price, or an imputed one, the day before', () => {
    const basket = basketOf('a x', 'b x', 'c x', 'd x');
    const before = pricesOf('a 4', 'b 4', 'c 2 imputed');
    const done = complete(basket, before, pricesOf('b 5', 'c 99', 'd 99'));
    expect(imputed(done)).toBe('a 5');
  });

  it('move with no peer that is missing itself', () => {
    const basket = basketOf('a x', 'b x', 'c y');
    const done = complete(basket, pricesOf('a 4', 'b 5', 'c 4'), pricesOf('c 6'));
    expect(imputed(done)).toBe('a 6, b 7.5');
  });

  it('stand, and are named, where nothing can move them', () => {
    const done = complete(basketOf('a x', 'b y'), pricesOf('a 4', 'b 5'), pricesOf());
    expect(imputed(done)).toBe('a 4, b 5');
    expect(done.unmatched).toEqual(['a', 'b']);
    expect(done.settled).toBe(false);
  });

  it('are refused where a member never had one', () => {
    const attempt = () => complete(basketOf('a x'), pricesOf(), pricesOf());
    expect(attempt).toThrow('expected a price of a before 2026-07-02');
  });
});

describe('prices that come out again on a day on which nothing changes', () => {
  const basket = basketOf('a x', 'b x', 'c x');
  const settled = (before: string[], keys = {}, rows: Partial<BookRows> = {}) =>
    complete(basket, pricesOf('c 4', ...before), pricesOf('c 4'), keys, rows).settled;

  it.each([
    ['were imputed the day before', ['a 4 imputed', 'b 4 imputed'], true],
    ['were imputed in part', ['a 4 imputed', 'b 4'], false],
    ['were quoted', ['a 4', 'b 4'], false],
  ])('are those that %s', (_, before, expected) => {
    expect(settled(before)).toBe(expected);
  });

  it('are not those that a fallback or a successor may give', () => {
    const before = ['a 4 imputed', 'b 4 imputed'];
    const keys = { mode: 'settlement', fallback: '[{ rule: carry_forward, max_days: 3 }]' };
    expect(settled(before, keys)).toBe(false);
    expect(settled(before, {}, { succession: [succession('2026-07-09 a z 0.8')] })).toBe(false);
  });

  it('are not those that nothing could move', () => {
    const done = complete(basketOf('a x'), pricesOf('a 4 imputed'), pricesOf());
    expect([done.settled, done.unmatched]).toEqual([false, ['a']]);
  });
});
