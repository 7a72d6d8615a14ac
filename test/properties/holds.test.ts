import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BookRows, EMPTY_BOOK, type HoldDecision } from '../../src/domain/rows.ts';
import { calculateFixing, canonicalJson, evidenceOf } from '../../src/index.ts';
import { inputsOf, readBack } from '../fix/recompute.ts';
import { hold, quote, rulebook } from '../fix/small-book.ts';
import { bytes, type Keys, on, run } from './books.ts';

/** Books of two models at two sellers, on their own pages and two other venues, with decisions. */
const LAST = 12;
const RUNS = { numRuns: process.env.CI ? 300 : 80 };

interface Seen {
  readonly model: string;
  readonly seller: string;
  readonly venue: string;
  readonly day: number;
  readonly price: string;
  readonly cached: boolean;
  readonly late: number;
}

const seen = (firstDay: number): fc.Arbitrary<Seen> =>
  fc.record({
    model: fc.constantFrom('a', 'b'),
    seller: fc.constantFrom('x', 'y'),
    venue: fc.constantFrom('own', 'own', 'router', 'list'),
    day: fc.integer({ min: firstDay, max: LAST - 1 }),
    price: fc.constantFrom('1', '1', '2', '9', '9', '40', 'withdrawn'),
    cached: fc.boolean(),
    late: fc.constantFrom(0, 0, 0, 1, 3),
  });

function lineOf({ model, seller, venue, day, price, cached, late }: Seen): string {
  const options = [
    `venue=${venue === 'own' ? seller : venue}`,
    ...(cached && price !== 'withdrawn' ? ['cached=0.5'] : []),
    `observed=${on(day + late)}T06:00:00Z`,
  ];
  return `${on(day)} ${seller}/${model} ${price} ${options.join(' ')}`;
}

const decided: fc.Arbitrary<readonly [pick: number, decision: string, after: number, at: boolean]> =
  fc.tuple(
    fc.nat(40),
    fc.constantFrom('release', 'reject', 'hold'),
    fc.integer({ min: 0, max: 4 }),
    fc.boolean(),
  );

interface Drawn {
  readonly rows: BookRows;
  readonly quotes: readonly Seen[];
}

const books: fc.Arbitrary<Drawn> = fc
  .record({
    quotes: fc.array(seen(1), { minLength: 3, maxLength: 14 }),
    decisions: fc.array(decided, { maxLength: 4 }),
    owned: fc.boolean(),
  })
  .map(({ quotes, decisions, owned }) => {
    const start = ['x/a 2', 'y/a 2 venue=router', 'y/b 3'].map((line) => `${on(-1)} ${line}`);
    // What is said twice of one moment would be refused.
    const once = new Map(
      quotes.map((one) => [[one.model, one.seller, one.venue, one.day, one.late].join(), one]),
    );
    const kept = [...once.values()];
    const holds = new Map<string, HoldDecision>();
    for (const [pick, decision, after, at] of decisions) {
      const of = kept[pick % kept.length]!;
      const venue = of.venue === 'own' ? of.seller : of.venue;
      const moment = `${on(of.day + after)}T12:00:00Z`;
      const row = hold(
        `${on(of.day)} ${of.seller}/${of.model} ${decision} ${moment}${at ? ` ${venue}` : ''}`,
      );
      holds.set([of.seller, of.model, of.day, moment].join(), row);
    }
    const rows = {
      ...EMPTY_BOOK,
      quotes: [...start, ...kept.map(lineOf)].map(quote),
      holds: [...holds.values()],
      sellers: owned ? ['router', 'list'].map((seller) => ({ seller, owner: 'one' })) : [],
    };
    return { rows, quotes: kept };
  });

const keys: fc.Arbitrary<Keys> = fc
  .record({
    sellers: fc.constantFrom('median', 'min'),
    confirm: fc.constantFrom('', ', confirm_within_hours: 48'),
    wait: fc.constantFrom('', ', min_hours_in_force: 12'),
    hours: fc.constantFrom(24, 48, 200),
    time: fc.constantFrom('', ', time_of_day: time_weighted'),
  })
  .map(({ sellers, confirm, wait, hours, time }) => ({
    mode: 'settlement',
    hold: `{ move: "4", max_hours: ${hours} }`,
    price: `{ sellers: ${sellers}${confirm}${wait}${time} }`,
    workload: '{ input: "0.4", cached_input: "0.2", output: "0.4" }',
    cutoff: '{ time: "16:00", zone: UTC }',
    rebalance: '{ frequency: weekly }',
  }));

describe('holds and decisions', () => {
  it('come out the same in a backfill and alone', () => {
    fc.assert(
      fc.property(books, keys, fc.nat(LAST), ({ rows }, rules, pick) => {
        const all = run(rules, rows, LAST);
        const one = all[pick % all.length]!;
        const alone = calculateFixing(rulebook(rules), evidenceOf(rows), one.date);
        expect(canonicalJson(alone.fixing)).toBe(canonicalJson(one));
      }),
      RUNS,
    );
  });

  it('come out the same whatever the order of the rows', () => {
    fc.assert(
      fc.property(books, keys, ({ rows }, rules) => {
        const other = {
          ...rows,
          quotes: [...rows.quotes].reverse(),
          holds: [...rows.holds].reverse(),
        };
        expect(bytes(run(rules, other, LAST))).toEqual(bytes(run(rules, rows, LAST)));
      }),
      RUNS,
    );
  });

  it('come out the same for a stranger with the canonical rows alone', async () => {
    await fc.assert(
      fc.asyncProperty(books, keys, fc.nat(LAST), async ({ rows }, given, pick) => {
        const [rules, known] = [rulebook(given), evidenceOf(rows)];
        const ours = calculateFixing(rules, known, on(pick)).fixing;
        const read = await readBack(inputsOf(rules, known, on(pick)));
        const theirs = calculateFixing(rules, evidenceOf(read), on(pick)).fixing;
        expect(canonicalJson(theirs)).toBe(canonicalJson(ours));
      }),
      RUNS,
    );
  });

  it('that are known later change no byte of the fixings before', () => {
    const later = fc.array(seen(-1), { maxLength: 5 });
    const more = fc.array(decided, { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(books, keys, fc.integer({ min: 1, max: LAST - 1 }), later, more, (...all) => {
        const [{ rows, quotes }, rules, cut, surprises, decisions] = all;
        const known = `${on(cut)}T16:00:01Z`;
        const told = {
          ...rows,
          quotes: [
            ...rows.quotes,
            ...surprises.map((one) =>
              quote(lineOf(one).replace(/observed=\S+/, `observed=${known}`)),
            ),
          ],
          holds: [
            ...rows.holds,
            ...decisions.map(([pick, decision]) => {
              const { seller, model, day } = quotes[pick % quotes.length]!;
              return hold(`${on(day)} ${seller}/${model} ${decision} ${known}`);
            }),
          ],
        };
        expect(bytes(run(rules, told, cut))).toEqual(bytes(run(rules, rows, cut)));
      }),
      RUNS,
    );
  });
});
