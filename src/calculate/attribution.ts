import {
  type Decimal,
  decimal,
  divide,
  equals,
  isZero,
  multiply,
  roundToDigits,
  subtract,
  sum,
  ZERO,
} from '../domain/decimal.ts';
import { comparesPeriods } from '../domain/formulas.ts';
import { byCodePoint } from '../domain/group.ts';
import { ln } from '../domain/transcendental.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { aggregateOf, isAdditive, type Ratio, toDecimal } from './aggregate.ts';
import type { Basket } from './basket.ts';
import type { ChainDay } from './chain.ts';
import type { Prices, StandingPrice } from './fallback.ts';
import { movesOf, type PriceCause } from './price-parts.ts';

/** What a part of a move comes from. */
export type Cause = PriceCause | 'entry' | 'exit' | 'weights' | 'methodology';

/** A part of the move from one day to the next, half-even to 40 digits. */
export interface Part {
  readonly cause: Cause;
  /** Of the constituent; empty where the part is of none. */
  readonly id: string;
  /** Of the reference price, USD/MTok. */
  readonly price: Decimal;
  /** Of the level, in points; 0 for what changes the basket. */
  readonly level: Decimal;
}

/** What an index is put together by where its move cannot be split; `undefined` where it can. */
export function unsplit({ regime: { rules } }: ChainDay): string | undefined {
  if (!isAdditive(aggregateOf(rules))) return `a ${rules.aggregate.replace('_', ' ')}`;
  return comparesPeriods(rules.formula) ? `the formula ${rules.formula}` : undefined;
}

/**
 * Splits the move of an index from one calendar day to the next: between links constituent i adds
 * w·Δp; at a link (w′ − w)(p − R), filed as entry, exit or weights; with at_fixing the members that
 * have both prices add w′Δp and (w′ − w)(p − R) at the prices of the day before. Under a geometric
 * formula the parts are logarithms times the logarithmic mean of the two values. The parts sum to
 * the move, but for the last digits.
 *
 * @param before the calendar day before.
 */
export function partsOf(before: ChainDay, today: ChainDay, evidence: Evidence): Part[] {
  const { series, regime } = today;
  if (series === before.series) return withinSeries(before.prices, before, today, evidence);
  if (series.link.day === today.day) return atFixing(before, today, evidence);
  const { link, basket } = series;
  const isNewVersion = regime.rules !== before.regime.rules;
  const exchanged = isNewVersion
    ? [methodology(before.price(), link.price)]
    : exchange(before, basket, link.prices, measure(today, before.price(), link.price));
  return [...exchanged, ...withinSeries(link.prices, before, today, evidence)];
}

/** The step to a new version of the rulebook, all of it: nothing else moved at its link. */
function methodology(old: Ratio, now: Ratio): Part {
  const price = subtract(toDecimal(now), toDecimal(old));
  return { cause: 'methodology', id: '', price, level: ZERO };
}

/** The members' prices from the link or the day before to today. */
function withinSeries(from: Prices, before: ChainDay, today: ChainDay, evidence: Evidence): Part[] {
  const { basket, link } = today.series;
  const start = today.series === before.series ? before.price() : link.price;
  const distance = measure(today, start, today.price());
  const points = divide(link.level, toDecimal(link.price));
  return basket.members.flatMap(({ id, weight }) =>
    moved(id, from.get(id), before, today, evidence, (from, to) => {
      const price = divide(multiply(weight, distance(from, to)), totalOf(basket));
      return { price, level: roundToDigits(multiply(price, points)) };
    }),
  );
}

/** A basket that gives its own day's price already: members of both days move, the rest steps. */
function atFixing(before: ChainDay, today: ChainDay, evidence: Evidence): Part[] {
  const { basket } = today.series;
  const [old, now] = [before.price(), today.price()];
  const distance = measure(today, old, now);
  const isMatched = (id: string) => before.prices.has(id);
  const matched = basket.members.filter(({ id }) => isMatched(id));
  const levelOf = levelSteps(matched, before, today);
  const total = totalOf(basket);
  const moves = matched.flatMap(({ id, weight }) =>
    moved(id, before.prices.get(id), before, today, evidence, (from, to) => ({
      price: divide(multiply(weight, distance(from, to)), total),
      level: levelOf(weight, from, to),
    })),
  );
  const entrants = basket.members.filter(({ id }) => !isMatched(id));
  const entries = entrants.map(({ id, weight }): Part => {
    const step = distance(toDecimal(old), priceOf(id, today.prices));
    return { cause: 'entry', id, price: divide(multiply(weight, step), total), level: ZERO };
  });
  const known = { ...basket, members: matched };
  return [...moves, ...exchange(before, known, before.prices, distance, total), ...entries];
}

/** Steps of the level at a link at the fixing: L · w′Δp / Σ w′p over the matched members. */
function levelSteps(matched: Basket['members'], before: ChainDay, today: ChainDay) {
  const [old, now] = [before.level(), today.level()];
  const distance = measure(today, old, now);
  const isGeometric = aggregateOf(today.regime.rules) === 'geometric';
  const whole = isGeometric
    ? sum(matched.map(({ weight }) => weight))
    : sum(matched.map(({ id, weight }) => multiply(weight, priceOf(id, before.prices))));
  return (weight: Decimal, from: Decimal, to: Decimal) => {
    const step = multiply(weight, distance(from, to));
    return divide(isGeometric ? step : multiply(step, toDecimal(old)), whole);
  };
}

/** Of the members of two baskets: what another weight, an entry or an exit steps by. */
function exchange(
  before: ChainDay,
  basket: Basket,
  prices: Prices,
  distance: Distance,
  total = totalOf(basket),
): Part[] {
  const old = before.series.basket;
  const reference = toDecimal(before.price());
  const oldTotal = totalOf(old);
  const [then, now] = [weightsOf(old), weightsOf(basket)];
  const ids = [...new Set([...then.keys(), ...now.keys()])].sort(byCodePoint);
  return ids.flatMap((id): Part[] => {
    const [w, next] = [then.get(id), now.get(id)];
    const change = subtract(divide(next ?? ZERO, total), divide(w ?? ZERO, oldTotal));
    if (isZero(change)) return [];
    const cause = w === undefined ? 'entry' : next === undefined ? 'exit' : 'weights';
    const price = roundToDigits(multiply(change, distance(reference, priceOf(id, prices))));
    return [{ cause, id, price, level: ZERO }];
  });
}

/** The parts of one constituent's move, with what each adds to price and level. */
function moved(
  id: string,
  from: StandingPrice | undefined,
  before: ChainDay,
  today: ChainDay,
  evidence: Evidence,
  worth: (from: Decimal, to: Decimal) => Pick<Part, 'price' | 'level'>,
): Part[] {
  const to = today.prices.get(id);
  if (!from || !to) throw new RangeError(`expected two prices of the member ${id}`);
  const then = { ...from, day: before.day };
  const moves = movesOf(then, { ...to, day: today.day }, today.regime.rules, evidence);
  return moves
    .filter((move) => !equals(move.from, move.to))
    .map(({ cause, isHalf, ...move }) => {
      const { price, level } = worth(move.from, move.to);
      const share = (value: Decimal) => (isHalf ? divide(value, decimal(2)) : value);
      return { cause, id, price: share(price), level: share(level) };
    });
}

/** How far it is from one price to another, in the units of the value that moves. */
type Distance = (from: Decimal, to: Decimal) => Decimal;

/**
 * Differences under an arithmetic formula; under a geometric one logarithms, times the logarithmic
 * mean of the two values: (b − a) / (ln b − ln a). Logarithms are subtracted and not taken of a
 * quotient: of two values that differ in their last digit the quotient may round to 1.
 */
function measure({ regime: { rules } }: ChainDay, from: Ratio, to: Ratio): Distance {
  if (aggregateOf(rules) !== 'geometric') return (a, b) => subtract(b, a);
  const [a, b] = [toDecimal(from), toDecimal(to)];
  const mean = equals(a, b) ? a : divide(subtract(b, a), subtract(ln(b), ln(a)));
  return (one, other) => multiply(mean, subtract(ln(other), ln(one)));
}

function totalOf({ members }: Basket): Decimal {
  return sum(members.map(({ weight }) => weight));
}

function weightsOf({ members }: Basket): ReadonlyMap<string, Decimal> {
  return new Map(members.map(({ id, weight }) => [id, weight]));
}

function priceOf(id: string, prices: Prices): Decimal {
  const price = prices.get(id)?.price;
  if (!price) throw new RangeError(`expected a price of ${id}`);
  return price;
}
