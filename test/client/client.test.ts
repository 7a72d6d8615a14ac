import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ClientOptions, MtokClient } from '../../src/client/client.ts';
import { signerOf } from '../../src/publish/log/keys.ts';
import type { Fetch } from '../../src/verify/http.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { ORIGIN, publishDays, SIGNER } from '../publish/publications.ts';
import {
  gatedPublication,
  publication,
  revisedPublication,
  type Served,
  served,
  settledPublication,
} from '../serve/served.ts';

const URL_OF = 'http://index.example/';
const KEY = SIGNER.verifierKey;
const OTHER = signerOf(ORIGIN, 'log', new Uint8Array(32).fill(9)).verifierKey;

/** Asks a server without a socket; `change` stands between, as a proxy or a thief would. */
function through(
  { server }: Served,
  change: (path: string, body: Buffer) => Buffer | Response | undefined = () => undefined,
): { fetch: Fetch; asked: string[] } {
  const asked: string[] = [];
  const fetch: Fetch = async (place) => {
    const path = place.pathname.slice(1) + place.search;
    asked.push(path);
    const { statusCode, headers, rawPayload } = await server.inject(`/${path}`);
    const changed = change(path, rawPayload);
    if (changed instanceof Response) return changed;
    const kept = ['retry-after', 'content-type'].flatMap((name): [string, string][] =>
      headers[name] === undefined ? [] : [[name, String(headers[name])]],
    );
    return new Response(new Uint8Array(changed ?? rawPayload), {
      status: statusCode,
      headers: kept,
    });
  };
  return { fetch, asked };
}

const clientOf = (
  one: Served,
  options: Partial<ClientOptions> = {},
  change?: Parameters<typeof through>[1],
) => new MtokClient({ url: URL_OF, keys: [KEY], fetch: through(one, change).fetch, ...options });

let plain: Served;

beforeAll(async () => {
  plain = await served(await publication());
});

describe('the client', () => {
  it('gives what was published, verified', async () => {
    const client = clientOf(plain);
    expect((await client.indices()).value?.map(({ index }) => index)).toEqual(['ALPHA', 'BETA']);
    const latest = await client.latest('ALPHA');
    const bytes = readFileSync(join(plain.directory, 'fixings/ALPHA/2026-07-05.json'), 'utf8');
    expect(latest.value?.fixing).toEqual(JSON.parse(bytes));
    expect(latest.value).toMatchObject({ verified: true, row: { state: 'final' } });
    const one = await client.fixing('BETA', '2026-07-03');
    expect(one.value?.fixing).toMatchObject({ index: 'BETA', date: '2026-07-03', revision: 0 });
    const days = await client.fixings('BETA', { from: '2026-07-02', to: '2026-07-04' });
    const body = (
      await plain.server.inject('/v1/indices/BETA/fixings?from=2026-07-02&to=2026-07-04')
    ).json();
    expect(
      days.value?.map(({ price, level, state, sha256 }) => [price, level, state, sha256]),
    ).toEqual(
      body.fixings.map(
        (row: { value: { price: string }; level: string; state: string; sha256: string }) => [
          ...[row.value.price, row.level, row.state, row.sha256],
        ],
      ),
    );
    expect((await client.status()).value?.indices.length).toBe(2);
  });

  it('asks for few files, and for none that it has', async () => {
    const { fetch, asked } = through(plain);
    const client = new MtokClient({ url: URL_OF, keys: [KEY], fetch });
    await client.latest('ALPHA');
    expect(asked.length).toBeLessThanOrEqual(8);
    asked.length = 0;
    await client.latest('ALPHA');
    expect(asked).toEqual([
      'checkpoint',
      expect.stringContaining('receipts/'),
      'fixings/ALPHA/2026-07-05.json',
      'rulebooks/ALPHA/1.0.0.yaml',
    ]);
  });

  it('gives the revision that is asked for', async () => {
    const client = clientOf(await served(await revisedPublication()));
    const of = async (which: object) =>
      (await client.fixing('BETA', '2026-07-03', which)).value?.row.revision;
    expect(await of({})).toBe(1);
    expect(await of({ revision: 0 })).toBe(0);
    expect(await of({ knownAt: '2026-07-04T00:59:59Z' })).toBe(0);
    expect(await of({ knownAt: '2026-07-04T01:00:00Z' })).toBe(1);
    expect(await of({ knownAt: '2026-07-01T01:00:00Z' })).toBeUndefined();
    const failure = async (which: object) =>
      (await client.fixing('BETA', '2026-07-03', which)).failure?.code;
    expect(await failure({ revision: 5 })).toBe('not_found');
    expect(await failure({ knownAt: 'yesterday' })).toBe('bad_request');
  });

  it('says of a withheld day that it has no value', async () => {
    const client = clientOf(await served(await gatedPublication(['2026-07-02', '2026-07-03'])));
    expect((await client.latest('GATED')).value?.fixing).toMatchObject({
      status: 'withheld',
      value: null,
    });
    expect((await client.fixings('GATED')).value?.at(-1)).toMatchObject({
      status: 'withheld',
      price: null,
    });
  });

  it('says why there is none, and when to ask again', async () => {
    const client = clientOf(plain);
    const failure = async (index: string, date: string) =>
      (await client.fixing(index, date)).failure;
    expect(await failure('ALPHA', '2026-07-06')).toMatchObject({
      ...{ code: 'not_yet_published', retryAfterS: 29.5 * 3600 - 60 },
      problem: { type: '/docs#not-yet-published' },
    });
    expect(await failure('ALPHA', '2026-06-01')).toMatchObject({ code: 'not_found' });
    expect(await failure('GAMMA', '2026-07-01')).toMatchObject({ code: 'not_found' });
    expect(await failure('ALPHA', 'today')).toMatchObject({ code: 'bad_request' });
    const down: Fetch = () => Promise.reject(new TypeError('fetch failed'));
    expect((await clientOf(plain, { fetch: down }).latest('ALPHA')).failure?.code).toBe(
      'unreachable',
    );
    const busy = () => new Response('', { status: 503 });
    expect((await clientOf(plain, {}, busy).latest('ALPHA')).failure?.code).toBe('unreachable');
    expect((await clientOf(plain, { keys: ['x'] }).latest('ALPHA')).failure?.code).toBe(
      'not_verified',
    );
  });

  it('follows a log that grows, and none that does not', async () => {
    const directory = await publication(['2026-07-01']);
    const fork = temporaryDirectory();
    cpSync(directory, fork, { recursive: true });
    const one = await served(directory);
    const client = clientOf(one);
    expect((await client.latest('ALPHA')).value?.row.date).toBe('2026-07-01');
    await publishDays(directory, ['2026-07-02']);
    await one.current.refresh();
    expect((await client.latest('ALPHA')).value?.row.date).toBe('2026-07-02');
    const seen = client.seen();
    expect(seen).toMatchObject({ origin: ORIGIN, size: 8 });
    const older = await served(fork);
    expect((await clientOf(older, seen ? { seen } : {}).latest('ALPHA')).failure).toMatchObject({
      code: 'not_verified',
      message: expect.stringContaining('fewer than'),
    });
    await publishDays(fork, ['2026-07-03', '2026-07-04']);
    const forked = await served(fork);
    expect((await clientOf(forked, seen ? { seen } : {}).latest('ALPHA')).failure).toMatchObject({
      code: 'not_verified',
    });
  });

  it('believes keys that it was given, and no others', async () => {
    const failure = async (keys: string[]) =>
      (await clientOf(plain, { keys }).indices()).failure?.code;
    expect(await failure([OTHER])).toBe('not_verified');
    expect(await failure([OTHER, KEY])).toBeUndefined();
    expect(await failure([])).toBeUndefined();
    const witnesses = [signerOf('w.example', 'witness', new Uint8Array(32).fill(3)).verifierKey];
    const cosigned = await clientOf(plain, { witnesses }).indices();
    expect(cosigned.failure?.message).toContain('not cosigned');
  });
});

describe('a settlement', () => {
  it('is given verified, and not where anything was changed', async () => {
    const one = await served(await settledPublication());
    const { value } = await clientOf(one).settlement('TEST-MONTH', '2026-07');
    expect(value).toMatchObject({ verified: true, settlement: { settled: '100.00' } });
    const none = await clientOf(one).settlement('TEST-MONTH', '2026-08');
    expect(none.failure?.code).toBe('not_found');
    for (const [wanted, from, to] of [
      ['settlements/TEST', '"settled":"100.00"', '"settled":"90.00"'],
      ['receipts/settlements', 'index ', 'index 1'],
      ['index.json', '2026-07.1.json', '2026-07.2.json'],
    ] as const) {
      const change = (path: string, body: Buffer) =>
        path.includes(wanted) ? Buffer.from(body.toString().replace(from, to)) : undefined;
      const changed = await clientOf(one, {}, change).settlement('TEST-MONTH', '2026-07');
      expect(changed.failure?.code, wanted).toBe('not_verified');
    }
  });
});

describe('an answer that was tampered with', () => {
  const replaced =
    (wanted: string, from: string | RegExp, to: string) => (path: string, body: Buffer) =>
      path.includes(wanted)
        ? Buffer.from(body.toString('latin1').replace(from, to), 'latin1')
        : undefined;

  it.each([
    ['a price in a fixing', replaced('fixings/', '"price":"', '"price":"9')],
    ['a level in a fixing', replaced('fixings/', '"level":"8', '"level":"9')],
    ['a state in index.json', replaced('index.json', '"state":"provisional"', '"state":"final"')],
    ['a digest in index.json', replaced('index.json', /"sha256":"./, '"sha256":"x')],
    [
      'a fixing that is left out of index.json',
      replaced('index.json', /"fixings":\[\{.*?\},/, '"fixings":['),
    ],
    ['a size in the checkpoint', replaced('checkpoint', '\n20\n', '\n21\n')],
    ['a root in the checkpoint', replaced('checkpoint', /\n(.)(.*=)\n/, '\nA$2\n')],
    ['a signature', replaced('checkpoint', /(.)=\n$/, 'A=\n')],
    ['no signature', replaced('checkpoint', /\n\n[\s\S]*$/, '\n\n')],
    ['an entry of the log', replaced('tile/entries', /"kind":"contents"/g, '"kind":"contentz"')],
    [
      'a tile',
      (path: string, body: Buffer) =>
        /tile\/0/.test(path) ? Buffer.alloc(body.length) : undefined,
    ],
    ['a receipt of another entry', replaced('receipts/', 'index ', 'index 1')],
    ['a receipt without its proof', replaced('receipts/', /(index \d+\n)[\s\S]*?\n\n/, '$1\n')],
    ['nothing', () => new Response('', { status: 404 })],
    ['an empty page', () => Buffer.alloc(0)],
    ['a page of another kind', () => Buffer.from('<!doctype html><title>Log in</title>')],
    [
      'a receipt that is gone',
      (path: string) =>
        path.startsWith('receipts/') ? new Response('', { status: 404 }) : undefined,
    ],
  ])('is not taken for true: %s', async (_, change) => {
    const result = await clientOf(plain, {}, change).latest('ALPHA');
    expect(result.ok).toBe(false);
    expect(result.failure?.code).toBe('not_verified');
  });

  it('is not taken for true in a series', async () => {
    for (const change of [
      replaced('series/', '81.3559', '99.9999'),
      replaced('series/', 'published', 'withheld'),
      replaced('series/', /\n2026-07-02.*/, ''),
    ]) {
      const result = await clientOf(plain, {}, change).fixings('ALPHA');
      expect(result.failure?.code).toBe('not_verified');
    }
  });

  it('is not taken for true where the server says that there is more than the log has', async () => {
    const change = (path: string) =>
      path.startsWith('v1/') ? new Response('{"fixing":{}}', { status: 200 }) : undefined;
    const result = await clientOf(plain, {}, change).fixing('ALPHA', '2026-07-06');
    expect(result.failure?.code).toBe('not_verified');
    expect((await clientOf(plain, {}, change).status()).failure?.code).toBe('not_verified');
  });

  it('is taken for true where the client is told to, and says so', async () => {
    const change = replaced('checkpoint', /(.)=\n$/, 'A=\n');
    const result = await clientOf(plain, { verify: false }, change).latest('ALPHA');
    expect(result.value).toMatchObject({ verified: false, row: { date: '2026-07-05' } });
  });
});
