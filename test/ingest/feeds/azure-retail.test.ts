import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatMoment } from '../../../src/domain/dates.ts';
import { meterOf } from '../../../src/ingest/feeds/azure-meter.ts';
import { AZURE_RETAIL } from '../../../src/ingest/feeds/azure-retail.ts';
import { importFeed } from '../../../src/ingest/import/run.ts';
import { expectAccounted, expectNoCrash, literals } from './accounting.ts';
import { importTexts, leftovers, NOON, shown, tallyOf } from './documents.ts';

type Item = Readonly<Record<string, unknown>>;

const COMMON = {
  ...{ currencyCode: 'USD', tierMinimumUnits: 0, armRegionName: 'eastus2', type: 'Consumption' },
  ...{ effectiveStartDate: '2026-03-01T00:00:00Z', serviceName: 'Foundry Models' },
};

/** A meter by its name, and its price as it is to be written: `retailPrice` is no string. */
function item(meterName: string, price: string, more: Item = {}): string {
  const meterId = more.meterId ?? meterName;
  const text = JSON.stringify({ ...COMMON, meterId, meterName, unitOfMeasure: '1M', ...more });
  return text.replace(/\}$/, `,"retailPrice":${price}}`);
}

function page(items: readonly string[], link: string | null = null): string {
  return `{"Items":[${items.join()}],"NextPageLink":${JSON.stringify(link)}}`;
}

const pair = (name: string, input: string, output: string, more: Item = {}) => [
  item(`${name} Inp Gl`, input, more),
  item(`${name} Opt Gl`, output, more),
];

describe('the name of an Azure meter', () => {
  it.each([
    ['gpt 4o 1120 Inp glbl Tokens', 'input gpt-4o-1120 global standard'],
    ['gpt-4o-1120-Outp-regnl', 'output gpt-4o-1120 eastus2 standard'],
    ['5.4 mini cd Inp Gl 1M Tokens', 'cached_input 5.4-mini global standard'],
    ['5 ccchd in Data Zone', 'cached_input 5 us-datazone standard'],
    ['5.6 terra ShortCo Cd Wr Std Gl', 'cache_write 5.6-terra global standard'],
    ['5.6 terra LongCo out Std DZone', 'output 5.6-terra us-datazone standard long'],
    ['5.4L inpt Rg', 'input 5.4 eastus2 standard long'],
    ['5.4 InpL Gl', 'input 5.4 global standard long'],
    ['5.4 outpt Gl L', 'output 5.4 global standard long'],
    ['5.4 BatchOutp DataZone', 'output 5.4 us-datazone batch'],
    ['54 mini Inp Flex Gl', 'input 54-mini global flex'],
    ['5.4 pp Opt', 'output 5.4 eastus2 priority'],
    ['MM3.5 Input', 'input mm3.5 eastus2 standard'],
    ['gpt 4o ft cached Inp', 'custom_model'],
    ['4o mini rt Inp', 'non_text_modality'],
    ['o4 mini grader Inp', 'not_inference'],
    ['5.4 Inp Opt', 'unknown_side'],
    ['5.4 cd Opt', 'unknown_side'],
    ['5.4 Gl', 'unknown_side'],
    ['5.4 Batch Flex Inp', 'tier_unsupported'],
    ['5.4 Inp Gl DZ', 'routing_unsupported'],
    ['S1 Characters', 'unit_not_tokens'],
  ])('%s', (name, expected) => {
    const meter = meterOf(name, 'eastus2');
    if (meter.verdict) expect(meter.verdict.code).toBe(expected);
    else {
      const { leg, model, region, serviceTier, isLong } = meter;
      const text = [leg, model, region, serviceTier, isLong ? 'long' : ''];
      expect(text.filter(Boolean).join(' ')).toBe(expected);
    }
  });

  it.each([
    ['Inp Gl', 'usgovvirginia', 'usgovvirginia'],
    ['Inp DZ', 'swedencentral', 'eu-datazone'],
    ['Inp DZ', 'westeurope', 'eu-datazone'],
    ['Inp DZ', 'southcentralus', 'us-datazone'],
    ['Inp DZ', 'uksouth', 'uksouth-datazone'],
    ['Inp', 'japaneast', 'japaneast'],
  ])('%s in %s is of region %s', (name, armRegion, region) => {
    expect(meterOf(`x ${name}`, armRegion)).toMatchObject({ region });
  });
});

describe('azure-retail', () => {
  it('reads the unit of the item, not that of the name', () => {
    const text = page([
      item('a Inp Gl 1M Tokens', '0.002', { unitOfMeasure: '1K' }),
      item('a Opt Gl Tokens', '8.0'),
    ]);
    expect(importTexts(AZURE_RETAIL, text).quotes.map(shown)).toEqual([
      'a standard 0: input 2, output 8',
    ]);
  });

  it('takes a global meter once, however many regions list it', () => {
    const regions = ['eastus2', 'swedencentral', 'japaneast'];
    const items = (price: string) =>
      regions.flatMap((armRegionName, index) =>
        pair('a', index === 2 ? price : '2', '8', { armRegionName }),
      );
    const { quotes, documents } = importTexts(AZURE_RETAIL, page(items('2.0')));
    expect(quotes.map(shown)).toEqual(['a standard 0: input 2, output 8']);
    expect(documents.map(tallyOf)).toEqual([
      ['accepted: 2 rows, 2 prices', 'duplicate duplicate_equal: 4 rows, 4 prices'],
    ]);
    const differing = importTexts(AZURE_RETAIL, page(items('2.2')));
    expect(differing.quotes).toEqual([]);
    expect(new Set(differing.held.map(({ code }) => code))).toEqual(new Set(['conflict']));
  });

  it('dates a quote by its latest row, and a change of one meter by that', () => {
    const from = (day: string) => ({ effectiveStartDate: `${day}T00:00:00Z` });
    const text = page([
      item('a Inp Gl', '3', { ...from('2026-01-01'), effectiveEndDate: '2026-05-01T00:00:00Z' }),
      item('a Inp Gl', '2', { ...from('2026-05-01'), meterId: 'later' }),
      item('a Opt Gl', '9', from('2026-02-01')),
    ]);
    const { quotes, documents } = importTexts(AZURE_RETAIL, text);
    const dated = quotes.map((quote) => `${formatMoment(quote.effectiveAtMs)} ${shown(quote)}`);
    expect(dated).toEqual([
      '2026-02-01T00:00:00Z a standard 0: input 3, output 9',
      '2026-05-01T00:00:00Z a standard 0: input 2, output 9',
    ]);
    expect(documents.map(tallyOf)).toEqual([['accepted: 3 rows, 3 prices']]);
  });

  it('holds swapped meters by the mirror of another deployment', () => {
    const zone = [item('a Inp DZ', '16.5'), item('a Opt DZ', '2.75')];
    const { held } = importTexts(AZURE_RETAIL, page([...pair('a', '2.5', '15'), ...zone]));
    expect(held.map(({ code }) => code)).toEqual(['swapped_sides']);
  });

  it.each<[string, Item, string]>([
    ['hours', { unitOfMeasure: '1 Hour' }, 'unit_not_tokens'],
    ['no unit', { unitOfMeasure: undefined }, 'unit_not_tokens'],
    ['another currency', { currencyCode: 'EUR' }, 'currency_for_reference'],
    ['a reservation', { type: 'Reservation' }, 'not_on_demand'],
    ['another service', { serviceName: 'Storage' }, 'out_of_scope'],
    ['large volumes', { tierMinimumUnits: 100 }, 'volume_tier'],
    ['a day that does not exist', { effectiveStartDate: '2026-02-30T00:00:00Z' }, 'bad_date'],
    ['an end before its start', { effectiveEndDate: '2026-01-01T00:00:00Z' }, 'bad_date'],
    ['no region', { meterName: 'a Inp', armRegionName: '' }, 'bad_name'],
  ])('does not quote %s', (_, more, code) => {
    const { quotes, documents } = importTexts(AZURE_RETAIL, page(pair('a', '2', '8', more)));
    expect(quotes).toEqual([]);
    expect(documents[0]?.tally).toMatchObject([{ code }]);
  });

  it('says where pages are missing', () => {
    const codes = (...pages: readonly string[]) =>
      importFeed(AZURE_RETAIL, [
        {
          observedAtMs: NOON,
          pages: pages.map((text, index) => ({ file: `${index}`, bytes: Buffer.from(text) })),
        },
      ]).documents.flatMap(({ warnings }) => warnings.map(({ code }) => code));
    const first = page(pair('a', '2', '8'), 'https://prices.azure.com/?$skip=1000');
    expect(codes(first)).toEqual(['incomplete_fetch']);
    expect(codes(first, page(pair('b', '2', '8')))).toEqual([]);
    expect(codes(page(Array.from({ length: 50 }, () => pair('a', '2', '8')).flat()))).toEqual([
      'incomplete_fetch',
    ]);
  });

  it('counts an item that is none', () => {
    const result = importTexts(AZURE_RETAIL, page(['7', item('a Inp', 'null')]));
    expect(leftovers(result)).toEqual([
      'rejected not_an_entry Items[0]',
      'rejected no_price a Inp',
    ]);
  });

  it.each(['[]', '{}', '{"Items": {}}'])('refuses %s', (text) => {
    const [report] = importTexts(AZURE_RETAIL, text).documents;
    expect(report?.faults).toMatchObject([{ code: 'wrong_shape' }]);
  });
});

const items = fc.array(
  fc.record({
    name: fc
      .tuple(
        fc.constantFrom('a', 'b 1', 'a ft'),
        fc.constantFrom('Inp', 'Opt', 'cd Inp', 'Cd Wr', ''),
        fc.constantFrom('Gl', 'Gl', 'DZ', '', 'LongCo Gl', 'Batch Gl'),
      )
      .map((words) => words.join(' ')),
    price: literals,
    unitOfMeasure: fc.constantFrom('1K', '1M', '1M', '1 Hour'),
    armRegionName: fc.constantFrom('eastus2', 'swedencentral', 'usgovvirginia'),
    effectiveStartDate: fc.constantFrom('2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', 'soon'),
    effectiveEndDate: fc.constantFrom(undefined, undefined, '2026-02-01T00:00:00Z'),
  }),
  { maxLength: 14 },
);
type Generated = typeof items extends fc.Arbitrary<infer List> ? List : never;
const pageOf = (list: Generated) =>
  page(
    list.map(({ name, price, ...more }, id) => item(name, price, { ...more, meterId: `${id}` })),
  );

it('quotes every price of a page exactly, or says why not', () => {
  fc.assert(
    fc.property(items, (list) => {
      const published = list.map(({ price, unitOfMeasure }, id) => ({
        ...{
          row: String(id),
          literal: price,
          unit: unitOfMeasure === '1K' ? 'per_1k' : 'per_mtok',
        },
      }));
      expectAccounted(importTexts(AZURE_RETAIL, pageOf(list)), published);
    }),
    { numRuns: 300 },
  );
});

it('reads a broken page without a crash', () => {
  expectNoCrash(AZURE_RETAIL, items.map(pageOf));
});
