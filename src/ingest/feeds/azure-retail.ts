import { parseMoment } from '../../domain/dates.ts';
import { readJsonObject, wrongShape } from '../documents/json-text.ts';
import {
  type JsonObject,
  literalOf,
  literalsIn,
  member,
  stringOf,
  textIn,
} from '../documents/json-value.ts';
import type { FeedPage } from '../documents/page.ts';
import { meterOf } from './azure-meter.ts';
import { settleDates } from './dated-legs.ts';
import type { Feed, FeedPrice, FeedRow, PageReading, ReadingContext } from './feed.ts';
import { meteredPrice } from './meter.ts';
import { NOT_AN_ENTRY, rejected, type Verdict } from './verdicts.ts';

/** Azure's models in the Retail Prices API: a price per meter, and a meter per leg and region. */
export const AZURE_RETAIL: Feed = {
  name: 'azure-retail',
  reads: 'saved pages of the Azure Retail Prices API',
  read: readPage,
  settle: settleDates,
  partOf: ({ region }) => region,
};

function readPage(page: FeedPage, context: ReadingContext): PageReading {
  const reading = readJsonObject(page);
  if (reading.fault) return reading;
  const { file } = page;
  const { root } = reading;
  const items = member(root, 'Items');
  if (items?.kind !== 'array') {
    const expected = 'an array of Items, as a page of the Retail Prices API has it';
    return { fault: wrongShape(page, { line: root.line, column: 'Items' }, expected) };
  }
  const rows: FeedRow[] = [];
  const prices: FeedPrice[] = [];
  for (const [index, item] of items.items.entries()) {
    if (item.kind !== 'object') {
      rows.push({ id: `Items[${index}]`, file, line: item.line, verdict: NOT_AN_ENTRY });
      continue;
    }
    const id = textIn(item, 'meterId') || `Items[${index}]`;
    const row = { id, file, line: item.line };
    rows.push(row);
    for (const price of pricesOf(item, row, context)) prices.push(price);
  }
  const warnings = [
    ...reading.duplicates,
    ...incompleteFetch(root, items.items.length, file, context),
  ];
  return { rows, prices, warnings };
}

const SELLER = 'azure';

function pricesOf(item: JsonObject, row: FeedRow, { longContext }: ReadingContext): FeedPrice[] {
  const meter = textIn(item, 'meterName') || textIn(item, 'skuName');
  const armRegion = textIn(item, 'armRegionName');
  const unitName = textIn(item, 'unitOfMeasure');
  const unit = UNIT_NAMES.get(unitName.trim().toLowerCase()) ?? '';
  const { verdict: badDates, ...dates } = datesOf(item);
  const verdict = unitVerdict(unit, unitName) ?? itemVerdict(item) ?? badDates;
  // Items of one meter in one region follow one another; those of different regions stand together.
  const field = `${meter} (${armRegion || 'no region'})`;
  return literalsIn(member(item, 'retailPrice'), field).map(({ line, literal }): FeedPrice => {
    const price = { row, field, line, literal, unit };
    if (verdict) return { kind: 'stray', ...price, verdict };
    const own = { seller: SELLER, ...dates };
    return meteredPrice(price, meterOf(meter, armRegion), own, longContext);
  });
}

/** In lower case. What the name of a meter says of its unit is absent or wrong. */
const UNIT_NAMES: ReadonlyMap<string, string> = new Map([
  ...(['1k', '1k token', '1k tokens'] as const).map((name) => [name, 'per_1k'] as const),
  ...(['1m', '1m token', '1m tokens'] as const).map((name) => [name, 'per_mtok'] as const),
]);

function unitVerdict(unit: string, written: string): Verdict | undefined {
  return unit === '' ? rejected('unit_not_tokens', `the unit is ${written}`) : undefined;
}

/** Data from before 2025 has the older name of the service. */
const SERVICES = ['Foundry Models', 'Cognitive Services'];

function itemVerdict(item: JsonObject): Verdict | undefined {
  const type = textIn(item, 'type');
  if (type !== 'Consumption') return rejected('not_on_demand', `a price of type ${type}`);
  const service = textIn(item, 'serviceName');
  if (!SERVICES.includes(service)) return rejected('out_of_scope', `the service is ${service}`);
  const currency = textIn(item, 'currencyCode');
  if (currency !== 'USD') {
    return rejected('currency_for_reference', `Azure bills in USD; ${currency} is for reference`);
  }
  const isFirst = /^0(?:\.0+)?$/.test(literalOf(member(item, 'tierMinimumUnits')) ?? '0');
  return isFirst ? undefined : rejected('volume_tier', 'a price of large volumes');
}

function datesOf(item: JsonObject) {
  const read = (key: string) => {
    const text = stringOf(member(item, key));
    return text === undefined ? null : parseMoment(text);
  };
  const [from, until] = [read('effectiveStartDate'), read('effectiveEndDate')];
  const isBad =
    from === undefined || until === undefined || (until !== null && until <= (from ?? 0));
  return {
    effectiveAtMs: from ?? null,
    validUntilMs: until ?? null,
    verdict: isBad ? rejected('bad_date', 'its dates are no span of time') : undefined,
  };
}

/** The sizes of a page that is not the last one. */
const FULL_PAGES = [100, 1000];

/** The service has left out the link to the next page (March 2023): then prices are missing. */
function incompleteFetch(root: JsonObject, count: number, file: string, { pages }: ReadingContext) {
  const link = textIn(root, 'NextPageLink');
  const isCut = link === '' ? FULL_PAGES.includes(count) && pages.size === 1 : pages.size === 1;
  if (!isCut) return [];
  const expected = 'every page of the answer: ask for more with $skip, and import them together';
  const place = { file, line: root.line, column: 'NextPageLink', value: link };
  return [{ code: 'incomplete_fetch', ...place, expected }];
}
