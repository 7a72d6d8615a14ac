import { DAY_MS, formatMoment, parseDayMs } from '../../domain/dates.ts';
import type { Reject } from '../../domain/failure.ts';
import { groupBy } from '../../domain/group.ts';
import { readJsonObject } from '../documents/json-text.ts';
import {
  itemsOf,
  type JsonObject,
  type JsonValue,
  literalsIn,
  member,
  membersOf,
  stringOf,
  textIn,
} from '../documents/json-value.ts';
import type { FeedPage } from '../documents/page.ts';
import {
  type Feed,
  type FeedPrice,
  type FeedRow,
  type Leg,
  type PageReading,
  PLAIN_TERMS,
  type Terms,
} from './feed.ts';
import { EXTRA_PRICE, held, NOT_AN_ENTRY, rejected, type Verdict } from './verdicts.ts';

/** llm-prices.com: USD per million tokens, each price with the days on which it holds. */
export const LLM_PRICES: Feed = {
  name: 'llm-prices',
  reads: 'data/<vendor>.json, current-v1.json or historical-v1.json of llm-prices',
  read: readLlmPrices,
  partOf: ({ seller }) => seller,
};

function readLlmPrices(page: FeedPage): PageReading {
  const reading = readJsonObject(page);
  if (reading.fault) return reading;
  const records = recordsIn(reading.root, page.file);
  const ids = new Set(records.map(({ vendor, id }) => JSON.stringify([vendor, id])));
  const overlapping = new Set<PriceRecord>();
  const gaps: Reject[] = [];
  for (const history of groupBy(records, ({ row }) => row.id).values()) {
    const { overlaps, gap } = compareDays(history);
    for (const record of overlaps) overlapping.add(record);
    gaps.push(...gap);
  }
  const prices = records.flatMap((record) => {
    const base = longContextOf(record, ids);
    return pricesIn(record, base, overlapping.has(record) ? OVERLAP : undefined);
  });
  return {
    rows: records.map(({ row }) => row),
    prices,
    warnings: [...reading.duplicates, ...gaps],
  };
}

const OVERLAP = held('conflict', 'two records cover one day, and neither ends before the other');

interface PriceRecord {
  readonly row: FeedRow;
  readonly value: JsonValue;
  readonly vendor: string;
  readonly id: string;
  /** Half-open; `null` is from the beginning, and open. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** `{vendor, models: [{id, price_history: []}]}`, or `{prices: [{vendor, id}]}`. */
function recordsIn(root: JsonObject, file: string): PriceRecord[] {
  const vendor = textIn(root, 'vendor');
  const models = itemsOf(member(root, 'models')).flatMap((model) => {
    const history = member(model, 'price_history');
    const id = textIn(model, 'id');
    if (history?.kind !== 'array') return [recordOf(model, vendor, id, file)];
    return history.items.map((record) => recordOf(record, vendor, id, file));
  });
  const flat = itemsOf(member(root, 'prices')).map((record) =>
    recordOf(record, textIn(record, 'vendor'), textIn(record, 'id'), file),
  );
  return [...models, ...flat];
}

function recordOf(value: JsonValue, vendor: string, id: string, file: string): PriceRecord {
  const from = dayIn(value, 'from_date');
  const to = dayIn(value, 'to_date');
  const verdict =
    value.kind !== 'object'
      ? NOT_AN_ENTRY
      : from === undefined || to === undefined
        ? rejected('bad_date', 'from_date or to_date is no day')
        : from !== null && to !== null && to <= from
          ? rejected('ends_before_it_begins', 'to_date is not after from_date')
          : undefined;
  const row = { id: `${vendor}/${id}`, file, line: value.line, verdict };
  return { row, value, vendor, id, fromMs: from ?? null, toMs: to ?? null };
}

/** `null` where none is given, `undefined` where it is no day. */
function dayIn(value: JsonValue, key: string): number | null | undefined {
  const found = member(value, key);
  if (found === undefined || found.kind === 'null') return null;
  return parseDayMs(stringOf(found) ?? '');
}

/** Days that two records of a model cover, and days that none does. */
function compareDays(history: readonly PriceRecord[]) {
  const overlaps: PriceRecord[] = [];
  const gap: Reject[] = [];
  const sorted = history
    .filter(({ row }) => !row.verdict)
    .sort((a, b) => (a.fromMs ?? 0) - (b.fromMs ?? 0));
  for (const [index, record] of sorted.entries()) {
    const before = sorted[index - 1];
    // The same start is for the guards: it may be the same price, stated again.
    if (!before || record.fromMs === null || before.fromMs === record.fromMs) continue;
    if (before.toMs === null || before.toMs > record.fromMs) overlaps.push(before, record);
    else if (before.toMs < record.fromMs) {
      const { row, fromMs } = record;
      const days = `${(fromMs - before.toMs) / DAY_MS} days from ${formatMoment(before.toMs)}`;
      const place = { file: row.file, line: row.line, column: row.id };
      const expected = 'a price for every day: the earlier one has ended';
      gap.push({ code: 'gap', ...place, value: days, expected });
    }
  }
  return { overlaps, gap };
}

/** Names for long prompts. `-32k` and shorter is what a model of its own is called. */
const LONG_CONTEXT = /^(.+)-(128|200|256|272|512)k$/;

/** A tier is written as a model of its own, beside the model that it belongs to. */
function longContextOf({ vendor, id }: PriceRecord, ids: ReadonlySet<string>) {
  const [, model = id, thousands] = LONG_CONTEXT.exec(id) ?? [];
  const isTier = thousands !== undefined && ids.has(JSON.stringify([vendor, model]));
  return isTier ? { model, contextFrom: Number(thousands) * 1000 } : { model: id, contextFrom: 0 };
}

const LEGS: Readonly<Record<string, Leg>> = {
  input: 'input',
  output: 'output',
  input_cached: 'cached_input',
};
const FACTS = ['id', 'vendor', 'name', 'from_date', 'to_date'];

function pricesIn(
  { row, value, vendor, fromMs, toMs }: PriceRecord,
  named: Pick<Terms, 'model' | 'contextFrom'>,
  doubt: Verdict | undefined,
): FeedPrice[] {
  const terms = {
    ...{ ...PLAIN_TERMS, seller: vendor, venue: 'llm-prices', ...named },
    ...{ effectiveAtMs: fromMs, validUntilMs: toMs },
  };
  return membersOf(value).flatMap(({ key, value: found }): FeedPrice[] => {
    if (FACTS.includes(key)) return [];
    return literalsIn(found, key).map(({ path, line, literal }): FeedPrice => {
      const price = { row, field: path, line, literal, unit: 'per_mtok' };
      const leg = path === key && Object.hasOwn(LEGS, key) ? LEGS[key] : undefined;
      return leg && !row.verdict
        ? { kind: 'leg', ...price, leg, terms, doubt }
        : { kind: 'stray', ...price, verdict: row.verdict ?? EXTRA_PRICE };
    });
  });
}
