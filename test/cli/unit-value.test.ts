import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decimal, equals, subtract, sum } from '../../src/domain/decimal.ts';
import { type Study, studySchema } from '../../src/domain/study.ts';
import { publishDays } from '../publish/publications.ts';
import { mtok, temporaryDirectory } from './run.ts';

const directory = temporaryDirectory();
const ALL = ['unit-value', '--index', 'MTOK-ALL'];

function study(...args: string[]): Study {
  const { code, out, err } = mtok([...args, '--json']);
  expect([code, err]).toEqual([0, '']);
  return studySchema.parse(JSON.parse(out));
}

describe('mtok unit-value', () => {
  it('of the shipped usage has parts that sum to what they explain, digit by digit', () => {
    const { tables, findings } = study(...ALL);
    const rows = (name: string) =>
      tables
        .find((one) => one.name === name)
        ?.rows.map((row) => row.slice(1).map((cell) => decimal(cell || '0'))) ?? [];
    expect(rows('changes').length).toBeGreaterThan(1);
    for (const [change, ...parts] of rows('changes')) {
      expect(equals(sum(parts), change ?? decimal(0))).toBe(true);
    }
    for (const [price, ...rest] of rows('bridge')) {
      const [paid = decimal(0)] = rest.slice(4);
      expect(equals(sum(rest.slice(0, 4)), subtract(paid, price ?? decimal(0)))).toBe(true);
    }
    expect(findings[0]).toContain('users paid');
    const months = rows('months');
    const of = (at: number) => months.at(at)?.[3] ?? decimal(0);
    expect(
      equals(sum(rows('changes').map(([change = decimal(0)]) => change)), subtract(of(-1), of(0))),
    ).toBe(true);
  });

  it('takes months of a range, and own usage', () => {
    const { about, tables } = study(...ALL, '--from', '2026-07-15', '--to', '2026-08-01');
    expect(about).toContain('from 2026-07 to 2026-08');
    expect(tables[0]?.rows.map(([month]) => month)).toEqual(['2026-07', '2026-08']);
    const mine = join(directory, 'mine.csv');
    writeFileSync(mine, 'model,date,input_tokens,output_tokens\ngpt-5.5,2026-07-03,1000000,0\n');
    const own = study(...ALL, '--usage', mine);
    expect(own.about).toContain(`The usage of ${mine} from 2026-07 to 2026-07`);
    expect(own.warnings.join(' ')).toContain('2026-07 (1 of 31 days)');
  });

  it('sets it beside a published index', async () => {
    const out = join(directory, 'public');
    await publishDays(out, ['2026-07-01', '2026-07-02']);
    const rules = join(directory, 'alpha.yaml');
    writeFileSync(
      rules,
      'schema: mtok.rulebook/1\nindex: ALPHA\nversion: 1.0.0\nbase: { date: 2026-07-01, level: "100" }\nworkload: { input: "0.5", output: "0.5" }\n',
    );
    const quotes = join(directory, 'quotes.csv');
    writeFileSync(quotes, 'vendor,model,date,input,output\nacme,alpha,2026-06-01,3,15\n');
    const mine = join(directory, 'alpha.csv');
    writeFileSync(
      mine,
      'model,date,input_tokens,output_tokens\nalpha,2026-07-01,1000000,1000000\n',
    );
    const args = ['--rulebook', rules, '--quotes', quotes, '--usage', mine, '--publication', out];
    const { about, tables } = study('unit-value', '--index', 'ALPHA', ...args);
    expect(about).toContain('as index.example/mtok published it');
    expect(tables[0]?.rows[0]?.[4]).toBe('9.000000');
    expect(tables[0]?.rows[0]?.[5]).not.toBe('');
  });

  it.each<[string, readonly string[], number, string]>([
    ['no index', ['unit-value'], 2, '--index'],
    ['an unknown index', ['unit-value', '--index', 'MTOK-AL'], 2, 'did you mean MTOK-ALL?'],
    [
      'an index on another good',
      ['unit-value', '--index', 'MTOK-H100'],
      2,
      'expected an index of LLM tokens',
    ],
    ['months without usage', [...ALL, '--to', '2020-01-01'], 1, 'there is no usage from'],
    ['days the wrong way', [...ALL, '--from', '2026-08-01', '--to', '2026-07-01'], 2, '--to'],
    ['usage that is not there', [...ALL, '--usage', 'none.csv'], 4, 'cannot read'],
    [
      'usage that is no usage',
      [...ALL, '--usage', 'test/data/usage-negative-tokens.csv'],
      3,
      'a whole number',
    ],
    [
      'usage that overlaps',
      [...ALL, '--usage', 'test/data/usage-overlapping-periods.csv'],
      3,
      'usage-overlapping',
    ],
    ['a publication that is none', [...ALL, '--publication', 'src'], 3, 'index.json is missing'],
    ['a table that is JSON', [...ALL, '--out', 'f.parquet', '--json'], 2, 'not both'],
  ])('refuses %s', (_, args, code, said) => {
    const run = mtok(args);
    expect([run.code, run.out]).toEqual([code, '']);
    expect(run.err).toContain(said);
  });
});
