import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ownBook } from './own-book.ts';
import { mtok } from './run.ts';

describe('mtok statement', () => {
  const book = ownBook(['2026-07-01T09:00:00Z acme/alpha 4']);
  const path = join(book.cwd, 'statement.md');

  it('is written, is up to date, and is not once a rule has changed', () => {
    expect(book.run('statement', '--out', 'statement.md').out).toBe('written: statement.md\n');
    expect(readFileSync(path, 'utf8')).toBe(book.run('statement').out);
    expect(book.run('statement', '--check', 'statement.md')).toMatchObject({
      code: 0,
      out: 'statement.md is up to date.\n',
    });
    const rules = join(book.cwd, 'book/rulebooks/TEST.yaml');
    const before = readFileSync(rules, 'utf8');
    writeFileSync(rules, `${before}gates: { min_labs: 2 }\n`);
    const { code, err } = book.run('statement', '--check', 'statement.md');
    expect(code).toBe(1);
    expect(err).toBe(
      'mtok: statement.md is out of date: render it again with mtok statement --out statement.md\n',
    );
    writeFileSync(rules, before);
  });

  it('is of every index of the shipped book, or of one', () => {
    const all = mtok(['statement']);
    expect(all.code).toBe(0);
    const named = [...all.out.matchAll(/^### (MTOK-\S+)$/gm)].map(([, name]) => name);
    expect(named).toEqual([
      ...['MTOK-ALL', 'MTOK-ALL-UV', 'MTOK-CN', 'MTOK-EFFICIENT', 'MTOK-FRONTIER'],
      ...['MTOK-H100', 'MTOK-H100-MEAN', 'MTOK-H100-SXM', 'MTOK-H200', 'MTOK-H200-MEAN'],
      ...['MTOK-LIST', 'MTOK-LLAMA-70B-OUT', 'MTOK-OPEN'],
    ]);
    const one = JSON.parse(mtok(['statement', '--index', 'MTOK-CN', '--json']).out);
    expect(one.statement.match(/^### /gm)).toHaveLength(1);
  });

  it.each([
    ['an index that is not there', ['--index', 'TSET'], 2, 'did you mean TEST?'],
    ['a day before any rulebook', ['--date', '2020-01-01'], 1, 'is in force on 2020-01-01'],
    ['a day that does not exist', ['--date', '2026-02-30'], 2, 'a day that exists'],
    ['a file to check that is not there', ['--check', 'nothing.md'], 4, 'it does not exist'],
  ])('refuses %s', (_, args, code, message) => {
    const done = book.run('statement', ...args);
    expect(done).toMatchObject({ code, out: '' });
    expect(done.err).toContain(message);
  });
});
