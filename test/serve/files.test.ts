import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingHttpHeaders, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../cli/run.ts';
import { filesUnder } from '../publish/publications.ts';
import { publication, type Served, served } from './served.ts';

let one: Served;

beforeAll(async () => {
  one = await served(await publication());
  await one.server.listen({ port: 0 });
});

afterAll(() => one.server.close());

/** Asks for a path byte for byte, as no client that means well would. */
function asSent(
  path: string,
): Promise<{ status?: number; headers: IncomingHttpHeaders; text: string }> {
  const { port } = one.server.server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      const { statusCode: status = 0, headers } = answer;
      answer.on('end', () => resolve({ status, headers, text }));
    });
    asked.on('error', reject).end();
  });
}

const get = (url: string, headers: Record<string, string> = {}) =>
  one.server.inject({ url, headers });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe('every file of a publication', () => {
  it('is served with its bytes, its digest as a strong tag, and for as long as it holds', async () => {
    const files = filesUnder(one.directory);
    expect(files.size).toBeGreaterThan(40);
    for (const [path, bytes] of files) {
      const answer = await get(`/${path}`);
      expect(answer.statusCode, path).toBe(200);
      expect(answer.rawPayload.equals(bytes), path).toBe(true);
      const { headers } = answer;
      expect(headers.etag).toBe(`"${sha256(bytes)}"`);
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-length']).toBe(String(bytes.length));
      const isChanging = /^[^/]+$|^series\//.test(path);
      expect(headers['cache-control'], path).toBe(
        isChanging ? 'public, max-age=2, must-revalidate' : 'public, max-age=31536000, immutable',
      );
    }
  });

  it('has its content type', async () => {
    const types: Record<string, string> = {
      'index.json': 'application/json; charset=utf-8',
      checkpoint: 'text/plain; charset=utf-8',
      'methodology.md': 'text/markdown; charset=utf-8',
      'series/ALPHA.csv': 'text/csv; charset=utf-8; header=present',
      'rulebooks/ALPHA/1.0.0.yaml': 'application/yaml; charset=utf-8',
      'tile/0/000.p/20': 'application/octet-stream',
      'receipts/keys/0.tlog-proof': 'text/plain; charset=utf-8',
    };
    for (const [path, type] of Object.entries(types)) {
      expect((await get(`/${path}`)).headers['content-type'], path).toBe(type);
    }
  });

  it('is not sent again to who has it', async () => {
    const etag = String((await get('/index.json')).headers.etag);
    for (const header of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const answer = await get('/index.json', { 'if-none-match': header });
      expect(answer.statusCode).toBe(304);
      expect(answer.body).toBe('');
      expect(answer.headers.etag).toBe(etag);
    }
    expect((await get('/index.json', { 'if-none-match': '"x"' })).statusCode).toBe(200);
  });

  it('is sent in part', async () => {
    const path = 'fixings/ALPHA/2026-07-01.json';
    const bytes = readFileSync(join(one.directory, path));
    const part = await get(`/${path}`, { range: 'bytes=5-9', 'accept-encoding': 'gzip' });
    expect(part.statusCode).toBe(206);
    expect(part.rawPayload.equals(bytes.subarray(5, 10))).toBe(true);
    expect(part.headers['content-range']).toBe(`bytes 5-9/${bytes.length}`);
    expect(part.headers['content-encoding']).toBeUndefined();
    const beyond = await get(`/${path}`, { range: `bytes=${bytes.length}-` });
    expect(beyond.statusCode).toBe(416);
    expect(beyond.headers['content-range']).toBe(`bytes */${bytes.length}`);
    expect(beyond.headers['content-type']).toBe('application/problem+json');
    const etag = String(part.headers.etag);
    const range = 'bytes=0-3';
    expect((await get(`/${path}`, { range, 'if-range': etag })).statusCode).toBe(206);
    expect((await get(`/${path}`, { range, 'if-range': '"old"' })).statusCode).toBe(200);
    expect((await get(`/${path}`, { range, 'if-none-match': etag })).statusCode).toBe(304);
  });

  it('is compressed where that is asked for, under a tag of its own', async () => {
    const bytes = readFileSync(join(one.directory, 'index.json'));
    const gzip = await get('/index.json', { 'accept-encoding': 'gzip' });
    const br = await get('/index.json', { 'accept-encoding': 'gzip, br' });
    expect(gunzipSync(gzip.rawPayload).equals(bytes)).toBe(true);
    expect(brotliDecompressSync(br.rawPayload).equals(bytes)).toBe(true);
    expect(gzip.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    const tags = [gzip, br, await get('/index.json')].map(({ headers }) => headers.etag);
    expect(new Set(tags).size).toBe(3);
    const again = { 'accept-encoding': 'gzip', 'if-none-match': String(gzip.headers.etag) };
    expect((await get('/index.json', again)).statusCode).toBe(304);
  });

  it('answers HEAD as GET, without the bytes', async () => {
    for (const url of ['/index.json', '/fixings/ALPHA/2026-07-01.json', '/v1/indices', '/docs']) {
      const [head, whole] = [
        await one.server.inject({ method: 'HEAD', url }),
        await one.server.inject({ method: 'GET', url }),
      ];
      expect(head.statusCode, url).toBe(200);
      expect(head.body).toBe('');
      const { date: _, ...expected } = whole.headers;
      expect(head.headers).toMatchObject(expected);
    }
  });
});

describe('what was answered before', () => {
  it.each(['/checkpoint', '/fixings/ALPHA/2026-07-01.json', '/v1/indices/ALPHA/latest'])(
    'is answered again as it was: %s',
    async (path) => {
      const [first, again, other] = [await asSent(path), await asSent(path), await get(path)];
      const { date: _, ...headers } = first.headers;
      expect(again.headers).toMatchObject(headers);
      expect([again.status, again.text]).toEqual([200, first.text]);
      expect(other.body).toBe(first.text);
      expect(again.headers.etag).toBe(other.headers.etag);
    },
  );
});

describe('a file that is too long to be kept in memory', () => {
  const bytes = Buffer.from(`a,b\n${'1234,5678\n'.repeat(500_000)}`);
  const url = `/inputs/${sha256(bytes)}.csv`;

  it('is sent as it is read: whole, in part, compressed, or not at all', async () => {
    const { directory, server } = await served(await publication(['2026-07-01']));
    writeFileSync(join(directory, url), bytes);
    const get = (path: string, headers: Record<string, string> = {}) =>
      server.inject({ url: path, headers });
    const whole = await get(url);
    expect([whole.statusCode, whole.rawPayload.length]).toEqual([200, bytes.length]);
    expect(whole.rawPayload.equals(bytes)).toBe(true);
    expect(whole.headers).toMatchObject({
      ...{ etag: `"${sha256(bytes)}"`, 'content-length': String(bytes.length) },
      ...{ 'content-disposition': 'attachment', 'accept-ranges': 'bytes' },
    });
    const part = await get(url, { range: 'bytes=-10' });
    expect([part.statusCode, part.body]).toEqual([206, '1234,5678\n']);
    expect((await get(url, { range: `bytes=${bytes.length}-` })).statusCode).toBe(416);
    const gzip = await get(url, { 'accept-encoding': 'gzip' });
    expect(gunzipSync(gzip.rawPayload).equals(bytes)).toBe(true);
    expect(gzip.headers.etag).toBe(`"${sha256(bytes)}-gzip"`);
    const etag = String(whole.headers.etag);
    expect((await get(url, { 'if-none-match': etag })).statusCode).toBe(304);
    const head = await server.inject({ method: 'HEAD', url });
    expect([head.body, head.headers['content-length']]).toEqual(['', String(bytes.length)]);
  });

  it('is not sent where it is not what its name says', async () => {
    const { directory, server } = await served(await publication(['2026-07-01']));
    const other = `/inputs/${'0'.repeat(64)}.csv`;
    writeFileSync(join(directory, other), bytes);
    expect((await server.inject(other)).statusCode).toBe(500);
  });
});

describe('what is not of the publication', () => {
  it.each([
    '/.mtok/journal',
    '/.mtok',
    '/..',
    '/../index.json',
    '/fixings/../index.json',
    '/fixings/%2e%2e/index.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%2findex.json',
    '/..%5cindex.json',
    '/fixings/ALPHA/2026-07-01.json%00',
    '/fixings/ALPHA/2026-07-01.json%00.csv',
    '/fixings/ALPHA/%E2%80%AE2026-07-01.json',
    '/index.json/',
    '//index.json',
    '/./index.json',
    '/INDEX.JSON',
    '/index%2ejson',
    '/__proto__',
    '/constructor/prototype',
    '/fixings/__proto__/2026-07-01.json',
    '/fixings/ALPHA/2026-07-06.json',
    '/fixings/ALPHA/2026-07-01.r1.json',
    '/fixings/GAMMA/2026-07-01.json',
    '/receipts/ALPHA/2026-07-01.provisional.tlog-proof',
    '/tile/0/000',
    '/tile/0/000.p/21',
    '/tile/entries/000.p/255',
    '/tile/1/000.p/1',
    '/',
    '/package.json',
    '/v1',
    '/v1/',
    '/v2/indices',
  ])('is not found: %s', async (path) => {
    const answer = await asSent(path);
    expect(answer.status).toBe(404);
    expect(answer.headers['content-type']).toBe('application/problem+json');
    expect(JSON.parse(answer.text).type).toBe('/docs#no-such-page');
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('is not found behind a link, neither out of the directory nor into what is not served', async () => {
    const { directory, server } = await served(await publication(['2026-07-01']));
    const outside = temporaryDirectory();
    const names = Array.from({ length: 6 }, (_, at) => `rulebooks/ALPHA/9.9.${at}.yaml`);
    const places = names.map((name) => join(directory, name));
    const [toOutside = '', toWriter = '', toItself = '', plain = '', good = '', folder = ''] =
      places;
    writeFileSync(join(outside, '1.0.0.yaml'), 'a secret');
    mkdirSync(join(directory, '.mtok'), { recursive: true });
    writeFileSync(join(directory, '.mtok', 'journal'), 'a secret');
    writeFileSync(plain, 'a: b');
    symlinkSync(join(outside, '1.0.0.yaml'), toOutside);
    symlinkSync(join(directory, '.mtok', 'journal'), toWriter);
    symlinkSync(toItself, toItself);
    symlinkSync(plain, good);
    mkdirSync(folder);
    symlinkSync(outside, join(directory, 'rulebooks', 'UP'));
    const hidden = [names[0], names[1], names[2], names[5], 'rulebooks/UP/1.0.0.yaml'];
    for (const name of hidden) {
      expect((await server.inject(`/${name}`)).statusCode, name).toBe(404);
    }
    for (const name of [names[3], names[4]]) {
      expect((await server.inject(`/${name}`)).body).toBe('a: b');
    }
  });

  it('is not shown before the log has it', async () => {
    const { directory, server } = await served(await publication(['2026-07-01']));
    const path = 'fixings/ALPHA/2026-07-01.json';
    const bytes = readFileSync(join(directory, path));
    writeFileSync(join(directory, 'fixings/ALPHA/2026-07-02.json'), bytes);
    expect((await server.inject('/fixings/ALPHA/2026-07-02.json')).statusCode).toBe(404);
    expect((await server.inject(`/${path}`)).statusCode).toBe(200);
  });
});

describe('a damaged publication', () => {
  it('is not served: other bytes than were signed are no answer', async () => {
    const { directory, server } = await served(await publication(['2026-07-01']));
    const input = [...filesUnder(directory).keys()].find((path) => /^inputs.*csv$/.test(path))!;
    for (const path of ['fixings/ALPHA/2026-07-01.json', input, 'rulebooks/ALPHA/1.0.0.yaml']) {
      writeFileSync(join(directory, path), `${readFileSync(join(directory, path))} `);
      const answer = await server.inject(`/${path}`);
      expect(answer.statusCode, path).toBe(500);
      expect(answer.json().type).toBe('/docs#damaged');
    }
    const latest = await server.inject('/v1/indices/ALPHA/latest');
    expect([latest.statusCode, latest.json().type]).toEqual([500, '/docs#damaged']);
    rmSync(join(directory, 'fixings/BETA/2026-07-01.json'));
    expect((await server.inject('/fixings/BETA/2026-07-01.json')).statusCode).toBe(404);
  });

  it('leaves what changes as it was signed, in memory', async () => {
    const { directory, server, current } = await served(await publication(['2026-07-01']));
    const before = readFileSync(join(directory, 'index.json'), 'utf8');
    writeFileSync(join(directory, 'index.json'), '{}');
    writeFileSync(join(directory, 'checkpoint'), `${readFileSync(join(directory, 'checkpoint'))}x`);
    expect(await current.refresh()).toBe(false);
    expect((await server.inject('/index.json')).body).toBe(before);
    expect((await server.inject('/healthz')).json()).toMatchObject({ status: 'behind' });
  });
});

describe('what is not read', () => {
  it.each(['POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'TRACE', 'PROPFIND'])(
    'is refused: %s',
    async (method) => {
      for (const url of ['/index.json', '/v1/indices', '/nothing']) {
        const answer = await one.server.inject({ method: method as 'POST', url });
        expect([answer.statusCode, answer.headers.allow], url).toEqual([405, 'GET, HEAD']);
        expect(answer.json().type).toBe('/docs#method-not-allowed');
      }
    },
  );

  it('is refused: a body', async () => {
    const answer = await one.server.inject({ method: 'GET', url: '/v1/indices', payload: 'x' });
    expect([answer.statusCode, answer.json().type]).toEqual([413, '/docs#no-body-expected']);
    expect(answer.headers.connection).toBe('close');
  });
});
