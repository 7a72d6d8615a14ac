import { equals } from '../domain/decimal.ts';
import type { Quote } from '../domain/rows.ts';

/** What an offer is known by. */
export type OfferName = Pick<
  Quote,
  'seller' | 'model' | 'venue' | 'region' | 'serviceTier' | 'contextFrom' | 'windowUtc'
>;

const keys = new WeakMap<OfferName, string>();

/** What makes two quotes states of one offer. */
export function offerKey(named: OfferName): string {
  const known = keys.get(named);
  if (known !== undefined) return known;
  const { seller, model, venue, region, serviceTier, contextFrom, windowUtc } = named;
  const key = JSON.stringify([seller, model, venue, region, serviceTier, contextFrom, windowUtc]);
  keys.set(named, key);
  return key;
}

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

/** By effective time, then by when it was known, then by content: the file's order cannot matter. */
export function byTime(a: Quote, b: Quote): number {
  return (
    a.effectiveAtMs - b.effectiveAtMs ||
    a.observedAtMs - b.observedAtMs ||
    (a.validUntilMs ?? Number.MAX_SAFE_INTEGER) - (b.validUntilMs ?? Number.MAX_SAFE_INTEGER)
  );
}

/** Equal in all that a fixing can rest on; the source and the time are not part of that. */
export function saysTheSame(a: Quote, b: Quote): boolean {
  return (
    a.event === b.event &&
    a.validUntilMs === b.validUntilMs &&
    a.currency === b.currency &&
    a.basis === b.basis &&
    a.lab === b.lab &&
    sameLegs(a.legs, b.legs)
  );
}

export function sameLegs(a: Quote['legs'], b: Quote['legs']): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((leg) => {
      const [left, right] = [a[leg], b[leg]];
      return left !== undefined && right !== undefined && equals(left, right);
    })
  );
}
