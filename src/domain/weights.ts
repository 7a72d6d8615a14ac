import { add, type Decimal, dot, pow10, sum, ZERO } from './decimal.ts';

/** Weights that stay while the values change that they weigh. */
export interface Weights {
  readonly total: Decimal;
  /**
   * A sum that is formed again and again: it remembers the values that it saw last.
   *
   * @param valueIn the value of an item.
   */
  summing<Item>(valueIn: (item: Item) => Decimal): WeightedSum<Item>;
}

/**
 * Σ w·x, exact: the order cannot matter.
 *
 * @param items in the order of the weights. One that is the same object as before is not read
 *   again.
 */
export type WeightedSum<Item> = (items: readonly Item[]) => Decimal;

/**
 * Readies weights for many sums. Where a few values change the sum moves by w·Δx. Else: prices have
 * few digits and weights have forty, so the weights are cut into limbs so short that a limb times a
 * price, summed over all of them, is an integer below 2^53. Doubles add those exactly, several
 * times faster than BigInt does; the sums of the limbs are put together as BigInt. Values of many
 * digits are summed apart, where each moves the sum by w·Δx.
 */
export function weightsOf(weights: readonly Decimal[]): Weights {
  const scale = weights.reduce((most, weight) => Math.max(most, weight.scale), 0);
  const digits = weights.map((weight) => weight.digits * pow10(scale - weight.scale));
  const widest = digits.reduce((most, one) => (one > most ? one : most), 0n);
  const hasLimbs = digits.every((one) => one >= 0n) && scale <= LARGEST_SCALE;
  const limbs = new Map<number, readonly Float64Array[]>();

  function limbsOf(bits: number): readonly Float64Array[] {
    const known = limbs.get(bits);
    if (known) return known;
    const count = Math.ceil(widest.toString(2).length / bits);
    const cut = Array.from({ length: count }, (_, limb) =>
      Float64Array.from(digits, (one) => Number(BigInt.asUintN(bits, one >> BigInt(limb * bits)))),
    );
    limbs.set(bits, cut);
    return cut;
  }

  return {
    total: sum(weights),
    summing: <Item>(valueIn: (item: Item) => Decimal): WeightedSum<Item> => {
      const short = shortValues(weights.length);
      const long = longSum(digits);
      let whole: bigint | undefined;
      return (items) => {
        const moves = short.read(items, valueIn, long.move);
        if (whole === undefined || !moves) whole = summedByLimbs(short) ?? summedOneByOne(short);
        else for (const { at, by } of moves) whole += (digits[at] ?? 0n) * BigInt(by);
        if (whole === undefined) return dot(weights.map((one, at) => [one, valueAt(items[at])]));
        const ofShort = { digits: whole, scale: scale + short.scale() };
        const { digits: ofLong, scale: places } = long.total();
        return ofLong === 0n ? ofShort : add(ofShort, { digits: ofLong, scale: scale + places });
      };

      function valueAt(item: Item | undefined): Decimal {
        return item === undefined ? ZERO : valueIn(item);
      }
    },
  };

  /** `undefined` where a double does not hold all of them. */
  function summedOneByOne(short: ShortValues): bigint | undefined {
    if (short.largest() > Number.MAX_SAFE_INTEGER) return undefined;
    return digits.reduce((whole, one, at) => whole + one * BigInt(short.aligned[at] ?? 0), 0n);
  }

  /** `undefined` where limbs would be too short, or are not to be had. */
  function summedByLimbs(short: ShortValues): bigint | undefined {
    const bits = SAFE_BITS - bitsOf(short.largest()) - bitsOf(weights.length);
    if (!hasLimbs || bits < FEWEST_BITS) return undefined;
    const cut = limbsOf(bits);
    let whole = 0n;
    for (let limb = cut.length - 1; limb >= 0; limb -= 1) {
      whole = (whole << BigInt(bits)) + BigInt(product(cut[limb], short.aligned));
    }
    return whole;
  }
}

/** Σ w·x of values that no double holds: it moves where one of them does. */
interface LongSum {
  /** One value instead of another; none where it is short. */
  readonly move: (at: number, from: Decimal | undefined, to: Decimal | undefined) => void;
  /** In units of the weights. */
  total(): Decimal;
}

function longSum(weights: readonly bigint[]): LongSum {
  let [whole, scale] = [0n, 0];
  const aligned = (value: Decimal) => value.digits * pow10(scale - value.scale);
  return {
    move: (at, from, to) => {
      if (to && to.scale > scale) {
        whole *= pow10(to.scale - scale);
        scale = to.scale;
      }
      const by = (to ? aligned(to) : 0n) - (from ? aligned(from) : 0n);
      whole += (weights[at] ?? 0n) * by;
    },
    total: () => ({ digits: whole, scale }),
  };
}

/** Integers below 2^53 are exact in a double. */
const SAFE_BITS = 53;
/** With shorter limbs there would be too many of them. */
const FEWEST_BITS = 6;
const LARGEST_SCALE = 400;
const LARGEST_SHORT_SCALE = 12;
const LARGEST_SHORT = Number(1n << 40n);

/** True for what does not fit beside the others in a double. */
function isLong({ digits, scale }: Decimal): boolean {
  const double = Number(digits);
  const fits = double >= 0 && double < LARGEST_SHORT;
  return !(fits && scale >= 0 && scale <= LARGEST_SHORT_SCALE);
}

/** A value that is another by so much, in units of the common scale. */
interface Move {
  readonly at: number;
  readonly by: number;
}

/** With more moves than one value in so many it is faster to sum all of them. */
const MOVES_AT_MOST = 16;

/** Values as integers of one scale, 0 for those that are too long. */
interface ShortValues {
  readonly aligned: Float64Array;
  scale(): number;
  /** No value is larger; one that has gone may have been. */
  largest(): number;
  /**
   * What moved; `undefined` where all are to be summed anew.
   *
   * @param moveLong is told of values that are too long, before and now.
   */
  read<Item>(
    items: readonly Item[],
    valueIn: (item: Item) => Decimal,
    moveLong: LongSum['move'],
  ): readonly Move[] | undefined;
}

function shortValues(length: number): ShortValues {
  const aligned = new Float64Array(length);
  const seen: unknown[] = [];
  const known: Decimal[] = [];
  const isLongAt = new Uint8Array(length);
  let [scale, largest] = [0, 0];
  return {
    aligned,
    scale: () => scale,
    largest: () => largest,
    read: (items, valueIn, moveLong) => {
      const moves: Move[] = [];
      const scaleBefore = scale;
      for (let at = 0; at < length; at += 1) {
        const item = items[at];
        if (item === undefined || item === seen[at]) continue;
        seen[at] = item;
        const before = known[at];
        const value = valueIn(item);
        if (value === before) continue;
        known[at] = value;
        const wasLong = isLongAt[at] === 1;
        const isNowLong = isLong(value);
        isLongAt[at] = isNowLong ? 1 : 0;
        if (wasLong || isNowLong) {
          moveLong(at, wasLong ? before : undefined, isNowLong ? value : undefined);
        }
        const then = aligned[at] ?? 0;
        const now = isNowLong ? 0 : enter(value);
        aligned[at] = now;
        if (now !== then && moves.length * MOVES_AT_MOST <= length)
          moves.push({ at, by: now - then });
      }
      const isFew = moves.length * MOVES_AT_MOST <= length;
      const isExact = scale === scaleBefore && largest <= Number.MAX_SAFE_INTEGER;
      return isFew && isExact ? moves : undefined;
    },
  };

  function enter(value: Decimal): number {
    if (value.scale > scale) rescale(value.scale);
    const double = Number(value.digits) * (POWERS[scale - value.scale] ?? 0);
    if (double > largest) largest = double;
    return double;
  }

  function rescale(to: number): void {
    const factor = POWERS[to - scale] ?? 0;
    for (let index = 0; index < length; index += 1) aligned[index] = (aligned[index] ?? 0) * factor;
    largest *= factor;
    scale = to;
  }
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
