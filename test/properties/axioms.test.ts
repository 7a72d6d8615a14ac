import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparesPeriods, type LinkFormula } from '../../src/domain/formulas.ts';
import { EMPTY_BOOK } from '../../src/domain/rows.ts';
import {
  compare,
  type Decimal,
  decimal,
  type Fixing,
  multiply,
  subtract,
  toText,
} from '../../src/index.ts';
import { quote } from '../fix/small-book.ts';
import { rate } from '../normalize/rows.ts';
import {
  bookOf,
  FINE,
  type Keys,
  linesOf,
  type Offer,
  on,
  published,
  reweighed,
  ruleKeys,
  run,
  type Sketch,
  sketches,
} from './books.ts';

/** Whole backfills: more of them where there is time. */
const RUNS = { numRuns: process.env.CI ? 100 : 50 };
const books = sketches();

const withPrices = (sketch: Sketch, change: (cents: number, offer: Offer) => number): Sketch => ({
  ...sketch,
  offers: sketch.offers.map((offer) => ({
    ...offer,
    events: offer.events.map((event) => ({
      ...event,
      cents: event.cents === null ? null : change(event.cents, offer),
    })),
  })),
});

describe('identity', () => {
  it('holds: at constant prices the level stays at its base, whoever comes and goes', () => {
    fc.assert(
      fc.property(books, ruleKeys, (sketch, keys) => {
        const constant = withPrices(sketch, (_, { model }) => 100 + model.charCodeAt(0) * 7);
        const levels = run({ ...keys, ...FINE }, bookOf(constant)).map(({ level }) => level);
        const quoted = levels.filter((level) => level !== null);
        expect([...new Set(quoted)]).toEqual(quoted.length > 0 ? [`100.${'0'.repeat(30)}`] : []);
      }),
      RUNS,
    );
  });
});

describe('proportionality', () => {
  const compareScaled = (sketch: Sketch, keys: Keys, factor: number, check: Check) => {
    const scaled = withPrices(sketch, (cents) => cents * factor);
    const plain = run({ ...keys, ...FINE }, bookOf(sketch));
    const times = run({ ...keys, ...FINE }, bookOf(scaled));
    expect(times.map(({ withheld }) => withheld)).toEqual(plain.map(({ withheld }) => withheld));
    plain.forEach((one, index) => {
      check(one, times[index]!);
    });
  };
  type Check = (one: Fixing, other: Fixing) => void;

  it('holds exactly for a power of ten under quantities', () => {
    fc.assert(
      fc.property(books, ruleKeys, (sketch, keys) => {
        const arithmetic = { ...keys, formula: 'laspeyres' };
        compareScaled(sketch, arithmetic, 1000, (one, other) => {
          expect(other.level).toBe(one.level);
          const prices = (fixing: Fixing) => fixing.constituents.map(({ price }) => decimal(price));
          const thousandfold = prices(one).map((price) => multiply(price, decimal('1000')));
          expect(prices(other).map(toText)).toEqual(thousandfold.map(toText));
          expect(other.coverage).toBe(one.coverage);
          if (one.value) {
            const expected = multiply(decimal(one.value.price), decimal(1000));
            near(decimal(other.value!.price), expected, '1e-27');
          }
        });
      }),
      RUNS,
    );
  });

  it('holds to the working digits for any factor', () => {
    fc.assert(
      fc.property(books, ruleKeys, fc.integer({ min: 2, max: 97 }), (sketch, keys, factor) => {
        fc.pre(isContinuous(keys));
        compareScaled(sketch, keys, factor, (one, other) => {
          if (!one.value || one.level === null) return;
          near(decimal(other.level!), decimal(one.level), '1e-29');
          const expected = multiply(decimal(one.value.price), decimal(factor));
          near(decimal(other.value!.price), expected, '1e-28');
        });
      }),
      RUNS,
    );
  });

  it('holds between price and level within a series', () => {
    fc.assert(
      fc.property(books, ruleKeys, (sketch, keys) => {
        // What compares the quantities of two days is no multiple of the price.
        fc.pre(!comparesPeriods(keys.formula as LinkFormula));
        const days = run({ ...keys, ...FINE }, bookOf(sketch)).filter(({ value }) => value);
        days.forEach((day, index) => {
          const before = days[index - 1];
          if (!before || before.series.number !== day.series.number) return;
          const [p, q] = [day, before].map(({ value }) => decimal(value!.price));
          const [l, m] = [day, before].map(({ level }) => decimal(level!));
          near(multiply(l!, q!), multiply(m!, p!), '1e-28');
        });
      }),
      RUNS,
    );
  });
});

describe('invariance', () => {
  it('to currency: all prices in euro at a constant rate move nothing but the price', () => {
    fc.assert(
      fc.property(books, ruleKeys, (sketch, keys) => {
        fc.pre(isContinuous(keys));
        const fine = { ...keys, ...FINE, fx: '{ max_age_days: 400 }' };
        const inEuro = sketch.offers.map((offer) => ({ ...offer, currency: 'EUR' }));
        const fx = [rate('2026-06-01', 'EUR', 'USD', '1.25')];
        const dollars = run(fine, bookOf(sketch));
        const euros = run(fine, { ...bookOf({ ...sketch, offers: inEuro }), fx });
        expect(euros).toHaveLength(dollars.length);
        dollars.forEach(({ level, value, withheld }, index) => {
          const other = euros[index]!;
          expect(other.withheld).toEqual(withheld);
          if (!value || level === null) return;
          near(decimal(other.level!), decimal(level), '1e-29');
          near(
            decimal(other.value!.price),
            multiply(decimal(value.price), decimal('1.25')),
            '1e-28',
          );
        });
      }),
      RUNS,
    );
  });

  it('to a constituent of weight zero', () => {
    fc.assert(
      fc.property(books, ruleKeys, fc.integer({ min: 1, max: 9999 }), (sketch, keys, cents) => {
        const weights = '{ method: fixed, fixed: { a: "5", b: "3", c: "1", d: "1", g: "0" } }';
        const lines = [
          ...linesOf(sketch.offers),
          ...[`${on(-3)} x/g ${cents}`, `${on(4)} x/g 1 until=${on(9)}`, `${on(20)} x/g withdrawn`],
        ];
        const own = run(reweighed(keys, weights), bookOf(sketch));
        const other = run(reweighed(keys, weights), bookOf(sketch, lines));
        expect(other.map(published)).toEqual(own.map(published));
        expect(other.map((one) => one.constituents)).toEqual(own.map((one) => one.constituents));
      }),
      RUNS,
    );
  });

  it('to a seller that sells again under another name of its owner', () => {
    fc.assert(
      fc.property(books, ruleKeys, (sketch, keys) => {
        const again = sketch.offers
          .filter(({ seller }) => seller === 'p')
          .map((offer) => ({ ...offer, seller: 'p-2' }));
        const rows = bookOf(sketch, linesOf([...sketch.offers, ...again]));
        const sellers = ['p', 'p-2'].map((seller) => ({ seller, owner: 'p' }));
        const twice = run(keys, { ...rows, sellers });
        expect(twice.map(published)).toEqual(run(keys, bookOf(sketch)).map(published));
      }),
      RUNS,
    );
  });
});

describe('composition', () => {
  it('is no price change: a newcomer at an after_close rebalance does not move the level', () => {
    fc.assert(
      fc.property(books, ruleKeys, fc.integer({ min: 1, max: 9999 }), (sketch, keys, price) => {
        const weights = '{ method: equal }';
        const rebalance = '{ frequency: weekly }';
        // A hold that is released in between would move the level, and rightly.
        const research = { mode: 'research', hold: 'null', fallback: '[]' };
        const free = { ...FINE, ...research, rebalance, calendar: 'every_day' };
        const own = { ...reweighed(keys, weights), ...free };
        // 6 July is a Monday. Nothing else changes between its cut-off and the next: no hours of the
        // day, and no screen that looks back.
        fc.pre(!keys.price!.includes('previous'));
        const quiet = linesOf(sketch.offers).filter((line) => line.slice(0, 10) < on(5));
        const open = quiet.map((line) => line.replace(/ (until|observed|window)=\S*/g, ''));
        const lines = [...open, `${on(5)} x/newcomer ${price}`];
        const without = run(own, bookOf(sketch, open), 6);
        const entered = run(own, bookOf(sketch, lines), 6);
        expect(entered.slice(0, 6).map(published)).toEqual(without.slice(0, 6).map(published));
        const [link, next] = [entered[5], entered[6]];
        if (!link || !next || link.level === null || next.level === null) return;
        near(decimal(next.level), decimal(link.level), '1e-30');
        expect(next.constituents.map(({ id }) => id)).toContain('newcomer');
      }),
      RUNS,
    );
  });

  it('an absence and a return inside one series do not ratchet the level', () => {
    fc.assert(
      fc.property(
        books,
        ruleKeys,
        fc.tuple(fc.integer({ min: 1, max: 15 }), fc.integer({ min: 1, max: 15 })),
        (sketch, keys, [gone, days]) => {
          // A hold judges a quote by the one before it, which is what is hidden here, and a screen
          // that looks back by the price of the day before.
          const { hold: _, ...free } = keys;
          fc.pre(!keys.price!.includes('previous'));
          const own = { ...free, ...FINE, rebalance: '{ frequency: none }' };
          const offers = sketch.offers.map((offer) => ({
            ...offer,
            events: offer.events
              .filter(({ cents }) => cents !== null)
              .map((event) => ({ ...event, lateDays: 0, validDays: null })),
          }));
          // What was quoted of `a` is hidden for days, and then as it would have been.
          const absent = linesOf(offers).map((line) =>
            line.includes('/a ') ? hide(line) : [line],
          );
          const back = offers
            .filter(({ model }) => model === 'a')
            .flatMap((offer) => {
              const standing = offer.events.filter(({ day }) => day <= gone + days).at(-1)!;
              return linesOf([{ ...offer, events: [{ ...standing, day: gone + days }] }]);
            });
          const whole = run(own, bookOf(sketch, linesOf(offers)));
          const gap = run(own, bookOf(sketch, [...absent.flat(), ...back]));
          expect(gap.slice(gone + days + 1).map(published)).toEqual(
            whole.slice(gone + days + 1).map(published),
          );

          function hide(line: string): string[] {
            const day = line.slice(0, 10);
            if (day >= on(gone + days)) return day === on(gone + days) ? [] : [line];
            return day < on(gone) ? [`${line} until=${on(gone)}`] : [];
          }
        },
      ),
      RUNS,
    );
  });
});

describe('an absence and a return across a rebalance', () => {
  const quantities = fc.constantFrom(
    '{ method: equal }',
    '{ method: fixed, fixed: { a: "5", b: "3", c: "2" } }',
  );
  const effective = fc.constantFrom('after_close', 'at_fixing');
  const cents = fc.integer({ min: 50, max: 2000 });
  /** Prices of b and c on each of the days 0 to 12; 6 July, day 5, is a Monday. */
  const moves = fc.array(fc.tuple(cents, cents), { minLength: 13, maxLength: 13 });

  it('do not ratchet the level where the relative quantities are the same', () => {
    fc.assert(
      fc.property(quantities, effective, moves, cents, (weights, link, prices, price) => {
        const peers = prices.flatMap(([b, c], day) => [
          ...[`${on(day)} y/b ${b / 100}`, `${on(day)} z/c ${c / 100}`],
        ]);
        const back = [`${on(9)} x/a ${price / 100}`];
        const always = [...peers, `${on(0)} x/a 3`, ...back];
        const absent = [...peers, `${on(0)} x/a 3 until=${on(3)}`, ...back];
        const keys = {
          ...{ ...FINE, weights, cutoff: '{ time: "16:00", zone: UTC }' },
          rebalance: `{ frequency: weekly, effective: ${link} }`,
        };
        const levels = (lines: readonly string[]) =>
          run(keys, { ...EMPTY_BOOK, quotes: lines.map(quote) }, 12).map(({ level }) => level!);
        const [whole, gap] = [levels(always), levels(absent)];
        for (const day of [9, 10, 11, 12]) near(decimal(gap[day]!), decimal(whole[day]!), '1e-28');
      }),
      RUNS,
    );
  });
});

describe('a median of sellers', () => {
  const asked = fc.array(fc.integer({ min: 50, max: 2000 }), { minLength: 1, maxLength: 5 });
  const method = fc.constantFrom('median', 'weighted_median');

  it('is not moved by sellers that ask the same again', () => {
    fc.assert(
      fc.property(asked, method, fc.integer({ min: 1, max: 5 }), (all, sellers, more) => {
        // An odd number of sellers has one in the middle.
        const prices = all.length % 2 === 0 ? all.slice(1) : all;
        const middle = [...prices].sort((a, b) => a - b)[(prices.length - 1) / 2]!;
        const lines = (list: readonly number[]) =>
          list.map((cents, index) => `${on(0)} s${index}/a ${cents / 100}`);
        const price = (list: readonly number[]) =>
          run(
            { price: `{ sellers: ${sellers} }` },
            { ...EMPTY_BOOK, quotes: lines(list).map(quote) },
            0,
          )[0]!.value!.price;
        const copies = Array.from({ length: more }, () => middle);
        expect(price([...prices, ...copies])).toBe(price(prices));
        expect(price(prices)).toBe((middle / 100).toFixed(4));
      }),
      RUNS,
    );
  });

  it('of copies of one price is that price, however many there are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), method, (count, sellers) => {
        const lines = Array.from({ length: count }, (_, index) => `${on(0)} s${index}/a 3.21`);
        const rows = { ...EMPTY_BOOK, quotes: lines.map(quote) };
        const [fixing] = run({ price: `{ sellers: ${sellers} }` }, rows, 0);
        expect(fixing!.value!.price).toBe('3.2100');
      }),
      RUNS,
    );
  });
});

/** The 40th digit of a weight decides where a median lies that half of the weight reaches. */
function isContinuous({ aggregate, price }: Keys): boolean {
  // A price at one and a half times a mean that was rounded to 40 digits is out by its last digit.
  return aggregate !== 'weighted_median' && !price?.includes('method: previous');
}

/** |a − b| ≤ tolerance · |b|, in exact decimals. */
function near(a: Decimal, b: Decimal, tolerance: string): void {
  const off = subtract(a, b);
  const distance = { ...off, digits: off.digits < 0n ? -off.digits : off.digits };
  const within = compare(distance, multiply(b, decimal(tolerance))) <= 0;
  expect(within, `${toText(a)} is not ${toText(b)} within ${tolerance}`).toBe(true);
}
