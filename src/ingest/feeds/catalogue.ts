import { MtokError, nearest } from '../../domain/failure.ts';
import { AWS_BEDROCK } from './aws-bedrock.ts';
import { AZURE_RETAIL } from './azure-retail.ts';
import { CSV } from './csv.ts';
import type { Feed } from './feed.ts';
import { ECB_RATES } from './fx.ts';
import { GENAI_PRICES } from './genai-prices.ts';
import { GPU_HOURS } from './gpu-hours.ts';
import { GPU_RENTAL_PRICES } from './gpurentalprices.ts';
import { LITELLM } from './litellm.ts';
import { LLM_PRICES } from './llm-prices.ts';
import { MODELS_DEV } from './models-dev.ts';
import { OPENROUTER } from './openrouter.ts';
import { OPENROUTER_RANKINGS } from './openrouter-rankings.ts';
import { PORTKEY } from './portkey.ts';
import type { FxFeed, UsageFeed } from './row-feed.ts';

/** Every feed of prices that can be imported, by name. */
export const FEEDS: readonly Feed[] = [
  ...[AWS_BEDROCK, AZURE_RETAIL, GENAI_PRICES, LITELLM, LLM_PRICES, MODELS_DEV, OPENROUTER],
  ...[PORTKEY, GPU_HOURS, GPU_RENTAL_PRICES, CSV],
];

/** Feeds of usage and of exchange rates. */
export const ROW_FEEDS: readonly (UsageFeed | FxFeed)[] = [OPENROUTER_RANKINGS, ECB_RATES];

/** @throws {MtokError} of kind `usage` for a name that is not known, with the nearest that is. */
export function feedNamed(name: string): Feed {
  const feed = FEEDS.find((one) => one.name === name);
  if (feed) return feed;
  const known = [...FEEDS, ...ROW_FEEDS].map((one) => one.name);
  const near = nearest(name, known);
  const advice = near ? `did you mean ${near}?` : `expected one of ${known.join(', ')}`;
  throw new MtokError('usage', `unknown feed ${name}: ${advice}`);
}
