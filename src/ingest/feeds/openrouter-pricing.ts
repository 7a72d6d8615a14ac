import { parseDecimal } from '../../domain/decimal.ts';
import { parseWindow } from '../../domain/window.ts';
import {
  itemsOf,
  type JsonMember,
  type JsonObject,
  type JsonValue,
  literalOf,
  literalsIn,
  member,
  stringOf,
  tokensOf,
} from '../documents/json-value.ts';
import type { FeedPrice, FeedRow, Leg, LegPrice, Terms } from './feed.ts';
import { EXTRA_PRICE, HOUR_CACHE, held, rejected, unusedLeg, type Verdict } from './verdicts.ts';

/**
 * The prices of a `pricing` object. An entry of `overrides` counts where all its conditions are
 * met; among those that count the later one wins, key by key, and what none of them names is
 * inherited from the base.
 */
export function pricesIn(
  pricing: JsonValue | undefined,
  row: FeedRow,
  terms: Terms,
): readonly FeedPrice[] {
  if (pricing?.kind !== 'object') return [];
  const layers = layersOf(pricing, terms);
  const strays = layers.flatMap(({ members, path, verdict }) =>
    members.flatMap((one) => straysOf(one, path, row, verdict)),
  );
  if (row.verdict) return strays;
  const sound = layers.filter(({ verdict }) => !verdict);
  const legs = legsOf(sound, row, terms);
  const used = new Set(legs.map(({ field }) => field));
  const overridden = sound.flatMap(({ members, path }) =>
    members.flatMap(({ key, value }): FeedPrice[] => {
      const literal = FIELDS.has(key) ? literalOf(value) : undefined;
      if (literal === undefined || used.has(`${path}${key}`)) return [];
      const place = { row, field: `${path}${key}`, line: value.line, literal, unit: 'per_token' };
      return [{ kind: 'stray', ...place, verdict: OVERRIDDEN }];
    }),
  );
  return [...legs, ...overridden, ...strays];
}

/** The base, or an override: prices, and when they count. */
interface Layer {
  /** Where it stands: `overrides[0].`, empty for the base. */
  readonly path: string;
  readonly members: readonly JsonMember[];
  readonly when: Condition;
  /** Why nobody can say when it counts. */
  readonly verdict: Verdict | undefined;
}

type Condition = Pick<Terms, 'contextFrom' | 'windowUtc'>;

const FIELDS: ReadonlyMap<string, Leg> = new Map([
  ['prompt', 'input'],
  ['completion', 'output'],
  ['input_cache_read', 'cached_input'],
  ['input_cache_write', 'cache_write'],
]);
/** What stands among the prices and is none. */
const CONDITIONS = ['min_prompt_tokens', 'utc_start', 'utc_end'];
const NO_PRICES = [...CONDITIONS, 'discount', 'overrides'];

const UNCONDITIONED = rejected('condition_unknown', 'nobody can say when it counts');
const OVERRIDDEN = rejected('overridden', 'a later override of the same prompts has the word');
/** Their combinations grow with the square. */
const MOST_OVERRIDES = 20;

function layersOf(pricing: JsonObject, { contextFrom, windowUtc }: Terms): Layer[] {
  const base = { contextFrom, windowUtc };
  const overrides = itemsOf(member(pricing, 'overrides'));
  const tooMany =
    overrides.length > MOST_OVERRIDES
      ? held('too_many_overrides', `more than ${MOST_OVERRIDES} overrides`)
      : undefined;
  return [
    { path: '', members: pricing.members, when: base, verdict: undefined },
    ...overrides.flatMap((entry, index): Layer[] => {
      if (entry.kind !== 'object') return [];
      const when = conditionOf(entry, base);
      const unknown = when ? undefined : UNCONDITIONED;
      const layer = { path: `overrides[${index}].`, members: entry.members };
      return [{ ...layer, when: when ?? base, verdict: tooMany ?? unknown }];
    }),
  ];
}

/** `undefined` where a condition is not understood: then it could count at any time. */
function conditionOf(entry: JsonObject, base: Condition): Condition | undefined {
  const isStrange = ({ key, value }: JsonMember) =>
    !NO_PRICES.includes(key) && !FIELDS.has(key) && !isPrice(value);
  if (entry.members.some(isStrange)) return undefined;
  const least = member(entry, 'min_prompt_tokens');
  const tokens = literalOf(least) === undefined ? 0 : tokensOf(least);
  const hours = [member(entry, 'utc_start'), member(entry, 'utc_end')];
  const times = hours.map((value) => stringOf(value)?.replace(/^(\d\d:\d\d)(?::00)?Z?$/, '$1'));
  const hasHours = hours.some((value) => value !== undefined);
  const windowUtc = hasHours ? times.map((time) => time ?? '?').join('-') : base.windowUtc;
  if (tokens === undefined || (hasHours && !parseWindow(windowUtc))) return undefined;
  return { contextFrom: tokens, windowUtc };
}

function isPrice(value: JsonValue): boolean {
  return value.kind === 'string' && parseDecimal(value.text) !== undefined;
}

/** Every case for which some layer was made, alone or together with another. */
function conditionsOf(layers: readonly Layer[]): Condition[] {
  const lengths = [...new Set(layers.map(({ when }) => when.contextFrom))];
  const windows = [...new Set(layers.map(({ when }) => when.windowUtc))];
  const all = lengths.flatMap((contextFrom) =>
    windows.map((windowUtc): Condition => ({ contextFrom, windowUtc })),
  );
  return all.filter((when) => {
    const counting = layers.filter((layer) => counts(layer, when));
    return (
      counting.some((layer) => layer.when.contextFrom === when.contextFrom) &&
      counting.some((layer) => layer.when.windowUtc === when.windowUtc)
    );
  });
}

function counts({ when }: Layer, { contextFrom, windowUtc }: Condition): boolean {
  return when.contextFrom <= contextFrom && ['', windowUtc].includes(when.windowUtc);
}

/** The price of each leg in every case; one that others inherit stands in more than one offer. */
function legsOf(layers: readonly Layer[], row: FeedRow, terms: Terms): LegPrice[] {
  const legs = new Map<JsonValue, LegPrice>();
  for (const when of conditionsOf(layers)) {
    for (const { leg, field, value } of statedWhen(when, layers)) {
      const literal = literalOf(value);
      if (literal === undefined) continue;
      const own = { ...terms, ...when };
      const known = legs.get(value);
      const price = { row, field, line: value.line, literal, unit: 'per_token', leg };
      legs.set(
        value,
        known
          ? { ...known, alsoFor: [...(known.alsoFor ?? []), own] }
          : { kind: 'leg', ...price, terms: own },
      );
    }
  }
  return [...legs.values()];
}

function statedWhen(when: Condition, layers: readonly Layer[]) {
  const counting = layers.filter((layer) => counts(layer, when));
  return [...FIELDS].flatMap(([key, leg]) => {
    const layer = counting.findLast(({ members }) => members.some((one) => one.key === key));
    const stated = layer?.members.filter((one) => one.key === key) ?? [];
    return stated.map(({ value }) => ({ leg, field: `${layer?.path ?? ''}${key}`, value }));
  });
}

/** What is no leg; and legs of a row or layer that is out as a whole. */
function straysOf(
  { key, value }: JsonMember,
  path: string,
  row: FeedRow,
  layerVerdict: Verdict | undefined,
): FeedPrice[] {
  if (key === 'overrides' && path === '') return misshapen(value, row);
  if (NO_PRICES.includes(key)) return [];
  const verdict = row.verdict ?? layerVerdict;
  const isLeg = FIELDS.has(key);
  if (isLeg && !verdict) return [];
  const unit =
    isLeg || /^(?:input_cache_write_1h|internal_reasoning)$/.test(key) ? 'per_token' : '';
  return literalsIn(value, `${path}${key}`).map(({ path: field, line, literal }): FeedPrice => {
    const price = { row, field, line, literal, unit };
    return { kind: 'stray', ...price, verdict: verdict ?? extraVerdict(key, literal) };
  });
}

/** What stands among the overrides and is none. */
function misshapen(overrides: JsonValue, row: FeedRow): FeedPrice[] {
  const strange =
    overrides.kind === 'array'
      ? overrides.items.filter(({ kind }) => kind !== 'object')
      : [overrides];
  return strange
    .flatMap((one) => literalsIn(one, 'overrides'))
    .map(({ path: field, line, literal }) => {
      const verdict = row.verdict ?? UNCONDITIONED;
      return { kind: 'stray', row, field, line, literal, unit: '', verdict };
    });
}

function extraVerdict(key: string, literal: string): Verdict {
  const amount = parseDecimal(literal);
  if (!amount) return rejected('not_a_number', `${key} is no decimal`);
  if (amount.digits === 0n) return unusedLeg('zero_leg', 'a price of 0 is read as not offered');
  return key === 'input_cache_write_1h' ? HOUR_CACHE : EXTRA_PRICE;
}
