import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal, toText } from '../../src/domain/decimal.ts';
import { hedonic, type Month, matchedMonths } from '../../src/study/hedonic.ts';
import { hasR, inR, vector } from './r.ts';

interface Row {
  readonly month: string;
  readonly model: string;
  readonly lab: string;
  readonly class: string;
  readonly open: boolean;
  readonly ageDays: number;
  readonly price: number;
  readonly score?: number;
}

function monthsOf(rows: readonly Row[]): Month[] {
  const names = [...new Set(rows.map(({ month }) => month))];
  return names.map((month) => ({
    month,
    models: rows
      .filter((row) => row.month === month)
      .map(({ model, lab, class: kind, open, ageDays, price, score }) => ({
        ...{ id: model, model, lab, class: kind, openWeights: open, ageDays },
        price: decimal(String(price)),
        ...(score === undefined ? {} : { score: decimal(String(score)) }),
      })),
  }));
}

/** Ten models of three labs and one of a lab with few, over three months, not on any plane. */
const ROWS: readonly Row[] = ['2026-01', '2026-02', '2026-03'].flatMap((month, at) =>
  Array.from({ length: 11 }, (_, index): Row => {
    const lab = index === 10 ? 'tiny' : ['acme', 'bolt', 'core'][index % 3]!;
    const noise = ((index * 7 + at * 5) % 11) / 10;
    return {
      ...{ month, model: `m${index}`, lab, class: index % 2 ? 'frontier' : 'efficient' },
      ...{
        open: index % 4 === 0,
        ageDays: 30 * at + 17 * index,
        score: 40 + 3 * index + (index % 5),
      },
      price: Number((0.9 + noise + (index % 2) * 3 - 0.2 * at).toFixed(3)),
    };
  }),
);

describe('a hedonic regression', () => {
  it('finds what prices were made of', () => {
    // A frontier model costs four times an efficient one, open weights halve a price, and each month
    // takes a tenth off: exactly.
    const rows = ROWS.map((row) => ({
      ...row,
      price:
        (row.class === 'frontier' ? 4 : 1) *
        (row.open ? 0.5 : 1) *
        0.9 ** ['2026-01', '2026-02', '2026-03'].indexOf(row.month),
    })).map((row) => ({ ...row, price: Number(row.price.toFixed(12)) }));
    const { regression, base } = hedonic(monthsOf(rows.map(({ score: _, ...row }) => row)))!;
    const of = (name: string) => regression.terms.find((term) => term.name === name)!.estimate!;
    expect(base).toEqual({ class: 'efficient', lab: 'acme', month: '2026-01' });
    expect(of('class frontier')).toBeCloseTo(Math.log(4), 9);
    expect(of('open weights')).toBeCloseTo(Math.log(0.5), 9);
    expect(of('month 2026-03')).toBeCloseTo(2 * Math.log(0.9), 9);
    expect(of('lab bolt')).toBeCloseTo(0, 9);
    expect(regression.rSquared).toBeCloseTo(1, 12);
  });

  it.skipIf(!hasR)('is that of R', () => {
    const labels = ROWS.map(({ lab }) => (lab === 'tiny' ? 'other labs' : lab));
    const words = (texts: readonly string[]) => `c(${texts.map((each) => `"${each}"`).join(', ')})`;
    const r = inR(`
      d <- data.frame(
        y = log(${vector(ROWS.map(({ price }) => price))}),
        kind = factor(${words(ROWS.map((row) => row.class))}, levels = c("efficient", "frontier")),
        open = ${vector(ROWS.map(({ open }) => Number(open)))},
        age = ${vector(ROWS.map(({ ageDays }) => ageDays))} / 365.25,
        score = ${vector(ROWS.map(({ score }) => score!))},
        lab = factor(${words(labels)}), month = factor(${words(ROWS.map(({ month }) => month))}))
      s <- summary(lm(y ~ kind + open + age + score + lab + month, d)); t <- s$coefficients
      named <- c("kindfrontier", "open", "age", "score", "labcore", "labother labs", "month2026-03")
      out(t[named, 1], t[named, 2], s$r.squared, s$adj.r.squared)`);
    const { regression, pooled } = hedonic(monthsOf(ROWS))!;
    const names = [
      ...['class frontier', 'open weights', 'age, years', 'score', 'lab core', 'lab other labs'],
      'month 2026-03',
    ];
    for (const [at, name] of names.entries()) {
      const term = regression.terms.find((one) => one.name === name)!;
      expect(term.estimate, name).toBeCloseTo(r[at]!, 9);
      expect(term.standardError, name).toBeCloseTo(r[names.length + at]!, 9);
    }
    expect(regression.rSquared).toBeCloseTo(r.at(-2)!, 11);
    expect(regression.adjustedRSquared).toBeCloseTo(r.at(-1)!, 11);
    expect(pooled).toEqual(['tiny']);
  });

  it('is none where there are fewer prices than terms', () => {
    expect(hedonic(monthsOf(ROWS.slice(0, 3)))).toBeUndefined();
    expect(hedonic([])).toBeUndefined();
  });

  it('leaves out what others say: one month has no month terms, one class no class', () => {
    const one = ROWS.filter(({ month }) => month === '2026-01').map((row) => ({
      ...row,
      class: 'other',
    }));
    const { regression } = hedonic(monthsOf(one))!;
    const names = regression.terms.map(({ name }) => name);
    expect(names.filter((name) => /^(month|class)/.test(name))).toEqual([]);
  });

  it('does not depend on the unit of a price, but for its intercept', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (factor) => {
        const scaled = ROWS.map((row) => ({
          ...row,
          price: Number((row.price * factor).toFixed(3)),
        }));
        const [own, other] = [hedonic(monthsOf(ROWS))!, hedonic(monthsOf(scaled))!];
        for (const [at, { name, estimate }] of own.regression.terms.entries()) {
          const moved = other.regression.terms[at]!.estimate!;
          const expected = name === 'intercept' ? estimate! + Math.log(factor) : estimate!;
          expect(moved).toBeCloseTo(expected, 8);
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe('the matched index beside it', () => {
  it('is the geometric mean of relatives of models that are in both months', () => {
    const row = (month: string, model: string, price: number): Row => ({
      ...{ month, model, lab: 'acme', class: 'other', open: false, ageDays: 1, price },
    });
    const months = monthsOf([
      ...[row('2026-01', 'a', 2), row('2026-01', 'b', 8), row('2026-01', 'gone', 1)],
      ...[row('2026-02', 'a', 1), row('2026-02', 'b', 4), row('2026-02', 'new', 100)],
      row('2026-03', 'late', 7),
    ]);
    const found = matchedMonths(months);
    // Both halved; then nothing is in both months.
    expect(toText(found[1]!.relative!)).toBe('0.5');
    expect(found.map(({ matched }) => matched)).toEqual([0, 2, 0]);
    expect(found[2]!.relative).toBeUndefined();
  });
});
