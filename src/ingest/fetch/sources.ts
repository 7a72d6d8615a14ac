import { z } from 'zod';
import { MtokError, nearest, shorten } from '../../domain/failure.ts';
import { type FeedSource, type Got, partOf, type Target } from './source.ts';

const GITHUB = 'https://raw.githubusercontent.com';
const OPENROUTER = 'https://openrouter.ai/api/v1';
const AWS = 'https://pricing.us-east-1.amazonaws.com';
const AZURE = 'https://prices.azure.com/api/retail/prices';

const OPENROUTER_KEY = 'OPENROUTER_API_KEY';

const LITELLM: FeedSource = {
  name: 'litellm',
  gets: 'the price map of LiteLLM, as it is on its main branch',
  hosts: ['raw.githubusercontent.com'],
  start: () => one(`${GITHUB}/BerriAI/litellm/main/model_prices_and_context_window.json`),
};

const OPENROUTER_MODELS: FeedSource = {
  name: 'openrouter',
  gets: 'the models of OpenRouter, each with the price of one endpoint',
  hosts: ['openrouter.ai'],
  start: () => one(`${OPENROUTER}/models`),
};

const OPENROUTER_ENDPOINTS: FeedSource = {
  name: 'openrouter-endpoints',
  gets: 'the sellers behind each model of OpenRouter, to import as openrouter',
  hosts: ['openrouter.ai'],
  key: { variable: OPENROUTER_KEY, required: false },
  parts: 'models',
  start: ({ only }) =>
    only.length > 0
      ? only.map(endpointsOf)
      : [{ url: `${OPENROUTER}/models`, part: 'models', keep: false }],
  // An id with a tilde stands for another one.
  follow: (got) =>
    got.target.keep
      ? []
      : read(got, modelList)
          .data.filter(({ id }) => !id.startsWith('~'))
          .map(({ id }) => endpointsOf(id)),
};

const modelList = z.object({ data: z.array(z.object({ id: z.string() })) });

function endpointsOf(id: string): Target {
  const path = id.split('/').map(encodeURIComponent).join('/');
  return { url: `${OPENROUTER}/models/${path}/endpoints`, part: partOf(id), keep: true };
}

const OPENROUTER_RANKINGS: FeedSource = {
  name: 'openrouter-rankings',
  gets: "the tokens a day of OpenRouter's 50 largest models (usage, not prices)",
  hosts: ['openrouter.ai'],
  key: { variable: OPENROUTER_KEY, required: true },
  isDaily: true,
  start: ({ from, to }) =>
    one(`${OPENROUTER}/datasets/rankings-daily?start_date=${from}&end_date=${to}`),
};

const GENAI_PRICES: FeedSource = {
  name: 'genai-prices',
  gets: "pydantic's dated prices, version 2",
  hosts: ['raw.githubusercontent.com'],
  start: () => one(`${GITHUB}/pydantic/genai-prices/main/prices/new_data/v2/data.json`),
};

const MODELS_DEV: FeedSource = {
  name: 'models-dev',
  gets: 'the generated file of models.dev',
  hosts: ['models.dev'],
  start: () => one('https://models.dev/api.json'),
};

const LLM_PRICES: FeedSource = {
  name: 'llm-prices',
  gets: 'the price history of llm-prices.com',
  hosts: ['www.llm-prices.com'],
  start: () => one('https://www.llm-prices.com/historical-v1.json'),
};

/** The providers that are asked for where nobody names any: Portkey publishes no list of them. */
const PORTKEY_PROVIDERS = [
  'anthropic',
  'azure-ai',
  'azure-openai',
  'bedrock',
  'deepseek',
  'openai',
];

const PORTKEY: FeedSource = {
  name: 'portkey',
  gets: `Portkey's file of each provider (${PORTKEY_PROVIDERS.join(', ')})`,
  hosts: ['configs.portkey.ai'],
  parts: 'providers',
  start: ({ only }) =>
    (only.length > 0 ? only : PORTKEY_PROVIDERS).map((provider) => ({
      url: `https://configs.portkey.ai/pricing/${encodeURIComponent(provider)}.json`,
      part: partOf(provider),
      keep: true,
    })),
};

const ECB = 'https://data-api.ecb.europa.eu/service/data/EXR/D..EUR.SP00.A';

const ECB_RATES: FeedSource = {
  name: 'fx',
  gets: "the ECB's daily reference rates of the euro (exchange rates, not prices)",
  hosts: ['data-api.ecb.europa.eu'],
  isDaily: true,
  extension: 'csv',
  start: ({ from, to }) => one(`${ECB}?startPeriod=${from}&endPeriod=${to}&format=csvdata`),
};

/** One of them alone gives an empty result where a model is sold under another, and no error. */
const AWS_OFFERS = ['AmazonBedrock', 'AmazonBedrockFoundationModels', 'AmazonBedrockService'];

const AWS_BEDROCK: FeedSource = {
  name: 'aws-bedrock',
  gets: 'the price lists of the three offers of Bedrock, a file for each region',
  hosts: ['pricing.us-east-1.amazonaws.com'],
  parts: 'regions',
  start: () =>
    AWS_OFFERS.map((offer) => ({
      url: `${AWS}/offers/v1.0/aws/${offer}/current/region_index.json`,
      part: offer,
      keep: false,
    })),
  follow: (got, { only }) =>
    got.target.keep
      ? []
      : Object.entries(read(got, regionIndex).regions)
          .filter(([region]) => only.length === 0 || only.includes(region))
          .map(([region, { currentVersionUrl }]) => ({
            url: resolved(currentVersionUrl, got),
            part: partOf(`${got.target.part}.${region}`),
            keep: true,
          })),
};

const regionIndex = z.object({
  regions: z.record(z.string(), z.object({ currentVersionUrl: z.string() })),
});

const AZURE_RETAIL: FeedSource = {
  name: 'azure-retail',
  gets: "every page of Azure's retail prices of Foundry Models",
  hosts: ['prices.azure.com'],
  start: () => [
    {
      url: `${AZURE}?${new URLSearchParams({
        'api-version': '2023-01-01-preview',
        $filter: "serviceName eq 'Foundry Models'",
      })}`,
      part: '001',
      keep: true,
    },
  ],
  follow: (got) => {
    const page = read(got, azurePage);
    const part = String(Number(got.target.part) + 1).padStart(3, '0');
    const url = page.NextPageLink ? resolved(page.NextPageLink, got) : afterFullPage(got, page);
    return url === undefined ? [] : [{ url, part, keep: true }];
  },
};

const azurePage = z.object({ Items: z.array(z.unknown()), NextPageLink: z.string().nullish() });

/** How many items a page holds at most, in this version and in older ones. */
const FULL_PAGES = [1000, 100];

/** A full page without a link has been seen where there was more: only an empty one is the end. */
function afterFullPage({ url }: Got, { Items }: z.infer<typeof azurePage>): string | undefined {
  if (!FULL_PAGES.includes(Items.length)) return undefined;
  const next = new URL(url);
  const before = Number(next.searchParams.get('$skip') ?? 0);
  next.searchParams.set('$skip', String(before + Items.length));
  return next.href;
}

/** Every feed that can be fetched. */
export const SOURCES: readonly FeedSource[] = [
  ...[LITELLM, OPENROUTER_MODELS, OPENROUTER_ENDPOINTS, OPENROUTER_RANKINGS, GENAI_PRICES],
  ...[MODELS_DEV, AWS_BEDROCK, AZURE_RETAIL, PORTKEY, LLM_PRICES, ECB_RATES],
];

/** @throws {MtokError} of kind `usage` for a name that is not known, with the nearest that is. */
export function sourceNamed(name: string): FeedSource {
  const source = SOURCES.find((one) => one.name === name);
  if (source) return source;
  const known = SOURCES.map((one) => one.name);
  const near = nearest(name, known);
  const advice = near ? `did you mean ${near}?` : `expected one of ${known.join(', ')}`;
  throw new MtokError('usage', `unknown feed ${name}: ${advice}`);
}

function one(url: string): Target[] {
  return [{ url, part: '', keep: true }];
}

/** Read only to find the way: the prices in it are for the import, which uses no floats. */
function read<Shape>({ text, url }: Got, schema: z.ZodType<Shape>): Shape {
  const fault = (what: string) =>
    new MtokError('data', `cannot follow ${url}: ${what} [not_as_documented]; nothing was kept`);
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    throw fault('expected valid JSON');
  }
  const parsed = schema.safeParse(found);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw fault(shorten(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`));
}

function resolved(link: string, { url }: Got): string {
  if (URL.canParse(link, url)) return new URL(link, url).href;
  throw new MtokError('data', `cannot follow ${url}: expected a link, found ${shorten(link)}`);
}
