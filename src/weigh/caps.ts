import {
  add,
  compare,
  type Decimal,
  decimal,
  divide,
  isPositive,
  minimum,
  multiply,
  ONE,
  roundToDigits,
  subtract,
  sum,
  ZERO,
} from '../domain/decimal.ts';
import { groupBy } from '../domain/group.ts';

/** A member's uncapped share, in any proportion to the others. */
export interface Share {
  readonly lab: string;
  readonly share: Decimal;
}

/** Shares that sum to 1, or the word that no shares can satisfy the caps. */
export type CappedShares =
  | { readonly shares: readonly Decimal[] }
  | { readonly shares?: undefined; readonly reason: 'infeasible' };

const INFEASIBLE: CappedShares = { reason: 'infeasible' };

/**
 * Caps single shares. What is cut off goes to the others in proportion to their uncapped shares:
 * wᵢ = min(c, μ·oᵢ), with the one μ that makes the sum 1. Equality is not an excess. Each result is
 * rounded half-even to 40 digits.
 *
 * @param shares uncapped, 0 or more, in any proportion; zeros stay zero.
 * @example capShares(['50','20','15','10','5'].map(decimal), decimal('0.35'))
 *   // 0.35, 0.26, 0.195, 0.13, 0.065
 */
export function capShares(shares: readonly Decimal[], cap: Decimal): CappedShares {
  return fill(shares, cap, ONE) ?? INFEASIBLE;
}

/**
 * Caps single shares and the shares of labs: wᵢ = min(c, μ_l·oᵢ) with one μ for all labs below
 * their cap and a smaller μ_l for a lab at it. These shares are unique.
 *
 * @param constituentCap,labCap `null` where there is none.
 */
export function capWithLabs(
  members: readonly Share[],
  constituentCap: Decimal | null,
  labCap: Decimal | null,
): CappedShares {
  const cap = constituentCap ?? ONE;
  const all = members.map((member) => member.share);
  if (!labCap) return capShares(all, cap);
  const labs = [
    ...groupBy(
      members.map((member, index) => ({ ...member, index })).filter((m) => isPositive(m.share)),
      (member) => member.lab,
    ).values(),
  ];
  const most = labs.map((lab) => minimum(labCap, multiply(cap, decimal(lab.length))));
  if (compare(sum(most), ONE) < 0) return INFEASIBLE;

  // A lab that exceeds its cap at today's μ exceeds it at any larger μ, so labs only ever join.
  const full = new Set<(typeof labs)[number]>();
  for (;;) {
    const rest = labs.filter((lab) => !full.has(lab));
    const left = subtract(ONE, multiply(labCap, decimal(full.size)));
    const filled = fill(
      rest.flat().map((member) => member.share),
      cap,
      left,
    );
    // The check above rules this out: labs below their cap can always take what is left.
    if (!filled) return INFEASIBLE;
    const weightOf = new Map(rest.flat().map((member, at) => [member.index, filled.shares[at]]));
    const over = rest.filter((lab) => {
      const total = sum(lab.map((member) => weightOf.get(member.index) ?? ZERO));
      return compare(total, labCap) > 0;
    });
    if (over.length === 0) return { shares: assemble(members.length, weightOf, full, cap, labCap) };
    for (const lab of over) full.add(lab);
  }
}

function assemble(
  length: number,
  weightOf: Map<number, Decimal | undefined>,
  full: ReadonlySet<readonly { index: number; share: Decimal }[]>,
  cap: Decimal,
  labCap: Decimal,
): Decimal[] {
  for (const lab of full) {
    const filled = fill(
      lab.map((member) => member.share),
      cap,
      labCap,
    );
    lab.forEach((member, at) => {
      weightOf.set(member.index, filled?.shares[at]);
    });
  }
  return Array.from({ length }, (_, index) => weightOf.get(index) ?? ZERO);
}

/** Fills up to `total` in proportion to the shares, none above the cap; `undefined`: it cannot. */
function fill(
  shares: readonly Decimal[],
  cap: Decimal,
  total: Decimal,
): { shares: Decimal[] } | undefined {
  const order = shares
    .map((share, index) => ({ share, index }))
    .filter(({ share }) => isPositive(share))
    .sort((a, b) => compare(b.share, a.share));
  if (compare(multiply(cap, decimal(order.length)), total) < 0) return undefined;
  let uncapped = sum(order.map(({ share }) => share));
  let left = total;
  let capped = 0;
  for (const { share } of order) {
    // μ·o > c, with μ = left / uncapped, before any rounding.
    if (compare(multiply(left, share), multiply(cap, uncapped)) <= 0) break;
    uncapped = subtract(uncapped, share);
    left = subtract(left, cap);
    capped += 1;
  }
  const filled = shares.map(() => ZERO);
  order.forEach(({ share, index }, rank) => {
    filled[index] = rank < capped ? cap : divide(multiply(left, share), uncapped);
  });
  return { shares: filled };
}

/**
 * Caps the largest share at one cap and every other at a second, the excess pro rata to the
 * uncapped shares (CoinDesk 20 Index Methodology, April 2025, "Constituent Weighting").
 */
export function capLargestAndOthers(
  shares: readonly Decimal[],
  capLargest: Decimal,
  capOthers: Decimal,
): CappedShares {
  const largest = shares.reduce(
    (best, share, index) => (compare(share, shares[best] ?? ZERO) > 0 ? index : best),
    0,
  );
  const total = sum(shares);
  if (!isPositive(total)) return INFEASIBLE;
  const caps = shares.map((_, index) => (index === largest ? capLargest : capOthers));
  const capped = new Set<number>();
  for (;;) {
    const left = subtract(ONE, sum([...capped].map((index) => caps[index] ?? ZERO)));
    const uncapped = sum(shares.filter((_, index) => !capped.has(index)));
    const over = shares.flatMap((share, index) =>
      !capped.has(index) &&
      compare(multiply(left, share), multiply(caps[index] ?? ONE, uncapped)) > 0
        ? [index]
        : [],
    );
    if (over.length > 0) {
      for (const index of over) capped.add(index);
      continue;
    }
    if (!isPositive(uncapped) && isPositive(left)) return INFEASIBLE;
    return {
      shares: shares.map((share, index) =>
        capped.has(index)
          ? (caps[index] ?? ZERO)
          : roundToDigits(divide(multiply(left, share), uncapped)),
      ),
    };
  }
}

/**
 * Weights for display: floored to the tick, and the missing ticks given to the largest remainders
 * (ties: the earlier one), so that they sum to exactly 1. Never calculate from them.
 *
 * @throws {RangeError} where 1 is not a whole number of ticks.
 * @example displayShares(['1','1','1'].map(decimal), decimal('0.0001')) // 0.3334 0.3333 0.3333
 */
export function displayShares(shares: readonly Decimal[], tick: Decimal): Decimal[] {
  const total = sum(shares);
  const ticks = divide(ONE, tick);
  const whole = floorDivide(ticks, ONE);
  if (compare(decimal(whole), ticks) !== 0) {
    throw new RangeError('expected a tick that divides 1');
  }
  const parts = shares.map((share, index) => {
    const numerator = multiply(share, ticks);
    const floor = floorDivide(numerator, total);
    const remainder = subtract(numerator, multiply(decimal(floor), total));
    return { index, floor, remainder };
  });
  let missing = whole - parts.reduce((given, part) => given + part.floor, 0n);
  const counts = parts.map((part) => part.floor);
  const byRemainder = [...parts].sort(
    (a, b) => compare(b.remainder, a.remainder) || a.index - b.index,
  );
  for (const { index } of byRemainder) {
    if (missing <= 0n) break;
    counts[index] = (counts[index] ?? 0n) + 1n;
    missing -= 1n;
  }
  return counts.map((count) => multiply(decimal(count), tick));
}

function floorDivide(a: Decimal, b: Decimal): bigint {
  const dividend = add(a, { digits: 0n, scale: b.scale });
  const divisor = add(b, { digits: 0n, scale: a.scale });
  return dividend.digits / divisor.digits;
}
