import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { figure } from '../../src/study/figure.ts';
import { fitLine } from '../../src/study/line-fit.ts';
import { hasR, ofR, vectorOf } from './r.ts';

describe('a line by least squares', () => {
  it('is that of the hand', () => {
    // x̄ 2, ȳ 7/3; Sxx 2, Sxy 2: b 1, a 1/3; residuals −1/3, 2/3, −1/3: RSS 2/3, TSS 8/3.
    const fit = fitLine([
      [1, 1],
      [2, 3],
      [3, 3],
    ])!;
    expect(fit.slope).toBeCloseTo(1, 12);
    expect(fit.intercept).toBeCloseTo(1 / 3, 12);
    expect(fit.rSquared).toBeCloseTo(0.75, 12);
    // √(RSS / 1 / Sxx) = √(1/3).
    expect(fit.standardError).toBeCloseTo(Math.sqrt(1 / 3), 12);
  });

  it('of two points has no error', () => {
    const fit = fitLine([
      [0, 1],
      [2, 5],
    ])!;
    expect(fit).toMatchObject({ n: 2, slope: 2, intercept: 1, standardError: undefined });
  });

  it.each([
    ['nothing', []],
    ['one point', [[1, 2]]],
    ['one x', [[1, 2] as const, [1, 3] as const, [1, 9] as const]],
  ] as [string, [number, number][]][])('of %s there is none', (_, points) => {
    expect(fitLine(points)).toBeUndefined();
  });

  it('of points at one height explains nothing', () => {
    const fit = fitLine([1, 2, 3].map((x) => [x, 5] as const))!;
    expect(fit.slope).toBe(0);
    expect(figure(fit.rSquared)).toBe('');
  });

  it.skipIf(!hasR)('is that of R', () => {
    const x = [41, 55, 58.5, 63, 72, 75.25, 80, 81];
    const y = [-2.9, -1.1, -1.3, 0.2, -0.4, 0.9, 2.1, 2.6];
    const r = ofR(`
      m <- summary(lm(y ~ x, data.frame(x = ${vectorOf(x)}, y = ${vectorOf(y)})))
      say("slope", m$coefficients[2, 1]); say("error", m$coefficients[2, 2])
      say("intercept", m$coefficients[1, 1]); say("r2", m$r.squared)`);
    const fit = fitLine(x.map((each, at) => [each, y[at]!] as const))!;
    expect(fit.slope).toBeCloseTo(r.get('slope')!, 12);
    expect(fit.standardError).toBeCloseTo(r.get('error')!, 12);
    expect(fit.intercept).toBeCloseTo(r.get('intercept')!, 11);
    expect(fit.rSquared).toBeCloseTo(r.get('r2')!, 12);
  });

  it('finds the line that points lie on', () => {
    const number = fc.integer({ min: -1000, max: 1000 });
    fc.assert(
      fc.property(number, number, fc.uniqueArray(number, { minLength: 3 }), (a, b, xs) => {
        const fit = fitLine(xs.map((x) => [x, a + b * x] as const))!;
        expect(fit.slope).toBeCloseTo(b, 6);
        expect(fit.standardError).toBeLessThan(1e-6);
      }),
    );
  });
});

describe('a figure', () => {
  it.each([
    [0.000123456789, '0.000123457'],
    [123456789, '123457000'],
    [1.5, '1.50000'],
    [-0.1, '-0.100000'],
    [9.9999999, '10.0000'],
    [0, '0'],
    [Number.NaN, ''],
    [Number.POSITIVE_INFINITY, ''],
    [undefined, ''],
    [1e-30, '0.000000000000000000'],
  ])('%s is %s', (value, text) => {
    expect(figure(value)).toBe(text);
  });
});
