import { saysTheSame } from '../domain/offer.ts';
import type { Quote } from '../domain/rows.ts';

/** A run of equal quotes: the first of them, and each moment at which it was seen. */
export interface Run {
  readonly first: Quote;
  readonly seenAtMs: readonly number[];
}

/**
 * Reduces the quotes of one offer, in any order, to runs of equal quotes. A repeat belongs to a run
 * only where the quote that it repeats was known no later, so that the reduction is right for every
 * `known_at`.
 *
 * @param isNamed a repeat that a correction or a decision names begins a run: what is said of it
 *   holds from then on only.
 */
export function runsOf(
  quotes: readonly Quote[],
  isNamed: (quote: Quote) => boolean = () => false,
): Run[] {
  const runs: { first: Quote; seenAtMs: number[] }[] = [];
  for (const quote of [...quotes].sort(byTime)) {
    const last = runs.at(-1);
    const repeats =
      last && last.first.observedAtMs <= quote.observedAtMs && saysTheSame(last.first, quote);
    if (!repeats || isNamed(quote)) runs.push({ first: quote, seenAtMs: [quote.observedAtMs] });
    else last.seenAtMs.push(quote.observedAtMs);
  }
  return runs;
}

/** The change-points of one offer: the first quote of each run. */
export function changePoints(
  quotes: readonly Quote[],
  isNamed?: (quote: Quote) => boolean,
): Quote[] {
  return runsOf(quotes, isNamed).map(({ first }) => first);
}

/** By effective time, then by when it was known: the order of the file cannot matter. */
export function byTime(a: Quote, b: Quote): number {
  return (
    a.effectiveAtMs - b.effectiveAtMs ||
    a.observedAtMs - b.observedAtMs ||
    (a.validUntilMs ?? Number.MAX_SAFE_INTEGER) - (b.validUntilMs ?? Number.MAX_SAFE_INTEGER)
  );
}
