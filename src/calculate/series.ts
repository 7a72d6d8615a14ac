import type { Day } from '../domain/dates.ts';
import {
  type Decimal,
  divide,
  multiply,
  ONE,
  roundToDigits,
  subtract,
  ZERO,
} from '../domain/decimal.ts';
import { comparesPeriods } from '../domain/formulas.ts';
import type { Legs } from '../domain/good.ts';
import { goodOf } from '../domain/goods.ts';
import { byCodePoint } from '../domain/group.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { type WeightedSum, weightsOf } from '../domain/weights.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from '../select/in-force.ts';
import {
  aggregateOf,
  chained,
  meanRelative,
  type Ratio,
  ratioOf,
  referencePrice,
  toDecimal,
} from './aggregate.ts';
import type { Basket } from './basket.ts';
import type { Prices, StandingPrice } from './fallback.ts';
import { BILATERAL_FORMULAS } from './formulas/catalogue.ts';

/** Where a series begins: level and prices of the link day. */
export interface Link {
  readonly day: Day;
  readonly level: Decimal;
  /** Reference price of the basket on the link day. */
  readonly price: Ratio;
  readonly prices: Prices;
}

/** A member that was replaced at a link by one that is not compared with it directly. */
export interface Replacement {
  readonly predecessor: string;
  readonly successor: string;
  /** Price of the successor over that of its predecessor at the link: no index measures it. */
  readonly step: Decimal;
}

/** The numbered, frozen basket between two rebalances. */
export interface Series {
  readonly number: number;
  readonly firstDay: Day;
  readonly basket: Basket;
  readonly link: Link;
  /** Step in price from the basket before it, on the link day; none for the first series. */
  readonly rollSpread: Decimal | undefined;
  readonly replaced: readonly Replacement[];
}

/** What a new basket is linked with. */
export interface Closing {
  readonly day: Day;
  readonly level: Ratio;
  readonly price: Ratio;
  readonly prices: Prices;
  readonly horizon: Horizon;
}

/** The new basket applies from the next day, linked at today's level on the old one. */
export function linkAfterClose(
  old: Series,
  basket: Basket,
  firstDay: Day,
  today: Closing,
  rules: RulebookRules,
  evidence: Evidence,
): Series {
  const { day, prices, horizon } = today;
  const price = priceOf(basket, standingOf(basket, prices), rules);
  const link = { day, level: toDecimal(today.level), price, prices };
  return {
    ...{ number: old.number + 1, firstDay, basket, link },
    rollSpread: spreadOf(link.price, today.price),
    replaced: replacements(old, basket, prices, horizon, evidence),
  };
}

/**
 * The new basket already gives today's price: L_r = L_{r−1} · Σ_M q′p_r / Σ_M q′p_{r−1}, M being
 * its members with a price on the day before; with none the level stays.
 */
export function linkAtFixing(
  old: Series,
  basket: Basket,
  { day, horizon, prices }: Pick<Closing, 'horizon' | 'prices'> & { readonly day: Day },
  before: Pick<Closing, 'level' | 'prices'>,
  rules: RulebookRules,
  evidence: Evidence,
): Series {
  const matched = matchedTerms(basket, prices, before.prices);
  const relative = matched.length === 0 ? UNITY : meanRelative(matched, aggregateOf(rules));
  const level = toDecimal(chained(before.level, relative, UNITY));
  const price = priceOf(basket, standingOf(basket, prices), rules);
  const link = { day, level, price, prices };
  return {
    ...{ number: old.number + 1, firstDay: day, basket, link },
    rollSpread: spreadOf(link.price, priceOf(old.basket, standingOf(old.basket, prices), rules)),
    replaced: replacements(old, basket, prices, horizon, evidence),
  };
}

function spreadOf(price: Ratio, before: Ratio): Decimal {
  return roundToDigits(subtract(toDecimal(price), toDecimal(before)));
}

const UNITY: Ratio = ratioOf(ONE);

/** Weights and prices of the members that have a price on both days. */
export function matchedTerms(
  { members }: Basket,
  now: Prices,
  then: Prices,
): (readonly [weight: Decimal, now: Decimal, then: Decimal])[] {
  return members.flatMap(({ id, weight }) => {
    const [price, before] = [now.get(id)?.price, then.get(id)?.price];
    return price && before ? [[weight, price, before] as const] : [];
  });
}

/**
 * L_t = L_r · R_t / R_r, r being the link day; under a formula that compares the two days with
 * quantities of both, L_r times that comparison.
 *
 * @param current quantities of the members on the day, in tokens, where the formula needs them.
 */
export function levelOf(
  { basket, link }: Series,
  price: Ratio,
  prices: Prices,
  rules: RulebookRules,
  current: readonly Decimal[] | undefined,
): Ratio {
  const { formula } = rules;
  if (!comparesPeriods(formula)) return chained(ratioOf(link.level), price, link.price);
  const pricesOn = (day: Prices) => basket.members.map(({ id }) => day.get(id)?.price ?? ZERO);
  const atLink = quantitiesAtLink(basket);
  const relative = BILATERAL_FORMULAS[formula]({
    ...{ p0: pricesOn(link.prices), p1: pricesOn(prices) },
    ...{ q0: atLink, q1: current ?? atLink },
  });
  return chained(ratioOf(link.level), ratioOf(relative), UNITY);
}

/** In tokens where usage weighs, since a formula may add the quantities of two days. */
function quantitiesAtLink({ members, tokens }: Basket): Decimal[] {
  return members.map(({ weight }) => (tokens ? multiply(weight, tokens) : weight));
}

/** The prices of a basket's members, in their order. */
export function standingOf({ members }: Basket, prices: Prices): readonly StandingPrice[] {
  return members.map(({ id }) => {
    const standing = prices.get(id);
    if (!standing) throw new RangeError(`expected a price of the member ${id}`);
    return standing;
  });
}

/**
 * The reference price of a basket.
 *
 * @param standing the members' prices, in their order.
 */
export function priceOf(
  basket: Basket,
  standing: readonly StandingPrice[],
  rules: RulebookRules,
): Ratio {
  return referenceOf(basket, 'price', standing, rules);
}

/** The same for each leg of the workload. */
export function legsOf(
  basket: Basket,
  standing: readonly StandingPrice[],
  rules: RulebookRules,
): Legs<Ratio> {
  return Object.fromEntries(
    goodOf(rules).valueLegs.map((leg) => [leg, referenceOf(basket, leg, standing, rules)]),
  );
}

function referenceOf(
  basket: Basket,
  value: string,
  standing: readonly StandingPrice[],
  rules: RulebookRules,
): Ratio {
  const aggregate = aggregateOf(rules);
  if (aggregate === 'arithmetic') {
    const { total, sumOf } = sumsOver(basket);
    return { numerator: sumOf(value)(standing), denominator: total };
  }
  const at = valueAt(value);
  const terms = standing.map(
    (one, index) => [basket.members[index]?.weight ?? ZERO, at(one)] as const,
  );
  return referencePrice(terms, aggregate);
}

/** The price, or one of the legs. */
function valueAt(value: string): (one: StandingPrice) => Decimal {
  return value === 'price' ? ({ price }) => price : (one) => legAt(one, value);
}

function legAt({ id, legs }: StandingPrice, leg: string): Decimal {
  const price = legs[leg];
  if (!price) throw new RangeError(`expected a price of the leg ${leg} of ${id}`);
  return price;
}

interface BasketSums {
  readonly total: Decimal;
  readonly sumOf: (value: string) => WeightedSum<StandingPrice>;
}

const readied = new WeakMap<Basket, BasketSums>();

/** A basket is priced every day until the next one. */
function sumsOver(basket: Basket): BasketSums {
  const known = readied.get(basket);
  if (known) return known;
  const { total, summing } = weightsOf(basket.members.map(({ weight }) => weight));
  const made = new Map<string, WeightedSum<StandingPrice>>();
  const sumOf = (value: string) => {
    const sum = made.get(value) ?? summing(valueAt(value));
    made.set(value, sum);
    return sum;
  };
  const sums = { total, sumOf };
  readied.set(basket, sums);
  return sums;
}

/** Members that left for a successor which linking does not compare with them, by id. */
function replacements(
  { basket: old }: Series,
  basket: Basket,
  prices: Prices,
  { cutoffMs }: Horizon,
  evidence: Evidence,
): Replacement[] {
  const [before, now] = [idsOf(old), idsOf(basket)];
  const found = new Map<string, Replacement>();
  for (const { predecessor, successor, comparable, effectiveAtMs } of evidence.rows.succession) {
    const left = before.has(predecessor) && !now.has(predecessor);
    const entered = now.has(successor) && !before.has(successor);
    const [then, at] = [prices.get(predecessor)?.price, prices.get(successor)?.price];
    if (comparable || effectiveAtMs > cutoffMs || !left || !entered || !then || !at) continue;
    const step = divide(at, then);
    found.set(`${predecessor}\u0000${successor}`, { predecessor, successor, step });
  }
  return [...found].sort(([a], [b]) => byCodePoint(a, b)).map(([, replacement]) => replacement);
}

function idsOf({ members }: Basket): ReadonlySet<string> {
  return new Set(members.map(({ id }) => id));
}
