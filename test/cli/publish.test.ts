import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hasOpenssl } from '../tools.ts';
import { MTOK, mtok, temporaryDirectory } from './run.ts';

const cwd = temporaryDirectory();
const env = { MTOK_PASSPHRASE: 'a passphrase', XDG_STATE_HOME: join(cwd, 'state') };
const run = (...args: string[]) => mtok(args, { cwd, env });
const BOOK = ['--rulebook', 'rules.yaml', '--quotes', 'quotes.csv'];
const publish = (...args: string[]) =>
  run('publish', ...BOOK, '--out', 'public', '--key', 'mtok.key', ...args);

let key: string;

beforeAll(() => {
  writeFileSync(
    join(cwd, 'rules.yaml'),
    'schema: mtok.rulebook/1\nindex: TEST\nversion: 1.0.0\n' +
      'base: { date: 2026-07-01, level: "100" }\nworkload: { input: "0.5", output: "0.5" }\n',
  );
  writeFileSync(
    join(cwd, 'quotes.csv'),
    'seller,model,date,input,output\nacme,alpha,2026-06-01,3,15\nacme,alpha,2026-07-03,2,10\n',
  );
  const made = run('key', 'new', '--name', 'index.example/mtok', '--out', 'mtok.key');
  expect(made.code).toBe(0);
  key = made.out.trim();
  expect(publish('--date', '2026-07-01').out).toBe(
    'published: TEST 2026-07-01, final\nthe log has 3 entries\n',
  );
});

describe('mtok key', () => {
  it('keeps a private key for its owner alone, sealed', () => {
    expect(statSync(join(cwd, 'mtok.key')).mode & 0o777).toBe(0o600);
    expect(run('key', 'show', 'mtok.key').out.trim()).toBe(key);
    const again = run('key', 'new', '--name', 'index.example/mtok', '--out', 'mtok.key');
    expect(again).toMatchObject({ code: 2, out: '' });
    expect(again.err).toContain('not written over');
  });

  it('takes the passphrase from the environment or a terminal alone', () => {
    const args = ['publish', ...BOOK, '--out', 'public', '--key', 'mtok.key'];
    const none = mtok(args, { cwd, env: { ...env, MTOK_PASSPHRASE: '' } });
    expect(none.code).toBe(2);
    expect(none.err).toContain('in MTOK_PASSPHRASE');
    const wrong = mtok(args, { cwd, env: { ...env, MTOK_PASSPHRASE: 'wrong' } });
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain('wrong passphrase');
  });
});

describe('mtok publish', () => {
  it('does nothing the second time, and can be rehearsed', () => {
    expect(publish('--date', '2026-07-01').out).toBe('there already: 1\nthe log has 3 entries\n');
    const rehearsed = publish('--date', '2026-07-02', '--dry-run');
    expect(rehearsed.out).toContain('would be published: TEST 2026-07-02, final');
    expect(existsSync(join(cwd, 'public/fixings/TEST/2026-07-02.json'))).toBe(false);
  });

  it('refuses what contradicts itself, with what was expected', () => {
    expect(publish('--from', '2026-07-01').err).toContain('expected --from and --to together');
    expect(publish('--origin', 'other').err).toContain('expected a key of other');
    expect(publish('--digest-only', 'prices').code).toBe(2);
  });

  it('publishes what a book says of versions and revisions', () => {
    const book = join(cwd, 'book');
    for (const folder of ['rulebooks', 'quotes'])
      mkdirSync(join(book, folder), { recursive: true });
    const rules = `${readFileSync(join(cwd, 'rules.yaml'), 'utf8')}finality: { hours: 8 }\n`;
    const next = rules
      .replace('1.0.0', '2.0.0')
      .replace('"0.5", output: "0.5"', '"0", output: "1"');
    writeFileSync(join(book, 'rulebooks/1.yaml'), rules);
    writeFileSync(join(book, 'rulebooks/2.yaml'), `${next}effective_from: 2026-07-03\n`);
    const quotes = readFileSync(join(cwd, 'quotes.csv'), 'utf8').split('\n');
    const late = 'acme,alpha,2026-07-03T12:00:00Z,1,5,2026-07-05T00:00:00Z';
    const observed = [
      `${quotes[0]},observed_at`,
      ...quotes.slice(1, 3).map((row) => `${row},`),
      late,
    ];
    writeFileSync(join(book, 'quotes/prices.csv'), `${observed.join('\n')}\n`);
    const args = ['publish', '--book', 'book', '--out', 'revised', '--key', 'mtok.key'];
    const first = run(...args, '--from', '2026-07-02', '--to', '2026-07-03');
    expect(first.out).toContain('published: TEST 2026-07-03, provisional\n');
    const columns = 'index,date,revision,known_at,reason';
    const row = 'TEST,2026-07-03,1,2026-07-05T12:00:00Z,a late price';
    writeFileSync(join(book, 'revisions.csv'), `${columns}\n${row}\n`);
    expect(run(...args, '--date', '2026-07-03').out).toBe(
      'published: TEST 2026-07-03 revision 1, provisional\nthe log has 6 entries\n',
    );
    const { out } = run('verify', 'revised', '--state', 'revised.json');
    expect(out).toContain('2 rulebooks with the digests');
    expect(out).toContain('verified: 3 fixings');
  });

  it('lets one of two at once win, and the other say why', async () => {
    const directory = join(cwd, 'twice');
    const args = ['publish', ...BOOK, '--out', directory, '--key', 'mtok.key'];
    const start = () =>
      new Promise<{ code: number | null; err: string }>((resolve) => {
        const range = ['--from', '2026-07-01', '--to', '2026-07-25'];
        const child = spawn(process.execPath, [MTOK, ...args, ...range], {
          cwd,
          env: { ...process.env, ...env },
        });
        let err = '';
        child.stderr.on('data', (chunk) => {
          err += chunk;
        });
        child.on('close', (code) => resolve({ code, err }));
      });
    const done = await Promise.all([start(), start(), start()]);
    // One that came after another had finished did nothing, and says so with 0.
    for (const { code, err } of done) {
      if (code !== 0)
        expect({ code, err }).toEqual({ code: 4, err: expect.stringContaining('holds') });
    }
    expect(done.filter(({ code }) => code === 0).length).toBeGreaterThan(0);
    // Another log of the same name is a fork to a reader who knows the first.
    expect(run('verify', directory, '--state', 'other.json').code).toBe(0);
  });
});

describe('mtok verify', () => {
  it('names each step, and remembers what it saw', () => {
    const first = run('verify', 'public', '--key', key);
    expect(first.code).toBe(0);
    expect(first.out).toContain('pass  signature    3 entries signed by index.example/mtok+');
    expect(first.out).toContain('\nverified: 1 fixing\n');
    expect(run('verify', 'public').out).toContain('pass  consistency');
    expect(run('verify', 'public', '--json').out).toContain('"pass":true');
  });

  it('fails with 1, and says what could explain it and what to do', () => {
    cpSync(join(cwd, 'public'), join(cwd, 'changed'), { recursive: true });
    const path = join(cwd, 'changed/fixings/TEST/2026-07-01.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace('"level":"100', '"level":"101'));
    const { code, out, err } = run('verify', 'changed', '--index', 'TEST', '--date', '2026-07-01');
    expect(code).toBe(1);
    expect(out).toContain('FAIL  fixing       fixings/TEST/2026-07-01.json has the SHA-256');
    expect(out).toContain('Do not settle on it');
    expect(err).toBe('mtok: changed does not verify\n');
  });

  it('reads over HTTP too, and a bundle offline', async () => {
    const server = createServer((request, response) => {
      const file = join(cwd, 'public', decodeURIComponent(request.url ?? ''));
      if (!existsSync(file)) response.writeHead(404).end();
      else response.end(readFileSync(file));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const child = spawn(process.execPath, [MTOK, 'verify', `http://127.0.0.1:${port}/`], {
      cwd,
      env: { ...process.env, ...env },
    });
    let out = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    server.close();
    expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('skip  files') });
    const bundled = run('bundle', 'public', '--index', 'TEST', '--date', '2026-07-01');
    expect(bundled.out).toBe('written: TEST-2026-07-01.bundle.json\n');
    expect(run('verify', 'TEST-2026-07-01.bundle.json').out).toContain('verified: 1 fixing');
  });

  it('logs as a key nothing but one of a log', () => {
    for (const key of ['next.key', 'a+00000000+AA==', '']) {
      const { code, err } = run('key', 'add', key, '--out', 'public', '--key', 'mtok.key');
      expect([code, err]).toEqual([2, expect.stringContaining('expected the public key of a log')]);
    }
    expect(run('verify', 'public').code).toBe(0);
  });

  it.skipIf(!hasOpenssl)('is not needed for the signature: openssl is enough', () => {
    const [, block = ''] =
      /```sh\n([\s\S]*?)```/.exec(readFileSync('docs/publication.md', 'utf8')) ?? [];
    const copy = join(cwd, 'for-openssl');
    cpSync(join(cwd, 'public'), copy, { recursive: true });
    const shell = () => {
      const options = { cwd: copy, env: { ...process.env, KEY: key }, encoding: 'utf8' } as const;
      const { stdout, status } = spawnSync('sh', ['-c', block], options);
      return { stdout, status };
    };
    expect(shell()).toEqual({ stdout: 'Signature Verified Successfully\n', status: 0 });
    const checkpoint = readFileSync(join(copy, 'checkpoint'), 'utf8');
    writeFileSync(join(copy, 'checkpoint'), checkpoint.replace('\n3\n', '\n4\n'));
    expect(shell().status).toBe(1);
  });

  it('says where a publication cannot be read', () => {
    const { code, err } = run('verify', 'nowhere');
    expect({ code, err }).toEqual({
      code: 4,
      err: 'mtok: cannot read nowhere: it does not exist\n',
    });
    expect(run('verify', 'http://127.0.0.1:9/').code).toBe(4);
  });
});
