import { type Day, wallClockToMs } from '../domain/dates.ts';
import type { Decimal } from '../domain/decimal.ts';
import { type Legs, TOKEN } from '../domain/good.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from '../select/in-force.ts';
import { isRebalanceDay, nextDay } from '../weigh/schedule.ts';
import { isGeometric } from '../weigh/weights.ts';
import {
  chained,
  type Link,
  levelAt,
  type Mean,
  meanRelative,
  type Ratio,
  ratioOf,
  referencePrice,
  toDecimal,
} from './aggregate.ts';
import { type Basket, type BasketFault, formBasket } from './basket.ts';
import { completePrices, type Prices } from './impute.ts';
import { type Board, type Market, marketOf } from './market.ts';

/** The numbered, frozen basket between two rebalances. */
export interface Series {
  readonly number: number;
  readonly firstDay: Day;
  readonly basket: Basket;
  readonly link: Link;
}

/** Why a day has no fixing although the chain runs through it. */
export type WithheldReason = BasketFault | 'no_matched_price';

/** One day of the chain: what the fixing of that day is made from. */
export interface ChainDay {
  readonly day: Day;
  readonly horizon: Horizon;
  /** The series that the day is calculated on. */
  readonly series: Series;
  readonly board: Board;
  /** Of every constituent with a price, and of every member. */
  readonly prices: Prices;
  /** Another day with this board and series has these prices again. */
  readonly settled: boolean;
  readonly withheld: readonly WithheldReason[];
  /** Reference price and level, exact. */
  readonly price: () => Ratio;
  readonly legs: () => Legs<Ratio>;
  readonly level: () => Ratio;
  /** The level of the calendar day before; none on the base date. */
  readonly levelBefore: (() => Ratio) | undefined;
}

/** A chain of days, or why its first basket cannot be formed. */
export type Chain =
  | { readonly days: () => Generator<ChainDay>; readonly market: Market }
  | { readonly days?: undefined; readonly fault: BasketFault };

/**
 * Runs an index from its base date: each day's prices, imputation, and at each rebalance the next
 * basket, linked so that the level is continuous. The chain runs through days whose fixing is
 * withheld. Lazy in the levels, which only published days and links need.
 *
 * @param until the last day, inclusive.
 * @param knownAtMs replaces each day's own horizon, its cut-off, where it is given.
 */
export function chain(
  rules: RulebookRules,
  evidence: Evidence,
  until: Day,
  knownAtMs?: number,
): Chain {
  const market = marketOf(rules, evidence);
  const base = rules.base.date;
  const horizon = horizonOf(base, rules, knownAtMs);
  const board = market.at(base, horizon);
  const { prices } = board;
  const formed = formBasket(prices, market.candidates, base, horizon, rules, evidence);
  if (!formed.basket) return { fault: formed.fault };
  const { basket } = formed;
  const link = { level: rules.base.level, price: priceOf(basket, prices, rules) };
  const first: ChainDay = {
    ...{ day: base, horizon, board, prices, settled: true, withheld: [], levelBefore: undefined },
    series: { number: 1, firstDay: base, basket, link },
    price: () => link.price,
    legs: once(() => legsOf(basket, prices, rules)),
    level: () => ratioOf(link.level),
  };
  return { market, days: () => daysFrom(first, market, rules, evidence, until, knownAtMs) };
}

/** The cut-off of a day, and what is known by it unless said otherwise. */
export function horizonOf(day: Day, rules: RulebookRules, knownAtMs?: number): Horizon {
  const cutoffMs = wallClockToMs(day, rules.cutoff);
  return { cutoffMs, knownAtMs: knownAtMs ?? cutoffMs };
}

function* daysFrom(
  first: ChainDay,
  market: Market,
  rules: RulebookRules,
  evidence: Evidence,
  until: Day,
  knownAtMs: number | undefined,
): Generator<ChainDay> {
  let before = first;
  let { series } = first;
  // A basket that was due and could not be formed withholds fixings until one is.
  let overdue: BasketFault | undefined;
  if (first.day <= until) yield first;
  for (let day = nextDay(first.day, rules); day <= until; day = nextDay(day, rules)) {
    const horizon = horizonOf(day, rules, knownAtMs);
    const board = market.at(day, horizon);
    const completed =
      board === before.board && series === before.series && before.settled
        ? { prices: before.prices, unmatched: [], settled: true }
        : completePrices(
            series.basket,
            board.prices,
            (id) => board.pricings.get(id)?.withdrawn ?? false,
            before,
            day,
            rules,
          );
    const { prices } = completed;
    const due = isRebalanceDay(day, before.day, rules)
      ? formBasket(eligible(prices, board), market.candidates, day, horizon, rules, evidence)
      : undefined;
    const atFixing = rules.rebalance.effective === 'at_fixing';
    if (due && atFixing) {
      overdue = due.basket ? undefined : due.fault;
      if (due.basket) series = linkAtFixing(series, due.basket, prices, before, day, rules);
    }
    const held = new Set(series.basket.members.map(({ id }) => id));
    const unmatched = completed.unmatched.some((id) => held.has(id))
      ? (['no_matched_price'] as const)
      : [];
    const today = chainDay(
      {
        ...{ day, horizon, series, board, prices },
        // Today's prices were completed for the basket of yesterday.
        settled: completed.settled && series === before.series,
        withheld: [...(overdue ? [overdue] : []), ...unmatched],
      },
      before,
      rules,
    );
    yield today;
    if (due && !atFixing) {
      overdue = due.basket ? undefined : due.fault;
      if (due.basket) series = linkAfterClose(series, due.basket, today, rules);
    }
    before = today;
  }
}

function chainDay(
  today: Omit<ChainDay, 'price' | 'legs' | 'level' | 'levelBefore'>,
  before: ChainDay,
  rules: RulebookRules,
): ChainDay {
  const { series, prices } = today;
  const same = series === before.series && prices === before.prices;
  const price = same ? before.price : once(() => priceOf(series.basket, prices, rules));
  const legs = same ? before.legs : once(() => legsOf(series.basket, prices, rules));
  const level = same ? before.level : once(() => levelAt(series.link, price()));
  return { ...today, price, legs, level, levelBefore: before.level };
}

/** The new basket applies from the next day, linked at today's level on the old one. */
function linkAfterClose(
  old: Series,
  basket: Basket,
  today: ChainDay,
  rules: RulebookRules,
): Series {
  const link = {
    level: toDecimal(today.level()),
    price: priceOf(basket, today.prices, rules),
  };
  return { number: old.number + 1, firstDay: nextDay(today.day, rules), basket, link };
}

/**
 * The new basket already gives today's price: L_r = L_{r−1} · Σ_M q′p_r / Σ_M q′p_{r−1}, M being
 * its members with a price on the day before; with none the level stays.
 */
function linkAtFixing(
  old: Series,
  basket: Basket,
  prices: Prices,
  before: ChainDay,
  day: Day,
  rules: RulebookRules,
): Series {
  const matched = basket.members.flatMap(({ id, weight }) => {
    const [now, then] = [prices.get(id)?.price, before.prices.get(id)?.price];
    return now && then ? [[weight, now, then] as const] : [];
  });
  const relative = matched.length === 0 ? undefined : meanRelative(matched, meanOf(rules));
  const level = relative
    ? toDecimal(chained(before.level(), relative, UNITY))
    : toDecimal(before.level());
  const link = { level, price: priceOf(basket, prices, rules) };
  return { number: old.number + 1, firstDay: day, basket, link };
}

const UNITY: Ratio = ratioOf({ digits: 1n, scale: 0 });

/** A withdrawn constituent is imputed until the next rebalance, and leaves there. */
function eligible(prices: Prices, board: Board): Prices {
  return new Map([...prices].filter(([id]) => !(board.pricings.get(id)?.withdrawn ?? false)));
}

/** The reference price of a basket at a day's prices. */
function priceOf(basket: Basket, prices: Prices, rules: RulebookRules): Ratio {
  return referenceOf(basket, (id) => prices.get(id)?.price, rules);
}

/** The same for each leg of the workload. */
function legsOf(basket: Basket, prices: Prices, rules: RulebookRules): Legs<Ratio> {
  return Object.fromEntries(
    TOKEN.valueLegs.map((leg) => [
      leg,
      referenceOf(basket, (id) => prices.get(id)?.legs[leg], rules),
    ]),
  );
}

function referenceOf(
  basket: Basket,
  at: (id: string) => Decimal | undefined,
  rules: RulebookRules,
): Ratio {
  const terms = basket.members.map(({ id, weight }) => {
    const price = at(id);
    if (!price) throw new RangeError(`expected a price of the member ${id}`);
    return [weight, price] as const;
  });
  return referencePrice(terms, meanOf(rules));
}

function meanOf(rules: RulebookRules): Mean {
  return isGeometric(rules) ? 'geometric' : 'arithmetic';
}

function once<Value>(calculate: () => Value): () => Value {
  let value: { readonly is: Value } | undefined;
  return () => {
    value ??= { is: calculate() };
    return value.is;
  };
}
