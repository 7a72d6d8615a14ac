import type { Decimal } from '../../domain/decimal.ts';
import { groupBy } from '../../domain/group.ts';
import { offerKey, sameLegs } from '../../domain/offer.ts';
import type { Quote } from '../../domain/rows.ts';
import type { Terms } from '../feeds/feed.ts';
import { type Company, isBase, sidesOf } from './guards.ts';
import { modelStem } from './model-stem.ts';
import { legsOf, type Offer, pricesOf } from './offers.ts';
import { NO_PEERS, peersAmong, type Sides } from './peers.ts';

/** What is known of each offer before a document is taken: its prices, and other sellers'. */
export interface Market {
  /** What the offers of a document are seen against. */
  readonly around: (offers: readonly Offer[], observedAtMs: number) => (offer: Offer) => Company;
  /** True where what is known of an offer says what it says now. */
  readonly confirms: (offer: Offer, company: Company, observedAtMs: number) => boolean;
  readonly update: (key: string, quote: Quote) => void;
  /** The price of every offer at a moment, but for those that have ended. */
  readonly standing: (atMs: number) => Quote[];
}

/** @param previous quotes of earlier imports, of this feed and of others. */
export function marketAfter(previous: readonly Quote[]): Market {
  /** By the key of a dated price. */
  const dated = new Map<string, Quote>();
  /** By the key of an offer, in the order in which its prices take effect. */
  const histories = new Map<string, Quote[]>();
  const update = (key: string, quote: Quote) => {
    dated.set(key, quote);
    const history = histories.get(offerKey(quote)) ?? [];
    histories.set(offerKey(quote), history);
    const after = history.findLastIndex((one) => one.effectiveAtMs <= quote.effectiveAtMs);
    history.splice(after + 1, 0, quote);
  };
  for (const quote of [...previous].sort(byTime)) {
    update(`${offerKey(quote)}${quote.effectiveAtMs}`, quote);
  }
  const elsewhere = [...histories.values()].flatMap((history) => history.at(-1) ?? []);

  function lastAt(key: string, atMs: number): Quote | undefined {
    return histories.get(key)?.findLast(({ effectiveAtMs }) => effectiveAtMs <= atMs);
  }

  function around(offers: readonly Offer[], observedAtMs: number): (offer: Offer) => Company {
    const here = new Set(offers.map(({ terms }) => offerKey(terms)));
    const sides = [
      ...offers.flatMap((offer) => sidesOf(offer) ?? []),
      ...elsewhere.flatMap((quote) =>
        here.has(offerKey(quote)) ? [] : (quotedSides(quote) ?? []),
      ),
    ];
    const peers = new Map(
      [...groupBy(sides, ({ model }) => modelStem(model))].map(([stem, own]) => [
        stem,
        peersAmong(own),
      ]),
    );
    const starts = new Map<string, number>();
    for (const { terms } of offers) {
      if (terms.effectiveAtMs === null || terms.effectiveAtMs > observedAtMs) continue;
      const known = starts.get(offerKey(terms)) ?? terms.effectiveAtMs;
      starts.set(offerKey(terms), Math.min(known, terms.effectiveAtMs));
    }
    const endOf = ({ effectiveAtMs, validUntilMs, ...terms }: Terms) => {
      if (effectiveAtMs !== null) return undefined;
      if (validUntilMs !== null && validUntilMs <= observedAtMs) return validUntilMs;
      return starts.get(offerKey(terms));
    };
    return ({ terms }) => ({
      last: lastAt(offerKey(terms), terms.effectiveAtMs ?? observedAtMs)?.legs,
      peers: peers.get(modelStem(terms.model)) ?? NO_PEERS,
      endedAtMs: endOf(terms),
    });
  }

  function confirms(offer: Offer, { endedAtMs }: Company, observedAtMs: number): boolean {
    const key = offerKey(offer.terms);
    const known =
      endedAtMs !== undefined
        ? (histories.get(key) ?? [])
        : [offer.terms.effectiveAtMs === null ? lastAt(key, observedAtMs) : dated.get(offer.key)];
    return known.some((before) => before !== undefined && isSaidBy(offer, before));
  }

  function standing(atMs: number): Quote[] {
    return [...histories.keys()].flatMap((key) => {
      const quote = lastAt(key, atMs);
      const hasEnded = quote?.validUntilMs != null && quote.validUntilMs <= atMs;
      return quote && quote.event === 'quote' && !hasEnded ? [quote] : [];
    });
  }

  return { around, confirms, update, standing };
}

function isSaidBy(offer: Offer, before: Quote): boolean {
  return (
    before.event === 'quote' &&
    before.validUntilMs === offer.terms.validUntilMs &&
    before.currency === offer.terms.currency &&
    Object.values(offer.alternatives).every((stated) => stated.length === 1) &&
    pricesOf(offer).every(({ amount }) => amount) &&
    sameLegs(before.legs, legsOf(offer) as Readonly<Record<string, Decimal>>)
  );
}

function quotedSides(quote: Quote): Sides | undefined {
  const { seller, venue, model } = quote;
  const { input, output } = quote.legs;
  return isBase(quote) && input && output ? { seller, venue, model, input, output } : undefined;
}

function byTime(a: Quote, b: Quote): number {
  return a.effectiveAtMs - b.effectiveAtMs || a.observedAtMs - b.observedAtMs;
}
