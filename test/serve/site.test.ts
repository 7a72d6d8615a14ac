import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeSite } from '../../src/site/write-site.ts';
import { filesUnder } from '../publish/publications.ts';
import { publication, type Served, served } from './served.ts';

let site: Served;
let assets: readonly string[];

beforeAll(async () => {
  const directory = await publication(['2026-07-01', '2026-07-02']);
  await writeSite(directory);
  assets = [...filesUnder(directory).keys()].filter((path) => path.startsWith('assets/'));
  site = await served(directory);
}, 120_000);

const get = (url: string, headers: Record<string, string> = {}) =>
  site.server.inject({ method: 'GET', url, headers });

describe('the pages of a publication', () => {
  it.each(['/', '/index.html', '/check.html', '/indices/ALPHA.html'])(
    'are served at %s, with a policy that lets them load their own files alone',
    async (url) => {
      const { statusCode, headers, body } = await get(url);
      expect([statusCode, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      const policy = String(headers['content-security-policy']);
      expect(policy).toContain("default-src 'none'; script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|http|\*/);
      expect(headers['cache-control']).toBe('public, max-age=2, must-revalidate');
      expect(body).toContain('<!doctype html>');
    },
  );

  it('have assets that never change under their names', async () => {
    expect(assets).toHaveLength(4);
    for (const path of assets) {
      const { statusCode, headers } = await get(`/${path}`, { 'accept-encoding': 'br' });
      expect(statusCode).toBe(200);
      expect(headers['content-type']).toMatch(/^text\/(?:javascript|css|plain); charset=utf-8$/);
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(headers['content-encoding']).toBe('br');
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toContain("default-src 'none'");
    }
  });

  it('are those on the disk, when they were written again too', async () => {
    const first = await get('/check.html');
    const tag = String(first.headers.etag);
    expect((await get('/check.html', { 'if-none-match': tag })).statusCode).toBe(304);
    const path = join(site.directory, 'check.html');
    writeFileSync(path, `${first.body}<!-- again -->`);
    const second = await get('/check.html', { 'if-none-match': tag });
    expect([second.statusCode, second.body.endsWith('<!-- again -->')]).toEqual([200, true]);
    writeFileSync(path, first.body);
  });

  it.each([
    ...['/other.html', '/indices/', '/indices/alpha.html', '/assets/'],
    ...['/assets/page.js', '/assets/page-0123456789abcdef.js', '/assets/other-0123456789abcdef.js'],
    ...['/assets/page-0123456789ABCDEF.js', '/index.htm', '/indices/NOBODY.html'],
  ])('are no other: %s', async (url) => {
    const { statusCode, headers } = await get(url);
    expect([statusCode, headers['content-type']]).toEqual([404, 'application/problem+json']);
  });

  it('are no link that leads out of the publication', async () => {
    const path = join(site.directory, 'analysts.html');
    rmSync(path);
    symlinkSync('/etc/hostname', path);
    expect((await get('/analysts.html')).statusCode).toBe(404);
  });

  it('are not there where none were written', async () => {
    const without = await served(await publication(['2026-07-01']));
    for (const url of ['/', '/index.html']) {
      expect((await without.server.inject({ method: 'GET', url })).statusCode).toBe(404);
    }
  });
});
