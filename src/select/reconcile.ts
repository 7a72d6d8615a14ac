import {
  compare,
  type Decimal,
  decimal,
  divide,
  divideToPlaces,
  equals,
  multiply,
  subtract,
} from '../domain/decimal.ts';
import { TOKEN } from '../domain/goods/token.ts';
import { byCodePoint } from '../domain/group.ts';
import type { ModelAlias, Quote } from '../domain/rows.ts';
import type { Horizon } from './in-force.ts';
import { type OfferTerms, type Standing, standingOffers } from './standing.ts';

/** Quotes that come from one place, and are compared with those of others. */
export interface QuoteSource {
  readonly name: string;
  readonly quotes: readonly Quote[];
}

export type Leg = (typeof TOKEN.legs)[number];

/** `alone`: one source states it, and the others are silent. */
export type Verdict = 'agree' | 'differ' | 'alone';

export interface ReconciledLeg {
  readonly leg: Leg;
  readonly verdict: Verdict;
  /** By source; those that are silent are left out. */
  readonly prices: ReadonlyMap<string, StatedPrice>;
  /** The largest over the smallest, to 40 digits; `null` across currencies. */
  readonly ratio: Decimal | null;
}

export interface StatedPrice {
  readonly amount: Decimal;
  readonly currency: string;
}

export interface ReconciledOffer {
  readonly terms: OfferTerms;
  /** By source; a source that says nothing of the offer is left out. */
  readonly standing: ReadonlyMap<string, Standing>;
  /** In the order of a good's legs; those that nobody states are left out. */
  readonly legs: readonly ReconciledLeg[];
}

/** How far two sources agree. */
export interface PairAgreement {
  readonly a: string;
  readonly b: string;
  /** Offers that both state, and that only one of them does. */
  readonly offers: { readonly both: number; readonly onlyA: number; readonly onlyB: number };
  /** Legs that both state. */
  readonly legs: { readonly agree: number; readonly differ: number };
  /** Of the legs that both state, to 4 places; `null` where there is none. */
  readonly share: Decimal | null;
}

export interface Reconciliation {
  readonly sources: readonly { readonly name: string; readonly offers: number }[];
  readonly offers: readonly ReconciledOffer[];
  readonly pairs: readonly PairAgreement[];
}

/**
 * Compares what sources say of each offer at a moment: seller, model by the catalogue, region,
 * service tier, context tier and hours. Where a price was seen (its venue) is not part of that.
 *
 * @param sources with names of their own; their order is kept.
 */
export function reconcile(
  sources: readonly QuoteSource[],
  models: readonly ModelAlias[],
  horizon: Horizon,
): Reconciliation {
  const all = sources.map(({ name, quotes }) => ({
    name,
    standing: standingOffers(quotes, models, horizon),
  }));
  const keys = new Set(all.flatMap(({ standing }) => [...standing.keys()]));
  const offers = [...keys].map((key) => reconciled(key, all)).sort(byTerms);
  return {
    sources: all.map(({ name, standing }) => ({ name, offers: standing.size })),
    offers,
    pairs: pairsOf(sources.map(({ name }) => name)).map(([a, b]) => agreement(a, b, offers)),
  };
}

/**
 * Two prices agree where they are equal, or differ by less than a billionth: that is what a binary
 * float leaves of a price, never a price list.
 */
export function pricesAgree(a: StatedPrice, b: StatedPrice): boolean {
  if (a.currency !== b.currency) return false;
  const difference = subtract(a.amount, b.amount);
  const size = { digits: abs(difference.digits), scale: difference.scale };
  const larger = compare(a.amount, b.amount) > 0 ? a.amount : b.amount;
  return compare(multiply(size, BILLION), larger) <= 0;
}

const BILLION = decimal('1000000000');

/** Offers that a source itself prices differently, under several names or venues. */
export function selfContradictions({ offers }: Reconciliation, source: string): ReconciledOffer[] {
  return offers.filter(({ standing }) => {
    const own = standing.get(source);
    return own?.others.some(
      (other) => other.currency !== own.quote.currency || !sameSides(other, own.quote),
    );
  });
}

/** A cached price that only one of two names has is no contradiction. */
function sameSides(a: Quote, b: Quote): boolean {
  return TOKEN.legs.every((leg) => {
    const [left, right] = [a.legs[leg], b.legs[leg]];
    return !left || !right || equals(left, right);
  });
}

function reconciled(
  key: string,
  sources: readonly { name: string; standing: ReadonlyMap<string, Standing> }[],
): ReconciledOffer {
  const standing = new Map<string, Standing>();
  for (const source of sources) {
    const found = source.standing.get(key);
    if (found) standing.set(source.name, found);
  }
  const [first] = standing.values();
  if (!first) throw new RangeError('expected an offer to stand somewhere');
  const legs = TOKEN.legs.flatMap((leg): ReconciledLeg[] => {
    const prices = new Map<string, StatedPrice>();
    for (const [name, { quote }] of standing) {
      const amount = quote.legs[leg];
      if (amount) prices.set(name, { amount, currency: quote.currency });
    }
    return prices.size === 0 ? [] : [{ leg, prices, ...verdictOn([...prices.values()]) }];
  });
  return { terms: first.terms, standing, legs };
}

function verdictOn(prices: readonly StatedPrice[]): { verdict: Verdict; ratio: Decimal | null } {
  const sorted = [...prices].sort((a, b) => compare(a.amount, b.amount));
  const [least, most] = [sorted[0], sorted.at(-1)];
  const oneCurrency = prices.every(({ currency }) => currency === least?.currency);
  const ratio = oneCurrency && least && most ? divide(most.amount, least.amount) : null;
  if (prices.length === 1) return { verdict: 'alone', ratio };
  const agree =
    least !== undefined && most !== undefined && oneCurrency && pricesAgree(least, most);
  return { verdict: agree ? 'agree' : 'differ', ratio };
}

function pairsOf(names: readonly string[]): [string, string][] {
  return names.flatMap((a, index) => names.slice(index + 1).map((b): [string, string] => [a, b]));
}

function agreement(a: string, b: string, offers: readonly ReconciledOffer[]): PairAgreement {
  let [both, onlyA, onlyB, agree, differ] = [0, 0, 0, 0, 0];
  for (const { standing, legs } of offers) {
    if (standing.has(a) && standing.has(b)) both += 1;
    else if (standing.has(a)) onlyA += 1;
    else if (standing.has(b)) onlyB += 1;
    for (const { prices } of legs) {
      const [left, right] = [prices.get(a), prices.get(b)];
      if (!left || !right) continue;
      if (pricesAgree(left, right)) agree += 1;
      else differ += 1;
    }
  }
  const total = agree + differ;
  const share = total === 0 ? null : divideToPlaces(decimal(agree), decimal(total), 4, 'half_even');
  return { a, b, offers: { both, onlyA, onlyB }, legs: { agree, differ }, share };
}

function byTerms({ terms: a }: ReconciledOffer, { terms: b }: ReconciledOffer): number {
  return (
    byCodePoint(a.seller, b.seller) ||
    byCodePoint(a.model, b.model) ||
    byCodePoint(a.region, b.region) ||
    byCodePoint(a.serviceTier, b.serviceTier) ||
    a.contextFrom - b.contextFrom ||
    byCodePoint(a.windowUtc, b.windowUtc)
  );
}

function abs(digits: bigint): bigint {
  return digits < 0n ? -digits : digits;
}
