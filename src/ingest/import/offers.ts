import { type Decimal, toText } from '../../domain/decimal.ts';
import { GOODS } from '../../domain/goods.ts';
import { groupBy } from '../../domain/group.ts';
import { offerKey } from '../../domain/offer.ts';
import type { FeedPrice, FeedRow, Leg, LegPrice, Terms } from '../feeds/feed.ts';
import { duplicate } from '../feeds/verdicts.ts';
import { amountOf } from './amount.ts';
import type { Outcomes } from './outcomes.ts';

/** The prices of one offer in one document, with every disagreement among them. */
export interface Offer {
  /** The same in other documents; a date that the vendor states is part of it. */
  readonly key: string;
  readonly terms: Terms;
  /** Different prices for one leg: more than one is a conflict. */
  readonly alternatives: Readonly<Partial<Record<Leg, readonly StatedPrice[]>>>;
}

/** A leg's price, with what its literal amounts to per million tokens. */
export interface StatedPrice {
  readonly price: LegPrice;
  /** `undefined` where the literal is no decimal. */
  readonly amount: Decimal | undefined;
}

/**
 * Puts the legs of each offer together. A price that is stated again with the same value is a
 * duplicate; with another value it stands beside the first, for the guards to find.
 */
export function assembleOffers(prices: readonly FeedPrice[], outcomes: Outcomes): Offer[] {
  const stated = prices.flatMap((price) =>
    price.kind === 'leg'
      ? [price.terms, ...(price.alsoFor ?? [])].map((terms) => ({ price, terms }))
      : [],
  );
  const keyed = groupBy(stated, ({ terms }) => keyOf(terms));
  return [...keyed].flatMap(([key, group]) => {
    const [first] = group;
    if (!first) return [];
    const alternatives: Partial<Record<Leg, StatedPrice[]>> = {};
    const known = new Map<string, LegPrice>();
    for (const { price } of group) {
      const stated = { price, amount: amountOf(price.literal, price.unit) };
      const says = `${price.leg} ${stated.amount ? toText(stated.amount) : `"${price.literal}"`}`;
      const same = known.get(says);
      if (same) {
        const reason = `states the price of ${same.row.id}:${same.line} again`;
        outcomes.settle(price, duplicate('duplicate_equal', reason));
        continue;
      }
      known.set(says, price);
      alternatives[price.leg] ??= [];
      alternatives[price.leg]?.push(stated);
    }
    return [{ key, terms: first.terms, alternatives }];
  });
}

/** Every price of an offer that is not a duplicate of another one. */
export function pricesOf({ alternatives, terms }: Offer): StatedPrice[] {
  return GOODS[terms.good].legs.flatMap((leg) => alternatives[leg] ?? []);
}

/** The legs of an offer that the guards have found to have one price each. Zero is no price. */
export function legsOf({ alternatives, terms }: Offer): Partial<Record<Leg, Decimal>> {
  const legs: Partial<Record<Leg, Decimal>> = {};
  for (const leg of GOODS[terms.good].legs) {
    const amount = alternatives[leg]?.[0]?.amount;
    if (amount && amount.digits !== 0n) legs[leg] = amount;
  }
  return legs;
}

/**
 * The ways in which an offer in conflict can be read, for a person to choose from: one for each row
 * that states a leg of it, filled up with the legs on which there is no disagreement.
 */
export function readingsOf(offer: Offer): Partial<Record<Leg, Decimal>>[] {
  const rows = groupRows(pricesOf(offer));
  const readings: Partial<Record<Leg, Decimal>>[] = [];
  for (const own of rows.values()) {
    const legs: Partial<Record<Leg, Decimal>> = {};
    for (const leg of GOODS[offer.terms.good].legs) {
      const [only, another] = offer.alternatives[leg] ?? [];
      const stated = own.find(({ price }) => price.leg === leg) ?? (another ? undefined : only);
      if (stated?.amount) legs[leg] = stated.amount;
    }
    const required: readonly Leg[] = GOODS[offer.terms.good].requiredLegs;
    if (required.every((leg) => legs[leg])) readings.push(legs);
  }
  return readings.length > 0 ? readings : [legsOf(offer)];
}

function groupRows(prices: readonly StatedPrice[]): Map<FeedRow, StatedPrice[]> {
  const rows = new Map<FeedRow, StatedPrice[]>();
  for (const stated of prices) {
    const own = rows.get(stated.price.row);
    if (own) own.push(stated);
    else rows.set(stated.price.row, [stated]);
  }
  return rows;
}

function keyOf(terms: Terms): string {
  return `${offerKey(terms)}${terms.effectiveAtMs ?? ''}`;
}
