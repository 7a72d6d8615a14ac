import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decimal, toText } from '../../src/domain/decimal.ts';
import { studySchema } from '../../src/domain/study.ts';
import {
  asPublished,
  type Contract,
  canonicalJson,
  evidenceOf,
  type Rulebook,
  settle,
} from '../../src/index.ts';
import { sha256Of } from '../../src/ingest/digest.ts';
import { billOf } from '../../src/study/bill.ts';
import { fixedBasket, spentIn, unitValueOf } from '../../src/study/bill-figures.ts';
import { hedgeStudy, type Settled } from '../../src/study/hedge.ts';
import { hedgeOf } from '../../src/study/hedged.ts';
import { monthAfter } from '../../src/study/months.ts';
import { stripStudy } from '../../src/study/strip.ts';
import { quote, rulebook, usage } from '../fix/small-book.ts';
import { contract } from '../settle/small-contract.ts';
import { hasR, inR, vector } from './r.ts';

const FIRST = '2025-01';
const months = (count: number) => Array.from({ length: count }, (_, at) => monthAfter(FIRST, at));
/** Values by month, from January 2025 on. */
const monthly = (values: readonly (number | string)[]) =>
  new Map(values.map((value, at) => [monthAfter(FIRST, at), decimal(value)]));

/** A price that each month has from its first day on. */
const path = (name: string, prices: readonly number[]) =>
  prices.map((price, at) => `${monthAfter(FIRST, at)}-01 ${name} ${price}`);

const INDEX = rulebook({
  base: '{ date: 2025-01-01, level: "100" }',
  weights: '{ method: fixed, fixed: { alpha: "3", beta: "1", gamma: "2" } }',
});
const TERMS: Contract = contract({
  ...{ averaging: '{ method: calendar_days }', tick: '"0.0001"', calendar: 'every_day' },
  first_day: '2025-01-01',
});

/** The same usage in each month: `alpha 3` is 3 million tokens of each leg. */
const each = (count: number, ...lines: readonly string[]) =>
  months(count).flatMap((month) =>
    lines.map((line) => {
      const [model, millions] = line.split(' ');
      const tokens = `${millions}000000+${millions}000000`;
      return usage(`${month}-01 ${monthAfter(month)}-01 ${model} ${tokens}`);
    }),
  );

function settledOf(quotes: readonly string[], count: number, rules: Rulebook = INDEX): Settled[] {
  const rows = { ...evidenceOf({ quotes: quotes.map(quote) }).rows };
  const to = `${monthAfter(FIRST, count)}-10`;
  const run = asPublished(rules, rows, '2025-01-01', to);
  if (!run.items) throw new Error(run.none.message);
  const fixings = [...run.items].map((fixing) => {
    return { fixing, sha256: sha256Of(canonicalJson(fixing)) };
  });
  return months(count).map((month) => {
    const last = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0));
    const period = { id: month, from: `${month}-01`, to: last.toISOString().slice(0, 10) };
    const { settlement } = settle(TERMS, { fixings, fx: [], calendars: [] }, period);
    const value = settlement?.settled ? decimal(settlement.settled) : undefined;
    return { month, value, status: settlement?.status ?? 'none' };
  });
}

function study(
  quotes: readonly string[],
  used: ReturnType<typeof each>,
  count: number,
  budget?: string,
) {
  const evidence = evidenceOf({ quotes: quotes.map(quote) });
  const bill = billOf(used, INDEX, evidence, '2030-01-01');
  return studySchema.parse(
    hedgeStudy(bill, {
      ...{ contract: TERMS, settled: settledOf(quotes, count), pricedBy: 'TEST' },
      ...{ budget: budget === undefined ? undefined : decimal(budget) },
      ...{ origin: 'by hand', sources: ['By hand.'] },
    }),
  );
}

const rowOf = (of: ReturnType<typeof study>, name: string, at = 0) => {
  const table = of.tables.find((one) => one.name === name);
  return Object.fromEntries(
    table?.columns.map((column, cell) => [column.name, table.rows[at]?.[cell]]) ?? [],
  );
};

const ALPHA = [10, 9, 9.5, 8, 8, 8.4, 7, 7.7, 6, 6.6];
const BETA = [2, 2, 3, 3, 2.5, 2, 2, 1, 1, 1.2];
const GAMMA = [5, 5, 4, 5, 6, 6, 6, 5, 4, 4];
const MARKET = [
  ...path('acme/alpha', ALPHA),
  ...path('bolt/beta', BETA),
  ...path('coil/gamma', GAMMA),
];

describe('a bill of known composition', () => {
  it('that is the basket of the index is hedged one for one', () => {
    const found = study(MARKET, each(10, 'alpha 3', 'beta 1', 'gamma 2'), 10, '1000');
    const hedge = rowOf(found, 'hedge');
    expect(Number(hedge.ratio)).toBeCloseTo(1, 3);
    expect(Number(hedge.r2)).toBeCloseTo(1, 4);
    expect(Number(hedge.hedged)).toBeCloseTo(0, 3);
    expect(hedge.verdict).toBe('hedges');
    expect(found.findings[0]).toContain('TEST-MONTH hedges the prices of this bill');
    for (let at = 0; at < 10; at += 1) {
      expect(Math.abs(Number(rowOf(found, 'basis', at).basis))).toBeLessThan(0.001);
    }
    // The last value is (3 · 6.6 + 1.2 + 2 · 4) / 42 · 100 points, of 10 dollars each.
    const budget = rowOf(found, 'budget');
    expect(Number(budget.contract_value)).toBeCloseTo((29 / 42) * 1000, 1);
    expect(budget.contracts).toBe('1');
    expect(Number(budget.contracts_exact)).toBeCloseTo(1000 / ((29 / 42) * 1000), 2);
  });

  it('that is half of it is hedged by half', () => {
    const still = [...MARKET, '2025-01-01 deep/still 42'];
    // 42 dollars of the basket and 42 of a price that stands.
    const used = each(10, 'alpha 3', 'beta 1', 'gamma 2', 'still 1');
    const hedge = rowOf(study(still, used, 10), 'hedge');
    // The half shrinks as the basket falls: its share is 0.5 at first and 29/71 at last.
    expect(Number(hedge.ratio)).toBeGreaterThan(29 / 71);
    expect(Number(hedge.ratio)).toBeLessThan(0.51);
    expect(Number(hedge.r2)).toBeGreaterThan(0.98);
  });

  it('is recovered whatever the prices and quantities', () => {
    const prices = fc.array(fc.integer({ min: 10, max: 90 }), { minLength: 8, maxLength: 8 });
    const run = (alpha: number[], beta: number[], gamma: number[], times: number) => {
      const quotes = [
        ...path('acme/alpha', alpha),
        ...path('bolt/beta', beta),
        ...path('coil/gamma', gamma),
      ];
      const lines = [`alpha ${3 * times}`, `beta ${times}`, `gamma ${2 * times}`];
      const hedge = rowOf(study(quotes, each(8, ...lines), 8), 'hedge');
      const cost = (at: number) => 3 * (alpha[at] ?? 0) + (beta[at] ?? 0) + 2 * (gamma[at] ?? 0);
      const moves = new Set(alpha.map((_, at) => (at > 0 ? cost(at) / cost(at - 1) : 1)));
      if (hedge.ratio === '') return expect(moves.size).toBeLessThan(3);
      expect(Number(hedge.ratio)).toBeCloseTo(1, 2);
      expect(Number(hedge.r2)).toBeCloseTo(1, 2);
    };
    fc.assert(fc.property(prices, prices, prices, fc.integer({ min: 1, max: 9 }), run), {
      numRuns: 12,
    });
  });
});

describe('a hedge that fails', () => {
  const unrelated = [20, 22, 18, 19, 25, 21, 20, 26, 22, 27];
  const other = [...MARKET, ...path('deep/other', unrelated)];

  it('does nothing for a bill that has nothing to do with it, and says so', () => {
    const found = study(other, each(10, 'other 5'), 10, '50000');
    expect(rowOf(found, 'hedge').verdict).toBe('does nothing');
    expect(found.findings[0]).toMatch(
      /^TEST-MONTH does nothing for this bill: the contract explains \d+% of the variance/,
    );
    expect(found.findings).toContain('For 50000 USD a month no number of contracts is given.');
    expect(rowOf(found, 'budget')).toMatchObject({ contracts: '', contracts_exact: '' });
  });

  it('has no ratio where the contract did not move, or the bill, or for too few months', () => {
    const still = months(1).flatMap(() => ['acme/alpha', 'bolt/beta', 'coil/gamma']);
    const flat = [...still.map((name) => `2025-01-01 ${name} 5`), ...path('deep/other', unrelated)];
    const ofContract = study(flat, each(10, 'other 5'), 10);
    expect(ofContract.findings[0]).toContain('undefined: the contract did not move in 9');
    const ofBill = study([...MARKET, '2025-01-01 deep/still 4'], each(10, 'still 1'), 10);
    expect(ofBill.findings[0]).toContain('what is hedged did not move in 9 monthly changes');
    expect(rowOf(ofBill, 'hedge')).toMatchObject({ ratio: '', r2: '' });
    const short = study(MARKET, each(4, 'alpha 1'), 4);
    expect(short.findings[0]).toContain('3 monthly changes are too few: at least 6');
  });

  it('warns of steps, of few months, and of a ratio below 0', () => {
    const up = [20, 22, 21, 24, 24, 23, 26, 25, 28, 27];
    const down = up.map((price) => (1000 / price).toFixed(6)).map(Number);
    const only = rulebook({
      base: '{ date: 2025-01-01, level: "100" }',
      weights: '{ method: fixed, fixed: { alpha: "1" } }',
    });
    const quotes = [...path('acme/alpha', up), ...path('deep/other', down)];
    const bill = billOf(
      each(10, 'other 1'),
      only,
      evidenceOf({ quotes: quotes.map(quote) }),
      '2030-01-01',
    );
    const found = hedgeStudy(bill, {
      ...{ contract: TERMS, settled: settledOf(quotes, 10, only), pricedBy: 'TEST' },
      ...{ budget: decimal(100000), origin: 'by hand', sources: [] },
    });
    expect(found.warnings.join(' ')).toContain('9 monthly changes are few');
    expect(found.warnings.join(' ')).toContain('The hedge ratio is negative');
    expect(found.findings.join(' ')).toContain('a month: sell ');
  });

  it('names months without a settlement, usage of a part of a month, and what has no price', () => {
    const used = [
      ...each(10, 'alpha 3', 'nowhere 1'),
      usage('2025-11-01 2025-11-11 alpha 1000000+1000000'),
    ];
    const found = study(MARKET, used, 10);
    const said = found.warnings.join(' ');
    expect(said).toContain('2025-11 (10 of 30 days)');
    expect(said).toContain('have no price and are not hedged: nowhere');
  });
});

describe.skipIf(!hasR)('against R', () => {
  const cost = Array.from({ length: 24 }, (_, at) =>
    (100 + 9 * Math.sin(at * 1.7) - at).toFixed(3),
  );
  const terms = Array.from({ length: 24 }, (_, at) =>
    (70 + 5 * Math.sin(at * 1.7) - at / 2 + 2 * Math.cos(at * at)).toFixed(2),
  );

  it('ratio, R² and what remains are those of lm', () => {
    const { line, unhedged, hedged, worst, worstHedged } = hedgeOf(monthly(cost), monthly(terms));
    const [slope, intercept, r2, sd, left, at, atHedged] = inR(`y <- ${vector(cost)}
x <- ${vector(terms)}
dy <- diff(y) / head(y, -1)
dx <- diff(x) / head(x, -1)
m <- lm(dy ~ dx)
h <- dy - coef(m)[2] * dx
out(coef(m)[2], coef(m)[1], summary(m)$r.squared, sd(dy), sd(h), which.max(dy), which.max(h))`);
    expect(line?.slope).toBeCloseTo(slope ?? 0, 12);
    expect(line?.intercept).toBeCloseTo(intercept ?? 0, 12);
    expect(line?.rSquared).toBeCloseTo(r2 ?? 0, 12);
    expect(unhedged).toBeCloseTo(sd ?? 0, 12);
    expect(hedged).toBeCloseTo(left ?? 0, 12);
    expect(worst?.month).toBe(monthAfter(FIRST, at));
    expect(worstHedged?.month).toBe(monthAfter(FIRST, atHedged));
  });
});

describe('a bill', () => {
  const evidence = (lines: readonly string[]) => evidenceOf({ quotes: lines.map(quote) });

  it('costs tokens times the mean price of the month, cached ones at their own leg', () => {
    const rows = [usage('2025-01-01 2025-02-01 alpha 6000000+2000000 cached=4000000')];
    const market = evidence([
      '2024-12-01 acme/alpha 3 out=15 cached=1',
      '2025-01-17 acme/alpha 6 out=15 cached=1',
    ]);
    const { months: all } = billOf(rows, INDEX, market, '2025-12-31');
    const spent = spentIn(all[0]!);
    // 16 days at 3 and 15 at 6: 2 · 138/31 + 4 · 1 + 2 · 15.
    expect(Number(toText(spent.spend))).toBeCloseTo((2 * 138) / 31 + 34, 10);
    expect(Number(toText(unitValueOf(spent) ?? decimal(0)))).toBeCloseTo(
      ((2 * 138) / 31 + 34) / 8,
      10,
    );
  });

  it('counts a period over two months pro rata, and splits totals as the index does', () => {
    const rows = [usage('2025-01-31 2025-02-02 alpha 8000000')];
    const { months: all, unsplit } = billOf(
      rows,
      INDEX,
      evidence(['2024-12-01 acme/alpha 3 out=5']),
      '2025-12-31',
    );
    expect(all.map(({ month, covered }) => [month, covered])).toEqual([
      ['2025-01', 1],
      ['2025-02', 1],
    ]);
    expect(all.map((one) => toText(spentIn(one).spend))).toEqual(['16', '16']);
    expect(toText(unsplit)).toBe('1');
  });

  it('takes the price of the seller that a row names', () => {
    const market = evidence([
      '2024-12-01 acme/alpha 4 lab=acme',
      '2024-12-01 host/alpha 1 lab=acme',
    ]);
    const at = (seller: string) => {
      const row = usage(`2025-01-01 2025-02-01 alpha 1000000+1000000 ${seller}`);
      const [month] = billOf([row], INDEX, market, '2025-12-31').months;
      return toText(spentIn(month!).spend);
    };
    expect([at(''), at('seller=host'), at('seller=acme')]).toEqual(['8', '2', '8']);
    expect(at('seller=nobody')).toBe('0');
  });

  it('keeps a model that loses its price moving with the rest, and takes it back', () => {
    const market = evidence([
      ...['2025-01-01 acme/alpha 10', '2025-01-01 bolt/beta 10', '2025-02-01 bolt/beta withdrawn'],
      ...['2025-02-01 acme/alpha 5', '2025-03-01 bolt/beta 10'],
    ]);
    const basket = fixedBasket(billOf(each(3, 'alpha 1', 'beta 1'), INDEX, market, '2025-12-31'));
    expect([...basket.values()].map(toText)).toEqual(['100', '50', '75']);
  });

  it('does not depend on the order of its rows, nor its basket on how much it is', () => {
    const rows = each(6, 'alpha 3', 'beta 1', 'gamma 2');
    const market = evidence(MARKET);
    const texts = (of: typeof rows) =>
      [...fixedBasket(billOf(of, INDEX, market, '2030-01-01'))].map(([month, level]) => [
        month,
        toText(level),
      ]);
    expect(texts([...rows].reverse())).toEqual(texts(rows));
    expect(texts(each(6, 'alpha 6', 'beta 2', 'gamma 4'))).toEqual(texts(rows));
  });
});

describe('a strip of sales', () => {
  const price = { ...TERMS, value: 'price' as const, unit: 'USD/MTok' };
  const strip = (of: Contract, lines: readonly string[], values: readonly (number | undefined)[]) =>
    studySchema.parse(
      stripStudy(
        lines.map((line, at) => {
          const [quantity = '', forward = ''] = line.split(' ');
          return {
            month: monthAfter(FIRST, at),
            quantity: decimal(quantity),
            price: decimal(forward),
          };
        }),
        {
          ...{ contract: of, origin: 'by hand', sources: [] },
          latest: of.value === 'price' ? { date: '2025-03-09', price: decimal('1.25') } : undefined,
          settled: values.map((value, at) => ({
            month: monthAfter(FIRST, at),
            value: value === undefined ? undefined : decimal(value),
            status: value === undefined ? 'not yet' : 'final',
          })),
        },
      ),
    );

  it('has its basis, what it gave up and its contracts by hand', () => {
    const found = strip(price, ['100 2', '300 1.5', '50 1'], [1.8, 1.6, undefined]);
    const rows = found.tables[0]?.rows.map((row) => row.slice(0, 9));
    expect(rows).toEqual([
      ['2025-01', '100', '2', '1.8', '0.2000', '10.0000', '200.00', '180.00', '20.00'],
      ['2025-02', '300', '1.5', '1.6', '-0.1000', '30.0000', '450.00', '480.00', '-10.00'],
      ['2025-03', '50', '1', '', '', '5.0000', '50.00', '', ''],
    ]);
    expect(found.findings[1]).toBe(
      'In 2 settled months it brought 650.00, the index 660.00: 0.025 USD/MTok less than the index on average.',
    );
    expect(found.warnings[0]).toContain('2025-03 (not yet)');
    expect(found.tables[0]?.rows.map((row) => row[11])).toEqual(['', '', '-0.2500']);
    expect(found.findings[2]).toBe(
      'The month without a settlement is sold at 1.0000 USD/MTok on average: 0.2500 below the index at its last price, 1.2500 of 2025-03-09.',
    );
  });

  it('on a level compares both from 100, and gives no dollars', () => {
    const found = strip(TERMS, ['100 2', '100 1'], [80, 60]);
    expect(found.tables[0]?.rows[1]?.slice(3, 9)).toEqual(['60', '-25.0000', '', '100.00', '', '']);
    expect(found.findings[1]).toContain('from 100 to 50.00, the contract to 75.00');
    expect(strip(TERMS, ['1 1'], [undefined]).findings[1]).toContain('no basis yet');
  });
});
