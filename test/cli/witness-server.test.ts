import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askWitnesses } from '../../src/cli/witnesses.ts';
import { offeredBy } from '../../src/publish/publication/cosigned.ts';
import { publish } from '../../src/publish/publication/publish.ts';
import { parseVerifierKey } from '../../src/verify/verifier-key.ts';
import { publishDays, requestFor, SIGNER } from '../publish/publications.ts';
import { MTOK, mtok, temporaryDirectory } from './run.ts';

const cwd = temporaryDirectory();
const env = { MTOK_PASSPHRASE: 'w', XDG_STATE_HOME: join(cwd, 'state') };
const run = (...args: string[]) => mtok(args, { cwd, env });

let key: string;
const started: ChildProcess[] = [];

interface Witness {
  readonly url: string;
  readonly stop: () => Promise<number | null>;
}

/** Starts a witness, which says on what address it listens. */
function start(state: string): Promise<Witness> {
  const args = ['witness', '--serve', '0', '--log-key', SIGNER.verifierKey, ...own(state)];
  const server = spawn(process.execPath, [MTOK, ...args], { cwd, env: { ...process.env, ...env } });
  started.push(server);
  const ended = new Promise<number | null>((resolve) => server.on('close', resolve));
  const stop = () => {
    server.kill('SIGTERM');
    return ended;
  };
  return new Promise((resolve, reject) => {
    let err = '';
    server.stderr.on('data', (chunk) => {
      err += chunk;
      const [, url] = /listening: (\S+)\/add-checkpoint/.exec(err) ?? [];
      if (url) resolve({ url, stop });
    });
    server.on('close', (code) => reject(new Error(`ended with ${code}: ${err}`)));
  });
}

const own = (state: string) => ['--key', 'witness.key', '--state', state];

async function post(url: string, body: string, method = 'POST') {
  const response = await fetch(url, method === 'POST' ? { method, body } : { method });
  const type = response.headers.get('content-type');
  return { status: response.status, type, text: await response.text() };
}

const stored = (state: string) =>
  JSON.parse(readFileSync(join(cwd, state), 'utf8')).logs['index.example/mtok'];

/** A publication of some days, in a directory of its own. */
async function publication(...days: string[]): Promise<string> {
  const directory = temporaryDirectory();
  await publishDays(directory, days);
  return directory;
}

beforeAll(() => {
  const name = ['--role', 'witness', '--name', 'witness.example'];
  key = run('key', 'new', ...name, '--out', 'witness.key').out.trim();
});

afterAll(() => {
  for (const server of started) server.kill();
});

describe('a witness that listens', () => {
  it('cosigns what only grew, and of two histories one', async () => {
    const { url } = await start('grown.json');
    const submit = (body: string) => post(`${url}/add-checkpoint`, body);
    const one = await publication('2026-07-01', '2026-07-02');
    const first = await offeredBy(one);
    expect(await submit(first.submission(0))).toMatchObject({
      status: 200,
      text: expect.stringMatching(/^— witness\.example \S+\n$/),
    });
    expect(stored('grown.json')).toMatchObject({ size: first.size });
    // The same once more, from the size that it knows.
    expect((await submit(first.submission(first.size))).status).toBe(200);
    const conflict = { status: 409, type: 'text/x.tlog.size', text: `${first.size}\n` };
    expect(await submit(first.submission(0))).toEqual(conflict);

    const other = temporaryDirectory();
    cpSync(one, other, { recursive: true });
    await publishDays(one, ['2026-07-03']);
    const { drafts, ...rest } = requestFor('2026-07-03');
    await publish(other, [SIGNER], { ...rest, drafts: drafts.slice(0, 1) });
    const both = [await offeredBy(one), await offeredBy(other)];
    const answers = await Promise.all(both.map((offer) => submit(offer.submission(first.size))));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const [{ size } = first] = both.filter((_, at) => answers[at]?.status === 200);
    expect(stored('grown.json').size).toBe(size);
  });

  it('answers in the words of the specification', async () => {
    const { url } = await start('words.json');
    const submit = (body: string) => post(`${url}/add-checkpoint`, body);
    const one = await publication('2026-07-01');
    const { checkpoint, submission, size } = await offeredBy(one);
    expect((await submit(submission(0))).status).toBe(200);
    expect((await submit('')).status).toBe(400);
    expect((await submit(`old x\n\n${checkpoint}`)).status).toBe(400);
    expect((await submit(`old 999\n\n${checkpoint}`)).status).toBe(400);
    const unknown = checkpoint.replaceAll('index.example', 'else.example');
    expect((await submit(`old 0\n\n${unknown}`)).status).toBe(404);
    const altered = checkpoint.replace(`\n${size}\n`, `\n${size + 1}\n`);
    expect((await submit(`old ${size}\n\n${altered}`)).status).toBe(403);
    await publishDays(one, ['2026-07-02', '2026-07-03']);
    const [old, ...hashes] = (await offeredBy(one)).submission(size).split('\n');
    expect((await submit([old, ...hashes.slice(1)].join('\n'))).status).toBe(422);
    expect((await post(`${url}/elsewhere`, submission(0))).status).toBe(404);
    expect((await post(`${url}/add-checkpoint`, '', 'GET')).status).toBe(405);
    expect((await submit('x'.repeat(100_000))).status).toBe(413);
    expect(stored('words.json').size).toBe(size);
    expect((await submit([old, ...hashes].join('\n'))).status).toBe(200);
  });

  it('keeps others away from its state, and goes on from it', async () => {
    const { url, stop } = await start('kept.json');
    const one = await publication('2026-07-01');
    const { submission, size } = await offeredBy(one);
    await post(`${url}/add-checkpoint`, submission(0));
    const busy = run('witness', one, ...own('kept.json'), '--log-key', SIGNER.verifierKey);
    expect(busy).toMatchObject({ code: 4, err: expect.stringContaining('kept.json.lock') });
    expect(await stop()).toBe(0);
    const again = await start('kept.json');
    const answer = await post(`${again.url}/add-checkpoint`, submission(0));
    expect(answer).toMatchObject({ status: 409, text: `${size}\n` });
  });

  it('is given a publication or a port', () => {
    expect(run('witness', ...own('x.json')).code).toBe(2);
    expect(run('witness', 'a', '--serve', '1', ...own('x.json')).code).toBe(2);
    expect(run('witness', '--serve', '70000', ...own('x.json')).err).toContain('expected a port');
  });
});

describe('publishing with witnesses', () => {
  it('adds their cosignatures once, and keeps them', async () => {
    const { url } = await start('asked.json');
    const directory = await publication('2026-07-01');
    const keys = [parseVerifierKey(key)];
    const by = { by: ['witness.example'], failures: [] };
    expect(await askWitnesses(directory, [url], keys)).toEqual(by);
    const checkpoint = readFileSync(join(directory, 'checkpoint'), 'utf8');
    // It has them: nobody is asked, and nothing that is not new takes them away.
    expect(await askWitnesses(directory, ['http://127.0.0.1:9'], keys)).toEqual(by);
    await publishDays(directory, ['2026-07-01']);
    expect(readFileSync(join(directory, 'checkpoint'), 'utf8')).toBe(checkpoint);
    await publishDays(directory, ['2026-07-02', '2026-07-03']);
    expect(await askWitnesses(directory, [url], keys)).toEqual(by);
    const asked = ['--key', SIGNER.verifierKey, '--witness', key];
    expect(run('verify', directory, ...asked).out).toContain('cosigned by witness.example');
  });

  it('says which one did not cosign, and why', async () => {
    const { url } = await start('failing.json');
    const keys = [parseVerifierKey(key)];
    await askWitnesses(await publication('2026-07-01', '2026-07-02'), [url], keys);
    const shorter = await publication('2026-07-02');
    const none = await askWitnesses(shorter, ['http://127.0.0.1:9/', url], keys);
    expect(none).toEqual({
      by: [],
      failures: [
        expect.stringContaining('http://127.0.0.1:9/: cannot reach'),
        `${url}: it knows 8 entries, and this log has 4`,
      ],
    });
    await publishDays(shorter, ['2026-07-03']);
    const { failures } = await askWitnesses(shorter, [url], keys);
    expect(failures).toEqual([`${url}: it knows another tree of this size: a fork`]);
    const other = parseVerifierKey(SIGNER.verifierKey);
    const line = await askWitnesses(
      await publication('2026-07-01', '2026-07-02'),
      [url],
      [{ ...other, role: 'witness', name: 'another.example' }],
    );
    expect(line.failures).toEqual([`${url}: it answered without a cosignature by a known key`]);
  });

  it('is a flag of the command, with the keys of the witnesses', async () => {
    const { url } = await start('flag.json');
    writeFileSync(
      join(cwd, 'rules.yaml'),
      'schema: mtok.rulebook/1\nindex: TEST\nversion: 1.0.0\n' +
        'base: { date: 2026-07-01, level: "100" }\nworkload: { input: "0.5", output: "0.5" }\n',
    );
    writeFileSync(
      join(cwd, 'quotes.csv'),
      'seller,model,date,input,output\nacme,alpha,2026-06-01,3,15\n',
    );
    run('key', 'new', '--name', 'index.example/other', '--out', 'log.key');
    const args = [
      ...['publish', '--rulebook', 'rules.yaml', '--quotes', 'quotes.csv', '--out', 'flag'],
      ...['--date', '2026-07-01', '--key', 'log.key', '--witness', url],
    ];
    expect(run(...args).err).toContain('with --witness-key');
    const { code, out, err } = run(...args, '--witness-key', key);
    // The witness does not know this log: the fixing is published all the same.
    expect({ code, out }).toEqual({ code: 4, out: expect.stringContaining('published: TEST') });
    expect(err).toContain('it answered 404');
  });
});
