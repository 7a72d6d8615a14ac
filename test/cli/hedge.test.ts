import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Study, studySchema } from '../../src/domain/study.ts';
import { contractText } from '../settle/small-contract.ts';
import { mtok, temporaryDirectory } from './run.ts';

const directory = temporaryDirectory();
const at = (name: string) => join(directory, name);
const write = (name: string, ...lines: string[]) => {
  writeFileSync(at(name), `${lines.join('\n')}\n`);
  return at(name);
};

const MONTHS = ['01', '02', '03', '04', '05', '06', '07', '08', '09'];
const BOOK = ['--rulebook', at('rules.yaml'), '--quotes', at('prices.csv')];
const TERMS = ['--contract', at('terms.yaml')];

beforeAll(() => {
  write(
    'rules.yaml',
    ...['schema: mtok.rulebook/1', 'index: TEST', 'version: 1.0.0'],
    ...['base: { date: 2026-01-01, level: "100" }', 'rebalance: { frequency: none }'],
    ...['workload: { input: "0.5", output: "0.5" }'],
    'weights: { method: fixed, fixed: { alpha: "3", beta: "1" } }',
  );
  const prices = MONTHS.flatMap((month, step) => [
    `acme,alpha,2026-${month}-01,${10 - (step % 4)},${10 - (step % 4)}`,
    `bolt,beta,2026-${month}-01,${4 + (step % 3)},${4 + (step % 3)}`,
    `deep,other,2026-${month}-01,${((step * 7) % 5) + 5},9`,
  ]);
  write('prices.csv', 'vendor,model,date,input,output', ...prices);
  writeFileSync(
    at('terms.yaml'),
    contractText({
      averaging: '{ method: calendar_days }',
      calendar: 'every_day',
      tick: '"0.0001"',
    }),
  );
  const lines = (models: readonly string[]) =>
    MONTHS.slice(0, 8).flatMap((month, step) =>
      models.map((one) => `${one.replace('@', `2026-${month}-01,2026-0${step + 2}-01`)}`),
    );
  const header = 'model,period_start,period_end,input_tokens,output_tokens';
  write('mine.csv', header, ...lines(['alpha,@,3000000,3000000', 'beta,@,1000000,1000000']));
  write('other.csv', header, ...lines(['other,@,3000000,3000000']));
});

function study(...args: string[]): Study {
  const { code, out, err } = mtok(['hedge', ...BOOK, ...TERMS, ...args, '--json']);
  expect([code, err]).toEqual([0, '']);
  return studySchema.parse(JSON.parse(out));
}

describe('mtok hedge', () => {
  it('recovers the composition of a bill that is the basket', () => {
    const { tables, findings } = study('--usage', at('mine.csv'), '--budget', '5000');
    const [cost, verdict, months, , ratio, r2] = tables[0]?.rows[0] ?? [];
    expect([cost, verdict, months]).toEqual(['fixed basket', 'hedges', '7']);
    expect(Number(ratio)).toBeCloseTo(1, 3);
    expect(Number(r2)).toBeCloseTo(1, 3);
    expect(findings.at(-1)).toMatch(/^For 5000 USD a month: buy \d+ of/);
  });

  it('says in the terminal that it does nothing for another bill', () => {
    const { code, out } = mtok(['hedge', ...BOOK, ...TERMS, '--usage', at('other.csv')]);
    expect(code).toBe(0);
    expect(out).toContain('TEST-MONTH does nothing for this bill');
    expect(out).toContain('8 months of usage from 2026-01 to 2026-08');
  });

  it('settles on published fixings as on those that it calculates', () => {
    const out = at('fixings');
    for (const day of ['2026-01-31', '2026-02-28']) {
      mtok(['fix', ...BOOK, '--date', day, '--out', out]);
    }
    const { tables, warnings } = study('--usage', at('mine.csv'), '--publication', out);
    const basis = tables.find(({ name }) => name === 'basis');
    // Two fixings are not the days of two months, and the others are not over by them.
    expect(basis?.rows.map((row) => row.at(-1)).slice(0, 2)).toEqual([
      'undetermined',
      'indicative',
    ]);
    expect(warnings.join(' ')).toContain('2026-01 (undetermined), 2026-02 (indicative)');
  });

  it('draws its charts, and writes its tables', () => {
    const file = at('hedge.json');
    const args = ['hedge', ...BOOK, ...TERMS, '--usage', at('mine.csv'), '--out', file];
    expect(mtok(args)).toMatchObject({ code: 0 });
    for (const chart of ['basis', 'changes']) {
      const svg = at(`${chart}.svg`);
      expect(mtok(['chart', '--study', file, '--chart', chart, '--out', svg]).code).toBe(0);
      expect(readFileSync(svg, 'utf8')).toContain('</svg>');
    }
  });

  it("shows the seller's side", () => {
    const strip = write('strip.csv', 'month,quantity,price', '2026-02,100,8', '2026-03,100,7.5');
    const { about, tables, warnings } = study('--strip', strip);
    expect(about).toContain('A strip of 2 months from 2026-02 to 2026-03');
    expect(tables[0]?.rows).toHaveLength(2);
    expect(warnings.join(' ')).toContain('A level follows a basket');
  });
});

describe('mtok hedge refuses', () => {
  const HEADER = 'model,period_start,period_end,input_tokens,output_tokens';
  const JAN = '2026-01-01,2026-02-01';

  it.each<[string, readonly string[], string]>([
    ['an empty file', [], 'found nothing [empty_file]'],
    ['a header alone', [HEADER], 'found nothing [no_rows]'],
    ['no tokens', [HEADER, `alpha,${JAN},0,0`], 'found no tokens'],
    ['tokens below 0', [HEADER, `alpha,${JAN},-5,1`], 'a whole number, 0 or more'],
    ['half a token', [HEADER, `alpha,${JAN},1.5,1`], 'a whole number, 0 or more'],
    ['text for tokens', [HEADER, `alpha,${JAN},many,1`], 'a whole number, 0 or more'],
    ['output that is missing', [HEADER, `alpha,${JAN},5,`], 'both input_tokens and output_tokens'],
    [
      'periods that overlap',
      [HEADER, `alpha,${JAN},5,5`, 'alpha,2026-01-15,2026-02-15,5,5'],
      'overlap',
    ],
    ['two that contradict', [HEADER, `alpha,${JAN},5,5`, `alpha,${JAN},6,6`], 'conflicting'],
    [
      'a period that ends before',
      [HEADER, 'alpha,2026-02-01,2026-01-01,5,5'],
      'after period_start',
    ],
    ['an impossible day', [HEADER, 'alpha,2026-02-30,2026-03-01,5,5'], 'a day that exists'],
    ['an unknown model', [HEADER, `alpa,${JAN},5,5`], 'did you mean alpha for alpa?'],
    ['an unknown column', [`${HEADER},price`, `alpha,${JAN},5,5,1`], 'price'],
    ['centuries', [HEADER, 'alpha,1926-01-01,2026-01-01,5,5'], 'at most 30 years'],
    [
      'usage before any price',
      [HEADER, 'alpha,2020-01-01,2020-02-01,5,5'],
      'has a price in these months by the rules of TEST',
    ],
  ])('usage with %s', (_, lines, said) => {
    const file = at('bad.csv');
    writeFileSync(file, lines.length === 0 ? '' : `${lines.join('\n')}\n`);
    const run = mtok(['hedge', ...BOOK, ...TERMS, '--usage', file]);
    expect([run.code, run.out]).toEqual([3, '']);
    expect(run.err).toContain(said);
    expect(run.err).not.toContain('    at ');
  });

  it.each<[string, readonly string[], string]>([
    ['a header alone', ['month,quantity,price'], 'found nothing [no_rows]'],
    [
      'a month twice',
      ['month,quantity,price', '2026-02,1,8', '2026-02,2,8'],
      'once, found 2026-02',
    ],
    ['a thirteenth month', ['month,quantity,price', '2026-13,1,8'], 'a month that exists'],
    ['a day', ['month,quantity,price', '2026-01-01,1,8'], 'a month that exists'],
    ['nothing sold', ['month,quantity,price', '2026-01,0,8'], 'a decimal above 0'],
    ['less than nothing', ['month,quantity,price', '2026-01,-3,8'], 'a decimal above 0'],
    ['no price', ['month,quantity,price', '2026-01,3,'], 'price'],
    ['a price below 0', ['month,quantity,price', '2026-01,3,-2'], 'a price above 0'],
    ['no column of prices', ['month,quantity', '2026-01,3'], 'price'],
  ])('a strip with %s', (_, lines, said) => {
    const run = mtok(['hedge', ...BOOK, ...TERMS, '--strip', write('bad-strip.csv', ...lines)]);
    expect([run.code, run.out]).toEqual([3, '']);
    expect(run.err).toContain(said);
  });

  it.each<[string, () => readonly string[], number, string]>([
    ['neither side', () => TERMS, 2, 'expected --usage or --strip'],
    ['both sides', () => [...TERMS, '--usage', at('mine.csv'), '--strip', 'x'], 2, 'one of them'],
    ['a budget of nothing', () => [...TERMS, '--usage', 'x', '--budget', '0'], 2, 'above 0'],
    ['a budget of a strip', () => [...TERMS, '--strip', 'x', '--budget', '5'], 2, 'with --usage'],
    [
      'a contract by no name',
      () => ['--contract', 'NONE', '--usage', at('mine.csv')],
      2,
      'unknown contract',
    ],
    [
      'a file that is none',
      () => ['--contract', at('prices.csv'), '--usage', at('mine.csv')],
      3,
      '',
    ],
    ['a file that is not there', () => [...TERMS, '--usage', at('none.csv')], 4, 'cannot read'],
    [
      'a contract on another index',
      () => {
        writeFileSync(at('elsewhere.yaml'), contractText({ index: 'OTHER' }));
        return ['--contract', at('elsewhere.yaml'), '--usage', at('mine.csv')];
      },
      3,
      'the book has TEST',
    ],
    [
      'to replace the bill',
      () => [...TERMS, '--usage', at('mine.csv'), '--out', at('mine.csv')],
      2,
      'expected an output of its own',
    ],
  ])('%s', (_, args, code, said) => {
    const run = mtok(['hedge', ...BOOK, ...args()]);
    expect([run.code, run.out]).toEqual([code, '']);
    expect(run.err).toContain(said);
  });

  it('a contract before its first day by name of the months', () => {
    writeFileSync(at('later.yaml'), contractText({ first_day: '2030-01-01' }));
    const args = ['hedge', ...BOOK, '--contract', at('later.yaml'), '--usage', at('mine.csv')];
    const run = mtok(args);
    expect(run.code).toBe(0);
    expect(run.out).toContain('The hedge ratio is undefined: 0 monthly changes are too few');
    expect(run.out).toContain('2026-01 (before its first day)');
  });

  it('prices a bill of tokens by plain rules where the contract is on GPU hours', () => {
    const args = ['--usage', 'data/usage/openrouter-2026.csv', '--contract', 'MTOK-H100-SXM-MONTH'];
    const { code, out } = mtok(['hedge', ...args, '--json']);
    expect(code).toBe(0);
    const { assumptions, tables } = studySchema.parse(JSON.parse(out));
    expect(assumptions[0]).toContain('at its lab’s own list price, else the median of its sellers');
    const settled = tables.flatMap(({ columns }) => columns).find(({ name }) => name === 'settled');
    expect(settled?.unit).toBe('USD/GPU-hour');
  });
});
