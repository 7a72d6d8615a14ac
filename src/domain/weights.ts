import { add, type Decimal, multiply, pow10, sum, ZERO } from './decimal.ts';

/** Weights that stay while the values change that they weigh. */
export interface Weights {
  readonly total: Decimal;
  /**
   * Σ w·x, exact: the order cannot matter.
   *
   * @param values in the order of the weights.
   */
  dot(values: readonly Decimal[]): Decimal;
}

/**
 * Readies weights for many sums. Prices have few digits and weights have forty: the weights are cut
 * into limbs so short that a limb times a price, summed over all of them, is an integer below 2^53.
 * Doubles add those exactly, several times faster than BigInt does; the sums of the limbs are put
 * together as BigInt. Values of many digits are multiplied as they are.
 */
export function weightsOf(weights: readonly Decimal[]): Weights {
  const scale = weights.reduce((most, weight) => Math.max(most, weight.scale), 0);
  const digits = weights.map((weight) => weight.digits * pow10(scale - weight.scale));
  const widest = digits.reduce((most, one) => (one > most ? one : most), 0n);
  const hasLimbs = digits.every((one) => one >= 0n) && scale <= LARGEST_SCALE;
  const limbs = new Map<number, readonly Float64Array[]>();
  const limbsOf = (bits: number): readonly Float64Array[] => {
    const known = limbs.get(bits);
    if (known) return known;
    const count = Math.ceil(widest.toString(2).length / bits);
    const cut = Array.from({ length: count }, (_, limb) =>
      Float64Array.from(digits, (one) => Number(BigInt.asUintN(bits, one >> BigInt(limb * bits)))),
    );
    limbs.set(bits, cut);
    return cut;
  };

  return {
    total: sum(weights),
    dot: (values) => {
      const short = hasLimbs ? shortOf(values) : undefined;
      const bits = short ? SAFE_BITS - bitsOf(short.largest) - bitsOf(values.length) : 0;
      if (!short || bits < FEWEST_BITS) {
        return summed(values, () => true);
      }
      let whole = 0n;
      const cut = limbsOf(bits);
      for (let limb = cut.length - 1; limb >= 0; limb -= 1) {
        whole = (whole << BigInt(bits)) + BigInt(product(cut[limb], short.values));
      }
      const exact = { digits: whole, scale: scale + short.scale };
      return short.isWhole
        ? exact
        : add(
            exact,
            summed(values, (one) => !isShort(one)),
          );
    },
  };

  function summed(values: readonly Decimal[], counts: (value: Decimal) => boolean): Decimal {
    return values.reduce((all, value, index) => {
      const weight = weights[index];
      return weight && counts(value) ? add(all, multiply(weight, value)) : all;
    }, ZERO);
  }
}

/** Integers below 2^53 are exact in a double. */
const SAFE_BITS = 53;
/** With shorter limbs there would be too many of them. */
const FEWEST_BITS = 6;
const LARGEST_SCALE = 400;
const LARGEST_SHORT_SCALE = 12;
const LARGEST_SHORT = 1n << 40n;

/** Values as integers of one scale, 0 for those that are too long. */
interface Short {
  readonly values: Float64Array;
  readonly scale: number;
  readonly largest: number;
  readonly isWhole: boolean;
}

function isShort({ digits, scale }: Decimal): boolean {
  return scale >= 0 && scale <= LARGEST_SHORT_SCALE && digits >= 0n && digits < LARGEST_SHORT;
}

function shortOf(all: readonly Decimal[]): Short {
  let scale = 0;
  let isWhole = true;
  for (const value of all) {
    if (!isShort(value)) isWhole = false;
    else if (value.scale > scale) scale = value.scale;
  }
  const values = new Float64Array(all.length);
  let largest = 0;
  for (let index = 0; index < all.length; index += 1) {
    const value = all[index];
    if (!value || !(isWhole || isShort(value))) continue;
    const double = Number(value.digits) * (POWERS[scale - value.scale] ?? 0);
    values[index] = double;
    if (double > largest) largest = double;
  }
  return { values, scale, largest, isWhole };
}

const POWERS = Array.from({ length: LARGEST_SHORT_SCALE + 1 }, (_, exponent) =>
  Number(pow10(exponent)),
);

function product(limbs: Float64Array | undefined, values: Float64Array): number {
  let total = 0;
  if (limbs) {
    for (let index = 0; index < values.length; index += 1) {
      total += (limbs[index] ?? 0) * (values[index] ?? 0);
    }
  }
  return total;
}

/** The bits of an integer. */
function bitsOf(value: number): number {
  let bits = 0;
  for (let left = value; left >= 1; left /= 2) bits += 1;
  return bits;
}
