import { parseMoment } from '../../domain/dates.ts';
import {
  type JsonMember,
  type JsonObject,
  type JsonValue,
  literalOf,
  member,
  notAn,
  readJson,
  stringOf,
} from '../documents/json-text.ts';
import { meterOf } from './aws-meter.ts';
import { settleDates } from './dated-legs.ts';
import {
  type Feed,
  type FeedPage,
  type FeedPrice,
  type FeedRow,
  held,
  type PageReading,
  PLAIN_TERMS,
  type ReadingContext,
  rejected,
  unusedLeg,
  type Verdict,
} from './feed.ts';

/** Amazon Bedrock in the AWS price list: a price per SKU, and a SKU per leg, tier and routing. */
export const AWS_BEDROCK: Feed = {
  name: 'aws-bedrock',
  reads: 'price list files (index.json) of the three Bedrock offer codes of AWS',
  read: readPriceList,
  settle: (prices) => settleDates(defaultCacheWrites(prices)),
};

const OFFER_CODES = ['AmazonBedrock', 'AmazonBedrockFoundationModels', 'AmazonBedrockService'];

function readPriceList({ file, text }: FeedPage, context: ReadingContext): PageReading {
  const reading = readJson(text, file);
  if (!reading.root) return reading;
  const { root } = reading;
  if (root.kind !== 'object') return { fault: notAn('object', root, file) };
  const fault = (column: string, value: string, expected: string): PageReading => {
    return { fault: { code: 'wrong_shape', file, line: root.line, column, value, expected } };
  };
  const offerCode = stringOf(member(root, 'offerCode')) ?? '';
  if (!OFFER_CODES.includes(offerCode)) {
    return fault('offerCode', offerCode, `one of ${OFFER_CODES.join(', ')}`);
  }
  const [products, terms] = [member(root, 'products'), member(root, 'terms')];
  if (products?.kind !== 'object') return fault('products', '', 'an object of products by SKU');
  if (terms?.kind !== 'object') return fault('terms', '', 'an object of terms by kind and SKU');
  const skus = products.members.map((product) => skuOf(product, file));
  const bySku = new Map(skus.map((sku) => [sku.row.id, sku]));
  const prices: FeedPrice[] = [];
  for (const { kind, key, term } of termsIn(terms)) {
    const sku = bySku.get(key) ?? strangerOf(key, term, file);
    if (!bySku.has(key)) {
      skus.push(sku);
      bySku.set(key, sku);
    }
    for (const price of pricesIn(term.value, kind, sku, context)) prices.push(price);
  }
  return { rows: skus.map(({ row }) => row), prices, warnings: reading.duplicates };
}

interface Sku {
  readonly row: FeedRow;
  readonly attributes: JsonObject | undefined;
}

function skuOf({ key, line, value }: JsonMember, file: string): Sku {
  const attributes = value.kind === 'object' ? member(value, 'attributes') : undefined;
  const isObject = attributes?.kind === 'object';
  const verdict = isObject ? {} : { verdict: rejected('no_product', 'a SKU without attributes') };
  return {
    row: { id: key, file, line, ...verdict },
    attributes: isObject ? attributes : undefined,
  };
}

/** A price of a SKU that the file does not describe. */
function strangerOf(id: string, { line }: JsonMember, file: string): Sku {
  const verdict = rejected('no_product', 'the file does not describe the SKU');
  return { row: { id, file, line, verdict }, attributes: undefined };
}

/** Every term of every SKU, such as `OnDemand`. */
function termsIn(terms: JsonObject) {
  return terms.members.flatMap(({ key: kind, value: skus }) =>
    objectMembers(skus).flatMap(({ key, value: all }) =>
      objectMembers(all).map((term) => ({ kind, key, term })),
    ),
  );
}

function pricesIn(
  term: JsonValue,
  kind: string,
  sku: Sku,
  { longContext }: ReadingContext,
): FeedPrice[] {
  if (term.kind !== 'object') return [];
  const attribute = (name: string) =>
    sku.attributes ? (stringOf(member(sku.attributes, name)) ?? '') : '';
  const date = stringOf(member(term, 'effectiveDate'));
  const effectiveAtMs = date === undefined ? null : parseMoment(date);
  const meter = meterOf(attribute);
  return objectMembers(member(term, 'priceDimensions')).flatMap(({ value: dimension }) => {
    if (dimension.kind !== 'object') return [];
    const unitName = stringOf(member(dimension, 'unit')) ?? '';
    const unit = UNIT_NAMES.get(unitName.trim().toLowerCase()) ?? '';
    const verdict =
      sku.row.verdict ??
      (kind === 'OnDemand' ? undefined : rejected('not_on_demand', `a term of kind ${kind}`)) ??
      unitVerdict(unit, unitName) ??
      (startsAtZero(dimension) ? undefined : rejected('volume_tier', 'a price of large volumes')) ??
      (effectiveAtMs === undefined
        ? rejected('bad_date', `effectiveDate is ${date}`)
        : undefined) ??
      meter.verdict;
    const field = attribute('usagetype') || 'pricePerUnit';
    return objectMembers(member(dimension, 'pricePerUnit')).flatMap(
      ({ key: currency, line, value }): FeedPrice[] => {
        const literal = literalOf(value);
        if (literal === undefined) return [];
        const price = { row: sku.row, field, line, literal, unit };
        if (verdict || !meter.leg) {
          return [{ kind: 'stray', ...price, verdict: verdict ?? UNCLEAR }];
        }
        const { model, leg, region, serviceTier, isLong } = meter;
        const contextFrom = isLong ? longContext(SELLER, model) : PLAIN_TERMS.contextFrom;
        if (contextFrom === undefined)
          return [{ kind: 'stray', ...price, verdict: UNKNOWN_LENGTH }];
        const offer = { seller: SELLER, venue: SELLER, model, region, serviceTier, contextFrom };
        const own = { ...PLAIN_TERMS, ...offer, currency, effectiveAtMs: effectiveAtMs ?? null };
        return [{ kind: 'leg', ...price, leg, terms: own }];
      },
    );
  });
}

const SELLER = 'aws-bedrock';

/** In lower case: AWS writes `1K tokens` and `1k tokens`. */
const UNIT_NAMES: ReadonlyMap<string, string> = new Map([
  ['1k tokens', 'per_1k'],
  ['1m tokens', 'per_mtok'],
]);

const UNCLEAR = rejected('unknown_side', 'its name says neither input nor output');
const UNKNOWN_LENGTH = rejected(
  'context_threshold_unknown',
  'a price of long prompts, and nobody says from how many tokens on',
);

function unitVerdict(unit: string, written: string): Verdict | undefined {
  if (unit !== '') return undefined;
  const lower = written.trim().toLowerCase();
  const mayBeTokens = ['', 'unit', 'units'].includes(lower) || /tokens?$/.test(lower);
  return mayBeTokens
    ? held('unit_unknown', `the unit "${written}" names no number of tokens`)
    : rejected('unit_not_tokens', `the unit is ${written}`);
}

function startsAtZero(dimension: JsonObject): boolean {
  const begin = member(dimension, 'beginRange');
  return begin === undefined || /^0(?:\.0+)?$/.test(literalOf(begin) ?? '0');
}

function objectMembers(value: JsonValue | undefined): readonly JsonMember[] {
  return value?.kind === 'object' ? value.members : [];
}

/**
 * A cache write of 30 minutes is the default one of a model that has no other; of one that has, it
 * is none.
 */
function defaultCacheWrites(prices: readonly FeedPrice[]): FeedPrice[] {
  const isHalfHour = ({ field }: FeedPrice) => /(?<!\d)30m/i.test(field);
  const others = new Set(
    prices.flatMap((price) => {
      const isDefault = price.kind === 'leg' && price.leg === 'cache_write' && !isHalfHour(price);
      return isDefault ? price.terms.model : [];
    }),
  );
  return prices.map((price) => {
    if (price.kind !== 'leg' || price.leg !== 'cache_write') return price;
    if (!isHalfHour(price) || !others.has(price.terms.model)) return price;
    const { row, field, line, literal, unit } = price;
    const verdict = unusedLeg('cache_ttl_30m', 'the model has a shorter cache write too');
    return { kind: 'stray', row, field, line, literal, unit, verdict };
  });
}
