import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Study, studySchema } from '../../src/domain/study.ts';
import { publishDays } from '../publish/publications.ts';
import { mtok, temporaryDirectory } from './run.ts';

const RANGE = ['--from', '2026-06-01', '--to', '2026-08-21'];

function study(...args: string[]): Study {
  const { code, out, err } = mtok(['stats', ...args, '--json']);
  expect([code, err]).toEqual([0, '']);
  return studySchema.parse(JSON.parse(out));
}

describe('mtok stats', () => {
  it('says how an index moved, and what daily figures would be worth', () => {
    const { code, out } = mtok(['stats', '--index', 'MTOK-LIST', ...RANGE]);
    expect(code).toBe(0);
    expect(out).toContain('MTOK-LIST from 2026-06-01 to 2026-08-21, calculated from the book');
    expect(out).toContain('List prices of tokens are step functions');
    expect(mtok(['stats', '--help']).out).toContain('Daily betas');
  });

  it('takes all indices, or the ones that are named, each with its tables as files', () => {
    const out = join(temporaryDirectory(), 'f.csv');
    const named = ['--index', 'MTOK-LIST', 'MTOK-OPEN'];
    expect(mtok(['stats', ...named, ...RANGE, '--out', out])).toMatchObject({ code: 0 });
    const moves = readFileSync(out, 'utf8').trim().split('\n');
    expect(moves.map((line) => line.split(',')[0])).toEqual(['index', 'MTOK-LIST', 'MTOK-OPEN']);
    for (const name of ['risk', 'ranges', 'years', 'months']) {
      expect(readFileSync(out.replace('.csv', `.${name}.csv`), 'utf8')).toContain('MTOK-OPEN');
    }
  });

  it.each(['lab', 'class', 'open_weights'])('divides an index by %s', (by) => {
    const { tables, assumptions } = study('--index', 'MTOK-LIST', '--by', by, ...RANGE);
    const groups = tables[0]?.rows.map((row) => row[1]);
    const expected = {
      ...{ lab: 'openai', class: 'frontier', open_weights: 'closed' },
    }[by];
    expect(groups).toContain(expected);
    expect(new Set(groups).size).toBe(groups?.length);
    expect(assumptions.join(' ')).toContain('matched-model series');
  });

  it('says the same of published fixings as of calculated ones', async () => {
    const directory = temporaryDirectory();
    await publishDays(directory, ['2026-07-01', '2026-07-02', '2026-07-03']);
    for (const by of ['index', 'lab']) {
      const published = study('--publication', directory, '--by', by, '--index', 'ALPHA');
      expect(published.about).toContain('as index.example/mtok published it');
      expect(published.tables[0]?.rows.map((row) => row.at(by === 'index' ? 3 : 4))).toContain('2');
    }
  });

  it.each<[string, readonly string[], number, string]>([
    ['an unknown index', ['--index', 'MTOK-LISTS'], 2, 'did you mean MTOK-LIST?'],
    ['an index twice', ['--index', 'MTOK-LIST', 'MTOK-LIST'], 2, 'each --index once'],
    ['days the wrong way', ['--from', '2026-02-01', '--to', '2026-01-01'], 2, '--to'],
    ['a day that there is not', ['--from', '2026-02-30'], 2, 'a day that exists'],
    ['another division', ['--by', 'seller'], 2, 'Allowed choices'],
    [
      'days before there was a level',
      ['--index', 'MTOK-CN', '--from', '2025-01-01', '--to', '2025-02-01'],
      1,
      'MTOK-CN has no level from 2025-01-01 to 2025-02-01',
    ],
    ['a publication that is none', ['--publication', 'src'], 3, 'index.json is missing'],
    ['a book beside a publication', ['--publication', 'x', '--book', 'y'], 2, 'without --book'],
    ['a table that is JSON', ['--out', 'f.csv', '--json'], 2, 'not both'],
    ['another format', ['--out', 'f.xlsx'], 2, '.csv, .parquet or .json'],
    ['an empty file of quotes', ['--quotes', 'test/data/quotes-empty.csv'], 3, 'quotes-empty.csv'],
  ])('refuses %s', (_, args, code, said) => {
    const run = mtok(['stats', ...args]);
    expect([run.code, run.out]).toEqual([code, '']);
    expect(run.err).toContain(said);
  });

  it('refuses an index that a publication has not, and one that was changed', async () => {
    const directory = temporaryDirectory();
    await publishDays(directory, ['2026-07-01', '2026-07-02']);
    const other = mtok(['stats', '--publication', directory, '--index', 'OTHER']);
    expect(other).toMatchObject({ code: 2, out: '' });
    expect(other.err).toContain('unknown index OTHER: index.example/mtok has ALPHA, BETA');
    const path = join(directory, 'fixings/ALPHA/2026-07-02.json');
    const { writeFileSync } = await import('node:fs');
    writeFileSync(path, readFileSync(path, 'utf8').replace('alpha', 'alphb'));
    const changed = mtok(['stats', '--publication', directory]);
    expect([changed.code, changed.out]).toEqual([3, '']);
    expect(changed.err).toContain('has the SHA-256');
  });
});
