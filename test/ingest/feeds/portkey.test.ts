import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PORTKEY } from '../../../src/ingest/feeds/portkey.ts';
import { importFeed } from '../../../src/ingest/import/run.ts';
import { expectAccounted, literals } from './accounting.ts';
import { importTexts, leftovers, NOON, shown } from './documents.ts';

const pair = (input: string, output: string, more = '') =>
  `{"request_token": {"price": ${input}}, "response_token": {"price": ${output}}${more}}`;
const plain = (input: string, output: string, more = '') =>
  `{"pricing_config": {"pay_as_you_go": ${pair(input, output, more)}, "currency": "USD"}}`;

/** The prices of one region, mode and tier under `custom_pricing`. */
function custom(region: string, mode: string, tier: string, prices: string): string {
  const config = `{"pricing_config": {"pay_as_you_go": ${prices}}}`;
  const tiers = `{"context_tiers": {"${tier}": ${config}}}`;
  return `"custom_pricing": {"context_tier_map": {"0": "lte-272k", "272000": "gt-272k"},
    "regions": {"${region}": {"execution_modes": {"${mode}": ${tiers}}}}}`;
}

describe('portkey', () => {
  it('reads cents per token: 0.00025 is 2.5 $/MTok, not 250', () => {
    const { quotes } = importTexts(PORTKEY, `{"gpt-4o": ${plain('0.00025', '0.001')}}`);
    expect(quotes.map(shown)).toEqual(['gpt-4o standard 0: input 2.5, output 10']);
  });

  it.each([
    ['openai.json', 'openai'],
    ['raw/2026-08-21_bedrock.json', 'aws-bedrock'],
    ['azure-openai.2026-08-21.json', 'azure'],
    ['openai-2026-08-21.json', 'openai'],
    ['raw/portkey.2026-08-01T114848Z.openai.json', 'openai'],
    ['C:\\raw\\portkey.2026-08-01T114848Z.bedrock.json', 'aws-bedrock'],
  ])('knows the seller of %s', (file, seller) => {
    const bytes = Buffer.from(`{"m": ${plain('0.00025', '0.001')}}`);
    const { quotes } = importFeed(PORTKEY, [{ observedAtMs: NOON, pages: [{ file, bytes }] }]);
    expect(quotes).toMatchObject([{ seller, venue: 'portkey' }]);
  });

  it('reads batch prices and tiers, and leaves the template and fillers out', () => {
    const more = ', "cache_write_input_token": {"price": 0}';
    const base = plain('0.0002', '0.0012', more).slice(1, -1);
    const batch = `"batch_config": ${pair('0.0001', '0.0006')}`;
    const tier = custom('default', 'standard', 'gt-272k', pair('0.0004', '0.0018'));
    const text = `{"default": ${plain('0', '0')},
      "terra": {${base.slice(0, -1)}, ${batch}}, ${tier}}}`;
    const result = importTexts(PORTKEY, text);
    expect(result.quotes.map(shown)).toEqual([
      'terra standard 0: input 2, output 12',
      'terra batch 0: input 1, output 6',
      'terra standard 272000: input 4, output 18',
    ]);
    expect(leftovers(result)).toContain(
      'unused_leg zero_leg terra pricing_config.pay_as_you_go.cache_write_input_token.price',
    );
    expect(leftovers(result).filter((line) => line.startsWith('rejected template'))).toHaveLength(
      2,
    );
  });

  it('takes the same price in two places once, and holds two different ones', () => {
    const entry = (input: string) =>
      `{"m": {"pricing_config": {"pay_as_you_go": ${pair('0.0002', '0.0012')}},
        ${custom('default', 'standard', 'lte-272k', pair(input, '0.0012'))}}}`;
    const same = importTexts(PORTKEY, entry('2e-4'));
    expect(same.quotes.map(shown)).toEqual(['m standard 0: input 2, output 12']);
    const other = importTexts(PORTKEY, entry('0.0003'));
    expect(other.quotes).toEqual([]);
    expect(new Set(other.held.map(({ code }) => code))).toEqual(new Set(['conflict']));
  });

  it('quotes one price for each of the regions in its key', () => {
    const prices = pair('0.000275', '0.00165');
    const { quotes, documents } = importTexts(
      PORTKEY,
      `{"m": {${custom('us,eu,default', 'standard', 'lte-272k', prices)}}}`,
    );
    expect(quotes.map(({ region }) => region)).toEqual(['us', 'eu', 'global']);
    expect(documents[0]?.tally).toMatchObject([{ disposition: 'accepted', rows: 1, prices: 2 }]);
  });

  it.each([
    ['a mode that is not known', 'at-night', 'lte-272k', 'tier_unsupported'],
    ['a tier that the map lacks', 'standard', 'gt-1m', 'context_threshold_unknown'],
  ])('rejects %s', (_, mode, tier, code) => {
    const result = importTexts(
      PORTKEY,
      `{"m": {${custom('default', mode, tier, pair('0.0002', '0.0012'))}}}`,
    );
    expect(result.quotes).toEqual([]);
    expect(result.documents[0]?.tally).toMatchObject([{ code, rows: 1, prices: 2 }]);
  });

  it('does not take the price of a model inside another for its own', () => {
    const result = importTexts(
      PORTKEY,
      `{"dall-e-2": {"gpt-image-1": ${plain('0.0005', '0.004')}}, "x": 3}`,
    );
    expect(result.quotes).toEqual([]);
    expect(result.documents[0]?.tally.map(({ code, prices }) => [code, prices])).toEqual([
      ['not_an_entry', 0],
      ['unknown_key', 2],
    ]);
  });
});

const units = fc.constantFrom(
  ...['request_token', 'response_token', 'cache_read_input_token', 'cache_write_input_token'],
  ...['request_audio_token', 'image'],
);
const config = fc.record({
  way: fc.constantFrom('pay_as_you_go', 'batch_config'),
  prices: fc.uniqueArray(fc.tuple(units, literals), { selector: ([unit]) => unit }),
  place: fc.constantFrom('', 'default standard gt-272k', 'us,eu flex lte-272k', 'us at-night x'),
});
const entry = fc.record({
  model: fc.constantFrom('m', 'n', 'default', '__proto__'),
  config,
});

it('accounts for every price of a generated file', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 8 }), (entries) => {
      const text = entries.map(({ model, config: { way, prices, place } }) => {
        const inner = prices.map(([unit, literal]) => `"${unit}": {"price": ${literal}}`).join();
        const [region = '', mode = '', tier = ''] = place.split(' ');
        const all = `{"pricing_config": {"${way}": {${inner}}}}`;
        const placed = `{"${region}": {"execution_modes": {"${mode}": {"context_tiers":
          {"${tier}": ${all}}}}}}`;
        const map = '"context_tier_map": {"0": "lte-272k", "272000": "gt-272k"}';
        const entry = place === '' ? all : `{"custom_pricing": {${map}, "regions": ${placed}}}`;
        return `"${model}": ${entry}`;
      });
      const published = entries.flatMap(({ model, config: { prices } }) =>
        prices.map(([unit, literal]) => {
          return { row: model, model, field: `${unit}.price`, literal, unit: 'cents_per_token' };
        }),
      );
      expectAccounted(importTexts(PORTKEY, `{${text.join(',\n')}}`), published, entries.length);
    }),
  );
});
