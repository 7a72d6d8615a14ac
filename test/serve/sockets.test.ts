import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get as httpGet } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { MTOK } from '../cli/run.ts';
import { scaled } from '../scale.ts';
import { publication, type Served, served } from './served.ts';

let one: Served;
let port: number;

beforeAll(async () => {
  const patience = { headersMs: 300, requestMs: 400, idleMs: 300, silenceMs: 2000, checkMs: 50 };
  one = await served(await publication(['2026-07-01']), { patience });
  await one.server.listen({ port: 0 });
  port = (one.server.server.address() as AddressInfo).port;
});

afterAll(() => one.server.close());

/** Sends bytes as they are, and reads until the server ends the connection or nothing comes. */
function exchange(bytes: string | Buffer, quietMs = 250): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let text = '';
    const done = () => {
      socket.destroy();
      resolve(text);
    };
    socket.setTimeout(quietMs, done);
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1');
    });
    socket.on('error', done).on('close', done);
    socket.write(bytes);
  });
}

const statuses = (text: string) =>
  [...text.matchAll(/HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));

const get = (path: string, ...headers: string[]) =>
  `GET ${path} HTTP/1.1\r\n${['Host: a', ...headers].join('\r\n')}\r\n\r\n`;

/** It answers a plain request as before, after whatever it was sent. */
async function isServing(): Promise<void> {
  // A connection of its own: one that is kept may be closed just when it is used again.
  const status = await new Promise((resolve, reject) => {
    const request = httpGet({ port, path: '/v1/indices', agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode));
    });
    request.on('error', reject);
  });
  expect(status).toBe(200);
}

const SMUGGLED = get('/v1/status');

describe('what is no proper request', () => {
  const TABLE: readonly (readonly [string, string | Buffer, readonly number[]])[] = [
    [
      'a length and chunks (CL.TE)',
      `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG`,
      [400],
    ],
    [
      'chunks and a length (TE.CL) with a request inside',
      `GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n${SMUGGLED}`,
      [400],
    ],
    [
      'an encoding that is none (TE.TE)',
      `GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\nx\r\n\r\n`,
      [400, 413],
    ],
    [
      'a body of chunks',
      `GET /v1/indices HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${SMUGGLED}`,
      [413],
    ],
    [
      'a body with a request inside',
      `GET /v1/indices HTTP/1.1\r\nHost: a\r\nContent-Length: ${SMUGGLED.length}\r\n\r\n${SMUGGLED}`,
      [413],
    ],
    ['two lengths', get('/', 'Content-Length: 0', 'Content-Length: 5'), [400]],
    ['a length that is negative', get('/', 'Content-Length: -1'), [400]],
    ['a length that is hexadecimal', get('/', 'Content-Length: 0x5'), [400]],
    ['a length with a plus', get('/', 'Content-Length: +5'), [400]],
    ['two hosts', get('/v1/indices', 'Host: b'), [400]],
    ['two hosts in other letters', get('/v1/indices', 'HOST: a'), [400]],
    ['no host', 'GET /v1/indices HTTP/1.1\r\n\r\n', [400]],
    ['a header that goes on in the next line', get('/v1/indices', 'X: a', ' b'), [400]],
    ['a space before the colon', get('/v1/indices', 'Content-Length : 0'), [400]],
    ['a NUL in a header', get('/v1/indices', 'X: a\0b'), [400]],
    ['a bare CR in a header', get('/v1/indices', 'X: a\rHost: b'), [400]],
    ['a NUL in the address', get('/v1/indices\0'), [400]],
    ['a space in the address', get('/v1/ind ices'), [400]],
    ['another protocol', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n', [400, 505]],
    ['HTTP/2 as if it were agreed on', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400]],
    ['TLS', Buffer.from('16030100c8010000c40303', 'hex'), [400]],
    ['nothing that is text', Buffer.from([0, 1, 2, 3, 255, 254, 13, 10, 13, 10]), [400]],
    ['headers that are too long', get('/v1/indices', `X: ${'a'.repeat(20_000)}`), [431]],
    ['an address that is too long', get(`/${'a'.repeat(20_000)}`), [431]],
    ['very many headers', get('/', ...Array.from({ length: 3000 }, (_, at) => `X${at}: 1`)), [431]],
    ['a method that is none', 'FETCH / HTTP/1.1\r\nHost: a\r\n\r\n', [400]],
    ['CONNECT', 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n', []],
    ['an expectation that is none', get('/v1/indices', 'Expect: a-miracle'), [417]],
    ['the address *', get('*'), [404]],
    ['an absolute address', get('http://elsewhere/v1/indices'), [200]],
    ['an absolute address of a file', get('http://elsewhere/index.json'), [200]],
    ['an absolute address with two dots', get('http://elsewhere/../index.json'), [404]],
    ['a path that goes up', get('/../index.json'), [404]],
    ['a path that goes up in the middle', get('/fixings/../index.json'), [404]],
    ['a path that goes up with %2e', get('/fixings/%2e%2e/index.json'), [404]],
    ['a path that goes up with \\', get('/fixings\\..\\index.json'), [404]],
    ['a fragment', get('/index.json#x'), [404]],
    ['an upgrade', get('/v1/indices', 'Connection: Upgrade', 'Upgrade: websocket'), [200]],
    ['an upgrade to HTTP/2', get('/v1/indices', 'Connection: Upgrade', 'Upgrade: h2c'), [200]],
    ['HTTP/1.0', 'GET /v1/indices HTTP/1.0\r\n\r\n', [200]],
    ['three requests at once', get('/v1/indices').repeat(3), [200, 200, 200]],
    ['a request and half of one', `${get('/v1/indices')}GET /v1`, [200]],
  ];

  it.each(TABLE)('%s leaves it serving', async (_, bytes, expected) => {
    const found = statuses(await exchange(bytes));
    const isAny = expected.length > 1 && new Set(expected).size > 1;
    if (isAny) expect(expected).toContain(found[0]);
    else expect(found).toEqual(expected);
    await isServing();
  });

  it('is answered with a problem, and with nothing that came after it', async () => {
    const text = await exchange(`GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n${SMUGGLED}`);
    expect(statuses(text)).toEqual([400]);
    expect(text).toContain('application/problem+json');
    expect(text.toLowerCase()).toContain('connection: close');
  });

  it('says nothing of the machine', async () => {
    for (const [, bytes] of TABLE) {
      expect(await exchange(bytes, 50)).not.toMatch(/node_modules|\.ts:|\.js:|at \w+ \(|\/tmp\//);
    }
  });
});

describe('a slow client', () => {
  it.each([
    ['that sends its headers byte by byte', 'GET /v1/indices HTTP/1.1\r\nHost: a\r\nX: ', 'a'],
    ['that sends nothing', '', ''],
    ['that begins a body and waits', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n', ''],
  ])('%s is cut off', async (_, start, drip) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    if (start !== '') socket.write(start);
    const dripping = setInterval(() => {
      if (drip !== '' && socket.writable) socket.write(drip);
    }, 30);
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    await new Promise((resolve) => socket.on('close', resolve));
    clearInterval(dripping);
    expect([408, 405, 413, undefined]).toContain(statuses(text)[0]);
    await isServing();
  });

  it('that does not read what it asked for is cut off', async () => {
    const open = () =>
      new Promise<number>((resolve) => {
        one.server.server.getConnections((_, count) => resolve(count));
      });
    await vi.waitFor(async () => expect(await open()).toBe(0), { timeout: 20_000, interval: 50 });
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined).pause();
    // Far more than fits between the two: the rest waits for a reader who does not come.
    socket.write(get('/docs').repeat(2000));
    await isServing();
    await vi.waitFor(async () => expect(await open()).toBe(1), { timeout: 20_000, interval: 20 });
    await vi.waitFor(async () => expect(await open()).toBe(0), { timeout: 20_000, interval: 50 });
    socket.destroy();
    await isServing();
  });
});

/** As many as a process may open on this machine, if that is fewer than ten thousand. */
function openable(wanted: number): number {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  const [, soft = '0'] = /Max open files\s+(\d+)/.exec(limits) ?? [];
  return Math.min(wanted, Number(soft) - 500);
}

describe.runIf(process.platform === 'linux')('very many idle connections', () => {
  const wanted = scaled(500, 10_000);
  let server: ChildProcess;

  afterAll(() => server?.kill());

  it(`leave it serving: ${openable(wanted)} of ${wanted}`, async () => {
    const directory = await publication(['2026-07-01']);
    const args = [MTOK, 'serve', '--publication', directory, '--port', '0'];
    server = spawn(process.execPath, args);
    const url = await new Promise<string>((resolve, reject) => {
      let err = '';
      server.stderr?.on('data', (chunk) => {
        err += chunk;
        const [, found] = /listening: (\S+)/.exec(err) ?? [];
        if (found) resolve(found);
      });
      server.on('close', () => reject(new Error(err)));
    });
    const at = Number(new URL(url).port);
    const sockets: Socket[] = [];
    const count = openable(wanted);
    while (sockets.length < count) {
      const batch = Array.from({ length: Math.min(200, count - sockets.length) }, () => open(at));
      sockets.push(...(await Promise.all(batch)));
    }
    // Each has asked once, and stays: it is idle between two requests.
    const open200 = sockets.filter((socket) => !socket.destroyed);
    expect(open200.length).toBe(count);
    for (let round = 0; round < 5; round += 1) {
      const answer = await fetch(`${url}/v1/indices/ALPHA/latest`);
      expect(answer.status).toBe(200);
      await answer.text();
    }
    for (const socket of sockets) socket.destroy();
    const answer = await fetch(`${url}/healthz`);
    expect(answer.status).toBe(200);
  });
});

function open(at: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(at, '127.0.0.1', () => {
      socket.write(get('/healthz', 'Connection: keep-alive'));
    });
    socket.once('data', () => resolve(socket.resume()));
    socket.on('error', reject);
  });
}
