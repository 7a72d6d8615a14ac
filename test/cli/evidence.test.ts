import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { csv, type OwnBook, ownBook } from './own-book.ts';
import { mtok, type Run, temporaryDirectory } from './run.ts';

/** Three days of a book with a hold, a decision and a correction, published and then audited. */
const RULES = { mode: 'settlement', hold: '{ move: "3", max_hours: 72 }' };

let book: OwnBook;
let key: string;
const env = {
  MTOK_PASSPHRASE: 'a passphrase',
  XDG_STATE_HOME: join(temporaryDirectory(), 'state'),
};
const run = (...args: string[]): Run => mtok(args, { cwd: book.cwd, env });
const RANGE = ['--from', '2026-07-01', '--to', '2026-07-03'];
const evidence = (...args: string[]) => run('evidence', '--publication', 'public', ...args);

beforeAll(() => {
  book = ownBook(['2026-07-01T09:00:00Z acme/alpha 4', '2026-07-01T09:00:00Z bell/beta 2'], RULES);
  book.write('book/quotes/next.csv', csv(['2026-07-02T09:00:00Z acme/alpha 40']));
  book.write(
    'book/holds.csv',
    'seller,model,effective_at,decision,rationale,approvers,decided_at\n' +
      'acme,alpha,2026-07-02T09:00:00Z,reject,a comma for a point,a. smith; b. jones,2026-07-03T08:00:00Z\n',
  );
  key = run('key', 'new', '--name', 'index.example/mtok', '--out', 'mtok.key').out.trim();
  const published = run(
    ...['publish', '--book', 'book', ...RANGE, '--out', 'public', '--key', 'mtok.key'],
  );
  expect(published.out).toContain('published: TEST 2026-07-03, final');
  expect(evidence(...RANGE, '--out', 'evidence.json')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^written: evidence\.json, 3 fixings, \d+ files\n$/),
  });
}, 60_000);

const archived = (): Record<string, string> =>
  JSON.parse(readFileSync(join(book.cwd, 'evidence.json'), 'utf8')).text;

describe('mtok evidence', () => {
  it('writes what mtok verify reads and calculates again, with a key from elsewhere', () => {
    const { code, out } = run('verify', 'evidence.json', '--key', key);
    expect({ code, last: out.trimEnd().split('\n').at(-1) }).toEqual({
      code: 0,
      last: 'verified: 3 fixings',
    });
    expect(out).toContain('pass  recompute    3 fixings calculated again: the same bytes\n');
    const day = run('verify', 'evidence.json', '--index', 'TEST', '--date', '2026-07-02');
    expect(day.out).toContain('verified: 1 fixing\n');
  });

  it('gives the same bytes wherever the publication lies, and whenever', () => {
    cpSync(join(book.cwd, 'public'), join(book.cwd, 'elsewhere/copy'), { recursive: true });
    const args = ['--publication', 'elsewhere/copy', ...RANGE, '--out', 'again.json'];
    expect(run('evidence', ...args).code).toBe(0);
    const [first, again] = ['evidence.json', 'again.json'].map((name) =>
      readFileSync(join(book.cwd, name), 'utf8'),
    );
    expect(again).toBe(first);
    expect(first).not.toContain(book.cwd);
  });

  it('says the same as the publication to a reader who knows another key', () => {
    const other = run('key', 'new', '--name', 'index.example/mtok', '--out', 'another.key');
    const told = ['evidence.json', 'public'].map((place) => {
      const { code, out } = run('verify', place, '--key', other.out.trim(), '--index', 'TEST');
      return { code, first: out.split('\n')[0] };
    });
    expect(told[0]).toEqual(told[1]);
    expect(told[0]).toEqual({
      code: 1,
      first: expect.stringMatching(/^FAIL {2}signature {4}expected a signature by /),
    });
  });

  it('leads a reader who knows the key before to the one that signs now', () => {
    const copy = (name: string) =>
      cpSync(join(book.cwd, 'public'), join(book.cwd, name), { recursive: true });
    copy('rotated');
    const next = run('key', 'new', '--name', 'index.example/mtok', '--out', 'next.key').out.trim();
    expect(run('key', 'add', next, '--out', 'rotated', '--key', 'mtok.key').code).toBe(0);
    const publish = ['publish', '--book', 'book', '--out', 'rotated', '--key', 'next.key'];
    expect(run(...publish, '--date', '2026-07-04')).toMatchObject({ code: 0, err: '' });
    const args = ['--publication', 'rotated', ...RANGE, '--out', 'rotated.json'];
    expect(run('evidence', ...args).code).toBe(0);
    expect(run('verify', 'rotated.json', '--key', key).out).toContain('verified: 3 fixings\n');
  });

  it('can be made of an archive again', () => {
    const args = ['--publication', 'evidence.json', '--from', '2026-07-02', '--to', '2026-07-02'];
    expect(run('evidence', ...args, '--out', 'one.json').code).toBe(0);
    expect(run('verify', 'one.json').out).toContain('verified: 1 fixing\n');
    // The day before is not in it.
    expect(run('verify', 'one.json', '--from', '2026-07-01', '--to', '2026-07-02').code).toBe(1);
  });

  it('has the decisions, and a README by which a day is replayed with nothing else', () => {
    const text = archived();
    const readme = text['README.md'] ?? '';
    expect(readme).toContain('| TEST | 2026-07-01 | 2026-07-03 | 3 | 0 | 0 | 3 |');
    const { inputs } = JSON.parse(text['fixings/TEST/2026-07-03.json'] ?? '');
    expect(text[`inputs/${inputs.holds.sha256}.csv`]).toContain('a comma for a point');
    const [, script = ''] = /```js\n([\s\S]*?)```/.exec(readme) ?? [];
    writeFileSync(join(book.cwd, 'replay.mjs'), script);
    const path = 'fixings/TEST/2026-07-03.json';
    const args = ['replay.mjs', 'evidence.json', path, 'replay'];
    const { status, stderr } = spawnSync(process.execPath, args, {
      cwd: book.cwd,
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const replayed = run(
      ...['fix', '--book', 'replay', '--index', 'TEST', '--date', '2026-07-03', '--json'],
    );
    expect(replayed.out).toBe(text[path]);
  });

  it('lists in its README every folder that it has', () => {
    const { 'README.md': readme = '', ...text } = archived();
    const listed = [...readme.matchAll(/^\| `([^`]*)` \|/gm)].map(([, path = '']) => path);
    const folders = Object.keys(text).map((path) => path.split('/')[0] ?? '');
    for (const folder of new Set(folders)) {
      expect(
        listed.some((path) => path.includes(folder)),
        folder,
      ).toBe(true);
    }
  });
});

describe('mtok evidence refuses', () => {
  it.each([
    ['a range that ends before it begins', ['--from', '2026-07-03', '--to', '2026-07-01'], 2],
    ['a day that does not exist', ['--from', '2026-02-30', '--to', '2026-07-01'], 2],
    ['no range', ['--from', '2026-07-01'], 2],
    ['an index that is not there', [...RANGE, '--index', 'TSET'], 1],
    ['days without a fixing', ['--from', '2025-01-01', '--to', '2025-12-31'], 1],
    ['another key', [...RANGE, '--key', 'other.key'], 4],
  ])('%s', (_, args, code) => {
    const done = evidence(...args, '--out', 'none.json');
    expect(done.code).toBe(code);
    expect(done.err).not.toBe('');
    expect(existsSync(join(book.cwd, 'none.json'))).toBe(false);
  });

  it('to write into the publication, which would then not verify', () => {
    const { code, err } = evidence(...RANGE, '--out', 'public/evidence.json');
    expect({ code, err }).toEqual({
      code: 2,
      err: 'mtok: expected --out outside of the publication, found public/evidence.json\n',
    });
  });

  it.each([
    ['a fixing', 'fixings/TEST/2026-07-02.json', (text: string) => text.replace('"100', '"101')],
    ['the index', 'index.json', (text: string) => text.replace('"final"', '"provisional"')],
    ['a rulebook', 'rulebooks/TEST/1.0.0.yaml', (text: string) => `${text}\n`],
    ['the checkpoint', 'checkpoint', () => ''],
    ['a receipt', 'receipts/TEST/2026-07-03.final.tlog-proof', () => 'c2sp.org/tlog-proof@v1\n'],
  ])('a publication with damage to %s, and says which step failed', (_, path, change) => {
    const damaged = join(book.cwd, 'damaged');
    rmSync(damaged, { recursive: true, force: true });
    cpSync(join(book.cwd, 'public'), damaged, { recursive: true });
    writeFileSync(join(damaged, path), change(readFileSync(join(damaged, path), 'utf8')));
    const done = run('evidence', '--publication', 'damaged', ...RANGE, '--out', 'none.json');
    expect(done).toMatchObject({ code: 1, out: '' });
    expect(done.err).toMatch(/^FAIL {2}/m);
    expect(done.err).toContain('mtok: damaged does not verify: no evidence was written\n');
    expect(existsSync(join(book.cwd, 'none.json'))).toBe(false);
  });

  it.each([
    ['nothing', 'nowhere', 4],
    ['an empty directory', 'empty', 1],
    ['a file that is no archive', 'book/holds.csv', 3],
  ])('%s in the place of a publication', (_, publication, code) => {
    mkdirSync(join(book.cwd, 'empty'), { recursive: true });
    const args = ['--publication', publication, ...RANGE, '--out', 'none.json'];
    expect(run('evidence', ...args).code).toBe(code);
  });
});
