import fc from 'fast-check';
import { addDays, weekdayOf } from '../../src/domain/dates.ts';
import { type BookRows, EMPTY_BOOK } from '../../src/domain/rows.ts';
import type { OneOrMore } from '../../src/domain/versions.ts';
import {
  backfill,
  canonicalJson,
  type Evidence,
  evidenceOf,
  type Fixing,
  type Rulebook,
} from '../../src/index.ts';
import {
  hold,
  judgement,
  quote,
  revision,
  rulebook,
  succession,
  usage,
} from '../fix/small-book.ts';
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
  /** Hours at which it is sold; empty: at all of them. */
  readonly window: string;
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
    window: fc.constantFrom('', '', '', '06:00-18:00', 'Mon-Fri_22:00-02:00'),
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
  return offers.flatMap(({ model, seller, currency, window, events }) =>
    events.map(({ day, cents, lateDays, validDays }) =>
      [
        ...[on(day), `${seller}/${model}`, cents === null ? 'withdrawn' : dollars(cents)],
        `currency=${currency}`,
        `observed=${on(day + lateDays)}`,
        ...(window === '' ? [] : [`window=${window}`]),
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
    calendars: OFFICE,
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

/** The days on which the office of the books differs from Monday to Friday. */
const OFFICE = [
  ...['2026-07-03 closed', '2026-07-06 closed', '2026-07-11 open', '2026-08-03 closed'],
].map((line) => ({ calendar: 'office', date: line.slice(0, 10), isOpen: line.endsWith('open') }));

const EQUAL = ['method: equal'];
const EQUAL_VALUE = ['method: equal', 'method: equal_value'];
const FIXED = ['method: fixed, fixed: { a: "5", b: "3", c: "0.5", d: "2", e: "1", f: "7" }'];
const USED = [
  'method: usage, window_days: 10, min_days: 5',
  'method: usage, measure: spend, window_days: 7',
];
const ANY = [...EQUAL_VALUE, 'method: equal_by_lab', ...FIXED, ...USED];
const CAPS = [
  ...['', '', 'caps: { of: value, constituent: "0.6" }'],
  ...['caps: { of: value, constituent: "0.5", lab: "0.7" }', 'caps: { of: quantity, lab: "0.6" }'],
];

/** How constituents are put together: formula, aggregate, and the weights that both can have. */
interface Way {
  readonly formula: string;
  readonly aggregate?: string;
  readonly weights: readonly string[];
  /** It compares days with quantities of both: after the close and in research only. */
  readonly compares?: true;
}

const WAYS: readonly Way[] = [
  ...['laspeyres', 'laspeyres', 'jevons'].map((formula) => ({ formula, weights: ANY })),
  ...['weighted_median', 'trimmed_mean'].map((aggregate) => ({
    ...{ formula: 'laspeyres', aggregate, weights: ANY },
  })),
  { formula: 'geometric_laspeyres', weights: ANY },
  { formula: 'lowe', weights: [...FIXED, ...USED] },
  { formula: 'young', weights: [...EQUAL_VALUE, ...FIXED, ...USED] },
  { formula: 'carli', weights: EQUAL_VALUE },
  { formula: 'dutot', weights: EQUAL },
  { formula: 'harmonic', weights: EQUAL_VALUE, compares: true },
  ...['paasche', 'fisher', 'tornqvist', 'walsh', 'marshall_edgeworth', 'geometric_paasche'].map(
    (formula) => ({ formula, weights: USED, compares: true as const }),
  ),
];

const MODES = [
  {},
  { mode: 'settlement', fallback: '[{ rule: carry_forward, max_days: 3 }]' },
  { mode: 'settlement', hold: '{ move: "4", max_hours: 48 }' },
  {
    mode: 'settlement',
    fallback: '[{ rule: judgement }, { rule: carry_forward, max_days: 2 }, { rule: other_venue }]',
  },
  {
    ...{ mode: 'settlement', hold: '{ move: "3", max_hours: 72 }' },
    fallback: '[{ rule: other_venue, max_days: 4 }, { rule: judgement, max_days: 9 }]',
  },
];
const SELLERS = [
  ...['median', 'mean', 'first_party_else_median', 'first_party', 'min'],
  ...['weighted_mean', 'weighted_median', 'trimmed_mean'],
];
const SCREENS = [...['none', 'none', 'previous, ratio: "1.5"', 'mad, sigma: "2", ratio: "2"']].map(
  (method) => `{ method: ${method} }`,
);

export type Keys = Readonly<Record<string, string>>;

/** Digits beyond any that are published, to see exactness and not its rounding. */
export const FINE = { rounding: '{ price: 30, level: 30 }' };

export const ruleKeys: fc.Arbitrary<Keys> = fc.constantFrom(...WAYS).chain((way) =>
  fc
    .record({
      weights: fc.constantFrom(...way.weights),
      caps: fc.constantFrom(...CAPS),
      frequency: fc.constantFrom('none', 'daily', 'weekly', 'monthly'),
      on: fc.constantFrom('first_day', 'first_day', 'first_business_day', 'thursday'),
      effective: way.compares
        ? fc.constant('after_close')
        : fc.constantFrom('after_close', 'at_fixing'),
      lead: fc.constantFrom(0, 0, 0, 2, 5),
      sellers: fc.constantFrom(...SELLERS),
      screen: fc.constantFrom(...SCREENS),
      hours: fc.constantFrom('at_cutoff', 'at_cutoff', 'time_weighted'),
      calendar: fc.constantFrom('every_day', 'every_day', 'weekdays', 'office'),
      zone: fc.constantFrom('UTC', 'UTC', 'America/New_York'),
      mode: way.compares ? fc.constant<Keys>({}) : fc.constantFrom<Keys>(...MODES),
    })
    .map(({ weights, caps, frequency, on: named, effective, lead, mode, ...rest }) => {
      const lag = weights.includes('usage') ? [`lag_days: ${Math.max(lead, 3)}`] : [];
      const { calendar, sellers, screen, hours, zone } = rest;
      const rebalance = [
        ...[`frequency: ${frequency}`, `on: ${named}`, `effective: ${effective}`],
        `announce_days: ${lead}`,
      ];
      return {
        ...{ formula: way.formula, aggregate: way.aggregate ?? 'weighted_mean', calendar },
        weights: `{ ${[weights, ...lag, caps].filter((part) => part !== '').join(', ')} }`,
        rebalance: `{ ${rebalance.join(', ')} }`,
        price: `{ sellers: ${sellers}, screen: ${screen}, time_of_day: ${hours} }`,
        cutoff: `{ time: "16:00", zone: ${zone} }`,
        ...mode,
      };
    }),
);

/** The same keys with weights that not every formula can have: its own arithmetic then. */
export function reweighed(keys: Keys, weights: string): Keys {
  const takesAny = ['laspeyres', 'jevons', 'geometric_laspeyres'].includes(keys.formula ?? '');
  return { ...keys, weights, ...(takesAny ? {} : { formula: 'laspeyres' }) };
}

const PUBLISHING = [
  {},
  { gates: '{ min_constituents: 3, min_labs: 2, min_coverage: "0.8", max_fx_age_days: 2 }' },
  { gates: '{ max_move: "0.2", min_sellers: 2 }', on_withheld: '{ previous: 2 }' },
];

/** A rulebook in one version, in two, or in two of which the last is clarified. */
export const someRules: fc.Arbitrary<readonly Rulebook[]> = fc
  .record({
    keys: fc.tuple(ruleKeys, ruleKeys),
    publishing: fc.constantFrom<Keys>(...PUBLISHING),
    days: fc.tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 9 })),
    count: fc.constantFrom(1, 1, 2, 3),
    change: fc.constantFrom('material', 'emergency'),
  })
  .map(({ keys: [first, second], publishing, days: [day, after], count, change }) => {
    const next = { version: '2.0.0', effective_from: on(day), change };
    const clarified = { version: '2.0.1', effective_from: on(day + after), change: 'clarifying' };
    return [
      { ...first, ...publishing },
      { ...second, ...publishing, ...next },
      { ...second, ...publishing, ...clarified },
    ]
      .slice(0, count)
      .map(rulebook);
  });

export type Decisions = Pick<BookRows, 'holds' | 'judgements' | 'succession' | 'revisions'>;

const dayBetween = (min: number, max: number) => fc.integer({ min, max }).map(on);
const uniqueBy = <Row>(row: fc.Arbitrary<Row>, key: (row: Row) => string, maxLength = 3) =>
  fc.uniqueArray(row, { maxLength, selector: key });

/** What people decided of a book: on its quotes, its constituents, their successors, its fixings. */
export function decisionsOn({ offers }: Sketch): fc.Arbitrary<Decisions> {
  const quotes = offers.flatMap(({ seller, model, events }) =>
    events.map(({ day }) => `${on(day)} ${seller}/${model}`),
  );
  const models = fc.constantFrom(...MODELS);
  const noon = (day: string) => `${day}T12:00:00Z`;
  return fc.record({
    holds: uniqueBy(
      fc
        .tuple(
          fc.constantFrom(...quotes),
          fc.constantFrom('hold', 'release', 'reject'),
          dayBetween(0, 36),
        )
        .map(([named, decision, day]) => hold(`${named} ${decision} ${noon(day)}`)),
      ({ seller, model, effectiveAtMs, decidedAtMs }) =>
        [seller, model, effectiveAtMs, decidedAtMs].join(),
    ),
    judgements: uniqueBy(
      fc
        .tuple(dayBetween(0, 30), fc.option(dayBetween(31, 39)), models, dayBetween(0, 36))
        .map(([from, until, model, day]) =>
          judgement(`${from} ${until ?? '-'} ${model} 3.5 ${noon(day)}`),
        ),
      ({ constituent, from, decidedAtMs }) => [constituent, from, decidedAtMs].join(),
    ),
    succession: uniqueBy(
      fc
        .tuple(dayBetween(0, 36), models, models, fc.constantFrom('', '0.8', '1'))
        .filter(([, one, other]) => one !== other)
        .map(([day, one, other, factor]) => succession(`${day} ${one} ${other} ${factor}`.trim())),
      ({ predecessor, effectiveAtMs }) => [predecessor, effectiveAtMs].join(),
    ),
    revisions: uniqueBy(
      fc
        .tuple(fc.integer({ min: 0, max: 36 }), fc.integer({ min: 1, max: 9 }))
        .filter(([day]) => weekdayOf(on(day)) < 5)
        .map(([day, later]) => revision(`TEST ${on(day)} 1 ${noon(on(day + later))}`)),
      ({ date }) => date,
    ),
  });
}

/** Every fixing of the forty days; none where the first basket cannot be formed. */
export function run(keys: Keys, rows: BookRows, until = LAST_DAY): Fixing[] {
  return runOf(rulebook(keys), evidenceOf(rows), until);
}

export function runOf(rules: OneOrMore<Rulebook>, known: Evidence, until = LAST_DAY): Fixing[] {
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
