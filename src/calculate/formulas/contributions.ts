import { add, type Decimal, divide, multiply, ONE, subtract, sum } from '../../domain/decimal.ts';
import { laspeyres, paasche } from './fixed-basket.ts';
import { tornqvist } from './geometric.ts';
import { GUARD_DIGITS, type Matched, type MatchedProduct, productsOf } from './matched.ts';
import { logarithmicMean } from './roots.ts';
import { fisher } from './superlative.ts';

/**
 * What each product adds to the index less 1, in the order of the vectors. The parts sum to it, up
 * to the rounding of each, half-even to 40 digits. All throw what their index throws.
 */

/**
 * Contributions to the Laspeyres index: s0·(r − 1) = (p1 − p0)·q0 / Σ p0·q0.
 *
 * @example laspeyresContributions(matchedOf('2 5', '3 4', '5 2', '1 1')) // 0.25, -0.1
 */
export function laspeyresContributions(matched: Matched): Decimal[] {
  const products = productsOf(matched);
  const value0 = sum(products.map(({ v0 }) => v0));
  return products.map(({ p0, p1, q0 }) => divide(multiply(subtract(p1, p0), q0), value0));
}

/**
 * Contributions to the Törnqvist index: v·(r − 1), v proportional to w / L(r, index), w the mean
 * value shares, L the logarithmic mean (Reinsdorf, Diewert and Ehemann 2002; Balk 2008).
 *
 * @example tornqvistContributions(matchedOf('1 1', '2 2', '1 1', '1 1')) // 0.5, 0.5
 */
export function tornqvistContributions(matched: Matched): Decimal[] {
  const products = productsOf(matched);
  const index = tornqvist(matched);
  const [shares0, shares1] = [sharesOf(products, 'v0'), sharesOf(products, 'v1')];
  const weights = shares0.map((share, place) => add(share, shares1[place] ?? share));
  return contributions(products, arithmeticWeights(relativesOf(products), weights, index));
}

/**
 * Contributions to the Fisher index: v·(r − 1), v proportional to (a + b) / L(r, F), with a the
 * geometric weights of Laspeyres, s0·L(r, L), and b those of Paasche, s1·L(1/r, 1/P), each
 * normalized (Reinsdorf, Diewert and Ehemann 2002).
 *
 * @example fisherContributions(matchedOf('1 1', '2 2', '1 1', '1 1')) // 0.5, 0.5
 */
export function fisherContributions(matched: Matched): Decimal[] {
  const products = productsOf(matched);
  const relatives = relativesOf(products);
  const inverse = divide(ONE, paasche(matched), GUARD_DIGITS);
  const index = laspeyres(matched);
  const ofLaspeyres = sharesOf(products, 'v0').map((share, place) =>
    multiply(share, logarithmicMean(relatives[place] ?? ONE, index)),
  );
  const ofPaasche = sharesOf(products, 'v1').map((share, place) => {
    const relative = divide(ONE, relatives[place] ?? ONE, GUARD_DIGITS);
    return multiply(share, logarithmicMean(relative, inverse));
  });
  const [a, b] = [normalized(ofLaspeyres), normalized(ofPaasche)];
  const weights = a.map((weight, place) => add(weight, b[place] ?? weight));
  return contributions(products, arithmeticWeights(relatives, weights, fisher(matched)));
}

/** Turns the weights of a geometric mean into those of the arithmetic mean with the same value. */
function arithmeticWeights(
  relatives: readonly Decimal[],
  weights: readonly Decimal[],
  index: Decimal,
): Decimal[] {
  return normalized(
    weights.map((weight, place) =>
      divide(weight, logarithmicMean(relatives[place] ?? ONE, index), GUARD_DIGITS),
    ),
  );
}

function contributions(
  products: readonly MatchedProduct[],
  weights: readonly Decimal[],
): Decimal[] {
  return products.map(({ p0, p1 }, place) =>
    divide(multiply(weights[place] ?? ONE, subtract(p1, p0)), p0),
  );
}

function relativesOf(products: readonly MatchedProduct[]): Decimal[] {
  return products.map(({ p0, p1 }) => divide(p1, p0, GUARD_DIGITS));
}

function sharesOf(products: readonly MatchedProduct[], value: 'v0' | 'v1'): Decimal[] {
  return normalized(products.map((product) => product[value]));
}

function normalized(weights: readonly Decimal[]): Decimal[] {
  const total = sum(weights);
  return weights.map((weight) => divide(weight, total, GUARD_DIGITS));
}
