import { groupBy } from '../domain/group.ts';
import { sameLegs } from '../domain/offer.ts';
import type { Correction, HoldDecision, Quote } from '../domain/rows.ts';
import type { Run } from './reduce.ts';

/** A quote as it stands after the book's corrections. */
export interface StandingQuote extends Quote {
  /** From when it is known to be wrong; `null` where it is not. */
  readonly rejectedAtMs: number | null;
  /** Each moment at which it was seen, itself or a repeat of it. */
  readonly seenAtMs: readonly number[];
  /** What people decided of it, the earliest first. */
  readonly decisions: readonly HoldDecision[];
}

/** Finds the correction of a quote: it names the quote and its legs as they were. */
export type CorrectionOf = (quote: Quote) => Correction | undefined;

export function correctionsByQuote(corrections: readonly Correction[]): CorrectionOf {
  if (corrections.length === 0) return () => undefined;
  const byName = groupBy(corrections, nameOf);
  return (quote) => byName.get(nameOf(quote))?.find(({ was }) => sameLegs(was, quote.legs));
}

/**
 * Applies the corrections to the quotes that they name, which stand for the run that they begin.
 * The wrong quote stands until the correction is known; the right one is known from then on.
 */
export function corrected(
  { first: quote, seenAtMs }: Run,
  correctionOf: CorrectionOf,
  decisions: readonly HoldDecision[],
): StandingQuote[] {
  const correction = correctionOf(quote);
  if (!correction) return [standing(quote, seenAtMs, decisions, null)];
  const knownSinceMs = Math.max(correction.knownSinceMs ?? 0, quote.observedAtMs);
  const wrong = standing(quote, seenAtMs, decisions, knownSinceMs);
  if (!correction.is) return [wrong];
  const right = { legs: correction.is, source: correction.source, observedAtMs: knownSinceMs };
  return [wrong, { ...standing(quote, seenAtMs, decisions, null), ...right }];
}

/** A book may have very many of them: written out, so that each is small. */
function standing(
  quote: Quote,
  seenAtMs: readonly number[],
  decisions: readonly HoldDecision[],
  rejectedAtMs: number | null,
): StandingQuote {
  return {
    good: quote.good,
    seller: quote.seller,
    model: quote.model,
    lab: quote.lab,
    venue: quote.venue,
    region: quote.region,
    serviceTier: quote.serviceTier,
    contextFrom: quote.contextFrom,
    currency: quote.currency,
    effectiveAtMs: quote.effectiveAtMs,
    observedAtMs: quote.observedAtMs,
    isReconstructed: quote.isReconstructed,
    validUntilMs: quote.validUntilMs,
    event: quote.event,
    basis: quote.basis,
    windowUtc: quote.windowUtc,
    legs: quote.legs,
    source: quote.source,
    seenAtMs,
    decisions,
    rejectedAtMs,
  };
}

/** Finds what people decided of a quote, the earliest first. */
export function decisionsByQuote(
  decisions: readonly HoldDecision[],
): (quote: Quote) => readonly HoldDecision[] {
  if (decisions.length === 0) return () => NONE;
  const sorted = [...decisions].sort((a, b) => a.decidedAtMs - b.decidedAtMs);
  const byName = groupBy(sorted, nameOf);
  return (quote) => {
    const named = byName.get(nameOf(quote));
    return named?.filter(({ venue }) => venue === '' || venue === quote.venue) ?? NONE;
  };
}

const NONE: readonly HoldDecision[] = [];

function nameOf(row: Quote | Correction | HoldDecision): string {
  return `${row.seller}\u0000${row.model}\u0000${row.effectiveAtMs}`;
}
