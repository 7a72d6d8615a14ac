import { parseDecimal } from '../../domain/decimal.ts';
import type { Reject } from '../../domain/failure.ts';
import {
  type JsonArray,
  type JsonObject,
  type JsonValue,
  literalOf,
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
  held,
  type PageReading,
  PLAIN_TERMS,
  rejected,
  type Terms,
  type Verdict,
} from './feed.ts';
import { pricesIn } from './openrouter-pricing.ts';

/** OpenRouter: USD per token as strings, of models (one endpoint's price) and of endpoints. */
export const OPENROUTER: Feed = {
  name: 'openrouter',
  reads: 'answers of OpenRouter: /api/v1/models, and /models/{author}/{slug}/endpoints',
  read: readOpenrouter,
};

function readOpenrouter({ file, text }: FeedPage): PageReading {
  const reading = readJson(text, file);
  if (!reading.root) return reading;
  const { root, duplicates } = reading;
  if (root.kind !== 'object') return { fault: notAn('object', root, file) };
  const data = member(root, 'data');
  const endpoints = data?.kind === 'object' ? member(data, 'endpoints') : undefined;
  const read =
    data?.kind === 'array'
      ? readModels(data, file)
      : data?.kind === 'object' && endpoints?.kind === 'array'
        ? readEndpoints(data, endpoints, file)
        : undefined;
  if (read) return { ...read, warnings: [...duplicates, ...read.warnings] };
  const expected = 'data: an array of models, or a model with an array of endpoints';
  const place = { file, line: root.line, column: 'data', value: '' };
  return { fault: { code: 'wrong_shape', ...place, expected } };
}

interface Entries {
  readonly rows: readonly FeedRow[];
  readonly prices: readonly FeedPrice[];
  readonly warnings: readonly Reject[];
}

/** The list has one endpoint's price for each model: it says neither which nor its discount. */
function readModels(models: JsonArray, file: string): Entries {
  const rows: FeedRow[] = [];
  const prices: FeedPrice[] = [];
  for (const [index, model] of models.items.entries()) {
    const id = (model.kind === 'object' && stringOf(member(model, 'id'))) || `data[${index}]`;
    const verdict = model.kind === 'object' ? scopeOf(id, model, model) : NOT_AN_ENTRY;
    const row = { id, file, line: model.line, ...(verdict ? { verdict } : {}) };
    rows.push(row);
    if (model.kind !== 'object') continue;
    append(prices, pricesIn(member(model, 'pricing'), row, termsOf(id, VENUE)));
  }
  const expected = 'endpoints beside it: each price is of one of them, after its discount';
  const place = { file, line: models.line, column: 'data', value: `${rows.length} models` };
  return { rows, prices, warnings: [{ code: 'discount_unknown', ...place, expected }] };
}

/** One quote for each seller of a model, as it is paid there: a discount is noted beside it. */
function readEndpoints(model: JsonObject, endpoints: JsonArray, file: string): Entries {
  const rows: FeedRow[] = [];
  const prices: FeedPrice[] = [];
  const warnings: Reject[] = [];
  for (const [index, endpoint] of endpoints.items.entries()) {
    if (endpoint.kind !== 'object') {
      rows.push({ id: `endpoints[${index}]`, file, line: endpoint.line, verdict: NOT_AN_ENTRY });
      continue;
    }
    const id = stringOf(member(endpoint, 'model_id')) ?? stringOf(member(model, 'id')) ?? '';
    const tag = stringOf(member(endpoint, 'tag')) ?? '';
    const provider = stringOf(member(endpoint, 'provider_name')) ?? '';
    const verdict = scopeOf(id, model, endpoint);
    const discount = discountOf(endpoint);
    const row = {
      ...{ id: `${id} ${tag || provider}`, file, line: endpoint.line },
      ...(verdict ? { verdict } : {}),
      ...(discount ? { note: `discount ${discount}` } : {}),
    };
    rows.push(row);
    const { region, serviceTier } = placeOf(tag);
    const terms = { ...termsOf(id, sellerOf(provider)), region };
    append(
      prices,
      pricesIn(member(endpoint, 'pricing'), row, serviceTier ? { ...terms, serviceTier } : terms),
    );
    if (!discount) continue;
    const expected = 'a list price: this one is paid after the discount';
    const place = { file, line: endpoint.line, column: `${row.id} discount`, value: discount };
    warnings.push({ code: 'discounted', ...place, expected });
  }
  return { rows, prices, warnings };
}

const VENUE = 'openrouter';
const NOT_AN_ENTRY = rejected('not_an_entry', 'a value that is no object');

/** `:thinking` is another price, and so part of the model's name. */
function termsOf(id: string, seller: string): Terms {
  const model = id.replace(/:(?:free|batch)$/, '');
  const serviceTier = id.endsWith(':batch') ? 'batch' : PLAIN_TERMS.serviceTier;
  return { ...PLAIN_TERMS, seller, venue: VENUE, model, serviceTier };
}

/** What can be said of a model or an endpoint of it before its prices are looked at. */
function scopeOf(id: string, model: JsonObject, priced: JsonObject): Verdict | undefined {
  if (id.startsWith('~')) {
    const target = member(model, 'alias_target');
    const slug = target?.kind === 'object' ? stringOf(member(target, 'slug')) : undefined;
    return rejected('alias', `another name of ${slug ?? 'a model'}, today`);
  }
  if (id.endsWith(':free')) {
    return isFree(member(priced, 'pricing'))
      ? rejected('zero_price', 'a free variant: no price, and none of the paid model')
      : held('free_variant', 'a free variant that has a price');
  }
  return hasText(member(model, 'architecture'))
    ? undefined
    : rejected('non_text_modality', 'its answers are no text');
}

function isFree(pricing: JsonValue | undefined): boolean {
  return ['prompt', 'completion'].every((key) => {
    const value = pricing?.kind === 'object' ? member(pricing, key) : undefined;
    return value === undefined || isZero(literalOf(value) ?? '0');
  });
}

function isZero(literal: string): boolean {
  return parseDecimal(literal)?.digits === 0n;
}

function hasText(architecture: JsonValue | undefined): boolean {
  const modalities =
    architecture?.kind === 'object' ? member(architecture, 'output_modalities') : undefined;
  if (modalities?.kind !== 'array') return true;
  return modalities.items.some((item) => stringOf(item) === 'text');
}

/** As it is written; `undefined` where there is none. */
function discountOf(endpoint: JsonObject): string | undefined {
  const pricing = member(endpoint, 'pricing');
  const value = pricing?.kind === 'object' ? member(pricing, 'discount') : undefined;
  const literal = value && literalOf(value);
  if (literal === undefined || isZero(literal)) return undefined;
  return literal.slice(0, 40);
}

/** A slug of the provider's name; who has another name with us keeps that. */
function sellerOf(provider: string): string {
  const slug = provider
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9.]+/g, '-');
  return slug === 'amazon-bedrock' ? 'aws-bedrock' : slug;
}

const REGION =
  /^(?:global|us|eu|uk|apac|asia|[a-z]{2,9}-(?:[a-z]+-?)?(?:north|south|east|west|central)[a-z]*-?\d*)$/;
const TIERS = ['batch', 'flex', 'priority'];

/** `azure/eu`, `google-vertex/us-east5`, `openai/flex`; `z-ai/fp8` names a quantization. */
function placeOf(tag: string): { region: string; serviceTier: string | undefined } {
  const [, ...parts] = tag.toLowerCase().split('/');
  return {
    region: parts.find((part) => REGION.test(part)) ?? PLAIN_TERMS.region,
    serviceTier: parts.find((part) => TIERS.includes(part)),
  };
}

/** A spread of hundreds of thousands of prices would be as many arguments. */
function append<Item>(list: Item[], more: readonly Item[]): void {
  for (const item of more) list.push(item);
}
