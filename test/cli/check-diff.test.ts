import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mtok, temporaryDirectory } from './run.ts';

describe('mtok check', () => {
  it('finds the shipped book sound', () => {
    const { code, out } = mtok(['check']);
    expect(code).toBe(0);
    expect(out).toContain('The book is sound.');
    expect(out).toContain('rulebooks 13, contracts 6');
  });

  it.each([
    [
      'a bad row',
      'quotes/hosts.csv',
      (text: string) => text.replace(/,0\.3,/, ',-0.3,'),
      'negative_price',
    ],
    [
      'a correction of a quote that is not there',
      'corrections.csv',
      (text: string) => text.replace(',15,15,', ',15,16,'),
      'unmatched_correction',
    ],
    [
      'a name in a rulebook that nothing answers to',
      'rulebooks/MTOK-FRONTIER.yaml',
      (text: string) => text.replace('[frontier]', '[frontire]'),
      'did you mean frontier?',
    ],
    [
      'a first basket that cannot be formed',
      'rulebooks/MTOK-ALL.yaml',
      (text: string) => text.replace('date: 2026-07-01', 'date: 2026-06-01'),
      'short_usage',
    ],
    [
      'a base date on which the gates fail',
      'rulebooks/MTOK-OPEN.yaml',
      (text: string) => text.replace('date: 2025-08-05', 'date: 2025-08-04'),
      'withheld on its base date: min_labs',
    ],
    [
      'a key that no rulebook has',
      'rulebooks/MTOK-LIST.yaml',
      (text: string) => text.replace('weights:', 'wieghts:'),
      'did you mean `weights`?',
    ],
  ])('finds %s', (_, file, spoil, finding) => {
    const cwd = temporaryDirectory();
    cpSync('data', join(cwd, 'book'), { recursive: true });
    const path = join(cwd, 'book', file);
    const text = readFileSync(path, 'utf8');
    expect(spoil(text)).not.toBe(text);
    writeFileSync(path, spoil(text));
    const { code, out } = mtok(['check', '--book', 'book'], { cwd });
    expect(code).toBe(3);
    expect(out).toContain(finding);
  });
});

describe('mtok diff', () => {
  const days = ['2025-06-09', '2025-06-10', '--index', 'MTOK-LIST'];

  it('sets two days of an index side by side', () => {
    const { code, out } = mtok(['diff', ...days]);
    expect(code).toBe(0);
    // o3 was cut from 10 and 40 to 2 and 8: 17.5 to 3.5 at 3:1.
    expect(out).toMatch(/^o3 +changed +price +17\.5 +3\.5 +-14$/m);
  });

  it('reads documents, and says where there is nothing to see', () => {
    const cwd = temporaryDirectory();
    mtok(['fix', '--index', 'MTOK-LIST', '--date', '2025-06-10', '--out', '.'], { cwd });
    const path = 'MTOK-LIST/2025-06-10.json';
    expect(mtok(['diff', path, path], { cwd }).out).toBe(
      'MTOK-LIST 2025-06-10 and MTOK-LIST 2025-06-10 say the same.\n',
    );
    const found = JSON.parse(mtok(['diff', ...days, '--json']).out);
    expect(found.constituents.map(({ id }: { id: string }) => id)).toContain('o3');
    expect(found.inputs).toContain('quotes');
  });

  it.each([
    ['no fixing', ['package.json', 'package.json'], 3, 'is no fixing'],
    ['no JSON', ['README.md', 'README.md'], 3, 'is not JSON'],
    ['a file that is not there', ['nowhere', 'nowhere'], 4, 'it does not exist'],
    ['a day without an index', ['2025-06-09', '2025-06-10'], 2, '--index'],
  ])('refuses %s', (_, args, code, message) => {
    const run = mtok(['diff', ...args]);
    expect(run.code).toBe(code);
    expect(run.err).toContain(message);
  });
});

describe('mtok methodology', () => {
  it('is rendered from the rulebooks, and the file in the project is up to date', () => {
    const rendered = mtok(['methodology']).out;
    expect(readFileSync('methodology.md', 'utf8')).toBe(rendered);
  });

  it('says that a file is not there', () => {
    const { code, err } = mtok(['methodology', '--check', 'nowhere.md']);
    expect([code, err]).toEqual([4, 'mtok: cannot read nowhere.md: it does not exist\n']);
  });

  it('says where a file is out of date', () => {
    const path = join(temporaryDirectory(), 'methodology.md');
    writeFileSync(path, 'old');
    const { code, err } = mtok(['methodology', '--check', path]);
    expect(code).toBe(1);
    expect(err).toContain('out of date');
  });
});
