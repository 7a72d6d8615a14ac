import { equals } from './decimal.ts';
import type { Quote } from './rows.ts';

/** What an offer is known by. */
export type OfferName = Pick<
  Quote,
  'good' | 'seller' | 'model' | 'venue' | 'region' | 'serviceTier' | 'contextFrom' | 'windowUtc'
>;

const keys = new WeakMap<OfferName, string>();

/** What makes two quotes states of one offer. */
export function offerKey(named: OfferName): string {
  const known = keys.get(named);
  if (known !== undefined) return known;
  const { good, seller, model, venue, region, serviceTier, contextFrom, windowUtc } = named;
  const terms = [seller, model, venue, region, serviceTier, contextFrom, windowUtc, good];
  const key = JSON.stringify(terms);
  keys.set(named, key);
  return key;
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
