import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signedPercent, significant } from '../../src/study/figures.ts';
import { lineThrough } from '../../src/study/regression.ts';
import { hasR, inR, vector } from './r.ts';

describe('a line by least squares', () => {
  it('is that of the hand', () => {
    // x̄ 2, ȳ 7/3; Sxx 2, Sxy 2: b 1, a 1/3; residuals −1/3, 2/3, −1/3: RSS 2/3, TSS 8/3.
    const line = lineThrough([1, 2, 3], [1, 3, 3])!;
    expect(line.slope).toBeCloseTo(1, 12);
    expect(line.intercept).toBeCloseTo(1 / 3, 12);
    expect(line.rSquared).toBeCloseTo(0.75, 12);
    // √(RSS / 1 / Sxx) = √(1/3).
    expect(line.standardError).toBeCloseTo(Math.sqrt(1 / 3), 12);
    expect(line.n).toBe(3);
  });

  it.each([
    ['nothing', [], []],
    ['two points', [1, 2], [3, 4]],
    ['one x', [1, 1, 1], [2, 3, 9]],
    ['one height', [1, 2, 3], [5, 5, 5]],
  ])('of %s there is none', (_, x, y) => {
    expect(lineThrough(x, y)).toBeUndefined();
  });

  it.skipIf(!hasR)('is that of R', () => {
    const x = [41, 55, 58.5, 63, 72, 75.25, 80, 81];
    const y = [-2.9, -1.1, -1.3, 0.2, -0.4, 0.9, 2.1, 2.6];
    const [slope, error, intercept, r2] = inR(`
      m <- summary(lm(y ~ x, data.frame(x = ${vector(x)}, y = ${vector(y)})))
      out(m$coefficients[2, 1], m$coefficients[2, 2], m$coefficients[1, 1], m$r.squared)`);
    const line = lineThrough(x, y)!;
    expect(line.slope).toBeCloseTo(slope!, 12);
    expect(line.standardError).toBeCloseTo(error!, 12);
    expect(line.intercept).toBeCloseTo(intercept!, 11);
    expect(line.rSquared).toBeCloseTo(r2!, 12);
  });

  it('finds the line that points lie on', () => {
    const number = fc.integer({ min: -1000, max: 1000 });
    const slope = number.filter((each) => each !== 0);
    fc.assert(
      fc.property(number, slope, fc.uniqueArray(number, { minLength: 3 }), (a, b, x) => {
        const line = lineThrough(
          x,
          x.map((each) => a + b * each),
        )!;
        expect(line.slope).toBeCloseTo(b, 6);
        expect(line.standardError).toBeLessThan(1e-6);
      }),
    );
  });
});

describe('significant digits', () => {
  it.each([
    [0.000123456789, '0.000123457'],
    [123456789, '123457000'],
    [1.5, '1.50000'],
    [-0.1, '-0.100000'],
    [9.9999999, '10.0000'],
    [0, '0'],
    [Number.NaN, ''],
    [Number.POSITIVE_INFINITY, ''],
    [1e22, ''],
    [undefined, ''],
    [1e-30, '0.000000000000000000'],
  ])('of %s are %s', (value, text) => {
    expect(significant(value)).toBe(text);
  });
});

describe('a change in a sentence', () => {
  it.each([
    [0.123, '+12.3%'],
    [-0.5, '-50.0%'],
    [0, '0.0%'],
    [-0.0001, '0.0%'],
    [1e30, 'more than a thousandfold'],
    [Number.NaN, 'more than a thousandfold'],
  ])('%s is %s', (change, text) => {
    expect(signedPercent(change)).toBe(text);
  });
});
