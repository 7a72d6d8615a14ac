import { type Decimal, multiply, ONE, roundToDigits } from '../../domain/decimal.ts';
import { groupBy } from '../../domain/group.ts';
import type { Mean } from '../aggregate.ts';
import { jevons } from './elementary.ts';
import { aggregateUp, type ElementaryAggregate } from './hierarchy.ts';
import { GUARD_DIGITS } from './matched.ts';

/** A row of a period: a product of the sample, and its price if there is one. */
export interface SampledPrice {
  readonly elementary: string;
  readonly product: string;
  readonly price: Decimal | null;
}

/** The rows of one period; a product without a row has left the sample. */
export type Sample = readonly SampledPrice[];

/** An elementary aggregate with its weight in the first period. */
export type WeightedElementary = ElementaryAggregate & { readonly weight: Decimal };

/** All aggregates of one period, elementary and above, by id. */
export interface AggregatedPeriod {
  readonly periodOnPeriod: ReadonlyMap<string, Decimal>;
  /** Running product from 1 in the first period. */
  readonly chained: ReadonlyMap<string, Decimal>;
}

/**
 * A hierarchy of indices from a sample of prices: elementary indices are Jevons over the relatives
 * to the period before, a missing one is imputed by its parent, and weights are price-updated,
 * w·I, from period to period under the arithmetic mean, fixed under the geometric (CPI Manual 2020;
 * piar). Missing prices are left out: see {@link imputePrices}.
 *
 * @returns an entry per period, 1 in the first; half-even to 40 digits, weights to 60.
 * @throws {RangeError} where a price is not positive, or a period has no relative at all.
 * @example aggregateElementary(
 *     ['2', '3'].map((price) => [{ elementary: 'x', product: 'a', price: decimal(price) }]),
 *     [{ id: 'x', parents: ['all'], weight: decimal('1') }], 'arithmetic')[1].chained.get('all')
 *   // 1.5
 */
export function aggregateElementary(
  samples: readonly Sample[],
  structure: readonly WeightedElementary[],
  mean: Mean,
): AggregatedPeriod[] {
  let weights = firstWeights(structure);
  let earlier: Sample | undefined;
  let level: ReadonlyMap<string, Decimal> = new Map();
  return samples.map((sample) => {
    const periodOnPeriod = indicesOf(sample, earlier, structure, weights, mean);
    const chained = multiplied(periodOnPeriod, level);
    if (mean === 'arithmetic') weights = priceUpdated(weights, periodOnPeriod);
    [earlier, level] = [sample, chained];
    return { periodOnPeriod, chained };
  });
}

/**
 * Puts a price where a product of the sample has none: its last one moved by the index of its
 * elementary aggregate, itself imputed by the parent if it is empty, under the arithmetic mean
 * (overall mean), or its last one (carry forward) (CPI Manual 2020; piar). A product without
 * a price in the period before stays without. Half-even to 40 digits.
 *
 * @throws {RangeError} where a price is not positive, or a period has no relative at all.
 * @example imputePrices(
 *     [decimal('2'), null].map((price) => [{ elementary: 'x', product: 'a', price }]),
 *     [{ id: 'x', parents: ['all'], weight: decimal('1') }], 'carry_forward')[1][0].price
 *   // 2
 */
export function imputePrices(
  samples: readonly Sample[],
  structure: readonly WeightedElementary[],
  rule: 'overall_mean' | 'carry_forward',
): Sample[] {
  let weights = firstWeights(structure);
  let earlier: Sample | undefined;
  return samples.map((sample) => {
    const indices =
      rule === 'overall_mean'
        ? indicesOf(sample, earlier, structure, weights, 'arithmetic')
        : new Map<string, Decimal>();
    const known = pricesByProduct(earlier ?? []);
    earlier = sample.map((row) => {
      const then = known.get(keyOf(row));
      if (row.price || !then) return row;
      return { ...row, price: roundToDigits(multiply(then, indices.get(row.elementary) ?? ONE)) };
    });
    weights = priceUpdated(weights, indices);
    return earlier;
  });
}

/** Indices on the period before of all aggregates; 1 in the first period. */
function indicesOf(
  sample: Sample,
  earlier: Sample | undefined,
  structure: readonly WeightedElementary[],
  weights: ReadonlyMap<string, Decimal>,
  mean: Mean,
): Map<string, Decimal> {
  const elementary = earlier
    ? elementaryIndices(sample, pricesByProduct(earlier))
    : new Map(structure.map(({ id }) => [id, ONE]));
  return aggregateUp(structure, elementary, weights, mean);
}

function elementaryIndices(
  sample: Sample,
  earlier: ReadonlyMap<string, Decimal>,
): Map<string, Decimal> {
  const relatives = sample.flatMap((row) => {
    const then = earlier.get(keyOf(row));
    return row.price && then ? [{ elementary: row.elementary, now: row.price, then }] : [];
  });
  return new Map(
    [...groupBy(relatives, ({ elementary }) => elementary)].map(([id, ofOne]) => {
      const prices = { p0: ofOne.map(({ then }) => then), p1: ofOne.map(({ now }) => now) };
      return [id, jevons(prices)];
    }),
  );
}

function multiplied(
  indices: ReadonlyMap<string, Decimal>,
  levels: ReadonlyMap<string, Decimal>,
): Map<string, Decimal> {
  const next = (id: string, index: Decimal) => multiply(levels.get(id) ?? ONE, index);
  return new Map([...indices].map(([id, index]) => [id, roundToDigits(next(id, index))]));
}

function firstWeights(structure: readonly WeightedElementary[]): Map<string, Decimal> {
  return new Map(structure.map(({ id, weight }) => [id, weight]));
}

/** Weights moved by the indices of a period, to 60 digits: w·I. */
function priceUpdated(
  weights: ReadonlyMap<string, Decimal>,
  indices: ReadonlyMap<string, Decimal>,
): Map<string, Decimal> {
  const moved = (id: string, weight: Decimal) => multiply(weight, indices.get(id) ?? ONE);
  return new Map(
    [...weights].map(([id, weight]) => [id, roundToDigits(moved(id, weight), GUARD_DIGITS)]),
  );
}

function pricesByProduct(sample: Sample): Map<string, Decimal> {
  return new Map(sample.flatMap((row) => (row.price ? [[keyOf(row), row.price] as const] : [])));
}

function keyOf({ elementary, product }: SampledPrice): string {
  return JSON.stringify([elementary, product]);
}
