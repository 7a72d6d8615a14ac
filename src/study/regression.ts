import {
  linearRegression,
  linearRegressionLine,
  mean,
  rSquared,
  sumSimple,
} from 'simple-statistics';

/** A line through points by least squares, y = intercept + slope·x. */
export interface Line {
  readonly n: number;
  readonly slope: number;
  /** √(RSS / (n − 2) / Σ(x − x̄)²) */
  readonly standardError: number;
  readonly intercept: number;
  /** Share of the variance of y that the line explains. */
  readonly rSquared: number;
}

/** `undefined` where x or y does not move, or there are fewer than three points. */
export function lineThrough(x: readonly number[], y: readonly number[]): Line | undefined {
  if (x.length < 3 || isFlat(x) || isFlat(y)) return undefined;
  const points = x.map((one, at) => [one, y[at] ?? Number.NaN]);
  const line = linearRegression(points);
  const at = linearRegressionLine(line);
  return {
    n: x.length,
    slope: line.m,
    standardError: errorOfSlope(x, y, at),
    intercept: line.b,
    rSquared: rSquared(points, at),
  };
}

function errorOfSlope(
  x: readonly number[],
  y: readonly number[],
  line: (x: number) => number,
): number {
  const middle = mean([...x]);
  const spread = sumSimple(x.map((one) => (one - middle) * (one - middle)));
  const residuals = x.map((one, at) => (y[at] ?? Number.NaN) - line(one));
  const squares = sumSimple(residuals.map((one) => one * one));
  return Math.sqrt(squares / (x.length - 2) / spread);
}

export function isFlat(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

/** How many of them are not 0. */
export function movesIn(changes: readonly number[]): number {
  return changes.filter((change) => change !== 0).length;
}
