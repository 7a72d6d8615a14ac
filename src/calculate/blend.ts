import {
  add,
  type Decimal,
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
import { goodOf } from '../domain/goods.ts';
import type { RulebookRules } from '../domain/rulebook.ts';

/**
 * One price from the prices of the legs: Σ weight·price / Σ weight, half-even to 40 digits.
 *
 * @param prices by leg, in US dollars per unit of the good.
 * @param weights shares of the quantity by leg, in any proportion; every leg with a weight needs a
 *   price.
 * @throws {RangeError} where the weights are negative or sum to zero, or a price is missing.
 * @example blend({ input: decimal(3), output: decimal(15) }, { input: decimal(3), output: ONE })
 *   // 6
 */
export function blend(prices: Legs<Decimal>, weights: Legs<Decimal>): Decimal {
  const used = Object.entries(weights).filter(([, weight]) => weight.digits !== 0n);
  const total = sum(used.map(([, weight]) => weight));
  if (!isPositive(total) || used.some(([, weight]) => !isPositive(weight))) {
    throw new RangeError('expected weights of 0 or more, with a sum above 0');
  }
  const terms = used.map(([leg, weight]) => {
    const price = prices[leg];
    if (!price) throw new RangeError(`expected a price of the leg ${leg}`);
    return [weight, price] as const;
  });
  return divide(dot(terms), total);
}

/**
 * The legs that the workload blends, with a cached leg that a seller does not offer filled at the
 * leg that the rulebook names.
 */
export function workloadLegs(legs: Legs<Decimal>, rules: RulebookRules): Legs<Decimal> {
  const filled: Record<string, Decimal> = {};
  for (const leg of goodOf(rules).valueLegs) filled[leg] = workloadLeg(legs, leg, rules);
  return filled;
}

/** One of them. */
export function workloadLeg(legs: Legs<Decimal>, leg: string, rules: RulebookRules): Decimal {
  const price = legs[leg] ?? legs[rules.workload.fill];
  if (!price) throw new RangeError(`expected a price of the leg ${leg}`);
  return price;
}

/** Every leg moved in the same way; legs that are one value stay one. */
export function scaledLegs(legs: Legs<Decimal>, move: (value: Decimal) => Decimal): Legs<Decimal> {
  const moved: Record<string, Decimal> = {};
  for (const [leg, at] of Object.entries(legs)) {
    const twin = Object.keys(moved).find((other) => legs[other] === at);
    moved[leg] = (twin === undefined ? undefined : moved[twin]) ?? move(at);
  }
  return moved;
}

/** The price of a workload: its shares are exactly 1 in sum, so that nothing is divided. */
export function workloadPrice(legs: Legs<Decimal>, rules: RulebookRules): Decimal {
  let price = ZERO;
  for (const [leg, share] of sharesOf(rules))
    price = add(price, multiply(share, legs[leg] ?? ZERO));
  return roundToDigits(price);
}

type Shares = RulebookRules['workload']['shares'];

const shares = new WeakMap<Shares, readonly (readonly [leg: string, share: Decimal])[]>();

/** The legs that have a share. */
function sharesOf({ workload }: RulebookRules) {
  const known = shares.get(workload.shares);
  if (known) return known;
  const found = Object.entries(workload.shares).filter(([, share]) => !isZero(share));
  shares.set(workload.shares, found);
  return found;
}
