import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fixingSchema } from '../../src/domain/fixing.ts';
import { mtok, temporaryDirectory } from './run.ts';

const DAY = ['--date', '2025-06-10'];

describe('mtok fix', () => {
  it('shows every index of the shipped book, a line each', () => {
    const { code, out } = mtok(['fix']);
    expect(code).toBe(0);
    for (const index of ['LIST', 'FRONTIER', 'EFFICIENT', 'ALL', 'ALL-UV', 'OPEN']) {
      const line = `^MTOK-${index} +\\d+\\.\\d{4} +USD/MTok +\\d+\\.\\d{4} `;
      expect(out).toMatch(new RegExp(line, 'm'));
    }
    expect(out).toContain('Fixings of 2026-08-21, reconstructed');
  });

  it('leaves out, with a note, an index that does not exist yet on the day', () => {
    const { code, out, err } = mtok(['fix', ...DAY]);
    expect(code).toBe(0);
    expect(out).toContain('MTOK-LIST');
    expect(out).not.toContain('MTOK-ALL ');
    expect(err).toContain('MTOK-ALL starts on its base date 2026-07-01: 2025-06-10 is before it');
  });

  it('shows one index in detail', () => {
    const { out } = mtok(['fix', '--index', 'MTOK-LIST', ...DAY]);
    for (const part of ['price', 'level', 'day ', 'month ', 'year ', 'contribution', 'gate']) {
      expect(out).toContain(part);
    }
    expect(out).toMatch(/^o3 +openai +3\.5 +2 +8 /m);
    expect(out).toContain('Since the base date the price moved');
  });

  it('prints the canonical document with --index, an array of them without', () => {
    const one = mtok(['fix', '--index', 'MTOK-LIST', ...DAY, '--json']).out;
    const all = mtok(['fix', ...DAY, '--json']).out;
    const document = fixingSchema.parse(JSON.parse(one));
    expect(document.index).toBe('MTOK-LIST');
    expect(document.date).toBe('2025-06-10');
    const documents: { index: string }[] = JSON.parse(all);
    expect(documents.map(({ index }) => index)).toEqual([
      'MTOK-EFFICIENT',
      'MTOK-FRONTIER',
      'MTOK-LIST',
    ]);
    expect(all).toContain(one);
  });

  it('writes the same bytes as it prints, and nothing without --out', () => {
    const cwd = temporaryDirectory();
    const printed = mtok(['fix', '--index', 'MTOK-LIST', ...DAY, '--json'], { cwd });
    expect(readdirSync(cwd)).toEqual([]);
    const { out } = mtok(['fix', '--index', 'MTOK-LIST', ...DAY, '--out', 'fixings'], { cwd });
    const path = join('fixings', 'MTOK-LIST', '2025-06-10.json');
    expect(out).toContain(`written: ${path}`);
    expect(sha256(readFileSync(join(cwd, path)))).toBe(sha256(Buffer.from(printed.out)));
    expect(readdirSync(join(cwd, 'fixings', 'MTOK-LIST'))).toEqual(['2025-06-10.json']);
  });

  it('uses only what was known with --known-at', () => {
    const args = ['fix', '--index', 'MTOK-LIST', '--date', '2025-06-10', '--json'];
    const before = JSON.parse(mtok([...args, '--known-at', '2025-06-09T16:00:00Z']).out);
    const price = (document: { constituents: { id: string; price: string }[] }) =>
      document.constituents.find(({ id }) => id === 'o3')?.price;
    // o3: 10 in and 40 out until 2025-06-10, 2 and 8 from then on, at 3:1.
    expect(price(before)).toBe('17.5');
    expect(price(JSON.parse(mtok(args).out))).toBe('3.5');
  });
});

describe('exit codes', () => {
  it.each([
    ['an unknown command', ['fxi'], 2, 'Did you mean fix?'],
    ['an unknown flag', ['fix', '--indx', 'X'], 2, 'Did you mean --index?'],
    ['an unknown index', ['fix', '--index', 'MTOK-LSIT'], 2, 'did you mean MTOK-LIST?'],
    [
      'a series that there is not yet',
      ['fix', '--index', 'MTOK-FRONTIER', '--series', '99'],
      1,
      'MTOK-FRONTIER has no series 99 on 2026-08-21: it is in series 32',
    ],
    ['a day that does not exist', ['fix', '--date', '2026-02-30'], 2, 'YYYY-MM-DD'],
    ['a time without an offset', ['fix', '--known-at', '2026-01-01T00:00'], 2, 'offset'],
    ['a day before the base date', ['fix', '--index', 'MTOK-ALL', ...DAY], 1, 'before it'],
    ['a day before every index', ['fix', '--date', '2020-01-01'], 1, 'no index has a fixing'],
    ['a book that is not there', ['fix', '--book', 'nowhere'], 4, 'it does not exist'],
    ['a file for a book', ['fix', '--book', 'README.md'], 3, 'expected a directory'],
    ['a directory for a file', ['fix', '--quotes', 'src'], 3, 'expected a file'],
    ['a directory that is no book', ['fix', '--book', 'src'], 3, 'no book'],
    ['a file that is not there', ['fix', '--quotes', 'nowhere.csv'], 4, 'it does not exist'],
  ])('%s', (_, args, code, message) => {
    const run = mtok(args);
    expect(run.err).toContain(message);
    expect(run.code).toBe(code);
    expect(run.out).toBe('');
    expect(run.err).not.toMatch(/^ +at /m);
  });

  it('1 for a withheld fixing with --strict, which is shown all the same', () => {
    const { code, out, err } = mtok(withheld('--strict'));
    expect(code).toBe(1);
    expect(out).toContain('No value: min_coverage');
    expect(err).toContain('withheld: MTOK-LIST (min_coverage)');
  });

  it('0 for a withheld fixing, which names what failed and has no value', () => {
    const { code, out } = mtok([...withheld(), '--json']);
    expect(code).toBe(0);
    const { status, value, level, withheld: why } = JSON.parse(out);
    expect([status, value, level, why]).toEqual(['withheld', null, null, ['min_coverage']]);
  });

  it('0 for help, with examples, and for the version', () => {
    for (const command of ['fix', 'backfill', 'check', 'diff', 'methodology']) {
      const { code, out } = mtok([command, '--help']);
      expect(code).toBe(0);
      expect(out).toContain('Examples:');
    }
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(mtok(['--version'])).toMatchObject({ code: 0, out: `${version}\n` });
  });

  it('4 where the output cannot be written, and the old file stands', () => {
    const cwd = temporaryDirectory();
    mkdirSync(join(cwd, 'MTOK-LIST'));
    writeFileSync(join(cwd, 'blocked'), 'mine');
    const { code, err } = mtok(['fix', '--index', 'MTOK-LIST', '--out', join(cwd, 'blocked')]);
    expect(code).toBe(4);
    expect(err).toContain('cannot write');
    expect(readFileSync(join(cwd, 'blocked'), 'utf8')).toBe('mine');
  });
});

describe('colours', () => {
  it('are not written into a pipe', () => {
    expect(mtok(['fix']).out).not.toContain('\u001b');
  });
});

/** MTOK-LIST is withheld in September 2024: a fifth of its value had lost its quotes. */
function withheld(...more: string[]): string[] {
  return ['fix', '--index', 'MTOK-LIST', '--date', '2024-09-15', ...more];
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
