import { MtokError, nearest } from '../../domain/failure.ts';
import { AWS_BEDROCK } from './aws-bedrock.ts';
import { AZURE_RETAIL } from './azure-retail.ts';
import type { Feed } from './feed.ts';
import { LITELLM } from './litellm.ts';
import { MODELS_DEV } from './models-dev.ts';
import { OPENROUTER } from './openrouter.ts';

/** Every feed that can be imported, by name. */
export const FEEDS: readonly Feed[] = [AWS_BEDROCK, AZURE_RETAIL, LITELLM, MODELS_DEV, OPENROUTER];

/** @throws {MtokError} of kind `usage` for a name that is not known, with the nearest that is. */
export function feedNamed(name: string): Feed {
  const feed = FEEDS.find((one) => one.name === name);
  if (feed) return feed;
  const known = FEEDS.map((one) => one.name);
  const near = nearest(name, known);
  const advice = near ? `did you mean ${near}?` : `expected one of ${known.join(', ')}`;
  throw new MtokError('usage', `unknown feed ${name}: ${advice}`);
}
