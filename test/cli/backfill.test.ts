import {
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mtok, temporaryDirectory } from './run.ts';

const YEARS = ['--from', '2024-01-02', '--to', '2026-08-21'];

describe('mtok backfill', () => {
  it('writes a line for each day, and the same bytes with the input rows in another order', () => {
    const cwd = temporaryDirectory();
    const args = ['backfill', ...YEARS, '--index', 'MTOK-LIST', '--out'];
    expect(mtok([...args, 'first.csv'], { cwd }).out).toBe('written: first.csv, 963 fixings\n');
    cpSync('data', join(cwd, 'book'), { recursive: true });
    for (const path of csvFiles(join(cwd, 'book'))) shuffle(path);
    mtok([...args, 'second.csv', '--book', 'book'], { cwd });
    const first = readFileSync(join(cwd, 'first.csv'), 'utf8');
    expect(readFileSync(join(cwd, 'second.csv'), 'utf8')).toBe(first);
    const lines = first.trimEnd().split('\n');
    // 2024 is a leap year: 365 days from 2024-01-02, 365 in 2025, 233 to 2026-08-21.
    expect(lines).toHaveLength(1 + 365 + 365 + 233);
    expect(lines[0]).toBe(
      'date,index,status,basis,series,price,input,cached_input,output,level,constituents,coverage',
    );
    expect(lines[1]).toMatch(/^2024-01-02,MTOK-LIST,published,reconstructed,1,.*,100\.0000,/);
    expect(lines.at(-1)).toMatch(/^2026-08-21,MTOK-LIST,/);
  });

  it('sorts by date and index, leaves out days before a base date, and empties withheld values', () => {
    const { out } = mtok(['backfill', '--from', '2024-09-10', '--to', '2024-09-12']);
    const rows = out.trimEnd().split('\n').slice(1);
    expect(rows.map((row) => row.split(',').slice(0, 3).join(' '))).toEqual([
      '2024-09-10 MTOK-EFFICIENT published',
      '2024-09-10 MTOK-FRONTIER published',
      '2024-09-10 MTOK-LIST published',
      '2024-09-11 MTOK-EFFICIENT published',
      '2024-09-11 MTOK-FRONTIER withheld',
      '2024-09-11 MTOK-LIST withheld',
      '2024-09-12 MTOK-EFFICIENT published',
      '2024-09-12 MTOK-FRONTIER withheld',
      '2024-09-12 MTOK-LIST withheld',
    ]);
    expect(rows[4]).toMatch(/^2024-09-11,MTOK-FRONTIER,withheld,reconstructed,\d+,,,,,,\d+,0\.7/);
  });

  it('gives JSON on request, by flag or by the ending of the file', () => {
    const cwd = temporaryDirectory();
    const range = ['backfill', '--from', '2026-07-01', '--to', '2026-07-02', '--index', 'MTOK-ALL'];
    const printed = mtok([...range, '--json']).out;
    mtok([...range, '--out', 's.json'], { cwd });
    expect(readFileSync(join(cwd, 's.json'), 'utf8')).toBe(printed);
    const rows: { date: string; level: string }[] = JSON.parse(printed);
    expect(rows.map(({ date }) => date)).toEqual(['2026-07-01', '2026-07-02']);
    expect(rows[0]!.level).toBe('100.0000');
  });

  it('lists what is inside: contributions of a day sum to its price', () => {
    const cwd = temporaryDirectory();
    const range = ['--from', '2026-07-02', '--to', '2026-07-02', '--index', 'MTOK-ALL'];
    const { out } = mtok(['backfill', ...range, '--constituents', 'inside.csv'], { cwd });
    const price = Number(out.trimEnd().split('\n')[1]!.split(',')[5]);
    const [header, ...rows] = readFileSync(join(cwd, 'inside.csv'), 'utf8').trimEnd().split('\n');
    const column = header!.split(',').indexOf('contribution');
    const total = rows.reduce((sum, row) => sum + Number(row.split(',')[column]), 0);
    expect(rows.length).toBeGreaterThan(20);
    expect(total).toBeCloseTo(price, 4);
  });

  it('needs one CSV and ten lines of rulebook, and no other file', () => {
    const cwd = temporaryDirectory();
    copyFileSync('test/cli/ten-lines.yaml', join(cwd, 'rulebook.yaml'));
    writeFileSync(
      join(cwd, 'prices.csv'),
      'vendor,model,date,input,output\nacme,alpha,2026-01-01,3,15\nbolt,beta,2026-01-02,1,1\n' +
        'acme,alpha,2026-01-03,1,5\n',
    );
    const { out } = mtok(
      ['backfill', '--rulebook', 'rulebook.yaml', '--quotes', 'prices.csv'].concat([
        ...['--from', '2026-01-01', '--to', '2026-01-03'],
      ]),
      { cwd },
    );
    // alpha alone: 0.75·3 + 0.25·15 = 6, then 0.75·1 + 0.25·5 = 2; beta comes after the base date.
    expect(out.split('\n').slice(1, 4)).toEqual([
      '2026-01-01,TEN,published,reconstructed,1,6.0000,3.0000,3.0000,15.0000,100.0000,1,1.0000',
      '2026-01-02,TEN,published,reconstructed,1,6.0000,3.0000,3.0000,15.0000,100.0000,1,1.0000',
      '2026-01-03,TEN,published,reconstructed,1,2.0000,1.0000,1.0000,5.0000,33.3333,1,1.0000',
    ]);
  });

  it.each([
    ['an end before the start', ['--from', '2026-01-02', '--to', '2026-01-01'], '--to'],
    ['a format it does not write', [...YEARS, '--out', 's.xlsx'], '.csv, .json or .parquet'],
    ['CSV and JSON at once', [...YEARS, '--out', 's.csv', '--json'], 'not both'],
    ['no range', [], '--from'],
  ])('refuses %s', (_, args, message) => {
    const { code, err } = mtok(['backfill', ...args]);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});

describe('rejects', () => {
  const bad =
    'vendor,model,date,input,output\nacme,alpha,2026-01-01,1,2\nacme,beta,2026-01-01,$3,2\n';
  const flags = ['--from', '2026-01-01', '--to', '2026-01-01'];

  it('stop the command with 3 and write nothing', () => {
    const cwd = bookWith(bad);
    const args = ['backfill', '--rulebook', 'r.yaml', '--quotes', 'q.csv', ...flags];
    const { code, out, err } = mtok([...args, '--out', 's.csv'], { cwd });
    expect(code).toBe(3);
    expect(out).toBe('');
    expect(existsSync(join(cwd, 's.csv'))).toBe(false);
    expect(err).toContain('q.csv:3:input: expected a decimal');
    expect(err).toContain('1 reject: 1 not_a_number');
  });

  it('are left out, and counted, with --skip-rejects', () => {
    const cwd = bookWith(bad);
    const args = ['backfill', '--rulebook', 'r.yaml', '--quotes', 'q.csv', ...flags];
    const { code, out, err } = mtok([...args, '--skip-rejects'], { cwd });
    expect(code).toBe(0);
    expect(out.split('\n')[1]).toContain(',100.0000,1,1.0000');
    expect(err).toContain('1 reject: 1 not_a_number');
  });

  it('are listed twenty in full, then counted by code', () => {
    const rows = Array.from({ length: 30 }, (_, row) => `acme,m${row},2026-01-01,0,NaN`);
    const cwd = bookWith(`vendor,model,date,input,output\n${rows.join('\n')}\n`);
    const args = ['backfill', '--rulebook', 'r.yaml', '--quotes', 'q.csv', ...flags];
    const { err } = mtok(args, { cwd });
    expect(err.match(/^(mtok: )?q\.csv:\d+:/gm)).toHaveLength(20);
    expect(err).toContain('… and 40 more');
    expect(err).toContain('60 rejects: 30 not_a_number, 30 zero_price');
  });

  function bookWith(quotes: string): string {
    const cwd = temporaryDirectory();
    copyFileSync('test/cli/ten-lines.yaml', join(cwd, 'r.yaml'));
    writeFileSync(join(cwd, 'q.csv'), quotes);
    return cwd;
  }
});

function csvFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.csv') && !name.startsWith('build'))
    .map((name) => join(directory, name));
}

/** Reverses the rows under the header, every third first: an order that nobody would choose. */
function shuffle(path: string): void {
  const [header, ...rows] = readFileSync(path, 'utf8').trimEnd().split('\n');
  const third = rows.filter((_, row) => row % 3 === 0);
  const rest = rows.filter((_, row) => row % 3 !== 0).reverse();
  writeFileSync(path, `${[header, ...third, ...rest].join('\n')}\n`);
}
