import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mtok, temporaryDirectory } from './run.ts';

const MODELS = `model,lab,class,open_weights,seller,seller_model,from,until
alpha,acme,frontier,false,aws-bedrock,acme.alpha-v1:0,,
alpha,acme,frontier,false,,alpha,,
beta-1,bolt,,true,,beta-2026-01-01,,
beta-2,bolt,,true,,beta-2026-05-01,,
`;
const QUOTES = `seller,model,date,input,output
aws-bedrock,us.acme.alpha-v1:0,2026-07-01,3,15
"a ""quoted"", host",Alpha,2026-07-01,3,15
host,beta,2026-07-01,1,2
host,other,2026-07-01,1,2
host,alpha,2026-07-01,3,15
`;

function directoryWith(files: Readonly<Record<string, string>>): string {
  const cwd = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return cwd;
}

const FILES = { 'm.csv': MODELS, 'q.csv': QUOTES };
const FLAGS = ['--quotes', 'q.csv', '--models', 'm.csv'];

describe('mtok models', () => {
  it('lists the names that the catalogue does not know', () => {
    const { code, out, err } = mtok(['models', 'unmapped', ...FLAGS], {
      cwd: directoryWith(FILES),
    });
    expect(code).toBe(0);
    expect(out).toBe(`seller            name                quotes  usage
a "quoted", host  Alpha                    1      0
aws-bedrock       us.acme.alpha-v1:0       1      0
host              beta                     1      0
host              other                    1      0
`);
    expect(err).toContain('4 names keep their own id');
  });

  it('proposes rows that can be appended, with reasons beside them', () => {
    const cwd = directoryWith(FILES);
    const { code, out, err } = mtok(['models', 'suggest', ...FLAGS], { cwd });
    expect(code).toBe(0);
    expect(out).toBe(`alpha,acme,frontier,false,"a ""quoted"", host",Alpha,,
alpha,acme,frontier,false,aws-bedrock,us.acme.alpha-v1:0,,
`);
    expect(err).toMatch(/us\.acme\.alpha-v1:0 +alpha +high +acme\.alpha-v1:0 but for its region/);
    expect(err).toContain(
      '2 proposals; 1 names could be several models; 1 resemble nothing in models.csv',
    );
    appendFileSync(join(cwd, 'm.csv'), out);
    const after = mtok(['models', 'unmapped', ...FLAGS, '--json'], { cwd });
    const names = JSON.parse(after.out).unmapped.map((one: { seller_model: string }) => one);
    expect(names.map((one: { seller_model: string }) => one.seller_model)).toEqual([
      ...['beta', 'other'],
    ]);
  });

  it('writes them for review, and only those that are sure enough', () => {
    const cwd = directoryWith({ ...FILES, 'q.csv': `${QUOTES}host,alpha-fp8,2026-07-01,1,2\n` });
    const args = ['models', 'suggest', ...FLAGS, '--review', 'r.csv'];
    expect(mtok(args, { cwd }).code).toBe(0);
    const lines = readFileSync(join(cwd, 'r.csv'), 'utf8').trim().split('\n');
    expect(lines[0]).toBe(
      'model,lab,class,open_weights,seller,seller_model,from,until,sure,reason',
    );
    expect(lines.length).toBe(4);
    const sure = mtok([...args, '--sure', 'high'], { cwd });
    expect(sure.out.split('\n').length).toBe(3);
  });

  it('says which models a name could be', () => {
    const { out } = mtok(['models', 'suggest', ...FLAGS, '--json'], { cwd: directoryWith(FILES) });
    expect(JSON.parse(out).undecided).toEqual([
      {
        seller: 'host',
        seller_model: 'beta',
        quotes: 1,
        usage: 0,
        candidates: ['beta-1', 'beta-2'],
      },
      { seller: 'host', seller_model: 'other', quotes: 1, usage: 0, candidates: [] },
    ]);
  });

  it('takes tens of thousands of names', () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `host,us.acme.m${i}-v1:0,2026-07-01,1,2`);
    const cwd = directoryWith({
      ...FILES,
      'q.csv': `seller,model,date,input,output\n${rows.join('\n')}\n`,
    });
    const { code, err } = mtok(['models', 'suggest', ...FLAGS], { cwd });
    expect(code).toBe(0);
    expect(err).toContain('30000 resemble nothing');
  });

  it.each([
    [['suggest', '--quotes', 'none.csv'], 4, 'cannot read none.csv'],
    [['suggest', '--quotes', 'empty.csv', '--models', 'm.csv'], 3, 'empty_file'],
    [['suggest', '--quotes', 'bad.csv', '--models', 'm.csv'], 3, 'bad_name'],
    [['suggest', '--quotes', 'q.csv', '--models', 'twice.csv'], 3, 'overlapping_alias'],
    [['suggest', '--sure', 'very'], 2, 'Allowed choices are low, medium, high'],
    [['suggest', ...FLAGS, '--review', 'q.csv'], 2, 'found q.csv twice'],
    [['sugest'], 2, 'Did you mean suggest?'],
    [[], 2, 'Usage: mtok models'],
  ])('answers %j with exit code %i', (args, code, message) => {
    const cwd = directoryWith({
      ...{ ...FILES, 'empty.csv': '', 'twice.csv': MODELS + MODELS.split('\n')[1] },
      'bad.csv': `${QUOTES}host,al\u202epha,2026-07-01,1,2\n`,
    });
    const run = mtok(['models', ...args], { cwd });
    expect([run.code, run.out]).toEqual([code, '']);
    expect(run.err).toContain(message);
    expect(existsSync(join(cwd, 'r.csv'))).toBe(false);
  });
});
