import type { Decimal } from '../../domain/decimal.ts';
import { groupBy } from '../../domain/group.ts';
import { offerKey, sameLegs } from '../../domain/offer.ts';
import type { Quote } from '../../domain/rows.ts';
import { type Company, isBase, type Sides, sidesOf } from './guards.ts';
import { modelStem } from './model-stem.ts';
import { legsOf, type Offer, pricesOf } from './offers.ts';

/** What is known of each offer before a document is taken: the last price, and other sellers'. */
export interface Market {
  /** What the offers of the next document are seen against. */
  readonly around: (offers: readonly Offer[]) => (offer: Offer) => Company;
  /** True where the last quote of an offer says what it says now. */
  readonly confirms: (offer: Offer) => boolean;
  readonly update: (key: string, quote: Quote) => void;
}

/** @param previous quotes of earlier imports, of this feed and of others. */
export function marketAfter(previous: readonly Quote[]): Market {
  /** By the key of an offer, and by that of its dated price. */
  const last = new Map<string, Quote>();
  const update = (key: string, quote: Quote) => {
    last.set(key, quote);
    last.set(offerKey(quote), quote);
  };
  for (const quote of [...previous].sort(byTime)) {
    update(`${offerKey(quote)}${quote.effectiveAtMs}`, quote);
  }
  const elsewhere = [...new Set(last.values())];

  function around(offers: readonly Offer[]): (offer: Offer) => Company {
    const here = new Set(offers.map(({ terms }) => offerKey(terms)));
    const peers = groupBy(
      [
        ...offers.map((offer) => ({ model: offer.terms.model, sides: sidesOf(offer) })),
        ...elsewhere
          .filter((quote) => !here.has(offerKey(quote)))
          .map((quote) => ({ model: quote.model, sides: quotedSides(quote) })),
      ].filter(({ sides }) => sides !== undefined),
      ({ model }) => modelStem(model),
    );
    return (offer) => ({
      last: last.get(offerKey(offer.terms))?.legs,
      peers: (peers.get(modelStem(offer.terms.model)) ?? []).flatMap(({ sides }) => sides ?? []),
    });
  }

  function confirms(offer: Offer): boolean {
    const before = last.get(offer.key);
    return (
      before !== undefined &&
      before.event === 'quote' &&
      before.validUntilMs === offer.terms.validUntilMs &&
      before.currency === offer.terms.currency &&
      Object.values(offer.alternatives).every((stated) => stated.length === 1) &&
      pricesOf(offer).every(({ amount }) => amount) &&
      sameLegs(before.legs, legsOf(offer) as Readonly<Record<string, Decimal>>)
    );
  }

  return { around, confirms, update };
}

function quotedSides(quote: Quote): Sides | undefined {
  const { seller, venue, model } = quote;
  const { input, output } = quote.legs;
  return isBase(quote) && input && output ? { seller, venue, model, input, output } : undefined;
}

function byTime(a: Quote, b: Quote): number {
  return a.effectiveAtMs - b.effectiveAtMs || a.observedAtMs - b.observedAtMs;
}
