import type { z } from 'zod';
import type { Decimal } from '../domain/decimal.ts';
import type { Good, Legs } from '../domain/good.ts';
import { GOODS, type GoodId } from '../domain/goods.ts';
import { optionalCell, price } from './cells.ts';

const ALL_GOODS: readonly Good[] = Object.values(GOODS);

/** Cells by column, some of them prices of legs. */
export type LegCells = Readonly<Record<string, unknown>>;

type ValueLeg = (typeof GOODS)[GoodId]['valueLegs'][number];

const legCell = optionalCell(price, null);

/** A column for each leg that a fixing publishes, of every good: a row fills those of one. */
export function legColumns<Prefix extends string>(prefix: Prefix) {
  const names = ALL_GOODS.flatMap(({ valueLegs }) => valueLegs);
  return Object.fromEntries(names.map((leg) => [`${prefix}${leg}`, legCell])) as {
    readonly [Leg in ValueLeg as `${Prefix}${Leg}`]: typeof legCell;
  };
}

/** Whether a row states a price of any leg. */
export function statesLegs(row: LegCells, prefix: string): boolean {
  const names = ALL_GOODS.flatMap(({ valueLegs }) => valueLegs);
  return names.some((leg) => row[`${prefix}${leg}`] !== null);
}

/** By good, the columns without which a row states no price. */
export function requiredLegColumns(prefix: string): readonly (readonly string[])[] {
  return ALL_GOODS.map(({ requiredLegs }) => requiredLegs.map((leg) => `${prefix}${leg}`));
}

/** The legs that a row states; what is missing, or of another good, goes into the context. */
export function legsIn(
  row: LegCells,
  prefix: string,
  context: z.RefinementCtx,
  missing = 'missing_value',
): Legs<Decimal> {
  const priceOf = (leg: string) => row[`${prefix}${leg}`] as Decimal | null;
  const stated = ({ valueLegs }: Good) => valueLegs.filter((leg) => priceOf(leg) !== null);
  const [good = GOODS.token, other] = ALL_GOODS.filter((one) => stated(one).length > 0);
  const fault = (code: string, leg: string, message: string) =>
    context.addIssue({ code: 'custom', path: [`${prefix}${leg}`], message, params: { code } });
  for (const leg of good.requiredLegs) {
    if (priceOf(leg)) continue;
    const all = good.requiredLegs.join(' and ');
    fault(missing, leg, `a price: ${all} belong together`);
  }
  for (const leg of other ? stated(other) : []) {
    fault('leg_of_another_good', leg, `nothing: the row has prices of a ${good.id}`);
  }
  const legs: Record<string, Decimal> = {};
  for (const leg of good.valueLegs) {
    const price = priceOf(leg);
    if (price) legs[leg] = price;
  }
  return legs;
}

/** Whether a leg is one of the good that some legs are of. */
export function isOfSameGood(leg: string, legs: Legs<Decimal>): boolean {
  const good = ALL_GOODS.find(({ valueLegs }) => valueLegs.some((one) => legs[one] !== undefined));
  return good === undefined || good.valueLegs.includes(leg);
}
