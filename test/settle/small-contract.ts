import { createHash } from 'node:crypto';
import { type Day, parseMoment } from '../../src/domain/dates.ts';
import { decimal } from '../../src/domain/decimal.ts';
import type { FxRate } from '../../src/domain/rows.ts';
import {
  type Contract,
  canonicalJson,
  type Fixing,
  fixingSchema,
  type PublishedFixing,
  parseContract,
  periodsOf,
  type Settlement,
  type SettlementInputs,
  type SettlementOptions,
  settle,
} from '../../src/index.ts';

const TERMS: Readonly<Record<string, string>> = {
  schema: 'mtok.contract/1',
  contract: 'TEST-MONTH',
  title: 'A small contract',
  version: '1.0.0',
  index: 'TEST',
  unit: 'points',
  multiplier: '{ size: "10", unit: USD a point }',
  averaging: '{ method: business_days }',
  tick: '"0.01"',
  tie: 'half_even',
  min_observations: '1',
  first_day: '2026-01-01',
  final: '{ from_day: 1, deadline_day: 3, time: "18:00", zone: UTC, fixing_after_hours: 24 }',
};

/** The text of a contract on TEST, with these keys in YAML instead or beside; empty leaves out. */
export function contractText(keys: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries({ ...TERMS, ...keys }).filter(([, value]) => value !== '');
  return lines.map(([key, value]) => `${key}: ${value}\n`).join('');
}

export function contract(keys: Readonly<Record<string, string>> = {}): Contract {
  const { contract: found, rejects } = parseContract(contractText(keys));
  if (!found) throw new RangeError(JSON.stringify(rejects));
  return found;
}

const HASH = '0'.repeat(64);
const NO_ROWS = { sha256: HASH, count: 0 };

/**
 * A published fixing in one line: `2026-07-01 72.5`, or `2026-07-01 withheld`. Options: `index=
 * rev= known= series= frozen rulebook= repeats= basis= why= price= final=`; moments as RFC 3339,
 * `final=never` for one that a publication calls provisional.
 */
export function fixing(line: string): PublishedFixing {
  const [date = '', level = '', ...rest] = line.split(' ');
  const option = Object.fromEntries(rest.map((text) => text.split('=')));
  const isWithheld = level === 'withheld';
  const price = option.price ?? level;
  const version = option.rulebook ?? '1.0.0';
  const document: Fixing = fixingSchema.parse({
    ...{ schema: 'mtok.fixing/1', index: option.index ?? 'TEST', title: 'Test', date },
    revision: Number(option.rev ?? 0),
    status: isWithheld ? 'withheld' : 'published',
    withheld: isWithheld ? [option.why ?? 'min_labs'] : [],
    ...(option.repeats ? { repeats: option.repeats } : {}),
    ...{ mode: 'settlement', basis: option.basis ?? 'live', unit: 'USD/MTok' },
    series: {
      ...{ number: Number(option.series ?? 1), first_day: '2026-01-01', roll_spread: null },
      replaced: [],
      ...(rest.includes('frozen') ? { frozen: true } : {}),
    },
    value: isWithheld ? null : { price, input: price, cached_input: price, output: price },
    level: isWithheld ? null : level,
    ...{
      coverage: '1',
      constituents: [],
      excluded: [],
      excluded_counts: {},
      decisions: [],
      usage: null,
    },
    gates: [],
    influence: {
      largest_constituent: { id: 'a', share: '1' },
      largest_lab: { id: 'a', share: '1' },
      ...{ hhi: '1', single_seller_share: '0', modal_price_share: '0', sellers: 1, venues: 1 },
      ...{ sellers_to_move_1_percent: 1, labs: [] },
    },
    rulebook: { version, sha256: createHash('sha256').update(version).digest('hex') },
    inputs: {
      ...{ quotes: NO_ROWS, usage: NO_ROWS, fx: NO_ROWS, models: NO_ROWS, sellers: NO_ROWS },
      ...{ corrections: NO_ROWS, holds: NO_ROWS, judgements: NO_ROWS, succession: NO_ROWS },
      ...{ revisions: NO_ROWS, calendars: NO_ROWS },
    },
    engine: { name: 'mtok', calculation: 1 },
    cutoff: `${date}T16:00:00Z`,
    known_at: option.known ?? `${date}T16:00:00Z`,
  });
  const sha256 = createHash('sha256').update(canonicalJson(document)).digest('hex');
  if (option.final === undefined) return { fixing: document, sha256 };
  return { fixing: document, sha256, finalFromMs: parseMoment(option.final) ?? null };
}

/** `2026-07-01 7.1`: 1 USD = 7.1 CNY, from the source ECB. */
export function rate(line: string): FxRate {
  const [date = '', text = '', source = 'ECB'] = line.split(' ');
  return { date, base: 'USD', quote: 'CNY', rate: decimal(text), source };
}

export interface Given extends SettlementOptions {
  readonly terms?: Readonly<Record<string, string>>;
  readonly fixings: readonly string[];
  readonly rates?: readonly string[];
  readonly calendars?: SettlementInputs['calendars'];
  readonly period?: string;
  readonly at?: string;
}

/** The settlement of a small contract; July 2026 as known at the end of the year unless said. */
export function settled(given: Given): Settlement {
  const found = result(given);
  if (!found.settlement) throw new RangeError(found.none.message);
  return found.settlement;
}

export function result({ terms = {}, fixings, rates = [], calendars = [], ...given }: Given) {
  const signed = contract(terms);
  const { periods, expected } = periodsOf(signed, given.period ?? '2026-07');
  const period = periods?.[0];
  if (!period) throw new RangeError(expected);
  const inputs = { fixings: fixings.map(fixing), fx: rates.map(rate), calendars };
  const knownAtMs = parseMoment(given.at ?? '2026-12-31T00:00:00Z');
  return settle(signed, inputs, period, {
    ...(knownAtMs === undefined ? {} : { knownAtMs }),
    ...(given.prior === undefined ? {} : { prior: given.prior }),
    ...(given.supersedes === undefined ? {} : { supersedes: given.supersedes }),
  });
}

/** A fixing of each weekday of July 2026 at 100, but for these days, which have these lines. */
export function july(instead: Readonly<Record<Day, string | null>> = {}): string[] {
  const days = Array.from(
    { length: 31 },
    (_, day) => `2026-07-${String(day + 1).padStart(2, '0')}`,
  );
  const weekdays = days.filter((day) => ![0, 6].includes(new Date(day).getUTCDay()));
  return weekdays.flatMap((day) => {
    const line = instead[day];
    if (line === null) return [];
    return [`${day} ${line ?? '100.0000'}`];
  });
}

/** `2026-07-03 previous 100.0000`: a day, its rung and its value. */
export function steps({ days }: Settlement, ...wanted: Day[]): string[] {
  return days
    .filter(({ day }) => wanted.length === 0 || wanted.includes(day))
    .map(({ day, rung, value }) => `${day} ${rung} ${value}`);
}

export function codes({ reasons }: Settlement): string[] {
  return reasons.map(({ code, days }) => [code, ...days].join(' '));
}
