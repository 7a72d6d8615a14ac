import { add, type Decimal, divide, multiply, subtract, toText, ZERO } from '../domain/decimal.ts';
import { groupBy } from '../domain/group.ts';
import { sweep } from './sweep.ts';

/** One row of a regression; columns that are not named are 0. */
export interface Observation {
  readonly x: readonly (readonly [column: number, value: Decimal])[];
  readonly y: Decimal;
  /** Whose errors go together. */
  readonly cluster: string;
}

export interface Term {
  readonly name: string;
  /** `undefined` where columns before it say the same. */
  readonly estimate: number | undefined;
  readonly standardError: number | undefined;
  /** Robust to errors that go together within a cluster. */
  readonly clusteredError: number | undefined;
}

/** A regression by ordinary least squares. */
export interface Regression {
  readonly terms: readonly Term[];
  readonly n: number;
  readonly clusters: number;
  /** Columns that were estimated, the intercept included. */
  readonly parameters: number;
  readonly rSquared: number;
  readonly adjustedRSquared: number;
  /** √(RSS / (n − k)). */
  readonly residualError: number;
}

/**
 * Ordinary least squares of y on named columns. The normal equations are formed exactly and swept
 * at 60 digits, so that coefficients are the same on every engine; errors are doubles. Clustered
 * errors are the sandwich with G/(G − 1) · (n − 1)/(n − k) (Liang and Zeger 1986; CR1).
 *
 * @param names of the columns; the first is the intercept, and 1 in every row.
 * @returns `undefined` where there are no more observations than columns.
 */
export function leastSquares(
  names: readonly string[],
  observations: readonly Observation[],
): Regression | undefined {
  const size = names.length;
  const { matrix, aliased } = sweep(crossProducts(size, observations), size);
  const n = observations.length;
  const parameters = size - aliased.size;
  if (n <= parameters) return undefined;
  const cell = (row: number, column: number) => numberOf(matrix[row]?.[column] ?? ZERO);
  const used = names.flatMap((_, at) => (aliased.has(at) ? [] : [at]));
  const estimates = new Map(used.map((at) => [at, cell(at, size)]));
  const rss = Math.max(0, cell(size, size));
  const variance = rss / (n - parameters);
  const total = numberOf(totalSquares(observations));
  const clusters = groupBy(observations, ({ cluster }) => cluster);
  const robust = clusteredVariances(used, estimates, (a, b) => -cell(a, b), clusters);
  const scale =
    clusters.size > 1
      ? ((clusters.size / (clusters.size - 1)) * (n - 1)) / (n - parameters)
      : Number.NaN;
  const rSquared = total > 0 ? 1 - rss / total : Number.NaN;
  return {
    ...{ n, parameters, rSquared, clusters: clusters.size },
    terms: names.map((name, at): Term => {
      const estimate = estimates.get(at);
      if (estimate === undefined) return { name, ...NOT_ESTIMATED };
      const spread = robust.get(at) ?? Number.NaN;
      return {
        ...{ name, estimate, standardError: Math.sqrt(variance * -cell(at, at)) },
        clusteredError: Math.sqrt(scale * spread),
      };
    }),
    adjustedRSquared: 1 - ((1 - rSquared) * (n - 1)) / (n - parameters),
    residualError: Math.sqrt(variance),
  };
}

const NOT_ESTIMATED = {
  ...{ estimate: undefined, standardError: undefined, clusteredError: undefined },
};

function numberOf(value: Decimal): number {
  return Number(toText(value));
}

/** [X′X X′y; y′X y′y] */
function crossProducts(size: number, observations: readonly Observation[]): Decimal[][] {
  const matrix = Array.from({ length: size + 1 }, () => new Array<Decimal>(size + 1).fill(ZERO));
  for (const { x, y } of observations) {
    const all = [...x, [size, y] as const];
    for (const [row, a] of all) {
      const cells = matrix[row];
      if (!cells) throw new RangeError(`expected a column of ${size}, found ${row}`);
      for (const [column, b] of all) cells[column] = add(cells[column] ?? ZERO, multiply(a, b));
    }
  }
  return matrix;
}

/** Σ(y − ȳ)² */
function totalSquares(observations: readonly Observation[]): Decimal {
  let [sum, squares] = [ZERO, ZERO];
  for (const { y } of observations) {
    sum = add(sum, y);
    squares = add(squares, multiply(y, y));
  }
  const count = { digits: BigInt(observations.length), scale: 0 };
  return subtract(squares, divide(multiply(sum, sum), count, 60));
}

/** The diagonal of (X′X)⁻¹ (Σ_g X_g′u_g u_g′X_g) (X′X)⁻¹. */
function clusteredVariances(
  used: readonly number[],
  estimates: ReadonlyMap<number, number>,
  inverse: (row: number, column: number) => number,
  clusters: ReadonlyMap<string, readonly Observation[]>,
): ReadonlyMap<number, number> {
  const sums = new Map(used.map((at) => [at, 0]));
  for (const own of clusters.values()) {
    const score = scoreOf(own, estimates);
    for (const row of used) {
      let moved = 0;
      for (const [column, value] of score) moved += inverse(row, column) * value;
      sums.set(row, (sums.get(row) ?? 0) + moved * moved);
    }
  }
  return sums;
}

/** X_g′u_g of one cluster, by column. */
function scoreOf(
  own: readonly Observation[],
  estimates: ReadonlyMap<number, number>,
): ReadonlyMap<number, number> {
  const score = new Map<number, number>();
  for (const { x, y } of own) {
    const values = x.map(([column, value]) => [column, numberOf(value)] as const);
    const fitted = values.reduce((sum, [at, value]) => sum + value * (estimates.get(at) ?? 0), 0);
    const residual = numberOf(y) - fitted;
    for (const [column, value] of values) {
      if (!estimates.has(column)) continue;
      score.set(column, (score.get(column) ?? 0) + value * residual);
    }
  }
  return score;
}
