import type { z } from 'zod';

/**
 * What becomes of a price or row. `other_tier`: valid, but of another service tier than standard;
 * `unused_leg`: valid, but a quote has no place for it; `duplicate`: in a quote already.
 */
export type Disposition =
  | 'accepted'
  | 'held'
  | 'other_tier'
  | 'duplicate'
  | 'rejected'
  | 'unused_leg';

export interface Verdict {
  readonly disposition: Exclude<Disposition, 'accepted'>;
  readonly code: string;
  readonly reason: string;
}

/** Never a price. */
export function rejected(code: string, reason: string): Verdict {
  return { disposition: 'rejected', code, reason };
}

/** A person has to look. */
export function held(code: string, reason: string): Verdict {
  return { disposition: 'held', code, reason };
}

/** Valid, but of another service tier than standard. */
export function otherTier(serviceTier: string, reason: string): Verdict {
  return { disposition: 'other_tier', code: `tier_${serviceTier}`, reason };
}

/** Valid, and no quote has a place for it. */
export function unusedLeg(code: string, reason: string): Verdict {
  return { disposition: 'unused_leg', code, reason };
}

/** In a quote already. */
export function duplicate(code: string, reason: string): Verdict {
  return { disposition: 'duplicate', code, reason };
}

/** What more than one feed has to say. */
export const NOT_AN_ENTRY = rejected('not_an_entry', 'a value that is no object');
export const NO_TEXT = rejected('non_text_modality', 'its answers are no text');
export const EXTRA_PRICE = unusedLeg('extra_price', 'a quote has no leg for it');
export const HOUR_CACHE = unusedLeg('cache_ttl_1h', 'a cache write that lives an hour');
export const UNKNOWN_LENGTH = rejected(
  'context_threshold_unknown',
  'a price of long prompts, and nobody says from how many tokens on',
);
export const RAGGED_ROW = rejected('ragged_row', 'has another number of cells than the header');

/** A row that the schema of its kind refuses: the first reason. */
export function refusedBy({ issues: [issue] }: z.ZodError): Verdict {
  const code = issue?.code === 'custom' ? String(issue.params?.code) : 'bad_value';
  return rejected(code, `${issue?.path.join('.')}: expected ${issue?.message}`);
}
