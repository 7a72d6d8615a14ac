import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Study } from '../../src/domain/study.ts';
import { parseStudy } from '../../src/study/parse.ts';
import { hasR, inR, vector } from '../study/r.ts';
import { mtok, temporaryDirectory } from './run.ts';

const RULES = `schema: mtok.rulebook/1
index: MY-TOKENS
version: 1.0.0
base: { date: 2026-01-01, level: "100" }
workload: { input: 1, output: 0 }
`;
const QUOTES = `vendor,model,date,input,output
acme,alpha,2026-01-01,8,8
acme,beta,2026-01-01,2,2
bolt,gamma,2026-01-01,1,1
bolt,delta,2026-01-01,4,4
core,late,2026-01-03,0.5,0.5
acme,alpha,2026-01-04,4,4
`;
const SCORES = `model,score,source
alpha,90,my tests
beta,60,my tests
gamma,40,my tests
delta,55,my tests
late,70,my tests
`;

const place = temporaryDirectory();
const file = (name: string, text: string): string => {
  const path = join(place, name);
  writeFileSync(path, text);
  return path;
};
let book: readonly string[] = [];
let single: readonly string[] = [];
beforeAll(() => {
  book = ['--rulebook', file('r.yaml', RULES), '--quotes', file('q.csv', QUOTES)];
  const [header, first] = QUOTES.split('\n');
  single = [...book.slice(0, 3), file('single.csv', `${header}\n${first}\n`)];
});

function study(command: string, args: readonly string[]): Study {
  const { out, err, code } = mtok([command, ...args, '--json']);
  expect(err).toBe('');
  expect(code).toBe(0);
  return parseStudy(out, 'stdout');
}

function rowsOf(found: Study, name: string) {
  const table = found.tables.find((one) => one.name === name)!;
  return table.rows.map((row) =>
    Object.fromEntries(row.map((cell, at) => [table.columns[at]!.name, cell])),
  );
}

describe('mtok frontier', () => {
  it('finds the cheapest price of each score on a day', () => {
    const scores = file('s.csv', SCORES);
    const of = (date: string) =>
      study('frontier', ['--scores', scores, '--date', date, '--index', 'MY-TOKENS', ...book]);
    const before = rowsOf(of('2026-01-02'), 'frontier').map(({ model }) => model);
    expect(before).toEqual(['gamma', 'beta', 'alpha']);
    const after = of('2026-01-04');
    expect(rowsOf(after, 'frontier')).toMatchObject([
      { model: 'late', score: '70', usd_per_mtok: '0.5000' },
      { model: 'alpha', score: '90', usd_per_mtok: '4.0000' },
    ]);
    const delta = rowsOf(after, 'models').find(({ model }) => model === 'delta');
    expect(delta).toMatchObject({ place: 'undercut', undercut_by: 'late' });
    expect(after.sources.at(-1)).toBe('my tests');
    expect(after.sources[0]).toContain('q.csv');
  });

  it('shows what reaching a score cost, day by day', () => {
    const scores = file('s.csv', SCORES);
    const range = ['--from', '2026-01-01', '--to', '2026-01-04', '--reach', '60', '95'];
    const found = study('frontier', [
      '--scores',
      scores,
      ...range,
      '--index',
      'MY-TOKENS',
      ...book,
    ]);
    const steps = rowsOf(found, 'reach').filter(({ score }) => score === '60');
    expect(steps.map(({ usd_per_mtok }) => usd_per_mtok)).toEqual([
      ...['2.0000', '2.0000', '0.5000', '0.5000'],
    ]);
    expect(found.findings.join('\n')).toContain('(late): -75.0%');
    expect(found.findings.join('\n')).toContain('No model reaches 95');
    expect(found.charts.map(({ name }) => name)).toEqual(['frontier', 'reach']);
  });

  it.skipIf(!hasR)('has the line of R', () => {
    const scores = file('s.csv', SCORES);
    const found = study('frontier', [
      ...['--scores', scores, '--date', '2026-01-02', '--index', 'MY-TOKENS', ...book],
    ]);
    const all = rowsOf(found, 'fit').find(({ over }) => over === 'all models')!;
    const r = inR(`
      d <- data.frame(p = ${vector([8, 2, 1, 4])}, s = ${vector([90, 60, 40, 55])})
      m <- summary(lm(log(p) ~ s, d))
      out(m$coefficients[2, 1:3], m$r.squared)`);
    const [slope, error, t, r2] = r;
    expect(Number(all.slope)).toBeCloseTo(slope!, 6);
    expect(Number(all.standard_error)).toBeCloseTo(error!, 6);
    expect(Number(all.t)).toBeCloseTo(t!, 4);
    expect(Number(all.r_squared)).toBeCloseTo(r2!, 5);
    expect(all.n).toBe('4');
  });

  it('takes a name that a seller has for a model, on the shipped book', () => {
    const scores = file('shipped.csv', 'model,score\nclaude-3-5-haiku-20241022,40\ngpt-5.5,80\n');
    const found = study('frontier', ['--scores', scores, '--date', '2026-08-21']);
    expect(rowsOf(found, 'models').map(({ model }) => model)).toEqual([
      ...['gpt-5.5', 'claude-3-5-haiku'],
    ]);
  });

  it('prices under a declared workload', () => {
    const scores = file('shipped.csv', 'model,score\ngpt-5.5,80\n');
    const args = ['--scores', scores, '--date', '2026-08-21'];
    const price = (more: readonly string[]) =>
      Number(rowsOf(study('frontier', [...args, ...more]), 'frontier')[0]?.usd_per_mtok);
    // 5 in, 30 out: 3:1 is 11.25; completion is 0.9866 · 5 + 0.0134 · 30.
    expect(price([])).toBe(11.25);
    expect(price(['--workload', 'completion'])).toBe(5.335);
  });

  it.each([
    ['a model that the book does not know', 'model,score\nalpah,1\n', 3, 'did you mean alpha?'],
    ['a model twice', 'model,score\nalpha,1\nalpha,2\n', 3, 'line 2 has another'],
    ['no number', 'model,score\nalpha,NaN\n', 3, 'not_a_number'],
    ['infinity', 'model,score\nalpha,Infinity\n', 3, 'not_a_number'],
    ['a percentage', 'model,score\nalpha,71%\n', 3, 'no %'],
    ['a decimal comma', 'model,score\nalpha,"71,3"\n', 3, 'no comma'],
    ['no score', 'model,score\nalpha,\n', 3, 'missing_value'],
    ['no model', 'model,score\n,3\n', 3, 'missing_value'],
    ['no rows', 'model,score\n', 3, 'no_rows'],
    ['nothing', '', 3, 'empty_file'],
    ['no column of scores', 'model,points\nalpha,3\n', 3, 'missing_column'],
    ['a column that is not known', 'model,score,elo\nalpha,3,4\n', 3, 'unknown_column'],
    ['a ragged row', 'model,score\nalpha,3,4\n', 3, 'ragged_row'],
    ['two benchmarks', 'model,score,benchmark\nalpha,3,a\nalpha,4,b\n', 2, '--benchmark'],
    ['a control character', 'model,score\nal\u0007pha,3\n', 3, 'bad_name'],
  ])('refuses scores with %s', (_, text, code, said) => {
    const { err, out, code: found } = mtok(['frontier', '--scores', file('b.csv', text), ...book]);
    expect(err).toContain(said);
    expect(found).toBe(code);
    expect(out).toBe('');
  });

  it('takes one benchmark of several', () => {
    const scores = file('two.csv', 'model,score,benchmark\nalpha,3,a\nalpha,4,b\nbeta,9,b\n');
    const found = study('frontier', ['--scores', scores, '--benchmark', 'b', ...book]);
    expect(found.title).toContain(': b');
    expect(rowsOf(found, 'models')).toHaveLength(2);
    const none = mtok(['frontier', '--scores', scores, '--benchmark', 'c', ...book]);
    expect(none.err).toContain('one of a, b');
    expect(none.code).toBe(2);
  });

  it.each([
    ['a day and a range', ['--date', '2026-01-02', '--from', '2026-01-01'], 2, '--date, or --from'],
    ['scores to reach on one day', ['--reach', '50'], 2, '--from with --reach'],
    ['a score that is none', ['--from', '2026-01-01', '--reach', 'high'], 2, 'expected a score'],
    [
      'a range that ends before it begins',
      ['--from', '2026-02-01', '--to', '2026-01-01'],
      2,
      '--to',
    ],
    ['a day before all prices', ['--date', '2020-01-01'], 1, 'none of the 5 models'],
    ['a workload that is none', ['--workload', 'chta'], 2, 'did you mean chat?'],
    ['no index of its book', ['--index', 'MTOK-H100'], 2, 'unknown index'],
  ])('refuses %s', (_, args, code, said) => {
    const scores = file('s.csv', SCORES);
    const { err, code: found } = mtok(['frontier', '--scores', scores, ...args, ...book]);
    expect(err).toContain(said);
    expect(found).toBe(code);
  });

  it('says of one model that it has no line', () => {
    const scores = file('one.csv', 'model,score\nalpha,3\n');
    const found = study('frontier', ['--scores', scores, ...book]);
    expect(found.findings.join(' ')).toContain('there is no line');
    expect(rowsOf(found, 'fit').map(({ slope }) => slope)).toEqual(['', '']);
  });
});

describe('mtok hedonic', () => {
  it('fits the shipped book, and stands beside its indices', () => {
    const range = ['--from', '2026-01-01', '--to', '2026-06-30'];
    const found = study('hedonic', [...range, '--index', 'MTOK-LIST']);
    const months = rowsOf(found, 'index');
    expect(months.map(({ month }) => month)).toEqual([
      ...['2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06'],
    ]);
    expect(months[0]).toMatchObject({
      hedonic: '100.00',
      matched: '100.00',
      index_level: '100.00',
    });
    const [fit] = rowsOf(found, 'fit');
    expect(Number(fit!.r_squared)).toBeGreaterThan(0.3);
    expect(Number(fit!.r_squared)).toBeGreaterThan(Number(fit!.adjusted_r_squared));
    const prices = months.reduce((sum, { models }) => sum + Number(models), 0);
    expect(Number(fit!.n)).toBe(prices);
    const efficient = rowsOf(found, 'terms').find(({ term }) => term === 'class efficient');
    expect(Number(efficient!.estimate)).toBeLessThan(0);
    expect(found.warnings.join(' ')).toContain('no fixing');
  });

  it('has no chart of one month', () => {
    const found = study('hedonic', ['--from', '2026-06-30', '--to', '2026-06-30']);
    expect(found.charts).toEqual([]);
    expect(rowsOf(found, 'index')).toHaveLength(1);
  });

  it('takes scores, and then their models alone', () => {
    const models = ['gpt-5.5', 'gpt-5', 'gpt-5-mini', 'glm-5', 'glm-5.1', 'glm-5.2', 'kimi-k2.6'];
    const rows = models.map((model, at) => `${model},${90 - 7 * at}`);
    const scores = file('h.csv', `model,score\n${rows.join('\n')}\n`);
    const args = ['--scores', scores, '--from', '2026-05-01', '--to', '2026-08-21'];
    const found = study('hedonic', args);
    expect(rowsOf(found, 'terms').map(({ term }) => term)).toContain('score');
    expect(Number(rowsOf(found, 'fit')[0]!.models)).toBeLessThanOrEqual(models.length);
  });

  it('says where there is too little to read', () => {
    const found = study('hedonic', book);
    expect(found.warnings.join(' ')).toContain('read none of them');
  });

  it.each([
    ['fewer prices than terms', () => single, 1, 'no more than its terms'],
    ['a benchmark without scores', () => ['--benchmark', 'a'], 2, '--scores with --benchmark'],
    ['no age', () => ['--max-age', '0'], 2, 'number of days'],
    ['a range that ends before it begins', () => ['--from', '2027-01-01'], 2, '--to'],
    ['an index that is none', () => ['--index', 'MTOK-NONE'], 2, 'unknown index'],
    ['an index of GPU hours', () => ['--index', 'MTOK-H100'], 2, 'expected an index of LLM tokens'],
  ])('refuses %s', (_, args, code, said) => {
    const { err, code: found } = mtok(['hedonic', ...args()]);
    expect(err).toContain(said);
    expect(found).toBe(code);
  });
});
