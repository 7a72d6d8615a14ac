import { groupBy } from '../domain/group.ts';
import { sameLegs } from '../domain/offer.ts';
import type { Correction, Quote } from '../domain/rows.ts';

/** A quote as it stands after the book's corrections. */
export interface StandingQuote extends Quote {
  /** From when it is known to be wrong; `null` where it is not. */
  readonly rejectedAtMs: number | null;
}

/** Finds the correction of a quote: it names the quote and its legs as they were. */
export type CorrectionOf = (quote: Quote) => Correction | undefined;

export function correctionsByQuote(corrections: readonly Correction[]): CorrectionOf {
  const byName = groupBy(corrections, nameOf);
  return (quote) => byName.get(nameOf(quote))?.find(({ was }) => sameLegs(was, quote.legs));
}

/**
 * Applies the corrections to the quotes that they name, which stand for the run that they begin.
 * The wrong quote stands until the correction is known; the right one is known from then on.
 */
export function corrected(quote: Quote, correctionOf: CorrectionOf): StandingQuote[] {
  const correction = correctionOf(quote);
  if (!correction) return [{ ...quote, rejectedAtMs: null }];
  const knownSinceMs = Math.max(correction.knownSinceMs ?? 0, quote.observedAtMs);
  const wrong: StandingQuote = { ...quote, rejectedAtMs: knownSinceMs };
  if (!correction.is) return [wrong];
  const { is: legs, source } = correction;
  return [wrong, { ...quote, legs, source, observedAtMs: knownSinceMs, rejectedAtMs: null }];
}

function nameOf(row: Quote | Correction): string {
  return `${row.seller}\u0000${row.model}\u0000${row.effectiveAtMs}`;
}
