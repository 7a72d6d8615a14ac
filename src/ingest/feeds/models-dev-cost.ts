import type { Reject } from '../../domain/failure.ts';
import {
  type JsonObject,
  type JsonValue,
  literalsIn,
  member,
  membersOf,
  stringOf,
  textIn,
  tokensOf,
} from '../documents/json-value.ts';
import type { FeedPrice, FeedRow, Leg, Terms } from './feed.ts';
import { EXTRA_PRICE, rejected, UNKNOWN_LENGTH, unusedLeg, type Verdict } from './verdicts.ts';

/** The prices of an entry with those of its modes, and what is odd about them. */
export function costsIn(
  entry: JsonObject,
  row: FeedRow,
  terms: Terms,
  omitted: readonly string[],
): { prices: FeedPrice[]; warnings: Reject[] } {
  const places = [
    { path: 'cost', cost: member(entry, 'cost'), terms, verdict: row.verdict },
    ...membersOf(member(member(entry, 'experimental'), 'modes')).map(({ key, value }) => {
      const serviceTier = tierOf(value);
      const unknown = rejected('tier_unsupported', `mode ${key} is no service tier of a quote`);
      return {
        path: `experimental.modes.${key}.cost`,
        cost: member(value, 'cost'),
        terms: { ...terms, serviceTier: serviceTier ?? terms.serviceTier },
        verdict: row.verdict ?? (serviceTier ? undefined : unknown),
      };
    }),
  ];
  const prices = places.flatMap((place): FeedPrice[] => {
    if (place.cost === undefined) return [];
    const isOmitted = omitted.some((path) => `${place.path}.`.startsWith(`${path}.`));
    const verdict = place.verdict ?? (isOmitted ? OMITTED : undefined);
    return costPrices(place.cost, { ...place, row, omitted, verdict });
  });
  return { prices, warnings: prices.flatMap(unknownKey) };
}

interface CostPlace {
  readonly path: string;
  readonly row: FeedRow;
  readonly terms: Terms;
  readonly omitted: readonly string[];
  readonly verdict: Verdict | undefined;
}

const OMITTED = rejected('omitted', 'base_model_omit names it');

/** What a mode sends along says which service tier it is: its own name does not. */
function tierOf(mode: JsonValue): string | undefined {
  const tier = textIn(member(member(mode, 'provider'), 'body'), 'service_tier');
  return ['batch', 'flex', 'priority'].includes(tier) ? tier : undefined;
}

const FIELDS: ReadonlyMap<string, Leg> = new Map([
  ['input', 'input'],
  ['output', 'output'],
  ['cache_read', 'cached_input'],
  ['cache_write', 'cache_write'],
]);
/** Per million tokens too, and in no quote. */
const EXTRAS = ['reasoning', 'input_audio', 'output_audio'];
/** The older spelling of a tier. */
const OVER_200K = 'context_over_200k';

function costPrices(cost: JsonValue, place: CostPlace): FeedPrice[] {
  if (cost.kind !== 'object') return straysIn(cost, place.path, place, NO_TABLE);
  return cost.members.flatMap(({ key, value }): FeedPrice[] => {
    const path = `${place.path}.${key}`;
    const verdict = place.verdict ?? (place.omitted.includes(path) ? OMITTED : undefined);
    const here = { ...place, path, verdict };
    if (key === 'tiers' && value.kind === 'array') {
      return value.items.flatMap((tier, index) => tierPrices(tier, `${path}[${index}]`, here));
    }
    if (key === OVER_200K) {
      return costPrices(value, { ...here, terms: { ...place.terms, contextFrom: 200_000 } });
    }
    const leg = FIELDS.get(key);
    if (!leg || verdict) return straysIn(value, path, here, extraVerdict(key));
    return literalsIn(value, path).map(({ path: field, line, literal }) => {
      const price = { row: place.row, field, line, literal, unit: 'per_mtok' };
      return { kind: 'leg', ...price, leg, terms: place.terms };
    });
  });
}

/** Full prices for prompts above a size; `tier = { size = 200_000 }` says how long they are. */
function tierPrices(tier: JsonValue, path: string, place: CostPlace): FeedPrice[] {
  if (tier.kind !== 'object') return straysIn(tier, path, place, NO_TABLE);
  const about = member(tier, 'tier');
  const tokens = tokensOf(member(about, 'size'));
  const isContext = (stringOf(member(about, 'type')) ?? 'context') === 'context';
  const verdict =
    place.verdict ??
    (isContext ? undefined : rejected('tier_unsupported', 'a tier that is not by context')) ??
    (tokens === undefined ? UNKNOWN_LENGTH : undefined);
  const members = tier.members.filter(({ key }) => key !== 'tier');
  const terms = { ...place.terms, contextFrom: tokens ?? 0 };
  return costPrices({ ...tier, members }, { ...place, path, terms, verdict });
}

const NO_TABLE = rejected('not_an_entry', 'a value where a table of prices was expected');

function straysIn(
  value: JsonValue,
  path: string,
  { row, verdict }: Pick<CostPlace, 'row' | 'verdict'>,
  otherwise: Verdict,
): FeedPrice[] {
  const key = path.slice(path.lastIndexOf('.') + 1);
  const unit = FIELDS.has(key) || EXTRAS.includes(key) ? 'per_mtok' : '';
  return literalsIn(value, path).map(({ path: field, line, literal }) => {
    return { kind: 'stray', row, field, line, literal, unit, verdict: verdict ?? otherwise };
  });
}

/** The misspelling of a leg is told from a price of something else. */
function extraVerdict(key: string): Verdict {
  return /cache|input|output/.test(key) && !EXTRAS.includes(key)
    ? unusedLeg('unknown_key', `${key} is no key of a cost`)
    : EXTRA_PRICE;
}

function unknownKey({ row, field, line, literal }: FeedPrice): Reject[] {
  const key =
    field
      .replace(/\[\d+\]$/, '')
      .split('.')
      .at(-1) ?? '';
  if (FIELDS.has(key) || EXTRAS.includes(key)) return [];
  const known = [...FIELDS.keys(), ...EXTRAS].join(', ');
  const place = { file: row.file, line, column: `${row.id} ${field}`, value: literal };
  return [{ code: 'unknown_key', ...place, expected: `one of ${known}` }];
}
