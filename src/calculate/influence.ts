import {
  compare,
  type Decimal,
  decimal,
  divide,
  multiply,
  ONE,
  roundToDigits,
  sum,
  toText,
  ZERO,
} from '../domain/decimal.ts';
import { byCodePoint, groupBy } from '../domain/group.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { isGeometric } from '../weigh/weights.ts';
import type { Ratio } from './aggregate.ts';
import type { Basket } from './basket.ts';
import type { StandingPrice } from './impute.ts';

/** A member of the basket with its price and its share of the basket's value today. */
export interface Holding {
  readonly id: string;
  readonly lab: string;
  readonly weight: Decimal;
  readonly linkShare: Decimal;
  /** Value share; under a geometric formula the exponent. */
  readonly share: Decimal;
  /** Its part of the reference price: the parts sum to it, but for the 40th digit. */
  readonly contribution: Decimal;
  readonly standing: StandingPrice;
}

/** Who could move the index, and by how much. Shares are of the basket's value. */
export interface Influence {
  readonly largestConstituent: { readonly id: string; readonly share: Decimal };
  readonly largestLab: { readonly id: string; readonly share: Decimal };
  /** Herfindahl-Hirschman index of the shares: 1/n where equal, 1 where one holds all. */
  readonly hhi: Decimal;
  /** Share whose price rests on one seller. */
  readonly singleSellerShare: Decimal;
  /** Share-weighted: how many of a constituent's sellers quote its most common price. */
  readonly modalPriceShare: Decimal;
  readonly sellers: number;
  readonly venues: number;
}

/** The members with their shares of today's value, by id. */
export function holdings(
  basket: Basket,
  prices: ReadonlyMap<string, StandingPrice>,
  price: Ratio,
  rules: RulebookRules,
): Holding[] {
  const priced = basket.members.map((member) => {
    const standing = prices.get(member.id);
    if (!standing) throw new RangeError(`expected a price of the member ${member.id}`);
    const value = isGeometric(rules) ? member.weight : multiply(member.weight, standing.price);
    return { ...member, standing, value };
  });
  const total = sum(priced.map(({ value }) => value));
  const weights = sum(priced.map(({ weight }) => weight));
  return priced.map(({ value, id, lab, weight, linkShare, standing }) => ({
    ...{ id, lab, weight, linkShare, standing },
    share: divide(value, total),
    contribution: isGeometric(rules)
      ? divide(multiply(weight, price.numerator), multiply(weights, price.denominator))
      : divide(value, weights),
  }));
}

export function influenceOf(held: readonly Holding[]): Influence {
  const labs = [...groupBy(held, ({ lab }) => lab)].map(([id, members]) => ({
    id,
    share: shareOf(members),
  }));
  const sellers = held.flatMap(({ standing }) => standing.sellers);
  return {
    largestConstituent: largest(held),
    largestLab: largest(labs),
    hhi: roundToDigits(sum(held.map(({ share }) => multiply(share, share)))),
    singleSellerShare: singleSellerShare(held),
    modalPriceShare: roundToDigits(
      sum(held.map((holding) => multiply(holding.share, modalShare(holding)))),
    ),
    sellers: new Set(sellers.map(({ seller }) => seller)).size,
    venues: new Set(sellers.map(({ venue }) => venue)).size,
  };
}

/** Share of the constituents whose price rests on one seller. */
export function singleSellerShare(held: readonly Holding[]): Decimal {
  return shareOf(held.filter(({ standing }) => standing.sellers.length === 1));
}

/** Of a constituent's sellers, the share that quotes the most common price. */
function modalShare({ standing: { sellers } }: Holding): Decimal {
  if (sellers.length === 0) return ZERO;
  const counts = groupBy(sellers, ({ price }) => toText(price)).values();
  const most = Math.max(...[...counts].map((same) => same.length));
  return divide(decimal(most), decimal(sellers.length));
}

export function shareOf(held: readonly { readonly share: Decimal }[]): Decimal {
  return roundToDigits(sum(held.map(({ share }) => share)));
}

/** Ties go to the smaller id. */
function largest(all: readonly { readonly id: string; readonly share: Decimal }[]) {
  const [first = { id: '', share: ONE }] = [...all].sort(
    (a, b) => compare(b.share, a.share) || byCodePoint(a.id, b.id),
  );
  return { id: first.id, share: first.share };
}
