import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { giveStudy, withStudyFlags } from '../../src/cli/study.ts';
import { SMALL } from '../study/small-study.ts';
import { mtok, temporaryDirectory } from './run.ts';

let out = '';
let err = '';
beforeEach(() => {
  [out, err] = ['', ''];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});
afterEach(() => vi.restoreAllMocks());

describe('a study', () => {
  it('is shown with all that it says and rests on', async () => {
    await giveStudy(SMALL, {});
    expect(out).toBe(`How prices moved
A small index, January to April 2026

It fell by 5.75% in "b", <b>at most</b>.

Months
month    group       level, points      tokens  since
2026-01  a, "first"            100  5000000000  2026-01-01
2026-02  a, "first"           98.5           3  2026-01-01
2026-03  a, "first"                          3
2026-04  a, "first"         101.25          -2  2026-01-01
2026-01  b                     100           0  2026-01-01
2026-02  b                      97           3  2026-01-01
2026-03  b                      96           3  2026-01-01
2026-04  b                   94.25           2  2026-01-01

Models
model  score           price, USD/MTok
alpha     50                       0.1
beta      60                         1
gamma   60.2  1.1111111111111111111111
delta     80                        15

Assumptions
  A month is a calendar month in UTC.

Warnings
  Four months are few.

Sources
  Made by hand.
`);
  });

  it('shows the first rows of a long table, and wraps long sentences', async () => {
    const [months] = SMALL.tables;
    if (!months) throw new Error('expected a table');
    const rows = Array.from({ length: 45 }, () => months.rows[0] ?? []);
    const findings = [`${'word '.repeat(40)}end`];
    await giveStudy({ ...SMALL, findings, tables: [{ ...months, rows }], charts: [] }, {});
    expect(out).toContain('… and 5 more: --out FILE has all 45');
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  it('is one JSON document on stdout', async () => {
    await giveStudy(SMALL, { json: true });
    expect(JSON.parse(out)).toEqual(SMALL);
    expect(out.startsWith('{"about":')).toBe(true);
  });

  it('is written as CSV, a file a table', async () => {
    const path = join(temporaryDirectory(), 'f.csv');
    await giveStudy(SMALL, { out: path });
    const [header, first] = readFileSync(path, 'utf8').split('\n');
    expect(header).toBe('month,group,level,tokens,since');
    expect(first).toBe('2026-01,"a, ""first""",100,5000000000,2026-01-01');
    const models = readFileSync(path.replace('.csv', '.models.csv'), 'utf8');
    expect(models.split('\n')[3]).toBe('gamma,60.2,1.1111111111111111111111');
    expect(out).toContain('f.csv, 8 rows');
    expect(out).toContain('f.models.csv, 4 rows');
    expect(err).toBe('Four months are few.\n');
  });

  it('is written as Parquet with types', async () => {
    const path = join(temporaryDirectory(), 'f.parquet');
    await giveStudy(SMALL, { out: path });
    const rows = await rowsOf(path);
    expect(rows[0]).toEqual({
      ...{ month: '2026-01', group: 'a, "first"', level: 100, tokens: 5000000000n },
      since: new Date('2026-01-01'),
    });
    expect(rows[2]).toMatchObject({ level: null, since: null });
    const models = await rowsOf(path.replace('.parquet', '.models.parquet'));
    expect(models[2]?.price).toBeCloseTo(1.1111111111111112, 15);
  });

  it('is written whole as JSON, the same bytes as on stdout', async () => {
    const path = join(temporaryDirectory(), 'f.json');
    await giveStudy(SMALL, { out: path, json: true });
    expect(readFileSync(path, 'utf8')).toBe(out);
    expect(err).toContain('f.json, 2 tables');
  });

  it('never replaces what it was made of', async () => {
    const directory = temporaryDirectory();
    const input = join(directory, 'f.models.csv');
    writeFileSync(input, 'own');
    const made = giveStudy(SMALL, { out: join(directory, 'f.csv') }, [input]);
    await expect(made).rejects.toThrow('expected an output of its own');
    expect(readFileSync(input, 'utf8')).toBe('own');
    expect(existsSync(join(directory, 'f.csv'))).toBe(false);
  });

  it('is refused as JSON and a table at once, and in a form that there is not', async () => {
    const both = giveStudy(SMALL, { json: true, out: 'f.csv' });
    await expect(both).rejects.toThrow('expected --json or a .csv file, not both');
    const command = withStudyFlags(new Command('x')).exitOverride();
    expect(() => command.parse(['--out', 'f.xlsx'], { from: 'user' })).toThrow(
      'expected it to end in .csv, .parquet or .json',
    );
  });
});

async function rowsOf(path: string): Promise<Record<string, unknown>[]> {
  const bytes = readFileSync(path);
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return parquetReadObjects({ file, compressors });
}

describe('mtok chart --study', () => {
  const directory = temporaryDirectory();
  const study = join(directory, 'small.json');
  writeFileSync(study, JSON.stringify(SMALL));
  const drawn = (...args: string[]) => {
    const path = join(directory, 'c.svg');
    expect(mtok(['chart', '--study', study, '--out', path, ...args])).toMatchObject({ code: 0 });
    return readFileSync(path, 'utf8');
  };

  it('draws lines over months, one for each value of a column', () => {
    const svg = drawn();
    expect(svg.match(/class="line line-\d"/g)).toHaveLength(2);
    expect(svg).toContain('a, &#34;first&#34; 101.25');
    expect(svg).toContain('b 94.25');
    expect(svg).toContain('points · A small index');
    expect(drawn()).toBe(svg);
  });

  it('draws points with their labels, on an axis by ratio', () => {
    const svg = drawn('--chart', 'scores', '--dark');
    expect(svg.match(/<circle/g)).toHaveLength(4);
    for (const label of ['alpha', 'beta', 'gamma', 'delta']) expect(svg).toContain(`>${label}<`);
    const heights = [...svg.matchAll(/cy="([\d.]+)"/g)].map(([, at]) => Number(at));
    const [alpha = 0, beta = 0, , delta = 0] = heights;
    expect((alpha - beta) / (beta - delta)).toBeCloseTo(1 / Math.log10(15), 1);
  });

  it('draws a picture', () => {
    const path = join(directory, 'c.png');
    expect(mtok(['chart', '--study', study, '--out', path])).toMatchObject({ code: 0 });
    expect(readFileSync(path).subarray(1, 4).toString()).toBe('PNG');
  });

  it.each([
    ['an unknown chart', ['--chart', 'level'], 2, 'did you mean levels?'],
    ['an index as well', ['--index', 'MTOK-LIST'], 2, 'expected --study without --index'],
  ])('refuses %s', (_, args, code, said) => {
    const run = mtok(['chart', '--study', study, '--out', 'x.svg', ...args]);
    expect([run.code, run.out]).toEqual([code, '']);
    expect(run.err).toContain(said);
  });

  it('refuses what is no study, a study without charts or values, and to replace it', () => {
    const other = join(directory, 'other.json');
    const refused = (text: string, name = 'x.svg') => {
      writeFileSync(other, text);
      const { code, err: said } = mtok(['chart', '--study', other, '--out', join(directory, name)]);
      return [code, said] as const;
    };
    expect(refused('{}')[0]).toBe(3);
    expect(refused(JSON.stringify({ ...SMALL, charts: [] }))).toEqual([
      1,
      'mtok: the study stats has no chart\n',
    ]);
    const tables = SMALL.tables.map((one) => ({ ...one, rows: [] }));
    expect(refused(JSON.stringify({ ...SMALL, tables }))[1]).toContain('has no values');
    expect(mtok(['chart', '--study', join(directory, 'none.json'), '--out', 'x.svg']).code).toBe(4);
    expect(mtok(['chart', '--chart', 'x', '--out', 'x.svg']).code).toBe(2);
    expect(mtok(['chart', '--out', 'x.svg']).err).toContain('expected --index, --from and --to');
  });
});
