import { expect, it } from 'vitest';
import type { FeedDocument } from '../../../src/ingest/documents/page.ts';
import { observedAtInName } from '../../../src/ingest/documents/page.ts';
import { FEEDS } from '../../../src/ingest/feeds/catalogue.ts';
import { ECB_RATES } from '../../../src/ingest/feeds/fx.ts';
import { OPENROUTER_RANKINGS } from '../../../src/ingest/feeds/openrouter-rankings.ts';
import { SOURCES } from '../../../src/ingest/fetch/sources.ts';
import { importFeed } from '../../../src/ingest/import/run.ts';
import { importRates, importUsage } from '../../../src/ingest/import/run-rows.ts';
import { rawPairs } from '../../../src/publish/raw.ts';
import { fetchHere } from './here.ts';

const sku = (id: string, side: string, price: string) => ({
  products: { [id]: { attributes: { usagetype: `USE1-M-${side}-tokens`, ...PLACE } } },
  terms: { [id]: { t: { priceDimensions: { d: { unit: '1K tokens', ...priced(price) } } } } },
});
const PLACE = { regionCode: 'us-east-1', model: 'M' };
const priced = (USD: string) => ({ beginRange: '0', pricePerUnit: { USD } });
const both = [sku('a', 'input', '0.001'), sku('b', 'output', '0.002')];
const meter = (meterName: string, retailPrice: number) => ({
  ...{ meterName, retailPrice, meterId: meterName, currencyCode: 'USD', unitOfMeasure: '1M' },
  ...{ armRegionName: 'eastus2', type: 'Consumption', serviceName: 'Foundry Models' },
});
const pricing = { prompt: '0.000001', completion: '0.000002' };
const endpoint = { tag: 'openai', provider_name: 'OpenAI', pricing };
const cents = { request_token: { price: 0.0001 }, response_token: { price: 0.0002 } };

/** What a server answers for each feed, and the sellers whose price of 1 and 2 is in it. */
const ANSWERS: Readonly<Record<string, { sellers: string[]; answer: (path: string) => unknown }>> =
  {
    litellm: {
      sellers: ['openai'],
      answer: () => ({
        m: {
          ...{ litellm_provider: 'openai', mode: 'chat' },
          ...{ input_cost_per_token: 1e-6, output_cost_per_token: 2e-6 },
        },
      }),
    },
    openrouter: { sellers: ['openrouter'], answer: () => ({ data: [{ id: 'o/m', pricing }] }) },
    'openrouter-endpoints': {
      sellers: ['openai'],
      // A model's date stands in the name of its file, beside that of the fetch.
      answer: (path) =>
        path.endsWith('/models')
          ? { data: [{ id: 'o/m-2024-08-06' }] }
          : { data: { id: 'o/m-2024-08-06', endpoints: [endpoint] } },
    },
    'genai-prices': {
      sellers: ['openai'],
      answer: () => [
        { id: 'openai', models: [{ id: 'm', prices: { input_mtok: 1, output_mtok: 2 } }] },
      ],
    },
    'models-dev': {
      sellers: ['openai'],
      answer: () => ({ openai: { models: { m: { cost: { input: 1, output: 2 } } } } }),
    },
    'llm-prices': {
      sellers: ['openai'],
      answer: () => ({ prices: [{ vendor: 'openai', id: 'm', input: 1, output: 2 }] }),
    },
    portkey: {
      sellers: ['anthropic', 'azure', 'azure-ai', 'aws-bedrock', 'deepseek', 'openai'],
      answer: () => ({ m: { pricing_config: { pay_as_you_go: cents } } }),
    },
    'aws-bedrock': {
      sellers: ['aws-bedrock'],
      answer: (path) => {
        const offerCode = path.split('/')[4] ?? '';
        if (path.endsWith('region_index.json')) {
          const currentVersionUrl = path.replace('region_index', 'us-east-1/index');
          return { regions: { 'us-east-1': { currentVersionUrl } } };
        }
        const own = offerCode === 'AmazonBedrock' ? both : [];
        const products = Object.assign({}, ...own.map((one) => one.products));
        return { offerCode, products, terms: { OnDemand: Object.assign({}, ...own.map(termsOf)) } };
      },
    },
    'azure-retail': {
      sellers: ['azure'],
      answer: (path) =>
        path.includes('skip')
          ? { Items: [meter('5.4 Outp Glbl', 2)] }
          : { Items: [meter('5.4 Inp Glbl', 1)], NextPageLink: '?skip=1' },
    },
  };
const termsOf = (one: (typeof both)[number]) => one.terms;

async function fetched(name: string, answer: (path: string) => string): Promise<FeedDocument> {
  const { fetched: feed } = await fetchHere(name, answer, [], 'sk-key');
  const files = rawPairs(feed).map(({ name: file, bytes }) => ({ file: `raw/${file}`, bytes }));
  const times = new Set(files.map(({ file }) => observedAtInName(file)));
  expect([...times]).toEqual([Math.ceil(feed.fetchedAtMs / 1000) * 1000]);
  return { observedAtMs: feed.fetchedAtMs, pages: files };
}

it.each(Object.entries(ANSWERS))('imports %s as it was fetched', async (name, known) => {
  const feed = FEEDS.find((one) => one.name === name.replace('-endpoints', ''));
  const document = await fetched(name, (path) => JSON.stringify(known.answer(path)));
  const { documents, quotes } = importFeed(feed!, [document]);
  expect(documents[0]?.faults).toEqual([]);
  expect(quotes.map(({ seller }) => seller).sort()).toEqual([...known.sellers].sort());
  for (const { legs } of quotes) {
    const [input, output] = [legs.input, legs.output].map((leg) => Number(leg!.digits));
    expect(output).toBe(2 * input!);
  }
});

it('imports usage and exchange rates as they were fetched', async () => {
  const figures = { meta: { as_of: '2026-08-01T12:00:00Z' }, data: [figure('2026-07-03')] };
  const usage = await fetched('openrouter-rankings', () => JSON.stringify(figures));
  expect((await importUsage(OPENROUTER_RANKINGS, [usage])).rows).toMatchObject([{ model: 'o/m' }]);
  const csv = 'KEY,CURRENCY,CURRENCY_DENOM,TIME_PERIOD,OBS_VALUE\nk,USD,EUR,2026-07-03,1.1\n';
  const rates = await fetched('fx', () => csv);
  expect((await importRates(ECB_RATES, [rates])).rows).toMatchObject([{ quote: 'USD' }]);
});

const figure = (date: string) => ({ date, model_permaslug: 'o/m', total_tokens: '12' });

it('leaves out no feed that can be fetched', () => {
  const rows = ['openrouter-rankings', 'fx'];
  expect([...Object.keys(ANSWERS), ...rows].sort()).toEqual(SOURCES.map(({ name }) => name).sort());
});
