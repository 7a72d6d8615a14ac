import type { Day } from '../domain/dates.ts';
import { type Decimal, divide, multiply, ONE } from '../domain/decimal.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { isGeometric } from '../weigh/weights.ts';
import { meanRelative, type Ratio } from './aggregate.ts';
import type { Basket, Member } from './basket.ts';
import { scaledLegs } from './blend.ts';
import {
  fallbackPrice,
  mayChange,
  missingFrom,
  type Prices,
  type StandingPrice,
  successorPrice,
  type Today,
} from './fallback.ts';

/** The members' prices of a day complete, with what could not be matched. */
export interface CompletePrices {
  readonly prices: Prices;
  /** Members whose price could not be imputed from any peer: the day before stands. */
  readonly unmatched: readonly string[];
  /** The same prices would come out of another day on which nothing changes. */
  readonly settled: boolean;
}

/**
 * Completes the prices of a day: comparable successors, fallbacks in order (in settlement mode, for
 * absent constituents only), then imputation by matched peers,
 * p̂_t = p̂_{t−1} · Σ q p_t / Σ q p_{t−1} over peers of its lab, else its class, else the basket
 * (methodology, 8).
 *
 * @param before the prices of the calendar day before, complete.
 */
export function completePrices(
  basket: Basket,
  today: Today,
  before: { readonly day: Day; readonly prices: Prices },
  rules: RulebookRules,
  evidence: Evidence,
): CompletePrices {
  const missing = missingFrom(basket, today);
  if (missing.length === 0) return { prices: today.quoted, unmatched: [], settled: true };
  const prices = new Map<string, StandingPrice>(today.quoted);
  const imputed = missing.filter((member) => {
    const last = before.prices.get(member.id);
    const standing =
      successorPrice(member, today, rules, evidence) ??
      fallbackPrice(member, last, before.day, today, rules, evidence);
    if (standing) prices.set(member.id, standing);
    return standing === undefined;
  });
  const unmatched: string[] = [];
  // Peers rest on what was quoted or carried: an imputed price never imputes another.
  const peers = basket.members.filter(({ id }) => before.prices.get(id)?.evidence !== 'imputed');
  const standing = new Map(prices);
  const relativeOf = peerRelatives(peers, standing, before.prices, rules);
  for (const member of imputed) {
    const last = before.prices.get(member.id);
    if (!last) throw new RangeError(`expected a price of ${member.id} before ${today.day}`);
    const factor = relativeOf(member);
    if (!factor) unmatched.push(member.id);
    prices.set(member.id, scaled(last, before.day, factor ?? UNCHANGED));
  }
  const settled =
    unmatched.length === 0 &&
    !mayChange(rules, evidence) &&
    missing.every(({ id }) => before.prices.get(id)?.evidence === 'imputed');
  return { prices, unmatched, settled };
}

const UNCHANGED = { numerator: ONE, denominator: ONE };

/** The mean relative of the nearest peers, or none. One group of peers is averaged once. */
function peerRelatives(
  peers: readonly Member[],
  now: Prices,
  before: Prices,
  rules: RulebookRules,
): (member: Member) => Ratio | undefined {
  const mean = isGeometric(rules) ? 'geometric' : 'arithmetic';
  const groups = new Map<string, Ratio | undefined>();
  const relative = (key: string, among: (peer: Member) => boolean) => {
    if (!groups.has(key)) {
      const terms = peers.filter(among).flatMap(({ id, weight }) => {
        const [price, then] = [now.get(id)?.price, before.get(id)?.price];
        return price && then ? [[weight, price, then] as const] : [];
      });
      groups.set(key, terms.length === 0 ? undefined : meanRelative(terms, mean));
    }
    return groups.get(key);
  };
  return (member) =>
    relative(`lab ${member.lab}`, ({ lab }) => lab === member.lab) ??
    relative(`class ${member.class}`, (peer) => peer.class !== '' && peer.class === member.class) ??
    relative('basket', () => true);
}

/** Since when it is not quoted is kept, for fallbacks that may give a price later. */
function scaled(last: StandingPrice, lastDay: Day, factor: Ratio): StandingPrice {
  const move = (value: Decimal) => divide(multiply(value, factor.numerator), factor.denominator);
  const { quotedOn = lastDay, successor: _, ...rest } = last;
  const legs = scaledLegs(last.legs, move);
  const sellers = { sellers: [], sellerCount: 0 };
  return { ...rest, quotedOn, price: move(last.price), legs, ...sellers, evidence: 'imputed' };
}
