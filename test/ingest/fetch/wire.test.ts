import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { isPublicAddress } from '../../../src/ingest/fetch/address.ts';
import { getDocument } from '../../../src/ingest/fetch/client.ts';
import { PUBLIC_WIRE } from '../../../src/ingest/fetch/wire.ts';
import { type Answer, localWire, reply, serve, type TestServer, world } from './server.ts';

const servers: TestServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function served(answer: Answer): Promise<TestServer> {
  const server = await serve(answer);
  servers.push(server);
  return server;
}

/** What becomes of one document that a server answers so. */
async function outcome(answer: Answer, surroundings = world(), key?: string) {
  const server = await served(answer);
  const url = `https://${server.host}/feed.json?page=1`;
  const result = await getDocument(url, { hosts: [server.host] }, key, surroundings).then(
    ({ body }) => Buffer.from(body).toString('utf8'),
    (error: Error & { kind?: string }) => `${error.kind}: ${error.message}`,
  );
  return { result, server, ...surroundings };
}

const BOMB = gzipSync(Buffer.alloc(50_000_000, 0x20));
const GOOD = '{"price": 2.9999900000000002e-06}';

describe('an address', () => {
  it.each([
    ...['8.8.8.8', '1.1.1.1', '140.82.121.3', '2606:4700:4700::1111', '2a00:1450:4001:831::200e'],
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ...['127.0.0.1', '127.255.255.254', '0.0.0.0', '10.0.0.1', '172.16.0.1', '172.31.255.255'],
    ...['192.168.1.1', '169.254.169.254', '100.64.0.1', '192.0.0.8', '192.0.2.1', '198.18.0.1'],
    ...['198.51.100.7', '203.0.113.7', '224.0.0.1', '240.0.0.1', '255.255.255.255'],
    ...['::', '::1', 'fe80::1', 'fe80::1%eth0', 'fc00::1', 'fd12:3456::1', 'fec0::1', 'ff02::1'],
    ...['2001:db8::1', '2001::1', '2002:7f00:1::', '2002:a00:1::1', '64:ff9b::7f00:1'],
    ...['64:ff9b:1::1', '100::1', '5f00::1', '4000::1', '::7f00:1'],
    ...['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:10.0.0.1', '::ffff:8.8.8.8'],
    ...['', 'localhost', 'example.com', '127.1.1.1.1', '1.2.3.4/0'],
  ])('%s is not', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
});

describe('where a connection goes', () => {
  it.each([...['127.0.0.1', '10.1.2.3', '169.254.169.254', '::1', '::ffff:127.0.0.1', 'fd00::1']])(
    'is never %s, whatever a name resolves to',
    async (address) => {
      const family = address.includes(':') ? 6 : 4;
      const resolve = async () => [{ address, family }];
      const wire = localWire({ resolve, admits: PUBLIC_WIRE.admits });
      const { result, server } = await outcome((socket) => socket.end(reply(GOOD)), world(wire));
      expect(result).toMatch(/^environment: .*an address of the public internet.*private_address/);
      expect(server.connections()).toBe(0);
    },
  );

  it('is nowhere if one of several addresses is not public', async () => {
    const resolve = async () => [
      { address: '8.8.8.8', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    const wire = localWire({ resolve, admits: PUBLIC_WIRE.admits });
    const { result, server } = await outcome((socket) => socket.end(reply(GOOD)), world(wire));
    expect(result).toContain('private_address');
    expect(server.connections()).toBe(0);
  });

  it.each([
    ...['127.0.0.1', '[::1]', '[::ffff:7f00:1]', '0x7f.1', '2130706433', '127.1', '017700000001'],
  ])('is not %s written as the host', async (literal) => {
    const server = await served((socket) => socket.end(reply(GOOD)));
    const { host } = new URL(`https://${literal}:${server.port}/`);
    const wire = localWire({ admits: PUBLIC_WIRE.admits });
    const got = getDocument(`https://${host}/`, { hosts: [host] }, undefined, world(wire));
    await expect(got).rejects.toThrow('private_address');
    expect(server.connections()).toBe(0);
  });

  it('is checked on the socket again, before anything is said on it', async () => {
    let asked = 0;
    const admits = () => {
      asked += 1;
      return asked === 1;
    };
    const { result, server } = await outcome(
      (socket) => socket.end(reply(GOOD)),
      world(localWire({ admits })),
    );
    expect(result).toContain('private_address');
    expect(server.requests).toEqual([]);
  });

  it('has the certificate of the name, whatever the environment allows', async () => {
    const { ca: _, ...wire } = localWire();
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const { result, server } = await outcome((socket) => socket.end(reply(GOOD)), world(wire));
      expect(result).toContain('no_certificate');
      expect(server.requests).toEqual([]);
    } finally {
      delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    }
  });

  it('is said to be closed where no name resolves, at once', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('x'), { code: 'EAI_AGAIN' }));
    const { result, slept } = await outcome(() => undefined, world(localWire({ resolve })));
    expect(result).toMatch(/^environment: .*no address \(EAI_AGAIN\): is there a network\?/);
    expect(slept).toEqual([]);
  });

  it('is https', async () => {
    const got = getDocument('http://feed.test/', { hosts: ['feed.test'] }, undefined, world());
    await expect(got).rejects.toThrow('expected https://feed.test');
  });
});

describe('a redirect', () => {
  const to = (location: string) => (socket: Parameters<Answer>[0]) =>
    socket.end(reply('', { status: '302 Found', headers: { location } }));

  it.each([
    ['another host', 'https://evil.test/feed.json'],
    ['loopback', 'https://127.0.0.1/feed.json'],
    ['loopback as IPv6', 'https://[::1]/'],
    ['the address of a cloud', 'https://169.254.169.254/latest/meta-data/'],
    ['the same name over http', 'http://feed.test/'],
    ['the same name on another port', 'https://feed.test:1/'],
    ['a file', 'file:///etc/passwd'],
    ['a name and a password', 'https://a:b@feed.test/'],
  ])('to %s is refused', async (_, location) => {
    const { result, server } = await outcome(to(location), world(), 'sk-secret');
    expect(result).toMatch(/^environment: .*\[refused\]/);
    expect(result).not.toContain('secret');
    expect(server.requests.length).toBe(1);
  });

  it('without a location, or with a broken one, is none', async () => {
    expect((await outcome(to('https://['))).result).toContain('bad_redirect');
    const bare: Answer = (socket) => socket.end(reply('', { status: '301 Moved' }));
    expect((await outcome(bare)).result).toContain('expected a location, found nothing');
  });

  it('among the same host is followed, but not in circles', async () => {
    const { result } = await outcome((socket, request) =>
      request.startsWith('GET /there') ? socket.end(reply(GOOD)) : to('/there?x=1')(socket),
    );
    expect(result).toBe(GOOD);
    const circle = await outcome(to('/again'));
    expect(circle.result).toContain('more than 3 redirects');
    expect(circle.server.requests.length).toBe(4);
  });
});

describe('a body', () => {
  it('is taken as it came', async () => {
    const { result, server } = await outcome((socket) => socket.end(reply(GOOD)));
    expect(result).toBe(GOOD);
    expect(server.requests[0]).toMatch(/^GET \/feed\.json\?page=1 HTTP\/1\.1\r\n/);
    expect(server.requests[0]).toContain('user-agent: mtok/test\r\n');
    expect(server.requests[0]).not.toMatch(/authorization|cookie|referer/i);
  });

  it('is decompressed', async () => {
    const headers = { 'content-encoding': 'gzip' };
    const { result } = await outcome((socket) => socket.end(reply(gzipSync(GOOD), { headers })));
    expect(result).toBe(GOOD);
  });

  it.each<[what: string, answer: Answer, message: string]>([
    [
      'that says it is too long',
      (socket) => socket.end(reply(`[${'1,'.repeat(60_000)}1]`)),
      'too_large',
    ],
    [
      'without an end',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n[');
        const more = setInterval(() => socket.write('1,'.repeat(10_000)), 1);
        socket.on('close', () => clearInterval(more));
      },
      'too_large',
    ],
    [
      'that explodes',
      (socket) => {
        const headers = { 'content-encoding': 'gzip' };
        socket.end(reply(BOMB, { headers }));
      },
      'expected at most 100000 bytes [too_large]',
    ],
    [
      'in an encoding that was not asked for',
      (socket) => socket.end(reply(GOOD, { headers: { 'content-encoding': 'br' } })),
      'expected gzip or nothing, found br [bad_encoding]',
    ],
    [
      'compressed twice',
      (socket) =>
        socket.end(
          reply(gzipSync(gzipSync(GOOD)), { headers: { 'content-encoding': 'gzip, gzip' } }),
        ),
      'bad_encoding',
    ],
    [
      'that is no gzip',
      (socket) => socket.end(reply(GOOD, { headers: { 'content-encoding': 'gzip' } })),
      'bad_encoding',
    ],
    [
      'that is half a gzip',
      (socket) =>
        socket.end(
          reply(gzipSync(GOOD).subarray(0, 20), { headers: { 'content-encoding': 'gzip' } }),
        ),
      'bad_encoding',
    ],
    [
      'with two lengths',
      (socket) =>
        socket.end(`HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 9\r\n\r\n${GOOD}`),
      'bad_response',
    ],
    [
      'with a length and in chunks',
      (socket) =>
        socket.end(
          'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
        ),
      'bad_response',
    ],
    ['under huge headers', (socket) => socket.end(reply(GOOD, { headers: BIG })), 'bad_response'],
    ['of another protocol', (socket) => socket.end('SSH-2.0-OpenSSH\r\n'), 'bad_response'],
    [
      'with status 404',
      (socket) => socket.end(reply('{}', { status: '404 Not Found' })),
      'expected 200, found 404 [refused]',
    ],
    [
      'with status 206',
      (socket) => socket.end(reply(GOOD, { status: '206 Partial Content' })),
      'found 206',
    ],
  ])('%s is refused, and not asked for again', async (_, answer, message) => {
    const { result, slept } = await outcome(answer);
    expect(result).toMatch(/^environment: cannot fetch https:\/\/feed\.test:\d+\/feed\.json: /);
    expect(result).toContain(message);
    expect(slept).toEqual([]);
  });

  it('that is longer than its length is never read beyond it', async () => {
    const { result } = await outcome((socket) =>
      socket.end(`HTTP/1.1 200 OK\r\ncontent-length: ${GOOD.length}\r\n\r\n${GOOD}${GOOD}`),
    );
    expect([GOOD, 'bad_response'].some((text) => result.includes(text))).toBe(true);
    expect(result).not.toContain(GOOD + GOOD);
  });

  it.each([
    ['a page for people, called JSON', '<!doctype html><html>log in</html>', 'application/json'],
    ['bytes that are no UTF-8', new Uint8Array([0x7b, 0xff, 0xfe, 0x7d]), 'application/json'],
    ['UTF-16', Buffer.from('\ufeff{"a": 1}', 'utf16le'), 'application/json; charset=utf-8'],
    ['nothing', '', 'application/json'],
    ['the half of a document', '{"a": {"b": 1', 'application/json'],
  ])('of %s is bad data', async (_, body, type) => {
    const answer: Answer = (socket) =>
      socket.end(reply(body, { headers: { 'content-type': type } }));
    expect((await outcome(answer)).result).toMatch(/^data: .*not_json.*nothing was kept$/);
  });

  it('of JSON is taken under a type that says something else', async () => {
    const headers = { 'content-type': 'text/html' };
    expect((await outcome((socket) => socket.end(reply(GOOD, { headers })))).result).toBe(GOOD);
  });
});

const BIG = { 'x-big': 'x'.repeat(10_000) };

describe('what may pass by itself', () => {
  const { limits } = localWire();
  /** Impatient only about what a case is about, so that a busy machine changes no other answer. */
  const impatient = (message: string) => {
    if (message.includes('another byte')) return localWire({ limits: { ...limits, idleMs: 200 } });
    if (message.includes('whole answer')) return localWire({ limits: { ...limits, totalMs: 600 } });
    return localWire();
  };

  it.each<[what: string, answer: Answer, message: string]>([
    ['no answer', () => undefined, 'expected another byte within 0.2 s [timeout]'],
    [
      'a body that stops',
      (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{'),
      'expected another byte within 0.2 s [timeout]',
    ],
    [
      'a body of one byte at a time',
      (socket) => {
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n');
        const more = setInterval(() => socket.write(' '), 100);
        socket.on('close', () => clearInterval(more));
      },
      'expected the whole answer within 0.6 s [timeout]',
    ],
    [
      'a body shorter than its length',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{}'),
      'incomplete',
    ],
    [
      'a last chunk that never comes',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n'),
      'incomplete',
    ],
    [
      'a body in broken chunks',
      (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}'),
      'incomplete',
    ],
    ['a reset', (socket) => socket.destroy(), 'no_connection'],
  ])('%s is tried four times', async (_, answer, message) => {
    const { result, slept, server, told } = await outcome(answer, world(impatient(message)));
    expect(result).toContain(message);
    expect(result).toMatch(/^environment: .*\(4 attempts\); nothing was kept$/);
    expect(slept).toEqual([1000, 2000, 4000]);
    expect(server.requests.length).toBe(4);
    expect(told[0]).toMatch(/^feed\.test:\d+: .*; trying again in 1 s$/);
  });

  it('a port where nobody listens is one', async () => {
    const server = await serve(() => undefined);
    await server.close();
    const got = getDocument(
      `https://${server.host}/`,
      { hosts: [server.host] },
      undefined,
      world(),
    );
    await expect(got).rejects.toThrow('ECONNREFUSED [no_connection] (4 attempts)');
  });

  it('a look-up that never ends is stopped', async () => {
    const wire = localWire({
      resolve: () => new Promise(() => undefined),
      limits: { ...limits, connectMs: 50 },
    });
    expect((await outcome(() => undefined, world(wire))).result).toContain(
      'expected a connection within 0.05 s [timeout]',
    );
  });

  it.each([
    ['429 Too Many Requests', '7', 7000],
    ['503 Service Unavailable', 'Sat, 01 Aug 2026 11:49:47 GMT', 59_500],
    ['503 Service Unavailable', 'Fri, 31 Jul 2026 00:00:00 GMT', 0],
    ['503 Service Unavailable', 'soon', 1000],
    ['429 Too Many Requests', '-5', 1000],
    ['502 Bad Gateway', '', 1000],
  ])('%s with Retry-After "%s" is waited for', async (status, after, waitMs) => {
    const headers = { 'retry-after': after };
    const { result, slept } = await outcome((socket, _, count) =>
      socket.end(count === 1 ? reply('', { status, headers }) : reply(GOOD)),
    );
    expect([result, slept]).toEqual([GOOD, [waitMs]]);
  });

  it('more patience than two minutes is for a person to have', async () => {
    const headers = { 'retry-after': '3600' };
    const { result, slept } = await outcome((socket) =>
      socket.end(reply('', { status: '429 Too Many Requests', headers })),
    );
    expect(result).toContain('found 429, which asks for 3600 s [busy]');
    expect(slept).toEqual([]);
  });
});

describe('a key', () => {
  it('is sent to the feed, and is in no message', async () => {
    const fails = await outcome(
      (socket) => socket.end(reply('sk-secret', { status: '500 Oops' })),
      world(),
      'sk-secret',
    );
    expect(fails.server.requests[0]).toContain('authorization: Bearer sk-secret\r\n');
    expect(fails.result + fails.told.join()).not.toContain('secret');
  });
});
