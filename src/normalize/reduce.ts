import { saysTheSame } from '../domain/offer.ts';
import type { Quote } from '../domain/rows.ts';

/**
 * Reduces the quotes of one offer, in any order, to its change-points: a run of equal quotes is the
 * first of them. A repeat is dropped only where the quote that it repeats was known no later, so
 * that the reduction is right for every `known_at`.
 *
 * @param isNamed a repeat that a correction names is kept: it is wrong from then on only.
 */
export function changePoints(
  quotes: readonly Quote[],
  isNamed: (quote: Quote) => boolean = () => false,
): Quote[] {
  const sorted = [...quotes].sort(byTime);
  const kept: Quote[] = [];
  for (const quote of sorted) {
    const last = kept.at(-1);
    const repeats = last && last.observedAtMs <= quote.observedAtMs && saysTheSame(last, quote);
    if (!repeats || isNamed(quote)) kept.push(quote);
  }
  return kept;
}

/** By effective time, then by when it was known: the order of the file cannot matter. */
export function byTime(a: Quote, b: Quote): number {
  return (
    a.effectiveAtMs - b.effectiveAtMs ||
    a.observedAtMs - b.observedAtMs ||
    (a.validUntilMs ?? Number.MAX_SAFE_INTEGER) - (b.validUntilMs ?? Number.MAX_SAFE_INTEGER)
  );
}
