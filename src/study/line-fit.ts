import { linearRegression, linearRegressionLine, rSquared } from 'simple-statistics';

/** A line through points by ordinary least squares, with what is known of its slope. */
export interface LineFit {
  readonly n: number;
  readonly slope: number;
  readonly intercept: number;
  readonly rSquared: number;
  /** Of the slope; none below three points. */
  readonly standardError: number | undefined;
}

/** Fewest points of which a slope has an error. */
const FEWEST = 3;

/**
 * Fits y = a + b·x. The standard error of b is √(RSS / (n − 2) / Σ(x − x̄)²).
 *
 * @returns `undefined` below two points, or where all have one x.
 * @example fitLine([[0, 1], [1, 3], [2, 5]]) // slope 2, intercept 1
 */
export function fitLine(points: readonly (readonly [x: number, y: number])[]): LineFit | undefined {
  const n = points.length;
  const mean = points.reduce((sum, [x]) => sum + x, 0) / n;
  const spread = points.reduce((sum, [x]) => sum + (x - mean) * (x - mean), 0);
  if (n < 2 || !(spread > 0)) return undefined;
  const data = points.map(([x, y]) => [x, y]);
  const { m: slope, b: intercept } = linearRegression(data);
  const line = linearRegressionLine({ m: slope, b: intercept });
  const residuals = points.reduce((sum, [x, y]) => sum + (y - line(x)) * (y - line(x)), 0);
  const flat = points.every(([, y]) => y === points[0]?.[1]);
  return {
    ...{ n, slope, intercept },
    // Of points at one height there is nothing to explain.
    rSquared: flat ? Number.NaN : rSquared(data, line),
    standardError: n < FEWEST ? undefined : Math.sqrt(residuals / (n - 2) / spread),
  };
}
