import { type Decimal, decimal, isPositive, multiply, toText, ZERO } from '../../domain/decimal.ts';

/** Prices of the products that both periods have: the same product at the same place. */
export interface MatchedPrices {
  readonly p0: readonly Decimal[];
  readonly p1: readonly Decimal[];
}

/** Prices and quantities of the products that both periods have, 0 the earlier period. */
export interface Matched extends MatchedPrices {
  readonly q0: readonly Decimal[];
  readonly q1: readonly Decimal[];
}

/** A price index of period 1 on period 0, as a ratio: 1.05 is a rise by 5%. */
export type Bilateral = (matched: Matched) => Decimal;

/** A price index without quantities, or with weights of its own. */
export type FixedWeight = (prices: MatchedPrices, weights: readonly Decimal[]) => Decimal;

/** Digits of what is divided again before the one rounding to 40. */
export const GUARD_DIGITS = 60;

/** One product of a comparison, with its values v = p·q. */
export interface MatchedProduct {
  readonly p0: Decimal;
  readonly p1: Decimal;
  readonly q0: Decimal;
  readonly q1: Decimal;
  readonly v0: Decimal;
  readonly v1: Decimal;
}

/**
 * The comparison, product by product.
 *
 * @throws {RangeError} where the vectors are empty or of different lengths, a price is not
 *   positive, or a quantity is negative.
 */
export function productsOf({ p0, p1, q0, q1 }: Matched): MatchedProduct[] {
  if (p0.length === 0) throw new RangeError('expected at least one product in both periods');
  for (const [name, { length }] of Object.entries({ p1, q0, q1 })) {
    if (length !== p0.length) {
      throw new RangeError(`expected ${p0.length} values in ${name} as in p0, found ${length}`);
    }
  }
  return p0.map((price, index) => {
    const product = {
      p0: priceOf(price),
      p1: priceOf(p1[index] ?? ZERO),
      q0: quantityOf(q0[index] ?? ZERO),
      q1: quantityOf(q1[index] ?? ZERO),
    };
    return {
      ...product,
      v0: multiply(product.p0, product.q0),
      v1: multiply(product.p1, product.q1),
    };
  });
}

/** The same where one vector of weights stands for the quantities of both periods. */
export function weightedProductsOf(
  { p0, p1 }: MatchedPrices,
  weights: readonly Decimal[],
): MatchedProduct[] {
  return productsOf({ p0, p1, q0: weights, q1: weights });
}

/** Decimals from text, separated by spaces: a vector to try a formula with. */
export function decimals(text: string): Decimal[] {
  return text.split(' ').map((word) => decimal(word));
}

/**
 * A comparison from text, to try a formula with.
 *
 * @example matchedOf('2 5', '3 5', '4 2', '3 2').p1.map(toText).join(' ') // 3 5
 */
export function matchedOf(p0: string, p1: string, q0: string, q1: string): Matched {
  return { p0: decimals(p0), p1: decimals(p1), q0: decimals(q0), q1: decimals(q1) };
}

function priceOf(price: Decimal): Decimal {
  if (isPositive(price)) return price;
  throw new RangeError(`expected a positive price, found ${toText(price)}`);
}

function quantityOf(quantity: Decimal): Decimal {
  if (quantity.digits >= 0n) return quantity;
  throw new RangeError(`expected a quantity or weight of 0 or more, found ${toText(quantity)}`);
}
