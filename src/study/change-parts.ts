import {
  add,
  type Decimal,
  divide,
  isPositive,
  multiply,
  subtract,
  sum,
  ZERO,
} from '../domain/decimal.ts';
import type { Legs } from '../domain/good.ts';
import type { BillMonth } from './bill.ts';
import { type Billed, legwise } from './bill.ts';
import { tokensOf } from './bill-figures.ts';

/** What a change of the unit value comes from, USD/MTok: the parts sum to the change. */
export interface ChangeParts {
  /** Prices of the models that were used in both months. */
  readonly price: Decimal;
  /** Other shares of input, cached input and output in the same model. */
  readonly split: Decimal;
  /** Other shares of the models that were used in both. */
  readonly mix: Decimal;
  /** Models that are used, or have a price, for the first time; and those that are not any more. */
  readonly entry: Decimal;
  readonly exit: Decimal;
}

/** A model in a month: its share of the priced tokens, its legs' shares, and what they cost. */
interface Part {
  readonly share: Decimal;
  readonly legs: Billed;
  readonly prices: Legs<Decimal>;
  readonly price: Decimal;
}

const HALF: Decimal = { digits: 5n, scale: 1 };

/**
 * Splits the change of a unit value U = Σ s·P with P = Σ c·p, at the means of both months (Bennet):
 * price Σ s̄ Σ c̄ Δp, split Σ s̄ Σ p̄ Δc, mix Σ Δs (P̄ − Ū), entry s₁ (P₁ − Ū), exit −s₀ (P₀ − Ū).
 * Shares sum to 1 in both months, so that Ū, the mean of both unit values, cancels. Shares are
 * rounded to 40 digits, all else is exact.
 */
export function changeParts(before: BillMonth, today: BillMonth): ChangeParts {
  const [old, now] = [partsOf(before), partsOf(today)];
  const middle = mean(unitOf(old), unitOf(now));
  const parts = { price: ZERO, split: ZERO, mix: ZERO, entry: ZERO, exit: ZERO };
  for (const [id, one] of now) {
    const then = old.get(id);
    if (!then) {
      parts.entry = add(parts.entry, multiply(one.share, subtract(one.price, middle)));
      continue;
    }
    const share = mean(then.share, one.share);
    for (const leg of LEGS) {
      const [p0, p1] = [then.prices[leg] ?? ZERO, one.prices[leg] ?? ZERO];
      const [c0, c1] = [then.legs[leg], one.legs[leg]];
      const moved = multiply(mean(c0, c1), subtract(p1, p0));
      const turned = multiply(mean(p0, p1), subtract(c1, c0));
      parts.price = add(parts.price, multiply(share, moved));
      parts.split = add(parts.split, multiply(share, turned));
    }
    const distance = subtract(mean(then.price, one.price), middle);
    parts.mix = add(parts.mix, multiply(subtract(one.share, then.share), distance));
  }
  for (const [id, then] of old) {
    if (now.has(id)) continue;
    parts.exit = subtract(parts.exit, multiply(then.share, subtract(then.price, middle)));
  }
  return parts;
}

const LEGS = ['input', 'cached_input', 'output'] as const;

function mean(a: Decimal, b: Decimal): Decimal {
  return multiply(HALF, add(a, b));
}

function unitOf(parts: ReadonlyMap<string, Part>): Decimal {
  return sum([...parts.values()].map(({ share, price }) => multiply(share, price)));
}

function partsOf({ tokens, prices }: BillMonth): ReadonlyMap<string, Part> {
  const own = [...tokens].flatMap(([id, billed]) => {
    const price = prices.get(id);
    return price && isPositive(tokensOf(billed)) ? [[id, billed, price] as const] : [];
  });
  const all = sum(own.map(([, billed]) => tokensOf(billed)));
  return new Map(
    own.map(([id, billed, of]) => {
      const count = tokensOf(billed);
      const legs = legwise((leg) => divide(billed[leg], count));
      const price = sum(LEGS.map((leg) => multiply(legs[leg], of[leg] ?? ZERO)));
      return [id, { share: divide(count, all), legs, prices: of, price }];
    }),
  );
}
