import { type Day, daysBetween } from '../domain/dates.ts';
import { type Decimal, divide, multiply, ONE } from '../domain/decimal.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { isGeometric } from '../weigh/weights.ts';
import { meanRelative, type Ratio } from './aggregate.ts';
import type { Basket, Member } from './basket.ts';
import type { Priced } from './constituent.ts';

/** A price that stands on a day, and since when where it is carried forward. */
export interface StandingPrice extends Priced {
  /** The day on which a price that is carried forward was last quoted. */
  readonly quotedOn?: Day;
}

export type Prices = ReadonlyMap<string, StandingPrice>;

/** The members' prices of a day complete, with what could not be matched. */
export interface CompletePrices {
  readonly prices: Prices;
  /** Members whose price could not be imputed from any peer: the day before stands. */
  readonly unmatched: readonly string[];
  /** The same prices would come out of another day on which nothing changes. */
  readonly settled: boolean;
}

/**
 * Completes the prices of a day: fallbacks in order (in settlement mode, for absent constituents
 * only), then imputation by matched peers, p̂_t = p̂_{t−1} · Σ q p_t / Σ q p_{t−1} over peers of
 * its lab, else its class, else the basket (methodology, 8).
 *
 * @param observed the prices of the day, of members and others.
 * @param before the prices of the calendar day before, complete.
 */
export function completePrices(
  basket: Basket,
  observed: ReadonlyMap<string, Priced>,
  isWithdrawn: (id: string) => boolean,
  before: { readonly day: Day; readonly prices: Prices },
  day: Day,
  rules: RulebookRules,
): CompletePrices {
  const missing = basket.members.filter(({ id }) => !observed.has(id));
  if (missing.length === 0) return { prices: observed, unmatched: [], settled: true };
  const prices = new Map<string, StandingPrice>(observed);
  const carried = missing.filter(({ id }) => {
    const last = before.prices.get(id);
    const standing =
      last && !isWithdrawn(id) ? carryForward(last, before.day, day, rules) : undefined;
    if (standing) prices.set(id, standing);
    return standing !== undefined;
  });
  const unmatched: string[] = [];
  // Peers rest on what was quoted or carried: an imputed price never imputes another.
  const peers = basket.members.filter(
    ({ id }) => prices.has(id) && (before.prices.get(id)?.evidence ?? 'imputed') !== 'imputed',
  );
  const quoted = new Map(prices);
  const relativeOf = peerRelatives(peers, quoted, before.prices, rules);
  for (const member of missing.filter((one) => !carried.includes(one))) {
    const last = before.prices.get(member.id);
    if (!last) throw new RangeError(`expected a price of ${member.id} before ${day}`);
    const factor = relativeOf(member);
    if (!factor) unmatched.push(member.id);
    prices.set(member.id, scaled(last, factor ?? UNCHANGED));
  }
  const settled =
    unmatched.length === 0 &&
    carried.length === 0 &&
    missing.every(({ id }) => before.prices.get(id)?.evidence === 'imputed');
  return { prices, unmatched, settled };
}

const UNCHANGED = { numerator: ONE, denominator: ONE };

function carryForward(
  last: StandingPrice,
  lastDay: Day,
  day: Day,
  { fallback }: RulebookRules,
): StandingPrice | undefined {
  if (last.evidence === 'imputed') return undefined;
  const quotedOn = last.quotedOn ?? lastDay;
  const allowed = fallback.some(({ max_days }) => daysBetween(quotedOn, day) <= max_days);
  return allowed ? { ...last, evidence: 'carried_forward', quotedOn } : undefined;
}

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

function scaled(last: StandingPrice, factor: Ratio): StandingPrice {
  const move = (value: Decimal) => divide(multiply(value, factor.numerator), factor.denominator);
  const legs = Object.fromEntries(Object.entries(last.legs).map(([leg, at]) => [leg, move(at)]));
  const { quotedOn: _, ...rest } = last;
  return { ...rest, price: move(last.price), legs, sellers: [], evidence: 'imputed' };
}
