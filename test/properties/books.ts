import fc from 'fast-check';
import { addDays } from '../../src/domain/dates.ts';
import { type BookRows, EMPTY_BOOK } from '../../src/domain/rows.ts';
import {
  backfill,
  canonicalJson,
  type Evidence,
  evidenceOf,
  type Fixing,
  type Rulebook,
} from '../../src/index.ts';
import { quote, rulebook, usage } from '../fix/small-book.ts';
import { alias, rate } from '../normalize/rows.ts';

/** Small books: up to six models of three labs, up to four sellers, forty days. */
export const BASE = '2026-07-01';
export const LAST_DAY = 39;
export const on = (day: number) => addDays(BASE, day);

const LAB_OF = { a: 'x', b: 'x', c: 'y', d: 'y', e: 'z', f: 'z' } as const;
export type Model = keyof typeof LAB_OF;
export const MODELS = Object.keys(LAB_OF) as Model[];
const CATALOGUE = MODELS.map((model, index) => ({
  ...alias(model, model),
  lab: LAB_OF[model],
  class: index % 2 === 0 ? 'frontier' : 'efficient',
}));

export interface Event {
  /** Days after the base date. */
  readonly day: number;
  /** In cents; `null` ends the offer. */
  readonly cents: number | null;
  readonly lateDays: number;
  readonly validDays: number | null;
}

export interface Offer {
  readonly model: Model;
  readonly seller: string;
  readonly currency: string;
  readonly events: readonly Event[];
}

export interface Sketch {
  readonly offers: readonly Offer[];
  readonly tokens: readonly number[];
}

const rarely = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { freq: 5 });

const event: fc.Arbitrary<Event> = fc
  .record({
    day: fc.integer({ min: 1, max: 34 }),
    price: rarely(fc.constant(null)),
    cents: fc.integer({ min: 50, max: 2000 }),
    late: rarely(fc.integer({ min: 1, max: 6 })),
    validDays: rarely(fc.integer({ min: 1, max: 9 })),
    ends: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ day, cents, late, validDays, ends }) => ({
    ...{ day, cents: ends === 0 ? null : cents, lateDays: late ?? 0 },
    validDays: ends === 0 ? null : validDays,
  }));

const offer = (model: Model, currencies: readonly string[]): fc.Arbitrary<Offer> =>
  fc.record({
    model: fc.constant(model),
    seller: fc.constantFrom<string>(LAB_OF[model], 'p', 'q'),
    currency: fc.constantFrom(...currencies),
    events: fc
      .tuple(
        fc.record({
          day: fc.integer({ min: -5, max: 0 }),
          cents: fc.integer({ min: 50, max: 2000 }),
        }),
        fc.uniqueArray(event, { maxLength: 5, selector: ({ day }) => day }),
      )
      .map(([{ day, cents }, more]) => [
        { day, cents, lateDays: 0, validDays: null },
        ...[...more].sort((one, other) => one.day - other.day),
      ]),
  });

/** Two currencies only where they are asked for: a conversion rounds. */
export function sketches(currencies: readonly string[] = ['USD']): fc.Arbitrary<Sketch> {
  return fc.integer({ min: 2, max: MODELS.length }).chain((count) =>
    fc.record({
      offers: fc
        .tuple(
          ...MODELS.slice(0, count).map((model) =>
            fc.uniqueArray(offer(model, currencies), {
              minLength: 1,
              maxLength: 3,
              selector: ({ seller }) => seller,
            }),
          ),
        )
        .map((all) => all.flat()),
      tokens: fc.array(fc.nat(900), { minLength: 24, maxLength: 24 }),
    }),
  );
}

export function linesOf(offers: readonly Offer[]): string[] {
  return offers.flatMap(({ model, seller, currency, events }) =>
    events.map(({ day, cents, lateDays, validDays }) =>
      [
        ...[on(day), `${seller}/${model}`, cents === null ? 'withdrawn' : dollars(cents)],
        `currency=${currency}`,
        `observed=${on(day + lateDays)}`,
        ...(validDays === null ? [] : [`until=${on(day + validDays)}`]),
      ].join(' '),
    ),
  );
}

function dollars(cents: number): string {
  return `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
}

/** The book of a sketch; usage in ten-day periods, a rate of each day. */
export function bookOf(
  sketch: Sketch,
  lines: readonly string[] = linesOf(sketch.offers),
): BookRows {
  const periods = [-20, -10, 0, 10];
  return {
    ...EMPTY_BOOK,
    quotes: lines.map(quote),
    models: CATALOGUE,
    sellers: [{ seller: 'p', owner: 'p' }],
    usage: periods.flatMap((start, period) =>
      MODELS.map((model, index) =>
        usage(`${on(start)} ${on(start + 10)} ${model} ${sketch.tokens[period * 6 + index] ?? 0}`),
      ),
    ),
    fx: Array.from({ length: 50 }, (_, index) =>
      rate(on(index - 10), 'EUR', 'USD', `1.${10 + ((index * 7) % 20)}`),
    ),
  };
}

const WEIGHTS = [
  ...['method: equal', 'method: equal_value', 'method: equal_by_lab'],
  'method: fixed, fixed: { a: "5", b: "3", c: "0.5", d: "2", e: "1", f: "7" }',
  'method: usage, window_days: 10, min_days: 5',
  'method: usage, measure: spend, window_days: 7, lag_days: 3',
];
const CAPS = [
  ...['', '', 'caps: { of: value, constituent: "0.6" }'],
  ...['caps: { of: value, constituent: "0.5", lab: "0.7" }', 'caps: { of: quantity, lab: "0.6" }'],
];
const MODES = [
  {},
  { mode: 'settlement', fallback: '[{ rule: carry_forward, max_days: 3 }]' },
  { mode: 'settlement', hold: '{ move: "4", max_hours: 48 }' },
];

export type Keys = Readonly<Record<string, string>>;

/** Digits beyond any that are published, to see exactness and not its rounding. */
export const FINE = { rounding: '{ price: 30, level: 30 }' };

export const ruleKeys: fc.Arbitrary<Keys> = fc
  .record({
    formula: fc.constantFrom('laspeyres', 'jevons'),
    weights: fc.constantFrom(...WEIGHTS),
    caps: fc.constantFrom(...CAPS),
    frequency: fc.constantFrom('none', 'daily', 'weekly', 'monthly'),
    effective: fc.constantFrom('after_close', 'at_fixing'),
    sellers: fc.constantFrom('median', 'mean', 'first_party_else_median'),
    calendar: fc.constantFrom('every_day', 'weekdays'),
    mode: fc.constantFrom<Keys>(...MODES),
  })
  .map(({ formula, weights, caps, frequency, effective, sellers, calendar, mode }) => ({
    ...{ formula, calendar },
    weights: `{ ${[weights, caps].filter((part) => part !== '').join(', ')} }`,
    rebalance: `{ frequency: ${frequency}, effective: ${effective} }`,
    price: `{ sellers: ${sellers} }`,
    ...mode,
  }));

/** Every fixing of the forty days; none where the first basket cannot be formed. */
export function run(keys: Keys, rows: BookRows, until = LAST_DAY): Fixing[] {
  return runOf(rulebook(keys), evidenceOf(rows), until);
}

export function runOf(rules: Rulebook, known: Evidence, until = LAST_DAY): Fixing[] {
  const found = backfill(rules, known, BASE, on(until));
  return found.items ? [...found.items] : [];
}

export function bytes(fixings: readonly Fixing[]): string[] {
  return fixings.map(canonicalJson);
}

/** What a fixing publishes. */
export function published({ date, status, withheld, series, value, level }: Fixing) {
  return { date, status, withheld, series, value, level };
}
