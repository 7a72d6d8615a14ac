import type { Leg } from './feed.ts';
import type { Meter } from './meter.ts';
import { rejected, unusedLeg, type Verdict } from './verdicts.ts';

/**
 * Reads what is charged for from the attributes of a SKU, above all from `usagetype`, which AWS
 * spells in three ways: `USE1-NovaLite-input-tokens-batch`,
 * `USE1-qwen.qwen3-32b-mantle-input-tokens-flex`, `APN1-MP:APN1_InputTokenCount_Global-Units`.
 * `inferenceType` says "Input tokens" of standard and batch alike, so it is not enough.
 */
export function meterOf(attribute: (name: string) => string): Meter {
  const words = wordsOf(attribute('usagetype'));
  const side = words.findIndex((word) => SIDES.has(word));
  const after = side < 0 ? [] : words.slice(side);
  const name = attribute('model') || attribute('titanModel') || editionOf(attribute('servicename'));
  const described = [...wordsOf(attribute('feature')), ...wordsOf(attribute('inferenceType'))];
  const verdict = scopeOf([...words, ...described], wordsOf(name));
  if (verdict) return { verdict };
  const leg = legOf(after);
  if (!leg) return { verdict: rejected('unknown_side', 'its name says neither input nor output') };
  if (typeof leg !== 'string') return { verdict: leg };
  const strange = after.find((word) => !isKnown(word));
  if (strange !== undefined) {
    return { verdict: rejected('tier_unsupported', `"${strange}" in its name is not known`) };
  }
  const stated = [...after, ...described, ...wordsOf(attribute('service_tier'))];
  const tiers = TIERS.filter((tier) => stated.includes(tier));
  if (tiers.length > 1) {
    return { verdict: rejected('tier_unsupported', `both ${tiers.join(' and ')}`) };
  }
  const isGlobal = after.includes('global');
  if (after.includes('cross') && !isGlobal) {
    return { verdict: rejected('routing_unsupported', 'across regions that it does not name') };
  }
  return {
    ...{ model: slugOf(name), leg, serviceTier: tiers[0] ?? 'standard' },
    ...{ region: isGlobal ? 'global' : attribute('regionCode'), isLong: after.includes('long') },
  };
}

const TIERS = ['batch', 'flex', 'priority'] as const;
/** Where the name of the model ends, and that of the leg begins. */
const SIDES = new Set(['input', 'output', 'cache']);
const MODALITIES = ['audio', 'speech', 'image', 'video'];

/** What may stand after the side. Any other word would be a price of something else. */
const KNOWN = new Set<string>([
  ...SIDES,
  ...TIERS,
  ...['token', 'tokens', 'count', 'text', 'prompt', 'read', 'write', 'standard', 'units'],
  ...['global', 'regional', 'geo', 'cross', 'region', 'long', 'ctx', 'context'],
]);

function isKnown(word: string): boolean {
  return KNOWN.has(word) || LIFETIME.test(word);
}

/** How long a cache write lives: `5m`, `1h`. */
const LIFETIME = /^\d{1,3}[mh]$/;

/** What is no price of a model's text tokens, answered at once or in a batch. */
function scopeOf(words: readonly string[], modelWords: readonly string[]): Verdict | undefined {
  const has = (word: string) => words.includes(word);
  if (has('customization') || has('training')) {
    return rejected('not_inference', 'model customization, not inference');
  }
  if (has('custom')) return rejected('custom_model', 'of a customized model');
  if (has('reserved') || has('provisioned')) {
    return rejected('unit_not_tokens', 'reserved or provisioned throughput');
  }
  // "Stable Image" is a name, and so may a model for text be called.
  const modality = MODALITIES.find((word) => has(word) && !modelWords.includes(word));
  if (modality) return rejected('non_text_modality', `${modality} tokens`);
  if (has('latency') || has('optimized') || modelWords.includes('latency')) {
    return rejected('tier_unsupported', 'latency-optimized: no service tier of a quote');
  }
  return undefined;
}

/** `CacheReadInputTokenCount` has `InputTokenCount` in it: the cache comes first. */
function legOf(after: readonly string[]): Leg | Verdict | undefined {
  const has = (word: string) => after.includes(word);
  if (has('cache')) {
    if (has('read') === has('write')) return undefined;
    return has('read') ? 'cached_input' : cacheWriteOf(after.find((word) => LIFETIME.test(word)));
  }
  if (has('input') === has('output')) return undefined;
  return has('input') ? 'input' : 'output';
}

/** Thirty minutes may be a model's only one: that shows in the whole document. */
function cacheWriteOf(lifetime: string | undefined): Leg | Verdict {
  if (lifetime === undefined || lifetime === '5m' || lifetime === '30m') return 'cache_write';
  return unusedLeg(`cache_ttl_${lifetime}`, `a cache write that lives ${lifetime}`);
}

const EDITION = /\s*\(Amazon Bedrock Edition\)$/i;

/** A model of the marketplace has no name but the service's, which else is Bedrock's own. */
function editionOf(service: string): string {
  return EDITION.test(service) ? service.replace(EDITION, '') : '';
}

function slugOf(name: string): string {
  return name.trim().toLowerCase().replace(/\s+/g, '-');
}

/** Words in lower case: `APN1_CacheWrite1hInputTokenCount` has `cache`, `write`, `1h`, `input`. */
function wordsOf(text: string): string[] {
  return text
    .replace(/([a-z])([A-Z0-9])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
}
