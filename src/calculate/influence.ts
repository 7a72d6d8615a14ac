import {
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  multiply,
  ONE,
  roundToDigits,
  subtract,
  sum,
  toText,
  ZERO,
} from '../domain/decimal.ts';
import { byCodePoint, groupBy } from '../domain/group.ts';
import { once } from '../domain/once.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { exp, ln } from '../domain/transcendental.ts';
import { isGeometric } from '../weigh/weights.ts';
import { aggregateOf, contributionsTo, type Ratio } from './aggregate.ts';
import type { Basket, Member } from './basket.ts';
import type { StandingPrice } from './fallback.ts';

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
  /** By id. */
  readonly labs: readonly {
    readonly id: string;
    readonly share: Decimal;
    readonly effect: Decimal;
  }[];
  readonly sellersToMove: number | null;
}

/**
 * The members with their shares of today's value, by id.
 *
 * @param standing the members' prices, in their order.
 */
export function holdings(
  { members }: Basket,
  standing: readonly StandingPrice[],
  price: Ratio,
  rules: RulebookRules,
): Holding[] {
  const geometric = isGeometric(rules);
  const values = once(() =>
    members.map(({ weight }, index) =>
      geometric ? weight : multiply(weight, standing[index]?.price ?? ZERO),
    ),
  );
  const total = once(() => sum(values()));
  const contributions = once(() => {
    const terms = members.map(
      ({ weight }, index) => [weight, standing[index]?.price ?? ZERO] as const,
    );
    return contributionsTo(price, terms, aggregateOf(rules));
  });
  const parts: Parts = {
    shareAt: (index) => divide(values()[index] ?? ZERO, total()),
    contributionAt: (index) => contributions()[index] ?? ZERO,
  };
  return standing.map((of, index) => {
    const member = members[index];
    if (!member) throw new RangeError(`expected a member to the price of ${of.id}`);
    return new Held(member, of, index, parts);
  });
}

interface Parts {
  readonly shareAt: (index: number) => Decimal;
  readonly contributionAt: (index: number) => Decimal;
}

/** Its parts are formed when they are asked for: a day of a series needs hardly any of them. */
class Held implements Holding {
  readonly id: string;
  readonly lab: string;
  readonly weight: Decimal;
  readonly linkShare: Decimal;
  readonly standing: StandingPrice;
  readonly #index: number;
  readonly #parts: Parts;

  constructor(member: Member, standing: StandingPrice, index: number, parts: Parts) {
    this.id = member.id;
    this.lab = member.lab;
    this.weight = member.weight;
    this.linkShare = member.linkShare;
    this.standing = standing;
    this.#index = index;
    this.#parts = parts;
  }

  get share(): Decimal {
    return this.#parts.shareAt(this.#index);
  }

  get contribution(): Decimal {
    return this.#parts.contributionAt(this.#index);
  }
}

/**
 * What a rise of prices by 10% does to the reference price, as a share of it: a tenth of their
 * share of the value; under a geometric formula 1.1^w − 1. Of a median or trimmed mean it is what
 * the mean of the same basket would do.
 */
export function effectOf(share: Decimal, rules: RulebookRules): Decimal {
  if (!isGeometric(rules)) return roundToDigits(multiply(share, TENTH));
  return roundToDigits(subtract(exp(multiply(share, ln(add(ONE, TENTH)))), ONE));
}

const TENTH = decimal('0.1');

export function influenceOf(held: readonly Holding[], rules: RulebookRules): Influence {
  const labs = [...groupBy(held, ({ lab }) => lab)]
    .map(([id, members]) => ({ id, share: shareOf(members) }))
    .map((lab) => ({ ...lab, effect: effectOf(lab.share, rules) }))
    .sort((a, b) => byCodePoint(a.id, b.id));
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
    labs,
    sellersToMove: sellersToMove(held, rules),
  };
}

const ONE_PERCENT = decimal('0.01');

/** Shares are rounded to 40 digits: three of a thirtieth are a tenth to a few digits less. */
const DIGITS_OF_A_SUM = 36;

/**
 * The fewest owners that could move the index by 1% by each moving its prices by 10%, where each of
 * a constituent's n owners moves its price by an n-th; `null` where all of them together could not.
 */
function sellersToMove(held: readonly Holding[], rules: RulebookRules): number | null {
  const shares = new Map<string, Decimal>();
  for (const { share, standing } of held) {
    const owners = new Set(standing.sellers.map(({ owner }) => owner));
    const part = owners.size === 0 ? ZERO : divide(share, decimal(owners.size));
    for (const owner of owners) shares.set(owner, add(shares.get(owner) ?? ZERO, part));
  }
  let moved = ZERO;
  const largestFirst = [...shares.values()].sort((a, b) => compare(b, a));
  for (const [index, share] of largestFirst.entries()) {
    moved = add(moved, share);
    const effect = effectOf(roundToDigits(moved, DIGITS_OF_A_SUM), rules);
    if (compare(effect, ONE_PERCENT) >= 0) return index + 1;
  }
  return null;
}

/** Share of the constituents whose price rests on one seller. */
export function singleSellerShare(held: readonly Holding[]): Decimal {
  return shareOf(held.filter(({ standing }) => standing.sellerCount === 1));
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
