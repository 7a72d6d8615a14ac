import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calculateFixing, canonicalJson, evidenceOf } from '../../src/index.ts';
import { inputsOf, readBack } from '../fix/recompute.ts';
import { quote, rulebook, usage } from '../fix/small-book.ts';
import { rate } from '../normalize/rows.ts';
import {
  bookOf,
  bytes,
  type Event,
  LAST_DAY,
  linesOf,
  type Offer,
  on,
  ruleKeys,
  run,
  sketches,
} from './books.ts';

const books = sketches(['USD', 'USD', 'EUR']);
/** Whole backfills: more of them where there is time. */
const RUNS = { numRuns: process.env.CI ? 200 : 50 };

describe('a fixing belongs to its inputs', () => {
  it('calculated in a backfill and alone is the same bytes', () => {
    fc.assert(
      fc.property(books, ruleKeys, fc.nat(LAST_DAY), (sketch, keys, pick) => {
        const rows = bookOf(sketch);
        const all = run(keys, rows);
        if (all.length === 0) return;
        const one = all[pick % all.length]!;
        const alone = calculateFixing(rulebook(keys), evidenceOf(rows), one.date);
        expect(canonicalJson(alone.fixing)).toBe(canonicalJson(one));
      }),
      RUNS,
    );
  });

  it('is the same bytes whatever the order of the rows', () => {
    const shuffled = books.chain((sketch) => {
      const rows = bookOf(sketch);
      const mixed = <Row>(list: readonly Row[]) =>
        fc.shuffledSubarray([...list], { minLength: list.length });
      return fc.record({
        rows: fc.constant(rows),
        other: fc.record({
          ...{ holds: fc.constant([]), judgements: fc.constant([]) },
          ...{ succession: fc.constant([]), revisions: fc.constant([]) },
          calendars: fc.constant([]),
          ...{ quotes: mixed(rows.quotes), usage: mixed(rows.usage), fx: mixed(rows.fx) },
          ...{ models: mixed(rows.models), sellers: mixed(rows.sellers) },
          corrections: fc.constant([]),
        }),
      });
    });
    fc.assert(
      fc.property(shuffled, ruleKeys, ({ rows, other }, keys) => {
        expect(bytes(run(keys, other))).toEqual(bytes(run(keys, rows)));
      }),
      RUNS,
    );
  });

  it('is the same bytes where a quote is seen again', () => {
    fc.assert(
      fc.property(books, ruleKeys, fc.nat(6), (sketch, keys, after) => {
        const again = sketch.offers.flatMap((offer) => confirmations(offer, after));
        const lines = linesOf(sketch.offers);
        const confirmed = bookOf(sketch, [...lines, ...again]);
        expect(bytes(run(keys, confirmed))).toEqual(bytes(run(keys, bookOf(sketch))));
      }),
      RUNS,
    );
  });

  it('is the same bytes for a stranger with its canonical rows alone', async () => {
    await fc.assert(
      fc.asyncProperty(books, ruleKeys, fc.nat(LAST_DAY), async (sketch, keys, pick) => {
        const known = evidenceOf(bookOf(sketch));
        const rules = rulebook(keys);
        const ours = calculateFixing(rules, known, on(pick)).fixing;
        if (!ours) return;
        const rows = await readBack(inputsOf(rules, known, on(pick)));
        const theirs = calculateFixing(rules, evidenceOf(rows), on(pick)).fixing;
        expect(canonicalJson(theirs)).toBe(canonicalJson(ours));
      }),
      RUNS,
    );
  });
});

describe('what was not known by the cut-off', () => {
  it('changes no byte of the fixings before it', () => {
    const surprises = fc.array(
      fc.record({
        offer: fc.nat(20),
        day: fc.integer({ min: -20, max: 34 }),
        price: fc.constantFrom('0.01', '3', '99', 'withdrawn'),
      }),
      { minLength: 1, maxLength: 6 },
    );
    fc.assert(
      fc.property(books, ruleKeys, fc.integer({ min: 1, max: 38 }), surprises, (...all) => {
        const [sketch, keys, cut, later] = all;
        const rows = bookOf(sketch);
        const known = on(Math.max(cut + 1, 0));
        const more = later.map(({ offer, day, price }) => {
          const offers = [...sketch.offers, { seller: 'q', model: 'f', currency: 'EUR' }];
          const { seller, model, currency } = offers[offer % offers.length]!;
          const line = `${on(day)} ${seller}/${model} ${price} currency=${currency}`;
          return quote(`${line} observed=${known}`);
        });
        const told = {
          ...rows,
          quotes: [...rows.quotes, ...more],
          usage: [
            ...rows.usage,
            usage(`${on(-20)} ${on(-10)} a 123456 published=${known}`),
            usage(`${on(-9)} ${on(-2)} newcomer 777 published=${known}`),
          ],
          fx: [...rows.fx, rate(known, 'GBP', 'USD', '1.3')],
        };
        expect(bytes(run(keys, told, cut))).toEqual(bytes(run(keys, rows, cut)));
      }),
      RUNS,
    );
  });
});

/** Rows that say again what is in force, between its first sight and what follows it. */
function confirmations(offer: Offer, after: number): string[] {
  return offer.events.flatMap((event, index): string[] => {
    if (event.cents === null) return [];
    const day = event.day + event.lateDays + 1 + after;
    const ends = event.validDays === null ? Number.POSITIVE_INFINITY : event.day + event.validDays;
    const next = offer.events[index + 1]?.day ?? Number.POSITIVE_INFINITY;
    if (day >= Math.min(ends, next)) return [];
    const again: Event = {
      ...{ day, cents: event.cents, lateDays: 0 },
      validDays: event.validDays === null ? null : event.day + event.validDays - day,
    };
    return linesOf([{ ...offer, events: [again] }]);
  });
}
