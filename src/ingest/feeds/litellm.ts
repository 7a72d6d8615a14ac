import { readJsonObject } from '../documents/json-text.ts';
import {
  itemsOf,
  type JsonMember,
  type JsonValue,
  literalsIn,
  member,
  membersOf,
  stringOf,
  textIn,
  tokensOf,
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
import { EXTRA_PRICE, HOUR_CACHE, NOT_AN_ENTRY, rejected, type Verdict } from './verdicts.ts';

/** LiteLLM's price map: USD per token by key, in one file without dates of its own. */
export const LITELLM: Feed = {
  name: 'litellm',
  reads: 'model_prices_and_context_window.json of LiteLLM',
  read: readLitellm,
};

function readLitellm(page: FeedPage): PageReading {
  const reading = readJsonObject(page);
  if (reading.fault) return reading;
  const rows: FeedRow[] = [];
  const prices: FeedPrice[] = [];
  for (const entry of reading.root.members) {
    const { key, line, value } = entry;
    const row = { id: key, file: page.file, line, verdict: scopeOf(entry) };
    rows.push(row);
    for (const price of pricesIn(value, row, termsOf(key, value))) prices.push(price);
  }
  return { rows, prices, warnings: reading.duplicates };
}

const TEXT_MODES = ['chat', 'completion', 'responses'];

/** What can be said of a key before its prices are looked at. */
function scopeOf({ key, value }: JsonMember): Verdict | undefined {
  if (key === 'sample_spec') return rejected('template', 'explains the fields of an entry');
  if (value.kind !== 'object') return NOT_AN_ENTRY;
  const mode = stringOf(member(value, 'mode'));
  if (mode !== undefined && !TEXT_MODES.includes(mode)) {
    return rejected('out_of_scope', `mode ${mode} is not text`);
  }
  if (/^(?:together|fireworks)-ai-/.test(key)) {
    return rejected('not_a_model', 'a class of sizes, for models that have no entry');
  }
  if (key.startsWith('ft:')) return rejected('custom_model', 'a fine-tuned model');
  const hasSeller = textIn(value, 'litellm_provider') !== '';
  return hasSeller ? undefined : rejected('not_a_model', 'names no litellm_provider');
}

/** By the beginning of `litellm_provider`. Any other name is the seller's own. */
const SELLERS: readonly (readonly [provider: RegExp, seller: string])[] = [
  [/^bedrock/, 'aws-bedrock'],
  [/^azure/, 'azure'],
  [/^vertex_ai/, 'google-vertex'],
  [/^gemini$/, 'google'],
  [/^together_ai$/, 'together'],
  [/^dashscope$/, 'alibaba'],
];

function termsOf(key: string, entry: JsonValue): Terms {
  const provider = textIn(entry, 'litellm_provider');
  const seller = SELLERS.find(([pattern]) => pattern.test(provider))?.[1] ?? provider;
  const region = regionOf(seller, key);
  return { ...PLAIN_TERMS, seller, venue: 'litellm', model: key, region };
}

/** Only these sellers write a region into a key; elsewhere `us.` would be part of a name. */
function regionOf(seller: string, key: string): string {
  const pattern =
    seller === 'aws-bedrock'
      ? /^bedrock\/([a-z]{2}(?:-[a-z]+)+-\d)\/|^(?:bedrock\/)?(us|eu|apac|jp|au|us-gov)\./
      : seller === 'azure'
        ? /^azure\/(eu|us)\//
        : undefined;
  const [, region, geography] = pattern?.exec(key) ?? [];
  return region ?? geography ?? PLAIN_TERMS.region;
}

const FIELDS: Readonly<Record<string, Leg>> = {
  input_cost_per_token: 'input',
  output_cost_per_token: 'output',
  cache_read_input_token_cost: 'cached_input',
  cache_creation_input_token_cost: 'cache_write',
};
const LEG_FIELD = new RegExp(
  `^(${Object.keys(FIELDS).join('|')})(?:_above_(\\d{1,6})k_tokens)?(?:_(batches|flex|priority))?$`,
);

function pricesIn(entry: JsonValue, row: FeedRow, terms: Terms): FeedPrice[] {
  return membersOf(entry).flatMap(({ key, value }): FeedPrice[] => {
    if (key === 'tiered_pricing') return bandsIn(value, row, terms);
    if (!key.includes('cost')) return [];
    return literalsIn(value, key).map(({ path, line, literal }) => {
      const [, name = '', thousands, tier] = path === key ? (LEG_FIELD.exec(key) ?? []) : [];
      const leg = FIELDS[name];
      const unit = leg ? 'per_token' : unitOf(key);
      const price = { row, field: path, line, literal, unit };
      if (leg && !row.verdict) {
        const contextFrom = thousands ? Number(thousands) * 1000 : terms.contextFrom;
        const serviceTier = tier === 'batches' ? 'batch' : (tier ?? terms.serviceTier);
        const own = { ...terms, contextFrom, serviceTier };
        return { kind: 'leg', ...price, leg, terms: own };
      }
      return { kind: 'stray', ...price, verdict: row.verdict ?? strayVerdict(key, unit) };
    });
  });
}

/** `tiered_pricing`: prices by length of prompt, each band with its `range`. */
function bandsIn(value: JsonValue, row: FeedRow, terms: Terms): FeedPrice[] {
  return itemsOf(value).flatMap((band, index): FeedPrice[] => {
    const contextFrom = tokensOf(itemsOf(member(band, 'range'))[0]);
    const verdict =
      row.verdict ??
      (contextFrom === undefined
        ? rejected('context_threshold_unknown', 'a band without a range of whole tokens')
        : undefined);
    const own = { ...terms, contextFrom: contextFrom ?? 0 };
    return pricesIn(band, row, own).map((price): FeedPrice => {
      const field = `tiered_pricing[${index}].${price.field}`;
      if (!verdict) return { ...price, field };
      const { line, literal, unit } = price;
      return { kind: 'stray', row, field, line, literal, unit, verdict };
    });
  });
}

/** Empty where a field does not count tokens. A DBU is Databricks' own unit, not money. */
function unitOf(field: string): string {
  if (field.includes('dbu')) return '';
  if (field.includes('1k_tokens')) return 'per_1k';
  return /token(?:_|$)/.test(field) ? 'per_token' : '';
}

function strayVerdict(field: string, unit: string): Verdict {
  if (unit === '')
    return rejected('unit_not_tokens', `${field} counts something other than tokens`);
  if (field.includes('above_1hr')) {
    return HOUR_CACHE;
  }
  if (LEG_FIELD.test(field)) return rejected('not_a_number', `${field} is no number`);
  const isLegOfSomeTier = Object.keys(FIELDS).some((name) => field.startsWith(`${name}_`));
  return isLegOfSomeTier && !field.endsWith('_cache_hit')
    ? rejected('tier_unsupported', `${field} names no tier that is known`)
    : EXTRA_PRICE;
}
