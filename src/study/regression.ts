import { linearRegression, linearRegressionLine, rSquared } from 'simple-statistics';

/** A line through points by least squares, y = intercept + slope·x. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
  /** Share of the variance of y that the line explains. */
  readonly rSquared: number;
}

/** `undefined` where x or y does not move, or there are fewer than three points. */
export function lineThrough(x: readonly number[], y: readonly number[]): Line | undefined {
  if (x.length < 3 || isFlat(x) || isFlat(y)) return undefined;
  const points = x.map((one, at) => [one, y[at] ?? Number.NaN]);
  const line = linearRegression(points);
  return {
    slope: line.m,
    intercept: line.b,
    rSquared: rSquared(points, linearRegressionLine(line)),
  };
}

export function isFlat(values: readonly number[]): boolean {
  return values.every((value) => value === values[0]);
}

/** How many of them are not 0. */
export function movesIn(changes: readonly number[]): number {
  return changes.filter((change) => change !== 0).length;
}
