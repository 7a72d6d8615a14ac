import { HOUR_MS } from '../domain/dates.ts';
import { compare, type Decimal, multiply } from '../domain/decimal.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { StandingQuote } from '../normalize/corrections.ts';
import type { Offer } from '../normalize/evidence.ts';

/** The moment of a fixing, and what may be known of it. */
export interface Horizon {
  /** Quotes must be effective by then. */
  readonly cutoffMs: number;
  /** Quotes must have been observed by then. */
  readonly knownAtMs: number;
}

/** What an offer says at a moment. */
export type InForce =
  | { readonly kind: 'quoted'; readonly quote: StandingQuote; readonly held: boolean }
  /** Its last event ends it. */
  | { readonly kind: 'withdrawn'; readonly sinceMs: number }
  /** It has expired, or is not known, not effective, or not long enough in force. */
  | { readonly kind: 'absent'; readonly reason: AbsenceReason };

export type AbsenceReason = 'not_known' | 'expired' | 'corrected';

/**
 * The quote of an offer that is in force at the cut-off and known: the one with the latest
 * effective time whose validity contains the cut-off. After a `valid_until` the earlier open quote
 * resumes; a withdrawal ends all before it (DESIGN §5, "Price of a constituent").
 */
export function inForce(offer: Offer, horizon: Horizon, rules: RulebookRules): InForce {
  return settle(offer.quotes, offer.quotes.length, horizon, rules);
}

function isUsable(quote: StandingQuote, horizon: Horizon, rules: RulebookRules): boolean {
  const inForceSince = quote.effectiveAtMs + rules.price.min_hours_in_force * HOUR_MS;
  return quote.observedAtMs <= horizon.knownAtMs && inForceSince <= horizon.cutoffMs;
}

/** What the first `length` quotes say, the last of them first. */
function settle(
  quotes: readonly StandingQuote[],
  length: number,
  horizon: Horizon,
  rules: RulebookRules,
): InForce {
  let reason: AbsenceReason = 'not_known';
  let decided = Number.POSITIVE_INFINITY;
  for (let index = length - 1; index >= 0; index -= 1) {
    const quote = quotes[index];
    // Of several quotes for one moment the last known replaces the others.
    if (!quote || quote.effectiveAtMs === decided || !isUsable(quote, horizon, rules)) continue;
    if (quote.rejectedAtMs !== null && quote.rejectedAtMs <= horizon.knownAtMs) {
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
    if (quote.validUntilMs !== null && quote.validUntilMs <= horizon.cutoffMs) {
      reason = 'expired';
      continue;
    }
    if (isFresh(quote, horizon, rules)) {
      const before = settle(quotes, index, horizon, rules);
      if (before.kind === 'quoted' && jumps(before.quote, quote, rules)) {
        return { ...before, held: true };
      }
    }
    return { kind: 'quoted', quote, held: false };
  }
  return { kind: 'absent', reason };
}

/** Young enough that a suspicious move still waits for somebody to look at it. */
function isFresh(quote: StandingQuote, { cutoffMs }: Horizon, { hold }: RulebookRules): boolean {
  return hold !== null && cutoffMs < releasedAtMs(quote, hold.max_hours);
}

/** When a quote that is held is let through all the same. */
export function releasedAtMs(quote: StandingQuote, maxHours: number): number {
  return Math.max(quote.observedAtMs, quote.effectiveAtMs) + maxHours * HOUR_MS;
}

/** Whether a leg moves by more than the rulebook's `hold.move`, up or down. */
function jumps(before: StandingQuote, after: StandingQuote, { hold }: RulebookRules): boolean {
  if (!hold || before.currency !== after.currency) return false;
  return Object.entries(after.legs).some(([leg, now]) => {
    const then = before.legs[leg];
    return then !== undefined && movesBeyond(then, now, hold.move);
  });
}

function movesBeyond(then: Decimal, now: Decimal, ratio: Decimal): boolean {
  return compare(now, multiply(then, ratio)) > 0 || compare(then, multiply(now, ratio)) > 0;
}
