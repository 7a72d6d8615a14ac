import {
  type Decimal,
  decimal,
  divide,
  isPositive,
  multiply,
  sum,
  ZERO,
} from '../domain/decimal.ts';
import type { Workload } from '../domain/good.ts';
import type { Bill, BillMonth } from './bill.ts';
import { spentIn, tokensOf, unitValueOf } from './bill-figures.ts';
import type { HistoryDay } from './history.ts';

/** The prices between what users paid and the price of an index, USD/MTok. */
export interface Bridge {
  /** Of the tokens as they were used. */
  readonly paid: Decimal;
  /** The same tokens of each model, at the workload of the index. */
  readonly atWorkload: Decimal;
  /** Of the models in the basket alone; `undefined` where none of them was used. */
  readonly inBasket: Decimal | undefined;
  /** Of the basket with its own weights. */
  readonly basket: Decimal;
  /** As it was published: the mean of the days. */
  readonly published: Decimal;
}

/**
 * The way from the unit value of a month to the published price of an index: another split into
 * legs, models outside the basket, other weights, and the formula. `undefined` where nothing that has
 * a price was used, or nothing was published.
 */
export function bridgeOf(
  month: BillMonth,
  days: readonly HistoryDay[],
  workload: Workload,
  models: Bill['models'],
): Bridge | undefined {
  const printed = days.filter(({ price, isOwn }) => price !== null && isOwn);
  const paid = unitValueOf(spentIn(month));
  if (!paid || printed.length === 0) return undefined;
  const members = new Set(printed.flatMap((day) => [...day.members.keys()]));
  const used = [...month.tokens].flatMap(([id, billed]) => {
    const prices = month.prices.get(id);
    if (!prices) return [];
    const shares = Object.entries(workload.shares);
    const blended = sum(
      shares.map(([leg, share]) => multiply(share, prices[leg] ?? prices[workload.fill] ?? ZERO)),
    );
    return [{ id, tokens: tokensOf(billed), blended }];
  });
  const average = (of: typeof used) => {
    const all = sum(of.map(({ tokens }) => tokens));
    if (!isPositive(all)) return undefined;
    return divide(sum(of.map(({ tokens, blended }) => multiply(tokens, blended))), all);
  };
  return {
    paid,
    atWorkload: average(used) ?? paid,
    inBasket: average(used.filter(({ id }) => isIn(members, id, models))),
    basket: meanOf(printed.map(arithmetic)),
    published: meanOf(printed.map(({ price }) => price ?? ZERO)),
  };
}

/** A seller's model is in the basket where the basket holds it, or the model at any seller. */
export function isIn(basket: ReadonlySet<string>, id: string, models: Bill['models']): boolean {
  return basket.has(id) || basket.has(models.get(id) ?? id);
}

function meanOf(values: readonly Decimal[]): Decimal {
  return divide(sum(values), decimal(values.length));
}

/** The mean of the members' prices by their weights, whatever the formula. */
function arithmetic({ members }: HistoryDay): Decimal {
  const all = [...members.values()];
  const weights = sum(all.map(({ weight }) => weight));
  return divide(sum(all.map(({ weight, price }) => multiply(weight, price))), weights);
}
