import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startOf } from '../../src/domain/versions.ts';
import {
  type BookRows,
  backfill,
  calculateFixing,
  canonicalJson,
  evidenceOf,
} from '../../src/index.ts';
import { readBack } from '../fix/recompute.ts';
import { hold, judgement, quote, revision, succession, usage } from '../fix/small-book.ts';
import { rate } from '../normalize/rows.ts';
import {
  BASE,
  bookOf,
  bytes,
  decisionsOn,
  type Event,
  LAST_DAY,
  linesOf,
  type Offer,
  on,
  runOf,
  sketches,
  someRules,
} from './books.ts';

/** Whole backfills: more of them where there is time. */
const RUNS = { numRuns: process.env.CI ? 100 : 50 };

/** A sketch, and the rows of its book with what people decided. */
const books = sketches(['USD', 'USD', 'EUR']).chain((sketch) =>
  fc.record({
    sketch: fc.constant(sketch),
    rows: decisionsOn(sketch).map((decisions) => ({ ...bookOf(sketch), ...decisions })),
  }),
);

describe('a fixing belongs to its inputs', () => {
  it('calculated in a backfill and alone is the same bytes', () => {
    fc.assert(
      fc.property(books, someRules, fc.nat(LAST_DAY), ({ rows }, rules, pick) => {
        const all = runOf(rules, evidenceOf(rows));
        if (all.length === 0) return;
        const one = all[pick % all.length]!;
        const alone = calculateFixing(rules, evidenceOf(rows), one.date);
        expect(canonicalJson(alone.fixing)).toBe(canonicalJson(one));
      }),
      RUNS,
    );
  });

  it('calculated for a frozen series in a backfill and alone is the same bytes', () => {
    fc.assert(
      fc.property(books, someRules, fc.integer({ min: 1, max: 3 }), ({ rows }, rules, series) => {
        const known = evidenceOf(rows);
        const found = backfill(rules, known, BASE, on(LAST_DAY), { series });
        const all = found.items ? [...found.items] : [];
        const last = all.at(-1);
        if (!last) return;
        expect(all.map((fixing) => fixing.series.number)).toEqual(all.map(() => series));
        const alone = calculateFixing(rules, known, last.date, { series });
        expect(canonicalJson(alone.fixing)).toBe(canonicalJson(last));
      }),
      RUNS,
    );
  });

  it('is the same bytes whatever the order of the rows', () => {
    const shuffled = books.chain(({ rows }) => {
      const mixed = <Row>(list: readonly Row[]) =>
        fc.shuffledSubarray([...list], { minLength: list.length });
      const kinds = Object.entries(rows).map(([kind, list]) => [kind, mixed<unknown>(list)]);
      const other = fc.record(Object.fromEntries(kinds)) as fc.Arbitrary<BookRows>;
      return fc.record({ rows: fc.constant(rows), other });
    });
    fc.assert(
      fc.property(shuffled, someRules, ({ rows, other }, rules) => {
        const own = bytes(runOf(rules, evidenceOf(rows)));
        expect(bytes(runOf(rules, evidenceOf(other)))).toEqual(own);
      }),
      RUNS,
    );
  });

  it('is the same bytes where a quote is seen again', () => {
    fc.assert(
      fc.property(books, someRules, fc.nat(6), ({ sketch, rows }, rules, after) => {
        const again = sketch.offers.flatMap((offer) => confirmations(offer, after));
        const lines = linesOf(sketch.offers);
        const confirmed = { ...rows, quotes: [...lines, ...again].map(quote) };
        const own = bytes(runOf(rules, evidenceOf(rows)));
        expect(bytes(runOf(rules, evidenceOf(confirmed)))).toEqual(own);
      }),
      RUNS,
    );
  });

  it('is the same bytes for a stranger with its canonical rows alone', async () => {
    await fc.assert(
      fc.asyncProperty(books, someRules, fc.nat(LAST_DAY), async ({ rows }, rules, pick) => {
        const ours = calculateFixing(rules, evidenceOf(rows), on(pick));
        if (!ours.fixing) return;
        const theirs = evidenceOf(await readBack(ours.inputs));
        const begun = rules.filter((version) => startOf(version) <= on(pick));
        const again = calculateFixing(begun, theirs, on(pick)).fixing;
        expect(canonicalJson(again)).toBe(canonicalJson(ours.fixing));
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
      fc.property(books, someRules, fc.integer({ min: 1, max: 38 }), surprises, (...all) => {
        const [{ sketch, ...book }, rules, cut, later] = all;
        const known = on(cut + 1);
        // A revision of a day may bring in what is known later: that is what it is for.
        const past = book.rows.revisions.filter(({ date }) => date > on(cut));
        const rows = { ...book.rows, revisions: past };
        const more = later.map(({ offer, day, price }) => {
          const offers = [
            ...sketch.offers,
            { seller: 'q', model: 'f', currency: 'EUR', window: '00:00-24:00' },
          ];
          const { seller, model, currency, window } = offers[offer % offers.length]!;
          const hours = window === '' ? '' : ` window=${window}`;
          const line = `${on(day)} ${seller}/${model} ${price} currency=${currency}${hours}`;
          return quote(`${line} observed=${known}`);
        });
        const told: BookRows = {
          ...rows,
          quotes: [...rows.quotes, ...more],
          usage: [
            ...rows.usage,
            usage(`${on(-20)} ${on(-10)} a 123456 published=${known}`),
            usage(`${on(-9)} ${on(-2)} newcomer 777 published=${known}`),
          ],
          fx: [...rows.fx, rate(known, 'GBP', 'USD', '1.3')],
          holds: [
            ...rows.holds,
            ...sketch.offers.flatMap(({ seller, model, events }) =>
              events.map(({ day }) => hold(`${on(day)} ${seller}/${model} reject ${known}`)),
            ),
          ],
          judgements: [...rows.judgements, judgement(`${on(0)} - a 99 ${known}`)],
          succession: [
            ...rows.succession,
            ...['a b 2', 'b c', 'c d', 'a d'].map((pair) => succession(`${known} ${pair}`)),
          ],
          revisions: [...rows.revisions, revision(`TEST ${known} 9 ${on(39)}`)],
        };
        const [then, now] = [rows, told].map((one) => runOf(rules, evidenceOf(one), cut));
        expect(bytes(now!)).toEqual(bytes(then!));
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
