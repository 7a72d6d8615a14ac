import { groupBy } from '../domain/group.ts';
import type { Correction, Quote } from '../domain/rows.ts';
import { sameLegs } from './reduce.ts';

/** A quote as it stands after the book's corrections. */
export interface StandingQuote extends Quote {
  /** From when it is known to be wrong; `null` where it is not. */
  readonly rejectedAtMs: number | null;
}

/**
 * Applies the corrections to the quotes that they name. The wrong quote stands until the correction
 * is known; the right one is known from then on. Returns the corrections that fit no quote.
 */
export function applyCorrections(
  quotes: readonly Quote[],
  corrections: readonly Correction[],
): { quotes: StandingQuote[]; unmatched: Correction[] } {
  const byName = groupBy(corrections, nameOf);
  const matched = new Set<Correction>();
  const standing = quotes.flatMap((quote): StandingQuote[] => {
    const correction = byName.get(nameOf(quote))?.find((known) => sameLegs(known.was, quote.legs));
    if (!correction) return [{ ...quote, rejectedAtMs: null }];
    matched.add(correction);
    const knownSinceMs = Math.max(correction.knownSinceMs ?? 0, quote.observedAtMs);
    const wrong: StandingQuote = { ...quote, rejectedAtMs: knownSinceMs };
    if (!correction.is) return [wrong];
    const { is: legs, source } = correction;
    const right = { ...quote, legs, source, observedAtMs: knownSinceMs, rejectedAtMs: null };
    return [wrong, right];
  });
  return {
    quotes: standing,
    unmatched: corrections.filter((correction) => !matched.has(correction)),
  };
}

function nameOf(row: Quote | Correction): string {
  return `${row.seller}\u0000${row.model}\u0000${row.effectiveAtMs}`;
}
