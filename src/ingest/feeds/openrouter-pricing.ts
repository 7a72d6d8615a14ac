import { parseDecimal } from '../../domain/decimal.ts';
import { parseWindow } from '../../domain/window.ts';
import {
  type JsonMember,
  type JsonObject,
  type JsonValue,
  literalOf,
  literalsIn,
  member,
  stringOf,
} from '../documents/json-text.ts';
import {
  type FeedPrice,
  type FeedRow,
  held,
  type Leg,
  rejected,
  type Terms,
  unusedLeg,
  type Verdict,
} from './feed.ts';

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
  const legs = conditionsOf(sound).flatMap((when) => legsWhen(when, sound, row, terms));
  const own = new Set(legs.flatMap((price) => (price.isInherited ? [] : price.field)));
  const overridden = sound.flatMap(({ members, path }) =>
    members.flatMap(({ key, value }): FeedPrice[] => {
      const literal = FIELDS.has(key) ? literalOf(value) : undefined;
      if (literal === undefined || own.has(`${path}${key}`)) return [];
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
  const list = member(pricing, 'overrides');
  const overrides = list?.kind === 'array' ? list.items : [];
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
  const [, tokens] = /^(\d{1,12})(?:\.0+)?$/.exec((least && literalOf(least)) ?? '0') ?? [];
  const hours = [member(entry, 'utc_start'), member(entry, 'utc_end')];
  const times = hours.map((value) => stringOf(value)?.replace(/^(\d\d:\d\d)(?::00)?Z?$/, '$1'));
  const hasHours = hours.some((value) => value !== undefined);
  const windowUtc = hasHours ? times.map((time) => time ?? '?').join('-') : base.windowUtc;
  if (tokens === undefined || (hasHours && !parseWindow(windowUtc))) return undefined;
  return { contextFrom: Number(tokens), windowUtc };
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

function legsWhen(
  when: Condition,
  layers: readonly Layer[],
  row: FeedRow,
  terms: Terms,
): (FeedPrice & { readonly kind: 'leg' })[] {
  const counting = layers.filter((layer) => counts(layer, when));
  return [...FIELDS].flatMap(([key, leg]) => {
    const layer = counting.findLast(({ members }) => members.some((one) => one.key === key));
    const stated = layer?.members.filter((one) => one.key === key) ?? [];
    return stated.flatMap(({ value }) => {
      const literal = literalOf(value);
      if (!layer || literal === undefined) return [];
      const isOwn =
        layer.when.contextFrom === when.contextFrom && layer.when.windowUtc === when.windowUtc;
      const price = { row, field: `${layer.path}${key}`, line: value.line, literal };
      const own = { leg, unit: 'per_token', terms: { ...terms, ...when } };
      const inherited = isOwn ? {} : { isInherited: true as const };
      return [{ kind: 'leg' as const, ...price, ...own, ...inherited }];
    });
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
  return key === 'input_cache_write_1h'
    ? unusedLeg('cache_ttl_1h', 'a cache write that lives an hour')
    : unusedLeg('extra_price', 'a quote has no leg for it');
}
