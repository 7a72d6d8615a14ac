import {
  absolute,
  compare,
  type Decimal,
  decimal,
  divide,
  isZero,
  multiply,
  negate,
  ONE,
  roundToDigits,
  subtract,
  ZERO,
} from '../domain/decimal.ts';

/** A symmetric matrix after a sweep over columns. */
export interface Swept {
  readonly matrix: readonly (readonly Decimal[])[];
  /** Those that say what columns before them have said: they were not swept. */
  readonly aliased: ReadonlySet<number>;
}

/** Guard digits: logarithms come with 30, and each column costs a few. */
const DIGITS = 60;
/** A pivot so far below what it was is what rounding left of a zero. */
const VANISHING = decimal('1e-25');

/**
 * Sweeps the first columns of a symmetric matrix (Goodnight 1979). Of [X′X X′y; y′X y′y] swept
 * over the columns of X the last column has the coefficients of least squares, the corner the sum
 * of squared residuals, and the rest −(X′X)⁻¹. Each step is rounded half-even to 60 digits.
 *
 * @param columns how many columns are swept, from the first on. One that is a combination of those
 *   before it is left out, as R's `lm` does.
 */
export function sweep(matrix: readonly (readonly Decimal[])[], columns: number): Swept {
  const size = matrix.length;
  const rows = matrix.map((row) => [...row]);
  const aliased = new Set<number>();
  for (let pivot = 0; pivot < columns; pivot += 1) {
    const own = rows[pivot]?.[pivot] ?? ZERO;
    const first = matrix[pivot]?.[pivot] ?? ZERO;
    if (compare(absolute(own), multiply(absolute(first), VANISHING)) <= 0) {
      aliased.add(pivot);
      continue;
    }
    sweepColumn(rows, pivot, own, size, aliased);
  }
  return { matrix: rows, aliased };
}

function sweepColumn(
  rows: Decimal[][],
  pivot: number,
  own: Decimal,
  size: number,
  aliased: ReadonlySet<number>,
): void {
  const pivotRow = (rows[pivot] ?? []).map((value) => divide(value, own, DIGITS));
  for (let at = 0; at < size; at += 1) {
    const row = rows[at];
    if (at === pivot || !row || aliased.has(at)) continue;
    const head = row[pivot] ?? ZERO;
    if (isZero(head)) continue;
    for (let column = 0; column < size; column += 1) {
      if (column === pivot) continue;
      const change = multiply(head, pivotRow[column] ?? ZERO);
      row[column] = roundToDigits(subtract(row[column] ?? ZERO, change), DIGITS);
    }
    row[pivot] = divide(head, own, DIGITS);
  }
  rows[pivot] = pivotRow;
  pivotRow[pivot] = negate(divide(ONE, own, DIGITS));
}
