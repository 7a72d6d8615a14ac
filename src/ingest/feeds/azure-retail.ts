import { parseMoment } from '../../domain/dates.ts';
import {
  type JsonObject,
  literalOf,
  literalsIn,
  member,
  notAn,
  readJson,
  stringOf,
} from '../documents/json-text.ts';
import { meterOf } from './azure-meter.ts';
import { settleDates } from './dated-legs.ts';
import {
  type Feed,
  type FeedPage,
  type FeedPrice,
  type FeedRow,
  type PageReading,
  PLAIN_TERMS,
  type ReadingContext,
  rejected,
  type Verdict,
} from './feed.ts';

/** Azure's models in the Retail Prices API: a price per meter, and a meter per leg and region. */
export const AZURE_RETAIL: Feed = {
  name: 'azure-retail',
  reads: 'saved pages of the Azure Retail Prices API',
  read: readPage,
  settle: settleDates,
};

function readPage({ file, text }: FeedPage, context: ReadingContext): PageReading {
  const reading = readJson(text, file);
  if (!reading.root) return reading;
  const { root } = reading;
  if (root.kind !== 'object') return { fault: notAn('object', root, file) };
  const items = member(root, 'Items');
  if (items?.kind !== 'array') {
    const expected = 'an array of Items, as a page of the Retail Prices API has it';
    const place = { file, line: root.line, column: 'Items', value: '' };
    return { fault: { code: 'wrong_shape', ...place, expected } };
  }
  const rows: FeedRow[] = [];
  const prices: FeedPrice[] = [];
  for (const [index, item] of items.items.entries()) {
    if (item.kind !== 'object') {
      const verdict = rejected('not_an_entry', 'an item that is no object');
      rows.push({ id: `Items[${index}]`, file, line: item.line, verdict });
      continue;
    }
    const id = stringOf(member(item, 'meterId')) || `Items[${index}]`;
    const row = { id, file, line: item.line };
    rows.push(row);
    prices.push(...pricesOf(item, row, context));
  }
  const warnings = [
    ...reading.duplicates,
    ...incompleteFetch(root, items.items.length, file, context),
  ];
  return { rows, prices, warnings };
}

const SELLER = 'azure';

function pricesOf(item: JsonObject, row: FeedRow, { longContext }: ReadingContext): FeedPrice[] {
  const meter = stringOf(member(item, 'meterName')) || (stringOf(member(item, 'skuName')) ?? '');
  const armRegion = stringOf(member(item, 'armRegionName')) ?? '';
  const currency = stringOf(member(item, 'currencyCode')) ?? '';
  const unitName = stringOf(member(item, 'unitOfMeasure')) ?? '';
  const unit = UNIT_NAMES.get(unitName.trim().toLowerCase()) ?? '';
  const dates = datesOf(item);
  const meaning = meterOf(meter, armRegion);
  const verdict =
    unitVerdict(unit, unitName) ?? itemVerdict(item, currency) ?? dates.verdict ?? meaning.verdict;
  // Items of one meter in one region follow one another; those of different regions stand together.
  const field = `${meter} (${armRegion || 'no region'})`;
  return literalsIn(member(item, 'retailPrice') ?? NO_VALUE, field).map(
    ({ line, literal }): FeedPrice => {
      const price = { row, field, line, literal, unit };
      if (verdict || !meaning.leg) {
        return { kind: 'stray', ...price, verdict: verdict ?? UNKNOWN_LENGTH };
      }
      const { model, leg, region, serviceTier, isLong } = meaning;
      const contextFrom = isLong ? longContext(SELLER, model) : PLAIN_TERMS.contextFrom;
      if (contextFrom === undefined) return { kind: 'stray', ...price, verdict: UNKNOWN_LENGTH };
      const { effectiveAtMs, validUntilMs } = dates;
      const terms = { seller: SELLER, venue: SELLER, model, region, serviceTier, contextFrom };
      const own = { ...PLAIN_TERMS, ...terms, effectiveAtMs, validUntilMs };
      return { kind: 'leg', ...price, leg, terms: own };
    },
  );
}

const NO_VALUE = { kind: 'null', line: 0, text: 'null' } as const;

/** In lower case. What the name of a meter says of its unit is absent or wrong. */
const UNIT_NAMES: ReadonlyMap<string, string> = new Map([
  ...(['1k', '1k token', '1k tokens'] as const).map((name) => [name, 'per_1k'] as const),
  ...(['1m', '1m token', '1m tokens'] as const).map((name) => [name, 'per_mtok'] as const),
]);

const UNKNOWN_LENGTH = rejected(
  'context_threshold_unknown',
  'a price of long prompts, and nobody says from how many tokens on',
);

function unitVerdict(unit: string, written: string): Verdict | undefined {
  return unit === '' ? rejected('unit_not_tokens', `the unit is ${written}`) : undefined;
}

/** Data from before 2025 has the older name of the service. */
const SERVICES = ['Foundry Models', 'Cognitive Services'];

function itemVerdict(item: JsonObject, currency: string): Verdict | undefined {
  const type = stringOf(member(item, 'type')) ?? '';
  if (type !== 'Consumption') return rejected('not_on_demand', `a price of type ${type}`);
  const service = stringOf(member(item, 'serviceName')) ?? '';
  if (!SERVICES.includes(service)) return rejected('out_of_scope', `the service is ${service}`);
  if (currency !== 'USD') {
    return rejected('currency_for_reference', `Azure bills in USD; ${currency} is for reference`);
  }
  const least = member(item, 'tierMinimumUnits');
  const isFirst = least === undefined || /^0(?:\.0+)?$/.test(literalOf(least) ?? '0');
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
  const link = stringOf(member(root, 'NextPageLink')) ?? '';
  const isCut = link === '' ? FULL_PAGES.includes(count) && pages.size === 1 : pages.size === 1;
  if (!isCut) return [];
  const expected = 'every page of the answer: ask for more with $skip, and import them together';
  const place = { file, line: root.line, column: 'NextPageLink', value: link };
  return [{ code: 'incomplete_fetch', ...place, expected }];
}
