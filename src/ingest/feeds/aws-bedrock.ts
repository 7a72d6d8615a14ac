import { parseMoment } from '../../domain/dates.ts';
import { readJsonObject, wrongShape } from '../documents/json-text.ts';
import {
  type JsonMember,
  type JsonObject,
  type JsonValue,
  literalOf,
  member,
  membersOf,
  stringOf,
  textIn,
} from '../documents/json-value.ts';
import type { FeedPage } from '../documents/page.ts';
import { meterOf } from './aws-meter.ts';
import { settleDates } from './dated-legs.ts';
import {
  type Feed,
  type FeedPrice,
  type FeedRow,
  type PageReading,
  type ReadingContext,
  strayOf,
} from './feed.ts';
import { meteredPrice } from './meter.ts';
import { held, rejected, unusedLeg, type Verdict } from './verdicts.ts';

/** Amazon Bedrock in the AWS price list: a price per SKU, and a SKU per leg, tier and routing. */
export const AWS_BEDROCK: Feed = {
  name: 'aws-bedrock',
  reads: 'price list files (index.json) of the three Bedrock offer codes of AWS',
  read: readPriceList,
  settle: (prices) => settleDates(defaultCacheWrites(prices)),
  partOf: ({ region }) => region,
};

const OFFER_CODES = ['AmazonBedrock', 'AmazonBedrockFoundationModels', 'AmazonBedrockService'];

function readPriceList(page: FeedPage, context: ReadingContext): PageReading {
  const reading = readJsonObject(page);
  if (reading.fault) return reading;
  const { file } = page;
  const { root } = reading;
  const fault = (column: string, value: string, expected: string): PageReading => {
    return { fault: wrongShape(page, { line: root.line, column, value }, expected) };
  };
  const offerCode = textIn(root, 'offerCode');
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
  const attributes = member(value, 'attributes');
  if (attributes?.kind === 'object') return { row: { id: key, file, line }, attributes };
  const verdict = rejected('no_product', 'a SKU without attributes');
  return { row: { id: key, file, line, verdict }, attributes: undefined };
}

/** A price of a SKU that the file does not describe. */
function strangerOf(id: string, { line }: JsonMember, file: string): Sku {
  const verdict = rejected('no_product', 'the file does not describe the SKU');
  return { row: { id, file, line, verdict }, attributes: undefined };
}

/** Every term of every SKU, such as `OnDemand`. */
function termsIn(terms: JsonObject) {
  return terms.members.flatMap(({ key: kind, value: skus }) =>
    membersOf(skus).flatMap(({ key, value: all }) =>
      membersOf(all).map((term) => ({ kind, key, term })),
    ),
  );
}

function pricesIn(
  term: JsonValue,
  kind: string,
  sku: Sku,
  { longContext }: ReadingContext,
): FeedPrice[] {
  const attribute = (name: string) => textIn(sku.attributes, name);
  const date = stringOf(member(term, 'effectiveDate'));
  const effectiveAtMs = date === undefined ? null : parseMoment(date);
  const meter = meterOf(attribute);
  return membersOf(member(term, 'priceDimensions')).flatMap(({ value: dimension }) => {
    const unitName = textIn(dimension, 'unit');
    const unit = UNIT_NAMES.get(unitName.trim().toLowerCase()) ?? '';
    const verdict =
      sku.row.verdict ??
      (kind === 'OnDemand' ? undefined : rejected('not_on_demand', `a term of kind ${kind}`)) ??
      unitVerdict(unit, unitName) ??
      (startsAtZero(dimension) ? undefined : rejected('volume_tier', 'a price of large volumes')) ??
      (effectiveAtMs === undefined ? rejected('bad_date', `effectiveDate is ${date}`) : undefined);
    const field = attribute('usagetype') || 'pricePerUnit';
    return membersOf(member(dimension, 'pricePerUnit')).flatMap(
      ({ key: currency, line, value }): FeedPrice[] => {
        const literal = literalOf(value);
        if (literal === undefined) return [];
        const price = { row: sku.row, field, line, literal, unit };
        if (verdict) return [{ kind: 'stray', ...price, verdict }];
        const dates = { currency, effectiveAtMs: effectiveAtMs ?? null };
        return [meteredPrice(price, meter, { seller: SELLER, ...dates }, longContext)];
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

function unitVerdict(unit: string, written: string): Verdict | undefined {
  if (unit !== '') return undefined;
  const lower = written.trim().toLowerCase();
  const mayBeTokens = ['', 'unit', 'units'].includes(lower) || /tokens?$/.test(lower);
  return mayBeTokens
    ? held('unit_unknown', `the unit "${written}" names no number of tokens`)
    : rejected('unit_not_tokens', `the unit is ${written}`);
}

function startsAtZero(dimension: JsonValue): boolean {
  return /^0(?:\.0+)?$/.test(literalOf(member(dimension, 'beginRange')) ?? '0');
}

const HALF_HOUR_CACHE = unusedLeg('cache_ttl_30m', 'the model has a shorter cache write too');

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
    return strayOf(price, HALF_HOUR_CACHE);
  });
}
