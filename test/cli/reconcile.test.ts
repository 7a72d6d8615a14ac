import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mtok, temporaryDirectory } from './run.ts';

const A =
  'seller,model,date,input,output\nacme,alpha,2026-07-01,2.5,10\nacme,beta,2026-07-01,1,2\n';
const B = 'seller,model,date,input,output\nacme,alpha,2026-07-01,2.5,12\n';
const MODELS = 'model,lab,seller_model\nalpha,acme,alpha\nbeta,acme,beta\n';

function directoryWith(files: Readonly<Record<string, string | Buffer>>): string {
  const cwd = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  return cwd;
}

const FILES = { 'a.csv': A, 'b.csv': B, 'm.csv': MODELS };

describe('mtok reconcile', () => {
  it('shows the share of each pair, and the prices that differ', () => {
    const cwd = directoryWith(FILES);
    const { code, out, err } = mtok(['reconcile', 'a.csv', 'b.csv', '--models', 'm.csv'], { cwd });
    expect([code, err]).toEqual([0, '']);
    expect(out).toBe(`Quotes that stand at the end of 2026-07-01. \
Prices (offers and legs): agree 1, differ 1, alone 2.

source  offers  alone  silent
a            2      1       0
b            1      0       1

pair   offers in both  prices in both  agree  differ  share
a / b               1               2      1       1  50.0%

seller  model  leg      a   b  ratio
acme    alpha  output  10  12   1.20
`);
  });

  it('gives every offer and leg as JSON', () => {
    const cwd = directoryWith(FILES);
    const { out } = mtok(['reconcile', 'a.csv', 'b.csv', '--json'], { cwd });
    const document = JSON.parse(out);
    expect(document.schema).toBe('mtok.reconcile/1');
    expect(document.pairs).toEqual([
      {
        ...{ a: 'a', b: 'b', legs: { agree: 1, differ: 1 }, share: '0.5000' },
        offers: { both: 1, only_a: 1, only_b: 0 },
      },
    ]);
    expect(document.offers[0].legs.output).toEqual({
      ...{ verdict: 'differ', ratio: '1.2', prices: { a: '10', b: '12' } },
    });
    expect(document.unmapped.map(({ model }: { model: string }) => model)).toEqual([
      ...['alpha', 'beta'],
    ]);
  });

  it('writes one file by an order of trust', () => {
    const cwd = directoryWith(FILES);
    const args = ['reconcile', 'a.csv', 'b.csv', '--trust', 'b,a', '--out', 'q.csv'];
    const { code, err } = mtok(args, { cwd });
    expect(code).toBe(0);
    expect(err).toContain('written: q.csv, 2 quotes');
    const lines = readFileSync(join(cwd, 'q.csv'), 'utf8').split('\n');
    expect(lines[1]).toContain(',2.5,,,12,');
    expect(lines[1]).toContain('taken from b; differs: a (output 10)');
    expect(lines[2]).toContain('taken from a; silent: b');
  });

  it('takes several files as one source, under a name', () => {
    const cwd = directoryWith({ ...FILES, 'c.csv': A.replace('alpha', 'gamma') });
    const { out } = mtok(['reconcile', 'x=b.csv', 'x=c.csv', 'a.csv'], { cwd });
    expect(out).toMatch(/^x {12}3 /m);
  });

  it('says where a source contradicts itself', () => {
    const models = 'model,lab,seller_model\nalpha,acme,alpha\nalpha,acme,beta\n';
    const cwd = directoryWith({ ...FILES, 'm.csv': models });
    const { out, err } = mtok(['reconcile', 'a.csv', 'b.csv', '--models', 'm.csv'], { cwd });
    expect(err).toBe(
      'a prices 1 offers differently under several names or venues, ' +
        'and the latest speaks for it: acme alpha\n',
    );
    expect(out).toContain('a            1      0       0');
  });

  it('marks with --all where they agree and where one is alone', () => {
    const { out } = mtok(['reconcile', 'a.csv', 'b.csv', '--all'], { cwd: directoryWith(FILES) });
    expect(out).toMatch(/^agree +acme +alpha +input +2\.5 +2\.5$/m);
    expect(out).toMatch(/^alone +acme +beta +output +2 +–$/m);
  });

  it('compares the rest of a file with bad rows only if it is told to', () => {
    const bad = Buffer.concat([
      Buffer.from(
        `${B}acme,beta,2026-07-01,-1,0\nacme,beta,never,1,2\n"=cmd()",b,2026-07-01,1,2\n`,
      ),
    ]);
    const cwd = directoryWith({ ...FILES, 'bad.csv': bad });
    const stopped = mtok(['reconcile', 'a.csv', 'bad.csv'], { cwd });
    expect([stopped.code, stopped.out]).toEqual([3, '']);
    expect(stopped.err).toContain('bad.csv:3:input');
    expect(stopped.err).toContain('nothing was compared');
    const on = mtok(['reconcile', 'a.csv', 'bad.csv', '--skip-rejects'], { cwd });
    expect(on.code).toBe(0);
    expect(on.out).toContain('a / bad');
  });

  it.each([
    ['empty', '', 'empty_file'],
    ['no text', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3, 4]), 'not_text'],
    ['two prices for one moment', `${B}acme,alpha,2026-07-01,9,12\n`, 'conflicting_quote'],
    ['a column twice', 'seller,vendor,model,date,input,output\n', 'duplicate_column'],
  ])('refuses a file of %s', (_, text, code) => {
    const run = mtok(['reconcile', 'a.csv', 'b.csv'], {
      cwd: directoryWith({ ...FILES, 'b.csv': text }),
    });
    expect([run.code, run.out]).toEqual([3, '']);
    expect(run.err).toContain(code);
  });

  it('takes tens of thousands of rows', () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => `s${i % 50},m${i},2026-07-01,1,${i + 1}`);
    const many = `seller,model,date,input,output\n${rows.join('\n')}\n`;
    const cwd = directoryWith({ 'a.csv': many, 'b.csv': many });
    const { code, out } = mtok(['reconcile', 'a.csv', 'b.csv'], { cwd });
    expect(code).toBe(0);
    expect(out).toContain('100.0%');
  });

  it.each([
    [['a.csv', './a.csv'], 'expected one file called a, found a.csv and ./a.csv'],
    [['a.csv', 'b.csv', '--trust', 'a'], 'expected --trust and --out together'],
    [['a.csv', 'b.csv', '--trust', 'a,x', '--out', 'q.csv'], 'no source is called x'],
    [['a.csv', 'b.csv', '--trust', 'a,a', '--out', 'q.csv'], 'found a twice'],
    [['a.csv', 'b.csv', '--trust', ',', '--out', 'q.csv'], 'expected --trust to name one of a, b'],
    [['a.csv', 'b.csv', '--trust', 'a', '--out', 'b.csv'], 'found b.csv twice'],
    [['a.csv', '--date', '2026-02-30'], 'a day that exists'],
  ])('answers %j with exit code 2', (args, message) => {
    const cwd = directoryWith(FILES);
    const { code, out, err } = mtok(['reconcile', ...args], { cwd });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
    expect(existsSync(join(cwd, 'q.csv'))).toBe(false);
  });

  it('says with exit code 4 that a file is not there', () => {
    const { code, err } = mtok(['reconcile', 'none.csv'], { cwd: directoryWith({}) });
    expect(code).toBe(4);
    expect(err).toContain('cannot read none.csv: it does not exist');
  });
});
