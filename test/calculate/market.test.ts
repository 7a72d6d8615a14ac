import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Pricing, priceConstituent } from '../../src/calculate/constituent.ts';
import { horizonOf } from '../../src/calculate/horizon.ts';
import { type Market, marketOf } from '../../src/calculate/market.ts';
import { toText } from '../../src/domain/decimal.ts';
import type { Evidence, Rulebook } from '../../src/index.ts';
import { evidenceOf } from '../../src/index.ts';
import { evidence, hold, rulebook } from '../fix/small-book.ts';
import { alias, rate } from '../normalize/rows.ts';
import { bookOf, decisionsOn, on, sketches } from '../properties/books.ts';

const KEYS: readonly Readonly<Record<string, string>>[] = [
  {},
  { price: '{ sellers: mean }' },
  { price: '{ sellers: median }' },
  { price: '{ sellers: min }' },
  { price: '{ sellers: median, screen: { method: previous, ratio: "1.5" } }' },
  { price: '{ sellers: median, screen: { method: mad, sigma: "2", ratio: "2" } }' },
  { price: '{ sellers: min, min_hours_in_force: 30 }' },
  { price: '{ sellers: mean, confirm_within_hours: 60 }' },
  { price: '{ sellers: mean, time_of_day: time_weighted }' },
  { price: '{ sellers: min, time_of_day: time_weighted, min_hours_in_force: 7 }' },
  { price: '{ sellers: mean }', mode: 'settlement', hold: '{ move: "2", max_hours: 48 }' },
  {
    // Decisions at noon count for the day, though its cut-off is at ten.
    ...{ price: '{ sellers: mean }', mode: 'settlement', hold: '{ move: "2", max_hours: 90 }' },
    cutoff: '{ time: "10:00", zone: UTC }',
    schedule: '{ collect_by: "11:00", review_by: "13:00", publish_by: "14:00" }',
  },
  {
    price: '{ sellers: mean, time_of_day: time_weighted }',
    ...{ mode: 'settlement', hold: '{ move: "2", max_hours: 30 }', fx: '{ max_age_days: 1 }' },
  },
];

/** In order, with a day that is asked for again, and two earlier ones. */
const DAYS = [...Array.from({ length: 20 }, (_, index) => index), 19, 12, 3, ...[30, 31, 37]];

describe('a market that goes from day to day', () => {
  const books = fc.sample(
    sketches(['USD', 'USD', 'EUR']).chain((sketch) =>
      decisionsOn(sketch).map((decisions) => ({ ...bookOf(sketch), ...decisions })),
    ),
    { seed: 20260701, numRuns: 26 },
  );
  // A rate every third day: between them it is the same, and at times too old.
  const known = books.map((rows) =>
    evidenceOf({ ...rows, fx: rows.fx.filter((_, index) => index % 3 === 0) }),
  );

  it.each(known.map((one, index) => [index, one, rulebook(KEYS[index % KEYS.length])] as const))(
    'says of each what one that begins on that day says: book %i',
    (_, one, rules) => {
      const market = marketOf(rules, one);
      let before = at(market, rules, one, on(-1));
      for (const day of DAYS.map(on)) {
        const board = at(market, rules, one, day);
        const begun = at(marketOf(rules, one, before.prices), rules, one, day);
        expect([...board.prices.keys()].sort()).toEqual([...begun.prices.keys()].sort());
        // What says the same is the same object, so that its readers can see that.
        let isSame = true;
        for (const [id, pricing] of board.pricings) {
          expect(textOf(pricing)).toBe(textOf(begun.pricings.get(id)));
          // What is carried is what pricing it from nothing gives.
          const candidate = market.candidates.get(id)!;
          const horizon = horizonOf(day, rules, one, undefined);
          const last = before.prices.get(id);
          const alone = priceConstituent(candidate, day, horizon, rules, one, last);
          expect(textOf(pricing)).toBe(textOf(alone));
          expect(pricing.priced).toBe(board.prices.get(id));
          const then = before.pricings.get(id);
          expect(pricing === then, `${id} ${day}`).toBe(textOf(pricing) === textOf(then));
          isSame &&= pricing === then;
        }
        expect(board === before, day).toBe(isSame);
        before = board;
      }
    },
  );
});

/** A decimal is its text, however it is held. */
function textOf(pricing: Pricing | undefined): string | undefined {
  return JSON.stringify(pricing, (_, value) =>
    value !== null && typeof value === 'object' && 'digits' in value ? toText(value) : value,
  );
}

function at(market: Market, rules: Rulebook, known: Evidence, day: string) {
  return market.at(day, horizonOf(day, rules, known, undefined));
}

/** The sellers that each day of a market asks again, from the first of July on. */
function lookedAt(keys: Readonly<Record<string, string>>, known: Evidence, days: number[]) {
  const seen = new Set<string>();
  const ownerOf = (seller: string) => {
    seen.add(seller);
    return seller;
  };
  const watched = { ...known, ownerOf };
  const rules = rulebook(keys);
  const market = marketOf(rules, watched);
  return days.map((day) => {
    seen.clear();
    at(market, rules, watched, on(day));
    return [...seen].sort().join(' ');
  });
}

describe('a day after another', () => {
  it('looks at what has a new quote alone', () => {
    const known = evidence([
      ...['2026-06-01 x/a 4', '2026-06-01 y/b 4', '2026-06-01 z/c 4', '2026-07-03 y/b 5'],
      ...['2026-07-04 z/c 5 until=2026-07-06', '2026-07-02 x/a 9 observed=2026-07-05T23:59:00Z'],
    ]);
    // x/a takes effect on the 2nd and is known on the 5th; z/c ends on the 6th.
    expect(lookedAt({}, known, [0, 1, 2, 3, 4, 5, 6])).toEqual([
      ...['x y z', 'x', 'y', 'z', 'x', 'z', ''],
    ]);
  });

  it('counts a quote that takes effect at the cut-off, and none twice', () => {
    const known = evidence(['2026-06-01 x/a 4', '2026-07-02T23:59:00Z x/a 5']); // cut-off 23:59
    expect(lookedAt({}, known, [0, 1, 2])).toEqual(['x', 'x', '']);
    const market = marketOf(rulebook(), known);
    const prices = [0, 1].map((day) => at(market, rulebook(), known, on(day)).prices.get('a'));
    expect(prices.map((one) => toText(one!.price))).toEqual(['4', '5']);
  });

  it('looks at all again where its cut-off or what it knows goes back', () => {
    const known = evidence(['2026-06-01 x/a 4', '2026-06-01 y/b 4']);
    expect(lookedAt({}, known, [3, 2, 2, 4])).toEqual(['x y', 'x y', '', '']);
    // By what is known at one moment, only the cut-off goes back.
    const rules = rulebook();
    const later = evidence(['2026-06-01 x/a 4', '2026-07-03 x/a 5']);
    const market = marketOf(rules, later);
    const prices = [3, 1].map((day) => {
      const horizon = horizonOf(on(day), rules, later, Date.UTC(2026, 8, 1));
      return toText(market.at(on(day), horizon).prices.get('a')!.price);
    });
    expect(prices).toEqual(['5', '4']);
  });

  it('looks at a price that depends on hours from its first quote on', () => {
    const known = evidence(
      [
        ...['2026-06-01 x/a 4', '2026-06-01 y/b 4 currency=EUR', '2026-07-03 z/c 4 currency=EUR'],
        ...['2026-06-01 v/d 4', '2026-07-04T23:59:00Z v/d 6 window=00:00-24:00'],
        ...['2026-07-09 z/c 4.5 currency=EUR', '2026-06-20 y/b 6 currency=EUR'],
      ],
      { fx: [rate('2026-06-01', 'EUR', 'USD', '1.1')] },
    );
    expect(lookedAt({ fx: '{ max_age_days: 99 }' }, known, [0, 1, 2, 3, 4])).toEqual([
      // A rate that stays changes nothing; hours do every day.
      ...['v x y z', '', 'z', 'v', 'v'],
    ]);
  });

  it.each([
    ['{ time_of_day: time_weighted }', ['x', 'x', 'x']],
    // The price ages, and what its seller says does not.
    ['{ confirm_within_hours: 900 }', ['x', '', '']],
    ['{ sellers: median, screen: { method: mad, sigma: "3", ratio: "3" } }', ['x', '', '']],
  ])('asks all again where a price is that of a whole day: %s', (price, expected) => {
    const seen = lookedAt({ price }, evidence(['2026-06-01 x/a 4']), [0, 1, 2]);
    expect(seen.map((text) => text.slice(0, 1))).toEqual(expected);
  });

  it('asks nobody again because a screen looks back', () => {
    const known = evidence([
      ...['2026-06-01 x/a 4', '2026-06-01 y/b 4', '2026-07-02 y/b 9'],
      '2026-07-05 x/a 5',
    ]);
    const price = '{ sellers: median, screen: { method: previous, ratio: "9" } }';
    expect(lookedAt({ price }, known, [0, 1, 2, 3, 4, 5, 6])).toEqual([
      ...['x y', 'y', '', '', 'x', '', ''],
    ]);
  });

  it('looks at a quote when it has been in force for long enough', () => {
    const known = evidence(['2026-06-01 x/a 4', '2026-07-01 x/a 5']);
    const price = '{ min_hours_in_force: 48 }';
    expect(lookedAt({ price }, known, [0, 1, 2, 3])).toEqual(['x', '', 'x', '']);
  });
});

describe('a constituent that was looked at again', () => {
  const models = [alias('a', 'a'), alias('a-old', 'a'), alias('b', 'b')];
  const first = '2026-06-01 acme/a 4';
  const settlement = { mode: 'settlement', hold: '{ move: "5", max_hours: 96 }' };

  it.each([
    ['who is left out', {}, ['2026-06-01 p/a 3', '2026-07-02 p/a withdrawn', '2026-07-02 q/a 3']],
    [
      ...(['under which name', {}] as const),
      ['2026-06-01 p/a 3', '2026-07-02 p/a withdrawn', '2026-07-02 p/a-old 3'],
    ],
    ['why', {}, ['2026-06-01 p/a 3 until=2026-07-02']],
    [
      ...(['what is outside', {}] as const),
      [
        ...['2026-06-01 p/a 3 region=eu', '2026-07-02 p/a withdrawn region=eu'],
        '2026-07-02 p/a 3 tier=batch',
      ],
    ],
    ['how much is outside', {}, ['2026-07-02 p/a 3 region=eu']],
    ['the quote', {}, ['2026-07-02 acme/a 4 basis=curated']],
    ['one of its legs', {}, ['2026-07-02 acme/a 4 out=5']],
    ['that it is held', settlement, ['2026-07-02 acme/a 99']],
    ['that it is seen no more', { price: '{ confirm_within_hours: 744 }' }, []],
  ])('is another where this differs: %s', (_, keys, lines) => {
    const known = evidence([first, '2026-06-01 acme/b 4', ...lines], { models });
    const rules = rulebook(keys);
    const market = marketOf(rules, known);
    const [then, now] = [0, 1].map((day) => at(market, rules, known, on(day)));
    expect(now!.pricings.get('a')).not.toEqual(then!.pricings.get('a'));
    expect(now!.pricings.get('b') === then!.pricings.get('b')).toBe(!('price' in keys));
    expect(now!.pricings).toEqual(at(marketOf(rules, known), rules, known, on(1)).pricings);
  });

  it('is another where a person decided on its quote, or another one did', () => {
    const at12 = (text: string) => hold(`2026-06-01 acme/a ${text}T12:00:00Z`);
    const holds = [at12('release 2026-07-02'), at12('release 2026-07-04')];
    const known = evidence([first], { models, holds });
    const rules = rulebook(settlement);
    const market = marketOf(rules, known);
    const boards = [0, 1, 2, 3, 4].map((day) => at(market, rules, known, on(day)));
    const decided = boards.map(({ pricings }) =>
      pricings.get('a')!.decisions.map(({ decidedAtMs }) => new Date(decidedAtMs).getUTCDate()),
    );
    expect(decided).toEqual([[], [2], [2], [4], [4]]);
    expect(boards.map((board, day) => board === boards[day - 1])).toEqual([
      ...[false, false, true, false, true],
    ]);
  });

  it('is another by a decision after the cut-off, up to the end of the review', () => {
    const keys = {
      ...{ ...settlement, hold: '{ move: "5", max_hours: 900 }' },
      cutoff: '{ time: "10:00", zone: UTC }',
      schedule: '{ collect_by: "11:00", review_by: "13:00", publish_by: "14:00" }',
    };
    const holds = [hold('2026-07-02 acme/a release 2026-07-03T12:00:00Z')];
    const known = evidence([first, '2026-07-02 acme/a 99'], { models, holds });
    const market = marketOf(rulebook(keys), known);
    const prices = [0, 1, 2, 3].map((day) =>
      toText(at(market, rulebook(keys), known, on(day)).prices.get('a')!.price),
    );
    expect(prices).toEqual(['4', '4', '99', '99']);
  });

  it('is another where nothing was known, and then that it is withdrawn', () => {
    const known = evidence(['2026-07-02 acme/a withdrawn']);
    const market = marketOf(rulebook(), known);
    const boards = [0, 1].map((day) => at(market, rulebook(), known, on(day)));
    expect(boards.map(({ pricings }) => pricings.get('a')!.withdrawn)).toEqual([false, true]);
  });

  it('in another currency is another where its rate is of another day, though it is the same', () => {
    const fx = ['2026-07-01', '2026-07-03'].map((day) => rate(day, 'EUR', 'USD', '1.1'));
    const known = evidence(['2026-06-01 acme/a 4 currency=EUR'], { fx });
    const market = marketOf(rulebook(), known);
    const boards = [0, 1, 2, 3].map((day) => at(market, rulebook(), known, on(day)));
    expect(boards.map((board, day) => board === boards[day - 1])).toEqual([
      ...[false, true, false, true],
    ]);
    expect(boards.map(({ prices }) => prices.get('a')!.sellers[0]!.rateDate)).toEqual([
      ...['2026-07-01', '2026-07-01', '2026-07-03', '2026-07-03'],
    ]);
  });
});
