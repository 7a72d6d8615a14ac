import { HOUR_MS } from '../domain/dates.ts';
import { compare, type Decimal, multiply } from '../domain/decimal.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { StandingQuote } from '../normalize/corrections.ts';
import type { Offer } from '../normalize/evidence.ts';

/** The moment of a fixing, and what may be known of it. */
export interface Horizon {
  /** Quotes must be effective by then. */
  readonly cutoffMs: number;
  /** Quotes must have been observed by then, and decisions made. */
  readonly knownAtMs: number;
  /** Usage must have been published by then, where it is another moment: revisions bring prices. */
  readonly usageKnownAtMs?: number;
}

/** By when usage must have been published, and judgements made. */
export function usageKnownAtMs({ knownAtMs, usageKnownAtMs }: Horizon): number {
  return usageKnownAtMs ?? knownAtMs;
}

/** What a rulebook says of the quotes that count. */
export interface AdmissionRules {
  readonly hold: RulebookRules['hold'];
  readonly price: Pick<RulebookRules['price'], 'min_hours_in_force'>;
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
 * resumes; a withdrawal ends all before it (methodology, 4).
 */
export function inForce(offer: Offer, horizon: Horizon, rules: AdmissionRules): InForce {
  const usable = offer.quotes.filter((quote) => isUsable(quote, horizon, rules));
  if (rules.hold === null) return lastOf(usable, horizon);
  const { admitted, held } = admit(usable, rules.hold, horizon);
  const state = lastOf(admitted, horizon);
  return state.kind === 'quoted' ? { ...state, held } : state;
}

function isUsable(quote: StandingQuote, horizon: Horizon, rules: AdmissionRules): boolean {
  const inForceSince = quote.effectiveAtMs + rules.price.min_hours_in_force * HOUR_MS;
  return quote.observedAtMs <= horizon.knownAtMs && inForceSince <= horizon.cutoffMs;
}

/** What quotes in the order of their effective times say in the end. */
function lastOf(quotes: readonly StandingQuote[], horizon: Horizon): InForce {
  let reason: AbsenceReason = 'not_known';
  let decided = Number.POSITIVE_INFINITY;
  for (let index = quotes.length - 1; index >= 0; index -= 1) {
    const quote = quotes[index];
    // Of several quotes for one moment the last known replaces the others.
    if (!quote || quote.effectiveAtMs === decided) continue;
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
    return { kind: 'quoted', quote, held: false };
  }
  return { kind: 'absent', reason };
}

type Hold = NonNullable<RulebookRules['hold']>;

/**
 * Leaves out the quotes that are held. Each is judged, when it arrives, against the quote that
 * stands then: one that moves too far is let through when its time is over, unless another quote
 * has replaced it by then.
 */
function admit(
  quotes: readonly StandingQuote[],
  hold: Hold,
  horizon: Horizon,
): { admitted: StandingQuote[]; held: boolean } {
  const admitted: StandingQuote[] = [];
  let held = false;
  for (const [index, quote] of quotes.entries()) {
    const arrivedMs = arrivalMs(quote);
    const before = lastOf(admitted, { cutoffMs: arrivedMs, knownAtMs: arrivedMs });
    const decision = decisionOn(quote, horizon);
    if (decision === 'reject') continue;
    const waits =
      decision === undefined
        ? before.kind === 'quoted' && jumps(before.quote, quote, hold)
        : decision === 'hold';
    // What people hold waits for people; what the rulebook holds waits for its hours.
    const releasedMs = decision ? Number.POSITIVE_INFINITY : releasedAtMs(quote, hold.max_hours);
    const replaced = quotes.slice(index + 1).some((later) => arrivalMs(later) < releasedMs);
    held = waits && !replaced && horizon.cutoffMs < releasedMs;
    if (!waits || (!replaced && !held)) admitted.push(quote);
  }
  return { admitted, held };
}

/** The last decision on a quote that is known. */
function decisionOn({ decisions }: StandingQuote, { knownAtMs }: Horizon) {
  return decisions.findLast(({ decidedAtMs }) => decidedAtMs <= knownAtMs)?.decision;
}

/** When a quote is both true and known. */
function arrivalMs({ effectiveAtMs, observedAtMs }: StandingQuote): number {
  return Math.max(effectiveAtMs, observedAtMs);
}

/** When a quote that is held is let through all the same. */
export function releasedAtMs(quote: StandingQuote, maxHours: number): number {
  return arrivalMs(quote) + maxHours * HOUR_MS;
}

/** Whether a leg moves by more than the hold allows, up or down, or the currency changes. */
function jumps(before: StandingQuote, after: StandingQuote, { move }: Hold): boolean {
  if (after.event === 'withdrawn') return false;
  if (before.currency !== after.currency) return true;
  return Object.entries(after.legs).some(([leg, now]) => {
    const then = before.legs[leg];
    return then !== undefined && movesBeyond(then, now, move);
  });
}

function movesBeyond(then: Decimal, now: Decimal, ratio: Decimal): boolean {
  return compare(now, multiply(then, ratio)) > 0 || compare(then, multiply(now, ratio)) > 0;
}
