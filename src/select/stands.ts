import type { StandingQuote } from '../normalize/corrections.ts';

/** What quotes say in the end. */
export type Stands =
  | { readonly kind: 'quoted'; readonly quote: StandingQuote }
  /** The last event ends the offer. */
  | { readonly kind: 'withdrawn'; readonly sinceMs: number }
  /** It has expired, is held, or is not known, not effective, or not long enough in force. */
  | { readonly kind: 'absent'; readonly reason: AbsenceReason };

export type AbsenceReason = 'not_known' | 'expired' | 'corrected' | 'held';

/**
 * What an offer's quotes say at a moment: the one with the latest effective time whose validity
 * contains it. After a `valid_until` the earlier open quote resumes; a withdrawal ends all before
 * it.
 *
 * @param quotes in the order of their effective times.
 * @param isUsable the quotes that count, all unless said.
 * @param count of the quotes from the first on, where none of the later ones counts.
 */
export function standsAt(
  quotes: readonly StandingQuote[],
  { cutoffMs, knownAtMs }: { readonly cutoffMs: number; readonly knownAtMs: number },
  isUsable: (quote: StandingQuote) => boolean = () => true,
  count: number = quotes.length,
): Stands {
  let reason: AbsenceReason = 'not_known';
  let decided = Number.POSITIVE_INFINITY;
  for (let index = count - 1; index >= 0; index -= 1) {
    const quote = quotes[index];
    // Of several quotes for one moment the last known replaces the others.
    if (!quote || quote.effectiveAtMs === decided || !isUsable(quote)) continue;
    if (quote.rejectedAtMs !== null && quote.rejectedAtMs <= knownAtMs) {
      if (reason === 'not_known') reason = 'corrected';
      continue;
    }
    decided = quote.effectiveAtMs;
    if (quote.event === 'withdrawn') {
      // What was quoted after a withdrawal and has expired is absent, not withdrawn.
      return reason === 'expired'
        ? { kind: 'absent', reason }
        : { kind: 'withdrawn', sinceMs: quote.effectiveAtMs };
    }
    if (quote.validUntilMs !== null && quote.validUntilMs <= cutoffMs) {
      reason = 'expired';
      continue;
    }
    return { kind: 'quoted', quote };
  }
  return { kind: 'absent', reason };
}

/** How many of the quotes, in the order of their effective times, are effective by a moment. */
export function effectiveBy(quotes: readonly StandingQuote[], ms: number): number {
  let [low, high] = [0, quotes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((quotes[middle]?.effectiveAtMs ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** When a quote is both true and known. */
export function arrivalMs({
  effectiveAtMs,
  observedAtMs,
}: Pick<StandingQuote, 'effectiveAtMs' | 'observedAtMs'>): number {
  return Math.max(effectiveAtMs, observedAtMs);
}
