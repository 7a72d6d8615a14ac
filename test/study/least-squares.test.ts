import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal, ONE } from '../../src/domain/decimal.ts';
import { leastSquares, type Observation } from '../../src/study/least-squares.ts';
import { hasR, inR, vector } from './r.ts';

/** Rows of numbers; the first column is the intercept. */
function rowsOf(
  x: readonly (readonly number[])[],
  y: readonly number[],
  clusters: readonly string[],
): Observation[] {
  return y.map((value, at) => ({
    x: [[0, ONE], ...x.map((column, of) => [of + 1, decimal(column[at]!)] as const)],
    y: decimal(value),
    cluster: clusters[at]!,
  }));
}

/** Twelve rows that are on no plane. */
const A = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
const B = [0.5, -1, 2.25, 0, 3, 1, -2, 4, 4.5, 0, 1, 2];
const Y = [1.2, 0.3, 3.9, 2.2, 6.1, 4.0, 1.9, 9.3, 9.9, 6.6, 8.1, 9.9];
const G = ['p', 'p', 'p', 'q', 'q', 'r', 'r', 'r', 'r', 's', 's', 's'];

describe('least squares', () => {
  it('of a mean alone are the mean and its error', () => {
    const found = leastSquares(['intercept'], rowsOf([], [1, 2, 6], ['a', 'b', 'c']))!;
    // Mean 3; deviations −2, −1, 3: s² 7, error √(7/3).
    expect(found.terms[0]!.estimate).toBeCloseTo(3, 12);
    expect(found.terms[0]!.standardError).toBeCloseTo(Math.sqrt(7 / 3), 12);
    expect(found).toMatchObject({ n: 3, parameters: 1, clusters: 3 });
    expect(found.rSquared).toBeCloseTo(0, 12);
  });

  it('of two groups are their means', () => {
    // 1, 3 without, 7, 9 with: 2 and a difference of 6; RSS 4, TSS 40.
    const found = leastSquares(
      ['intercept', 'with'],
      rowsOf([[0, 0, 1, 1]], [1, 3, 7, 9], ['a', 'b', 'c', 'd']),
    )!;
    expect(found.terms.map(({ estimate }) => estimate)).toEqual([2, 6]);
    expect(found.rSquared).toBeCloseTo(0.9, 12);
    expect(found.adjustedRSquared).toBeCloseTo(0.85, 12);
    // √(2 · (1/2 + 1/2))
    expect(found.terms[1]!.standardError).toBeCloseTo(Math.SQRT2, 12);
  });

  it('leave out a column that says what others say', () => {
    const twice = A.map((a) => 2 * a);
    const found = leastSquares(['intercept', 'a', 'twice', 'b'], rowsOf([A, twice, B], Y, G))!;
    const plain = leastSquares(['intercept', 'a', 'b'], rowsOf([A, B], Y, G))!;
    expect(found.terms[2]!.estimate).toBeUndefined();
    expect(found.parameters).toBe(3);
    expect(found.terms[3]!.estimate).toBeCloseTo(plain.terms[2]!.estimate!, 12);
    expect(found.terms[3]!.clusteredError).toBeCloseTo(plain.terms[2]!.clusteredError!, 12);
    expect(found.rSquared).toBeCloseTo(plain.rSquared, 12);
  });

  it('are none where there are no more rows than columns', () => {
    const rows = rowsOf([[1, 2]], [1, 2], ['a', 'b']);
    expect(leastSquares(['intercept', 'a'], rows)).toBeUndefined();
    expect(leastSquares(['intercept'], [])).toBeUndefined();
  });

  it('of one cluster have no clustered error', () => {
    const found = leastSquares(
      ['intercept', 'a'],
      rowsOf(
        [A],
        Y,
        Y.map(() => 'one'),
      ),
    )!;
    expect(found.terms[1]!.clusteredError).toBeNaN();
    expect(found.terms[1]!.standardError).toBeGreaterThan(0);
  });

  it.skipIf(!hasR)('are those of R, and so are their errors', () => {
    const groups = `c(${G.map((each) => JSON.stringify(each)).join(', ')})`;
    const r = inR(`
      d <- data.frame(a = ${vector(A)}, b = ${vector(B)}, y = ${vector(Y)}, g = ${groups})
      m <- lm(y ~ a + b, d); s <- summary(m)
      X <- model.matrix(m); u <- residuals(m); inverse <- solve(crossprod(X))
      meat <- Reduce("+", lapply(split(seq_along(u), d$g), function(i) {
        v <- crossprod(X[i, , drop = FALSE], u[i]); v %*% t(v)
      }))
      n <- nrow(X); k <- ncol(X); groups <- length(unique(d$g))
      robust <- inverse %*% meat %*% inverse * groups / (groups - 1) * (n - 1) / (n - k)
      out(s$coefficients[, 1], s$coefficients[, 2], sqrt(diag(robust)))
      out(s$r.squared, s$adj.r.squared, s$sigma)`);
    const found = leastSquares(['intercept', 'a', 'b'], rowsOf([A, B], Y, G))!;
    for (const [at, { estimate, standardError, clusteredError }] of found.terms.entries()) {
      expect(estimate).toBeCloseTo(r[at]!, 11);
      expect(standardError).toBeCloseTo(r[3 + at]!, 11);
      expect(clusteredError).toBeCloseTo(r[6 + at]!, 11);
    }
    expect(found.rSquared).toBeCloseTo(r[9]!, 12);
    expect(found.adjustedRSquared).toBeCloseTo(r[10]!, 12);
    expect(found.residualError).toBeCloseTo(r[11]!, 12);
  });

  it('find the plane that rows lie on, in any order', () => {
    const number = fc.integer({ min: -50, max: 50 });
    fc.assert(
      fc.property(number, number, number, fc.integer({ min: 0, max: 11 }), (a, b, c, turn) => {
        const y = A.map((each, at) => a + b * each + c * B[at]!);
        const rows = rowsOf([A, B], y, G);
        const turned = [...rows.slice(turn), ...rows.slice(0, turn)];
        const found = leastSquares(['intercept', 'a', 'b'], turned)!;
        const estimates = found.terms.map(({ estimate }) => estimate);
        for (const [at, value] of [a, b, c].entries()) expect(estimates[at]).toBeCloseTo(value, 9);
        expect(found.residualError).toBeLessThan(1e-9);
      }),
      { numRuns: 40 },
    );
  });
});
