import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { mtok, temporaryDirectory } from './run.ts';

const HEADER = 'seller,model,at,input,output,volume,input_tokens,output_tokens';
const TICKS = [
  'acme,alpha,2026-07-01T00:00:00Z,1,4,100,10,1',
  'acme,alpha,2026-07-01T12:00:00Z,2,5,300,20,2',
  'acme,alpha,2026-07-02T12:00:00Z,3,6,1,30,3',
];

function folderWith(files: Readonly<Record<string, string | Buffer>>): string {
  const cwd = temporaryDirectory();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(cwd, name, '..'), { recursive: true });
    writeFileSync(join(cwd, name), content);
  }
  return cwd;
}

const csv = (...lines: readonly string[]) => `${[HEADER, ...lines].join('\n')}\n`;

describe('mtok reduce', () => {
  it('writes canonical quotes that a backfill reads, and what they rest on', () => {
    const rulebook = [
      'schema: mtok.rulebook/1\nindex: X\nversion: 1.0.0',
      'base: { date: 2026-07-02, level: "100" }\nworkload: { input: "0.5", output: "0.5" }\n',
    ].join('\n');
    const cwd = folderWith({ 'ticks.csv': csv(...TICKS), 'r.yaml': rulebook });
    const args = [
      'reduce',
      'ticks.csv',
      '--quotes',
      'vwap',
      '--volumes',
      'v.csv',
      '--out',
      'q.csv',
    ];
    const { code, out, err } = mtok(args, { cwd });
    expect([code, out, err]).toEqual([
      0,
      'written: q.csv, 3 rows, 0 rejects, 2 quotes, 0 unpriced\n',
      'written: v.csv\n',
    ]);
    expect(readFileSync(join(cwd, 'v.csv'), 'utf8')).toBe(
      'seller,venue,model,region,service_tier,context_from,currency,window_start,window_end,ticks,volume\n' +
        'acme,acme,alpha,global,standard,0,USD,2026-07-01T00:00:00Z,2026-07-02T00:00:00Z,2,400\n' +
        'acme,acme,alpha,global,standard,0,USD,2026-07-02T00:00:00Z,2026-07-03T00:00:00Z,1,1\n',
    );
    const range = ['--from', '2026-07-02', '--to', '2026-07-03'];
    const series = mtok(['backfill', '--rulebook', 'r.yaml', '--quotes', 'q.csv', ...range], {
      cwd,
    });
    // Of each day the mean of the day before: (1.75 + 4.75) / 2, then (3 + 6) / 2.
    const prices = series.out.split('\n').map((line) => line.split(',')[5]);
    expect(prices).toEqual(['price', '3.2500', '4.5000', undefined]);
  });

  it('sums usage, from folders and globs, compressed or not', () => {
    const cwd = folderWith({
      'log/seller=acme/a.csv.gz': gzipSync(csv(...TICKS).replaceAll(/^(seller|acme),/gm, '')),
      'log/seller=bolt/b.csv': csv(...TICKS).replaceAll(/^(seller|acme),/gm, ''),
      'log/.hidden.csv': 'nothing',
    });
    for (const names of [['log'], ['log/**/*.csv*'], ['log/seller=acme', 'log/*/b.csv']]) {
      const { out } = mtok(['reduce', ...names, '--usage'], { cwd });
      const rows = out.trimEnd().split('\n').slice(1);
      expect(rows.map((row) => row.split(',').slice(0, 6).join())).toEqual([
        ...['2026-07-01,alpha,acme,30,0,3', '2026-07-01,alpha,bolt,30,0,3'],
        ...['2026-07-02,alpha,acme,30,0,3', '2026-07-02,alpha,bolt,30,0,3'],
      ]);
    }
  });

  it('writes the same with either engine, and as JSON what it counted', () => {
    const cwd = folderWith({ 'ticks.csv': csv(...TICKS) });
    const by = (engine: string) => {
      const args = ['reduce', 'ticks.csv', '--quotes', 'twap', '--window', '6h', '--json'];
      const run = mtok([...args, '--engine', engine, '--out', `${engine}.csv`], { cwd });
      return [run.out, readFileSync(join(cwd, `${engine}.csv`), 'utf8')];
    };
    expect(by('duckdb')).toEqual(by('node'));
    expect(JSON.parse(by('node')[0]!)).toEqual({
      ...{ schema: 'mtok.reduce/1', rows: 3, rejects: 0, quotes: 5, unpriced: 0 },
    });
  });

  it('writes nothing where rows are rejected, unless they are to be skipped', () => {
    const cwd = folderWith({ 'ticks.csv': csv(...TICKS, 'acme,alpha,2026-07-03,0,1,1,1,1') });
    const args = ['reduce', 'ticks.csv', '--quotes', 'last', '--out', 'q.csv'];
    const refused = mtok(args, { cwd });
    expect(refused.code).toBe(3);
    expect(refused.err).toContain('ticks.csv:5:input: expected a price above 0');
    expect(existsSync(join(cwd, 'q.csv'))).toBe(false);
    const skipped = mtok([...args, '--skip-rejects'], { cwd });
    expect([skipped.code, skipped.out]).toEqual([
      0,
      'written: q.csv, 3 rows, 1 rejects, 2 quotes, 0 unpriced\n',
    ]);
    expect(readdirSync(cwd).sort()).toEqual(['q.csv', 'ticks.csv']);
  });

  it.each([
    ['neither prices nor usage', [], 2, 'expected --quotes'],
    ['both', ['--quotes', 'last', '--usage'], 2, 'and not both'],
    ['an unknown method', ['--quotes', 'mean'], 2, 'last, median'],
    ['a span that divides no day', ['--quotes', 'last', '--window', '7h'], 2, 'divides a day'],
    ['an impossible time', ['--quotes', 'last', '--until', '25:00'], 2, 'a time of day'],
    [
      'hours that end at a time',
      ['--quotes', 'last', '--until', '16:00', '--window', '1h'],
      2,
      '1h',
    ],
    ['usage by the hour', ['--usage', '--window', '1h'], 2, 'with --quotes only'],
    ['JSON and CSV on stdout', ['--usage', '--json'], 2, '--out with --json'],
    ['its input as output', ['--usage', '--out', 'ticks.csv'], 2, 'output of its own'],
    ['an engine that cannot', ['--usage', '--engine', 'clickhouse'], 2, 'clickhouse://HOST'],
    ['a glob without files', ['x/*.csv', '--usage'], 4, 'no file matches'],
    ['a file that is not there', ['none.csv', '--usage'], 4, 'does not exist'],
    ['a folder without rows', ['empty', '--usage'], 3, 'a folder that holds files'],
  ])('refuses %s', (_, args, code, message) => {
    const cwd = folderWith({ 'ticks.csv': csv(...TICKS), 'empty/README.md': '' });
    const run = mtok(['reduce', 'ticks.csv', ...args], { cwd });
    expect(run.code).toBe(code);
    expect(run.err).toContain(message);
  });

  it.each([
    ['a table and a file', ['ticks.csv', 'clickhouse://localhost/a.b'], 'found both'],
    ['a table by another engine', ['clickhouse://localhost/a.b', '--engine', 'duckdb'], 'a table'],
    ['an address that is none', ['clickhouse://localhost/a'], 'clickhouse://HOST'],
  ])('refuses %s', (_, args, message) => {
    const cwd = folderWith({ 'ticks.csv': csv(...TICKS) });
    const run = mtok(['reduce', ...args, '--quotes', 'last'], { cwd });
    expect(run.err).toContain(message);
    expect(run.code).toBe(2);
  });

  it('says where no server answers', () => {
    const run = mtok(['reduce', 'clickhouse://127.0.0.1:9/a.b', '--usage']);
    expect(run.err).toContain('127.0.0.1:9');
    expect(run.code).toBe(4);
  });
});
