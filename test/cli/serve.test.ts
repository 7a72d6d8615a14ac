import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishDays, SIGNER } from '../publish/publications.ts';
import { publication, settledPublication } from '../serve/served.ts';
import { MTOK, mtok, ROOT, temporaryDirectory } from './run.ts';

const started: ChildProcess[] = [];
let directory: string;

beforeAll(async () => {
  directory = await publication();
});

afterAll(() => {
  for (const server of started) server.kill('SIGKILL');
});

interface Serving {
  readonly url: string;
  readonly said: () => string;
  readonly stop: (signal: NodeJS.Signals) => Promise<number | null>;
}

function start(place: string): Promise<Serving> {
  const args = [MTOK, 'serve', '--publication', place, '--port', '0'];
  const server = spawn(process.execPath, args, { cwd: ROOT });
  started.push(server);
  let [err, out] = ['', ''];
  const ended = new Promise<number | null>((resolve) => server.on('close', resolve));
  const stop = (signal: NodeJS.Signals) => {
    server.kill(signal);
    return ended;
  };
  return new Promise((resolve, reject) => {
    server.stdout.on('data', (chunk) => {
      out += chunk;
    });
    server.stderr.on('data', (chunk) => {
      err += chunk;
      const [, url] = /listening: (\S+)/.exec(err) ?? [];
      if (url) resolve({ url, said: () => `${out}|${err}`, stop });
    });
    server.on('close', (code) => reject(new Error(`ended with ${code}: ${err}`)));
  });
}

describe('mtok serve', () => {
  it('says on stderr where it listens, on this machine alone, and ends when it is told to', async () => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      const { url, said, stop } = await start(directory);
      expect(new URL(url).hostname).toBe('127.0.0.1');
      const answer = await fetch(`${url}/v1/indices/ALPHA/latest`);
      expect(await answer.json()).toMatchObject({
        fixing: { date: '2026-07-05', level: '81.3559' },
      });
      expect(await stop(signal)).toBe(0);
      expect(said()).toMatch(/^\|serving: .* of 20 entries\nlistening: http:\/\/127/);
    }
  });

  it('verifies as it is served', async () => {
    const { url, stop } = await start(directory);
    const state = `${temporaryDirectory()}/seen.json`;
    const { code, out } = mtok(['verify', url, '--state', state]);
    expect([code, out]).toEqual([0, expect.stringContaining('verified: 10 fixings')]);
    await stop('SIGTERM');
  });

  it('explains in a thread of its own, and says what it cannot', async () => {
    const { url, stop } = await start(directory);
    const explain = (query: string) => fetch(`${url}/v1/indices/ALPHA/explain?${query}`);
    const both = await Promise.all([
      explain('from=2026-07-02&to=2026-07-04'),
      explain('from=2026-07-01&to=2026-07-05'),
    ]);
    for (const answer of both) {
      expect(await answer.json()).toMatchObject({ explanation: { level: { to: '81.3559' } } });
    }
    expect((await explain('from=2026-07-02&to=2026-07-09')).status).toBe(404);
    expect(await stop('SIGTERM')).toBe(0);
  });

  it('shows what is published while it runs', async () => {
    const place = await publication(['2026-07-01']);
    const { url, stop, said } = await start(place);
    await publishDays(place, ['2026-07-02']);
    const latest = async () =>
      (
        (await (await fetch(`${url}/v1/indices/ALPHA/latest`)).json()) as {
          fixing: { date: string };
        }
      ).fixing.date;
    while ((await latest()) !== '2026-07-02')
      await new Promise((resolve) => setTimeout(resolve, 20));
    expect(said()).toContain('new state: 8 entries');
    await stop('SIGTERM');
  });

  it('gives what openssl and sha256sum can check, as docs/serve.md shows', async () => {
    const place = await settledPublication();
    const { url, stop } = await start(place);
    const cwd = temporaryDirectory();
    const blocks = [
      ...readFileSync('docs/serve.md', 'utf8').matchAll(/^```bash\n([\s\S]*?)^```$/gm),
    ];
    const [script = '', settlement = '', fixing = ''] = blocks.map(([, text]) => text ?? '');
    writeFileSync(join(cwd, 'check.sh'), script);
    const run = (text: string) => {
      const own = text
        .replace('https://index.example', url)
        .replace('MTOK-LIST-USD-MONTH/2026-08.0', 'TEST-MONTH/2026-07.1')
        .replace('MTOK-LIST/2026-08-21', 'BETA/2026-07-01');
      const env = { ...process.env, KEY: SIGNER.verifierKey };
      const { stdout, status, stderr } = spawnSync('bash', ['-c', own], {
        cwd,
        env,
        encoding: 'utf8',
      });
      return [status, `${stdout}${stderr}`.trim()];
    };
    for (const text of [settlement, fixing]) {
      expect(run(text)).toEqual([0, 'Signature Verified Successfully']);
      const changed = text.replace('sha256=$(', "sed -i 's/0/1/' *.json && sha256=$(");
      expect(run(changed)[0]).not.toBe(0);
      const other = text.replace(
        /bash check.sh/,
        "sed -i '3s/^./A/; 3s/^A\\(.\\)./A\\1A/' receipt && bash check.sh",
      );
      expect(run(other)).toEqual([1, 'not in the log']);
      const resigned = text.replace(
        /bash check.sh/,
        "sed -i '$s/.$/A/; $s/.\\{9\\}$/AAAAAAAAA/' receipt && bash check.sh",
      );
      expect(run(resigned)[0]).not.toBe(0);
    }
    await stop('SIGTERM');
  });

  it('refuses what it cannot serve', async () => {
    const empty = mtok(['serve', '--publication', temporaryDirectory()]);
    expect([empty.code, empty.out]).toEqual([2, '']);
    expect(empty.err).toMatch(/expected .* to be a publication: .*mtok publish/);
    expect(mtok(['serve', '--port', '70000']).code).toBe(2);
    expect(mtok(['serve', '--port', 'x']).err).toContain('expected a port');
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const { port } = taken.address() as AddressInfo;
    const busy = mtok(['serve', '--publication', directory, '--port', String(port)]);
    expect([busy.code, busy.err]).toEqual([4, expect.stringContaining('EADDRINUSE')]);
    taken.close();
  });
});
