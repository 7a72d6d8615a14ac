import { parseDecimal } from '../../domain/decimal.ts';
import type { Reject } from '../../domain/failure.ts';
import { readJsonObject, wrongShape } from '../documents/json-text.ts';
import {
  type JsonArray,
  type JsonObject,
  type JsonValue,
  literalOf,
  mayBeText,
  member,
  stringOf,
  textIn,
} from '../documents/json-value.ts';
import type { FeedPage } from '../documents/page.ts';
import {
  type Feed,
  type FeedPrice,
  type FeedRow,
  type PageReading,
  PLAIN_TERMS,
  type Terms,
} from './feed.ts';
import { pricesIn } from './openrouter-pricing.ts';
import { held, NO_TEXT, NOT_AN_ENTRY, rejected, type Verdict } from './verdicts.ts';

/** OpenRouter: USD per token as strings, of models (one endpoint's price) and of endpoints. */
export const OPENROUTER: Feed = {
  name: 'openrouter',
  reads: 'answers of OpenRouter: /api/v1/models, and /models/{author}/{slug}/endpoints',
  read: readOpenrouter,
  // The list is a part, and so are the endpoints of each model.
  partOf: ({ seller, model }) => (seller === VENUE ? VENUE : `${VENUE}/${model}`),
};

function readOpenrouter(page: FeedPage): PageReading {
  const reading = readJsonObject(page);
  if (reading.fault) return reading;
  const { root, duplicates } = reading;
  const data = member(root, 'data');
  const endpoints = member(data, 'endpoints');
  const read =
    data?.kind === 'array'
      ? readModels(data, page.file)
      : data && endpoints?.kind === 'array'
        ? readEndpoints(data, endpoints, page.file)
        : undefined;
  if (read) return { ...read, warnings: [...duplicates, ...read.warnings] };
  const expected = 'data: an array of models, or a model with an array of endpoints';
  return { fault: wrongShape(page, { line: root.line, column: 'data' }, expected) };
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
    const id = textIn(model, 'id') || `data[${index}]`;
    const verdict = model.kind === 'object' ? scopeOf(id, model, model) : NOT_AN_ENTRY;
    const row = { id, file, line: model.line, verdict };
    rows.push(row);
    append(prices, pricesIn(member(model, 'pricing'), row, termsOf(id, VENUE)));
  }
  const expected = 'endpoints beside it: each price is of one of them, after its discount';
  const place = { file, line: models.line, column: 'data', value: `${rows.length} models` };
  return { rows, prices, warnings: [{ code: 'discount_unknown', ...place, expected }] };
}

/** One quote for each seller of a model, as it is paid there: a discount is noted beside it. */
function readEndpoints(model: JsonValue, endpoints: JsonArray, file: string): Entries {
  const rows: FeedRow[] = [];
  const prices: FeedPrice[] = [];
  const warnings: Reject[] = [];
  for (const [index, endpoint] of endpoints.items.entries()) {
    if (endpoint.kind !== 'object') {
      rows.push({ id: `endpoints[${index}]`, file, line: endpoint.line, verdict: NOT_AN_ENTRY });
      continue;
    }
    const id = stringOf(member(endpoint, 'model_id')) ?? stringOf(member(model, 'id')) ?? '';
    const tag = textIn(endpoint, 'tag');
    const provider = textIn(endpoint, 'provider_name');
    const discount = discountOf(endpoint);
    const row = {
      ...{ id: `${id} ${tag || provider}`, file, line: endpoint.line },
      verdict: scopeOf(id, model, endpoint),
      note: discount && `discount ${discount}`,
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

/** `:thinking` is another price, and so part of the model's name. */
function termsOf(id: string, seller: string): Terms {
  const model = id.replace(/:(?:free|batch)$/, '');
  const serviceTier = id.endsWith(':batch') ? 'batch' : PLAIN_TERMS.serviceTier;
  return { ...PLAIN_TERMS, seller, venue: VENUE, model, serviceTier };
}

/** What can be said of a model or an endpoint of it before its prices are looked at. */
function scopeOf(id: string, model: JsonValue, priced: JsonValue): Verdict | undefined {
  if (id.startsWith('~')) {
    const slug = textIn(member(model, 'alias_target'), 'slug');
    return rejected('alias', `another name of ${slug || 'a model'}, today`);
  }
  if (id.endsWith(':free')) {
    return isFree(member(priced, 'pricing'))
      ? rejected('zero_price', 'a free variant: no price, and none of the paid model')
      : held('free_variant', 'a free variant that has a price');
  }
  const answers = member(member(model, 'architecture'), 'output_modalities');
  return mayBeText(answers) ? undefined : NO_TEXT;
}

function isFree(pricing: JsonValue | undefined): boolean {
  return ['prompt', 'completion'].every((key) => isZero(literalOf(member(pricing, key)) ?? '0'));
}

function isZero(literal: string): boolean {
  return parseDecimal(literal)?.digits === 0n;
}

/** As it is written; `undefined` where there is none. */
function discountOf(endpoint: JsonObject): string | undefined {
  const literal = literalOf(member(member(endpoint, 'pricing'), 'discount'));
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
