import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseStudy } from '../../src/study/parse.ts';
import { mtok, temporaryDirectory } from './run.ts';

const DAY = ['--from', '2026-08-20', '--to', '2026-08-21'];

function study(args: readonly string[]) {
  const { code, out, err } = mtok(['characters', ...args, '--json']);
  expect(err).toBe('');
  expect(code).toBe(0);
  return parseStudy(out, 'stdout');
}

function tableOf(found: ReturnType<typeof study>, name: string) {
  const table = found.tables.find((one) => one.name === name)!;
  const names = table.columns.map((column) => column.name);
  return table.rows.map((row) => Object.fromEntries(row.map((cell, at) => [names[at], cell])));
}

describe('mtok characters', () => {
  it('restates the shipped indices, part by part', () => {
    const found = study(['--index', 'MTOK-ALL', ...DAY]);
    const rows = tableOf(found, 'series');
    expect(rows).toHaveLength(2 * 9);
    for (const { usd_per_mtok, usd_per_mchar, characters_per_token, known_share } of rows) {
      const ratio = Number(usd_per_mtok) / Number(usd_per_mchar);
      expect(ratio).toBeCloseTo(Number(characters_per_token), 1);
      expect(Number(known_share)).toBeGreaterThan(0.2);
    }
    expect(new Set(rows.map(({ known_share }) => known_share)).size).toBeLessThanOrEqual(2);
  });

  it('says of each constituent what is known of its tokenizer', () => {
    const found = study(['--index', 'MTOK-ALL', ...DAY, '--part', 'english']);
    const rows = tableOf(found, 'constituents');
    const claude = rows.filter(({ constituent }) => constituent?.startsWith('claude-'));
    expect(claude.length).toBeGreaterThan(4);
    for (const { tokenizer, evidence } of claude) {
      expect(tokenizer).toBe('');
      expect(evidence).toMatch(/not public/);
    }
    expect(rows.find(({ constituent }) => constituent === 'gpt-5.5')?.tokenizer).toBe('o200k');
    expect(found.assumptions.join(' ')).toMatch(/not imputed/);
  });

  it('takes a table of the user’s own', () => {
    const place = temporaryDirectory();
    const models = join(place, 'models.csv');
    writeFileSync(
      models,
      'model,tokenizer,basis,evidence\nglm-5.2,qwen-3,inferred,a supposition\n',
    );
    const own = ['--index', 'MTOK-ALL', ...DAY, '--part', 'english', '--model-tokenizers', models];
    const [row] = tableOf(study(own), 'series');
    // The price of GLM 5.2 alone, 2.15 USD/MTok, by the 5.2224 characters of a token of Qwen 3.
    expect(row).toMatchObject({ usd_per_mtok: '2.1500', usd_per_mchar: '0.4117' });
    expect(row).toMatchObject({ characters_per_token: '5.2224', stated_share: '0.0000' });
  });

  it('writes its tables', () => {
    const place = temporaryDirectory();
    const file = join(place, 'c.csv');
    const { code } = mtok(['characters', '--index', 'MTOK-ALL', ...DAY, '--out', file]);
    expect(code).toBe(0);
    expect(readFileSync(file, 'utf8')).toMatch(/^date,part,usd_per_mchar,/);
    expect(readFileSync(join(place, 'c.tokenizers.csv'), 'utf8')).toMatch(/^tokenizer,part,/);
  });

  it.each([
    ['a part that was not counted', ['--part', 'klingon'], 2, 'one of arabic, chinese, code'],
    ['days the wrong way round', ['--from', '2026-08-21', '--to', '2026-08-20'], 2, '--to'],
    ['an index that is none', ['--index', 'MTOK-NONE'], 2, 'unknown index'],
    ['an index of GPU hours', ['--index', 'MTOK-H100'], 2, 'expected an index of LLM tokens'],
    ['a file that is not there', ['--tokenizers', 'none.csv'], 4, 'does not exist'],
    ['days before the index', ['--from', '2020-01-01', '--to', '2020-01-02'], 1, 'no price per'],
    ['a folder', ['--model-tokenizers', 'data'], 3, 'found a directory'],
  ])('refuses %s', (_, args, code, said) => {
    const found = mtok(['characters', '--index', 'MTOK-ALL', ...args]);
    expect(found.out).toBe('');
    expect(found.err).toContain(said);
    expect(found.code).toBe(code);
  });

  it('says that nothing is known, where nothing is', () => {
    const models = join(temporaryDirectory(), 'models.csv');
    writeFileSync(models, 'model,tokenizer,basis,evidence\nalpha,,stated,not public\n');
    const found = mtok(['characters', '--index', 'MTOK-ALL', '--model-tokenizers', models]);
    expect(found.err).toContain('no constituent has a known tokenizer');
    expect(found.code).toBe(1);
  });
});
