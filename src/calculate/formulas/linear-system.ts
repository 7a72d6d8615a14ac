import {
  absolute,
  compare,
  type Decimal,
  decimal,
  divide,
  isZero,
  multiply,
  roundToDigits,
  subtract,
  sum,
  ZERO,
} from '../../domain/decimal.ts';

/** Guard digits of the elimination: 20 beyond those of the logarithms that come in. */
export const SOLVER_DIGITS = 80;
/** A pivot so far below the largest entry is what rounding left of a zero. */
const VANISHING = decimal('1e-60');

/**
 * Solves A·x = b by Gaussian elimination with partial pivoting, each step rounded half-even to 80
 * digits.
 *
 * @param matrix n rows of n.
 * @throws {RangeError} where the system has no unique solution, or its shape is not square.
 * @example solveLinear([decimals('2 1'), decimals('1 3')], decimals('5 10')) // 1, 3
 */
export function solveLinear(
  matrix: readonly (readonly Decimal[])[],
  vector: readonly Decimal[],
): Decimal[] {
  const rows = matrix.map((row, index) => [...row, vector[index] ?? ZERO]);
  const size = vector.length;
  if (rows.length !== size || rows.some(({ length }) => length !== size + 1)) {
    throw new RangeError(`expected ${size} rows of ${size} coefficients`);
  }
  const threshold = multiply(largest(matrix.flat()), VANISHING);
  for (let column = 0; column < size; column += 1) eliminate(rows, column, threshold);
  const solution: Decimal[] = new Array(size).fill(ZERO);
  for (let row = size - 1; row >= 0; row -= 1) {
    const known = sum(solution.map((value, column) => multiply(at(rows, row, column), value)));
    const rest = subtract(at(rows, row, size), known);
    solution[row] = divide(rest, at(rows, row, row), SOLVER_DIGITS);
  }
  return solution;
}

/** Brings the largest entry of the column to the diagonal, and takes it out of the rows below. */
function eliminate(rows: Decimal[][], column: number, threshold: Decimal): void {
  const below = rows.slice(column);
  const size = largest(below.map((row) => row[column] ?? ZERO));
  if (compare(size, threshold) <= 0) {
    throw new RangeError('expected a system with one solution: the periods are not connected');
  }
  const best = below.findIndex((row) => compare(absolute(row[column] ?? ZERO), size) === 0);
  const [pivot] = rows.splice(column + best, 1);
  if (!pivot) return;
  rows.splice(column, 0, pivot);
  for (const row of rows.slice(column + 1)) {
    const head = row[column] ?? ZERO;
    if (isZero(head)) continue;
    const factor = divide(head, pivot[column] ?? ZERO, SOLVER_DIGITS);
    // What it leaves in the column itself is zero, and read no more.
    for (let index = column + 1; index < row.length; index += 1) {
      const change = multiply(factor, pivot[index] ?? ZERO);
      row[index] = roundToDigits(subtract(row[index] ?? ZERO, change), SOLVER_DIGITS);
    }
  }
}

function at(rows: readonly (readonly Decimal[])[], row: number, column: number): Decimal {
  return rows[row]?.[column] ?? ZERO;
}

function largest(values: readonly Decimal[]): Decimal {
  return values.reduce((most, value) => {
    const size = absolute(value);
    return compare(size, most) > 0 ? size : most;
  }, ZERO);
}
