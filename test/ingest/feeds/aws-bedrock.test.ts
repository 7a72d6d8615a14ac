import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AWS_BEDROCK } from '../../../src/ingest/feeds/aws-bedrock.ts';
import { importFeed } from '../../../src/ingest/import/run.ts';
import { expectAccounted, expectNoCrash, literals } from './accounting.ts';
import { importTexts, leftovers, NOON, shown } from './documents.ts';

interface Sku {
  readonly usagetype: string;
  readonly price?: string;
  readonly unit?: string;
  readonly date?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly kind?: string;
  readonly begin?: string;
  readonly currency?: string;
}

/** A price list of SKUs named 0, 1, 2 and so on. */
function priceList(skus: readonly Sku[], offerCode = 'AmazonBedrock'): string {
  const products = skus.map(({ usagetype, attributes }, id) => {
    const common = { usagetype, model: 'Nova Lite', regionCode: 'us-east-1' };
    return [String(id), { attributes: { ...common, ...attributes } }];
  });
  const terms = ['OnDemand', 'Reserved'].map((kind) => [
    kind,
    Object.fromEntries(
      skus.flatMap((sku, id) => {
        if ((sku.kind ?? 'OnDemand') !== kind || sku.price === undefined) return [];
        const { price, unit = '1K tokens', begin = '0', currency = 'USD' } = sku;
        const dimension = { unit, beginRange: begin, pricePerUnit: { [currency]: price } };
        const effectiveDate = sku.date ?? '2026-08-01T00:00:00Z';
        return [[id, { term: { effectiveDate, priceDimensions: { rate: dimension } } }]];
      }),
    ),
  ]);
  return JSON.stringify({
    offerCode,
    products: Object.fromEntries(products),
    terms: Object.fromEntries(terms),
  });
}

const pair = (input: string, output: string, suffix = '', more: Partial<Sku> = {}): Sku[] => [
  { usagetype: `USE1-NovaLite-input-tokens${suffix}`, price: input, ...more },
  { usagetype: `USE1-NovaLite-output-tokens${suffix}`, price: output, ...more },
];

describe('aws-bedrock', () => {
  it('reads sides, tiers and routing from three spellings', () => {
    const marketplace = { model: '', servicename: 'Claude X 1 (Amazon Bedrock Edition)' };
    const text = priceList([
      ...pair('0.00006', '0.00024'),
      { usagetype: 'USE1-NovaLite-cache-read-input-token-count', price: '0.000015' },
      ...pair('0.00003', '0.00012', '-batch', { attributes: { feature: 'Batch Inference' } }),
      ...pair('0.00005', '0.0002', '-cross-region-global'),
      { usagetype: 'USE1-a.nova-lite-mantle-input-tokens-global-flex', price: '0.00002' },
      { usagetype: 'USE1-a.nova-lite-mantle-output-tokens-global-flex', price: '0.00009' },
      ...['Input', 'CacheReadInput', 'CacheWriteInput', 'CacheWrite1hInput', 'Output'].map(
        (side, leg) => ({
          ...{ usagetype: `APN1-MP:APN1_${side}TokenCount-Units`, attributes: marketplace },
          ...{ price: ['3', '0.3', '3.75', '6', '15'][leg] ?? '', unit: '1M tokens' },
        }),
      ),
    ]);
    const result = importTexts(AWS_BEDROCK, text);
    expect(result.quotes.map((quote) => `${quote.region} ${shown(quote)}`)).toEqual([
      'us-east-1 nova-lite standard 0: input 0.06, cached_input 0.015, output 0.24',
      'us-east-1 nova-lite batch 0: input 0.03, output 0.12',
      'global nova-lite standard 0: input 0.05, output 0.2',
      'global nova-lite flex 0: input 0.02, output 0.09',
      'us-east-1 claude-x-1 standard 0: input 3, cached_input 0.3, cache_write 3.75, output 15',
    ]);
    expect(leftovers(result)).toEqual([
      'unused_leg cache_ttl_1h 12 APN1-MP:APN1_CacheWrite1hInputTokenCount-Units',
    ]);
    expect(result.quotes[0]?.effectiveAtMs).toBe(Date.UTC(2026, 7, 1));
  });

  it('takes the tier from the feature where the name does not say it', () => {
    const batch = { attributes: { feature: 'Batch Inference' } };
    const text = priceList([
      ...pair('0.00006', '0.00024'),
      ...pair('0.00003', '0.00012', '', batch),
    ]);
    expect(importTexts(AWS_BEDROCK, text).quotes.map(shown)).toEqual([
      'nova-lite standard 0: input 0.06, output 0.24',
      'nova-lite batch 0: input 0.03, output 0.12',
    ]);
  });

  it('takes a cache write of 30 minutes only where the model has no other', () => {
    const write = (life: string) => ({
      usagetype: `APN1-MP:APN1_cache_write_tokens${life}_standard-Units`,
      price: '0.00008',
    });
    const alone = importTexts(AWS_BEDROCK, priceList([...pair('6e-5', '2e-4'), write('_30m')]));
    expect(alone.quotes.map(shown)).toEqual([
      'nova-lite standard 0: input 0.06, cache_write 0.08, output 0.2',
    ]);
    const skus = [...pair('6e-5', '2e-4'), write('_30m'), { ...write(''), price: '7e-5' }];
    const beside = importTexts(AWS_BEDROCK, priceList(skus));
    expect(beside.quotes.map(shown)).toEqual([
      'nova-lite standard 0: input 0.06, cache_write 0.07, output 0.2',
    ]);
    expect(leftovers(beside)).toEqual([expect.stringContaining('unused_leg cache_ttl_30m 2')]);
  });

  it('reads long context where somebody says how long it is', () => {
    const long = { attributes: { model: 'M' } };
    const skus = pair('0.01', '0.02', '_long_ctx_standard', long);
    const run = (from: number | undefined) =>
      importFeed(
        AWS_BEDROCK,
        [{ observedAtMs: NOON, pages: [{ file: 'f', bytes: Buffer.from(priceList(skus)) }] }],
        { longContext: () => from },
      );
    expect(run(200_000).quotes.map(shown)).toEqual(['m standard 200000: input 10, output 20']);
    expect(leftovers(run(undefined))).toEqual([
      expect.stringContaining('rejected context_threshold_unknown 0'),
      expect.stringContaining('rejected context_threshold_unknown 1'),
    ]);
  });

  it('keeps the yuan of China as they are', () => {
    const text = priceList(pair('0.0004', '0.002', '', { currency: 'CNY' }));
    expect(importTexts(AWS_BEDROCK, text).quotes).toMatchObject([{ currency: 'CNY' }]);
  });

  it.each<[string, string, Partial<Sku>, string]>([
    ['an image', '', { unit: 'image' }, 'rejected unit_not_tokens'],
    ['throughput', '', { unit: '1M TPM Hour' }, 'rejected unit_not_tokens'],
    ['the unit constructor', '', { unit: 'constructor' }, 'rejected unit_not_tokens'],
    ['a unit that says nothing', '', { unit: 'Units' }, 'held unit_unknown'],
    ['no unit', '', { unit: '' }, 'held unit_unknown'],
    ['a unit of other size', '', { unit: '1B tokens' }, 'held unit_unknown'],
    ['a commitment', '', { kind: 'Reserved' }, 'rejected not_on_demand'],
    ['a price of large volumes', '', { begin: '1000' }, 'rejected volume_tier'],
    ['a date that does not exist', '', { date: '2026-02-30T00:00:00Z' }, 'rejected bad_date'],
    ['a customized model', '-custom-model', {}, 'rejected custom_model'],
    ['low latency', '-latency-optimized', {}, 'rejected tier_unsupported'],
    ['two tiers', '-batch-flex', {}, 'rejected tier_unsupported'],
    ['a word that nobody knows', '-at-night', {}, 'rejected tier_unsupported'],
    ['regions that it does not name', '-cross-region', {}, 'rejected routing_unsupported'],
    ['words for a price', '', { price: 'a lot' }, 'rejected not_a_number'],
    ['no price', '', { price: '0' }, 'rejected zero_price'],
    ['no region', '', { attributes: { regionCode: '' } }, 'rejected bad_name'],
    ['no name', '', { attributes: { model: '' } }, 'rejected bad_name'],
    [
      ...(['training', '', { attributes: { feature: 'Model Customization' } }] as const),
      'rejected not_inference',
    ],
  ])('does not quote %s', (_, suffix, more, verdict) => {
    const { quotes, documents } = importTexts(
      AWS_BEDROCK,
      priceList(pair('0.00006', '0.00024', suffix, more)),
    );
    expect(quotes).toEqual([]);
    const tally = documents[0]?.tally.map(({ disposition, code }) => `${disposition} ${code}`);
    expect(tally).toEqual([verdict]);
  });

  it.each([
    ['[]', 'wrong_shape'],
    ['{"offerCode": "AmazonEC2", "products": {}, "terms": {}}', 'wrong_shape'],
    ['{"offerCode": "AmazonBedrock", "products": [], "terms": {}}', 'wrong_shape'],
    ['{"offerCode": "AmazonBedrock", "products": {}}', 'wrong_shape'],
    ['{"offerCode": "AmazonBedrock",', 'malformed_json'],
  ])('refuses %s', (text, code) => {
    expect(importTexts(AWS_BEDROCK, text).documents[0]?.faults).toMatchObject([{ code }]);
  });

  it('counts a SKU without a description, and one without a price', () => {
    const text = priceList([...pair('6e-5', '2e-4'), { usagetype: 'x' }]).replace(
      '"OnDemand":{',
      '"OnDemand":{"?":{"t":{"priceDimensions":{"r":{"unit":"1K tokens","pricePerUnit":{"USD":"1"}}}}},',
    );
    const result = importTexts(AWS_BEDROCK, text);
    expect(result.quotes.length).toBe(1);
    expect(leftovers(result)).toEqual([
      'rejected no_price 2',
      'rejected no_product ? pricePerUnit',
    ]);
  });
});

const sku = fc.record({
  usagetype: fc
    .tuple(
      fc.constantFrom('USE1-M-', 'APN1-MP:APN1_', 'USE1-lab.m-mantle-'),
      fc.constantFrom('input-tokens', 'OutputTokenCount', 'cache-read-input-token-count', 'x'),
      fc.constantFrom('', '', '-batch', '_Global', '_long_ctx_standard', '-latency-optimized'),
    )
    .map((parts) => parts.join('')),
  price: literals,
  unit: fc.constantFrom('1K tokens', '1M tokens', '1M Tokens', 'Units', 'hour'),
  date: fc.constantFrom('2026-07-01T00:00:00Z', '2026-08-01T00:00:00Z', 'soon'),
  attributes: fc.record({ model: fc.constantFrom('A', 'B', '') }),
  kind: fc.constantFrom('OnDemand', 'OnDemand', 'Reserved'),
});
const skus = fc.array(sku, { maxLength: 12 });

const UNITS: Readonly<Record<string, string>> = { '1K tokens': 'per_1k' };

it('quotes every price of a price list exactly, or says why not', () => {
  fc.assert(
    fc.property(skus, (list) => {
      const published = list.map(({ price, unit }, id) => ({
        ...{ row: String(id), literal: price, unit: UNITS[unit] ?? 'per_mtok' },
      }));
      expectAccounted(importTexts(AWS_BEDROCK, priceList(list)), published);
    }),
  );
});

it('reads a broken price list without a crash', () => {
  expectNoCrash(
    AWS_BEDROCK,
    skus.map((list) => priceList(list)),
  );
});
