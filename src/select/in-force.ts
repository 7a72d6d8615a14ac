import { HOUR_MS } from '../domain/dates.ts';
import type { HoldDecision } from '../domain/rows.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { StandingQuote } from '../normalize/corrections.ts';
import type { Offer } from '../normalize/evidence.ts';
import { decisionsInEffect, judged, type Waiting } from './holds.ts';
import { effectiveBy, type Stands, standsAt } from './stands.ts';

/** The moment of a fixing, and what may be known of it. */
export interface Horizon {
  /** Quotes must be effective by then. */
  readonly cutoffMs: number;
  /** Quotes must have been observed by then. */
  readonly knownAtMs: number;
  /** Usage and exchange rates, where that is another moment: revisions bring prices. */
  readonly usageKnownAtMs?: number;
  /** The end of the review, where the rulebook has one: what people decide by then counts. */
  readonly reviewedByMs?: number;
}

/** By when decisions on quotes must have been made. */
export function decidedByMs({ knownAtMs, reviewedByMs = knownAtMs }: Horizon): number {
  return Math.max(knownAtMs, reviewedByMs);
}

/** By when judgements must have been made: a revision brings in none. */
export function judgedByMs(horizon: Horizon): number {
  const known = usageKnownAtMs(horizon);
  return Math.max(known, horizon.reviewedByMs ?? known);
}

/** By when usage and exchange rates must have been published. */
export function usageKnownAtMs({ knownAtMs, usageKnownAtMs }: Horizon): number {
  return usageKnownAtMs ?? knownAtMs;
}

/** What a rulebook says of the quotes that count. */
export interface AdmissionRules {
  readonly hold: RulebookRules['hold'];
  readonly price: Pick<RulebookRules['price'], 'min_hours_in_force'>;
}

/** What an offer says at a moment, and what is held. */
export type InForce = Stands & {
  /** The quote that would stand if it were not held. */
  readonly waiting?: Waiting;
  /** Of people, on the quote that stands and on those after it. */
  readonly decisions: readonly HoldDecision[];
};

/**
 * The quote of an offer that is in force at the cut-off and known: the one with the latest
 * effective time whose validity contains the cut-off. After a `valid_until` the earlier open quote
 * resumes; a withdrawal ends all before it (methodology, 4). What is held is not in force.
 *
 * @param elsewhere the same offer at independent venues, which speak for or against a quote.
 */
export function inForce(
  offer: Offer,
  horizon: Horizon,
  rules: AdmissionRules,
  elsewhere: readonly Offer[] = [],
): InForce {
  const isKnown = (quote: StandingQuote) => isUsable(quote, horizon, rules);
  if (rules.hold === null) {
    const { quotes } = offer;
    const stands = standsAt(quotes, horizon, isKnown, effectiveBy(quotes, horizon.cutoffMs));
    return { ...stands, decisions: NONE };
  }
  const usable = ({ quotes }: Offer) => quotes.filter(isKnown);
  const quotes = usable(offer);
  const { admitted, waiting } = judged(quotes, elsewhere.map(usable), rules.hold, horizon);
  const stands = standsAt(admitted, horizon);
  const decisions = decisionsInEffect(quotes, stands, horizon);
  if (!waiting) return { ...stands, decisions };
  return stands.kind === 'absent'
    ? { kind: 'absent', reason: 'held', waiting, decisions }
    : { ...stands, waiting, decisions };
}

const NONE: readonly HoldDecision[] = [];

function isUsable(quote: StandingQuote, horizon: Horizon, rules: AdmissionRules): boolean {
  const inForceSince = quote.effectiveAtMs + rules.price.min_hours_in_force * HOUR_MS;
  return quote.observedAtMs <= horizon.knownAtMs && inForceSince <= horizon.cutoffMs;
}
