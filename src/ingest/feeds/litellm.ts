import {
  type JsonMember,
  type JsonObject,
  type JsonValue,
  literalOf,
  literalsIn,
  member,
  notAn,
  readJson,
  stringOf,
} from '../documents/json-text.ts';
import {
  type Feed,
  type FeedPage,
  type FeedPrice,
  type FeedRow,
  type Leg,
  type PageReading,
  PLAIN_TERMS,
  rejected,
  type Terms,
  unusedLeg,
  type Verdict,
} from './feed.ts';

/** LiteLLM's price map: USD per token by key, in one file without dates of its own. */
export const LITELLM: Feed = {
  name: 'litellm',
  reads: 'model_prices_and_context_window.json of LiteLLM',
  read: readLitellm,
};

function readLitellm({ file, text }: FeedPage): PageReading {
  const reading = readJson(text, file);
  if (!reading.root) return reading;
  if (reading.root.kind !== 'object') return { fault: notAn('object', reading.root, file) };
  const rows: FeedRow[] = [];
  const prices: FeedPrice[] = [];
  for (const entry of reading.root.members) {
    const row = rowOf(entry, file);
    rows.push(row);
    if (entry.value.kind !== 'object') continue;
    for (const price of pricesIn(entry.value, row, termsOf(entry.key, entry.value))) {
      prices.push(price);
    }
  }
  return { rows, prices, warnings: reading.duplicates };
}

const TEXT_MODES = ['chat', 'completion', 'responses'];

/** What can be said of a key before its prices are looked at. */
function rowOf({ key, line, value }: JsonMember, file: string): FeedRow {
  const verdict = scopeOf(key, value);
  return { id: key, file, line, ...(verdict ? { verdict } : {}) };
}

function scopeOf(key: string, value: JsonValue): Verdict | undefined {
  if (key === 'sample_spec') return rejected('template', 'explains the fields of an entry');
  if (value.kind !== 'object') return rejected('not_an_entry', 'a value that is no object');
  const mode = stringOf(member(value, 'mode'));
  if (mode !== undefined && !TEXT_MODES.includes(mode)) {
    return rejected('out_of_scope', `mode ${mode} is not text`);
  }
  if (/^(?:together|fireworks)-ai-/.test(key)) {
    return rejected('not_a_model', 'a class of sizes, for models that have no entry');
  }
  if (key.startsWith('ft:')) return rejected('custom_model', 'a fine-tuned model');
  if (!stringOf(member(value, 'litellm_provider'))) {
    return rejected('not_a_model', 'names no litellm_provider');
  }
  return undefined;
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

function termsOf(key: string, entry: JsonObject): Terms {
  const provider = stringOf(member(entry, 'litellm_provider')) ?? '';
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

function pricesIn(entry: JsonObject, row: FeedRow, terms: Terms): FeedPrice[] {
  return entry.members.flatMap(({ key, value }): FeedPrice[] => {
    if (key === 'tiered_pricing') return bandsIn(value, row, terms);
    if (!key.includes('cost')) return [];
    return literalsIn(value, key).map(({ path, line, literal }) => {
      const price = { row, field: path, line, literal };
      const [, name = '', thousands, tier] = path === key ? (LEG_FIELD.exec(key) ?? []) : [];
      const leg = FIELDS[name];
      if (leg && !row.verdict) {
        const contextFrom = thousands ? Number(thousands) * 1000 : terms.contextFrom;
        const serviceTier = tier === 'batches' ? 'batch' : (tier ?? terms.serviceTier);
        const own = { ...terms, contextFrom, serviceTier };
        return { kind: 'leg', ...price, unit: 'per_token', leg, terms: own };
      }
      const unit = leg ? 'per_token' : unitOf(key);
      return { kind: 'stray', ...price, unit, verdict: row.verdict ?? strayVerdict(key, unit) };
    });
  });
}

/** `tiered_pricing`: prices by length of prompt, each band with its `range`. */
function bandsIn(value: JsonValue, row: FeedRow, terms: Terms): FeedPrice[] {
  if (value.kind !== 'array') return [];
  return value.items.flatMap((band, index): FeedPrice[] => {
    if (band.kind !== 'object') return [];
    const contextFrom = bandStart(member(band, 'range'));
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

/** A range may be written in floats: `256000.0` is 256000. */
function bandStart(range: JsonValue | undefined): number | undefined {
  if (range?.kind !== 'array') return undefined;
  const [start] = range.items;
  const [, whole] = /^(\d{1,12})(?:\.0+)?$/.exec((start && literalOf(start)) ?? '') ?? [];
  return whole === undefined ? undefined : Number(whole);
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
    return unusedLeg('cache_ttl_1h', 'cache writes for an hour are not the default ones');
  }
  if (LEG_FIELD.test(field)) return rejected('not_a_number', `${field} is no number`);
  const isLegOfSomeTier = Object.keys(FIELDS).some((name) => field.startsWith(`${name}_`));
  return isLegOfSomeTier && !field.endsWith('_cache_hit')
    ? rejected('tier_unsupported', `${field} names no tier that is known`)
    : unusedLeg('extra_price', 'a quote has no leg for it');
}
