import {
  add,
  type Decimal,
  decimal,
  divide,
  dot,
  isPositive,
  isZero,
  multiply,
  roundToDigits,
  sum,
  ZERO,
} from '../domain/decimal.ts';
import type { Legs } from '../domain/good.ts';
import { TOKEN } from '../domain/goods/token.ts';
import type { Bill, Billed, BillMonth } from './bill.ts';
import type { Month } from './months.ts';

const MILLION = decimal(1_000_000);

/** All tokens of a line. */
export function tokensOf(billed: Billed): Decimal {
  return sum(TOKEN.valueLegs.map((leg) => billed[leg]));
}

/** What tokens cost at prices in USD/MTok. */
export function costOf(billed: Billed, prices: Legs<Decimal>): Decimal {
  const terms = TOKEN.valueLegs.map((leg) => [billed[leg], prices[leg] ?? ZERO] as const);
  return divide(dot(terms), MILLION);
}

/** What a month's usage cost, and how much of it has a price. */
export interface Spent {
  /** USD, of the tokens that have a price. */
  readonly spend: Decimal;
  readonly priced: Decimal;
  readonly tokens: Decimal;
  /** What has no price in the month, by name. */
  readonly unpriced: ReadonlyMap<string, Decimal>;
}

export function spentIn({ tokens, prices }: BillMonth): Spent {
  let [spend, priced] = [ZERO, ZERO];
  const unpriced = new Map<string, Decimal>();
  for (const [id, billed] of tokens) {
    const own = prices.get(id);
    const count = tokensOf(billed);
    if (own) [spend, priced] = [add(spend, costOf(billed, own)), add(priced, count)];
    else unpriced.set(id, count);
  }
  const all = sum([priced, ...unpriced.values()]);
  return { spend, priced, tokens: all, unpriced };
}

/** USD/MTok that was paid on average; `undefined` where nothing that has a price was used. */
export function unitValueOf({ spend, priced }: Spent): Decimal | undefined {
  return isPositive(priced) ? divide(multiply(spend, MILLION), priced) : undefined;
}

const BASE = decimal(100);

/**
 * What the usage of the first priced month costs, month by month: 100 in that month (Laspeyres). A
 * model without a price in a month moves with the rest of the basket until it has one again.
 *
 * @returns by month, from the first that has a price on; empty where none has.
 */
export function fixedBasket({ months }: Bill): ReadonlyMap<Month, Decimal> {
  const levels = new Map<Month, Decimal>();
  let costs: ReadonlyMap<string, Decimal> | undefined;
  let [basket, first] = [new Map<string, Billed>(), ZERO];
  for (const month of months) {
    const { prices } = month;
    if (costs === undefined) {
      const own = [...month.tokens].filter(([id, billed]) => {
        return prices.has(id) && isPositive(tokensOf(billed));
      });
      if (own.length === 0) continue;
      basket = new Map(own);
      costs = new Map(own.map(([id, billed]) => [id, costOf(billed, prices.get(id) ?? {})]));
      first = sum(costs.values());
    } else costs = nextCosts(costs, basket, prices);
    levels.set(month.month, roundToDigits(divide(multiply(BASE, sum(costs.values())), first)));
  }
  return levels;
}

function nextCosts(
  before: ReadonlyMap<string, Decimal>,
  basket: ReadonlyMap<string, Billed>,
  prices: BillMonth['prices'],
): ReadonlyMap<string, Decimal> {
  const priced = [...basket].flatMap(([id, billed]) => {
    const own = prices.get(id);
    return own ? [[id, costOf(billed, own)] as const] : [];
  });
  const then = sum(priced.map(([id]) => before.get(id) ?? ZERO));
  const now = sum(priced.map(([, cost]) => cost));
  const known = new Map(priced);
  const move = (cost: Decimal) => (isZero(then) ? cost : divide(multiply(cost, now), then));
  return new Map([...before].map(([id, cost]) => [id, known.get(id) ?? move(cost)]));
}
