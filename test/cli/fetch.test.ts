import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mtok, temporaryDirectory } from './run.ts';

/** A machine without a network: no name resolves. */
const OFFLINE = `data:text/javascript,${encodeURIComponent(`
  import dns from 'node:dns/promises';
  import { syncBuiltinESMExports } from 'node:module';
  dns.lookup = async () => { throw Object.assign(new Error('offline'), { code: 'EAI_AGAIN' }); };
  syncBuiltinESMExports();
`)}`;
const offline = { NODE_OPTIONS: `--import ${OFFLINE}`, OPENROUTER_API_KEY: '' };

/** A network on which every address answers the same: its code is in place of the sockets. */
const ANSWERS = `data:text/javascript,${encodeURIComponent(`
  import https from 'node:https';
  import { syncBuiltinESMExports } from 'node:module';
  import { PassThrough } from 'node:stream';
  https.request = () => {
    const request = new PassThrough();
    request.setTimeout = () => request;
    queueMicrotask(() => {
      const headers = { 'content-type': 'text/plain', etag: '"1"', 'set-cookie': ['a=b'] };
      const message = Object.assign(new PassThrough(), { statusCode: 200, complete: true, headers });
      request.emit('response', message);
      message.end('{"é": {"litellm_provider": "openai", "mode": "chat", ' +
        '"input_cost_per_token": 2.50e-06, "output_cost_per_token": 1e-05}}');
    });
    return request;
  };
  syncBuiltinESMExports();
`)}`;

describe('mtok fetch', () => {
  it('keeps the bytes as they came, and the import takes them from there', () => {
    const cwd = temporaryDirectory();
    const env = { NODE_OPTIONS: `--import ${ANSWERS}` };
    const { code, out, err } = mtok(['fetch', 'litellm', '--json'], { cwd, env });
    expect([code, err]).toEqual([0, 'written: 1 files and their records in raw\n']);
    const [record] = JSON.parse(out);
    const [file, origin, ...others] = readdirSync(join(cwd, 'raw')).sort();
    expect(others).toEqual([]);
    expect([file, origin]).toEqual([record.file, `${record.file}.origin`]);
    expect(file).toMatch(/^litellm\.20\d\d-\d\d-\d\dT\d{6}Z\.json$/);
    const bytes = readFileSync(join(cwd, 'raw', file ?? ''));
    expect(bytes.toString('utf8')).toMatch(/^\{"é": .*2\.50e-06.*\}\}$/);
    expect(record.bytes).toBe(bytes.length);
    expect(record.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(record.headers).toEqual({ 'content-type': 'text/plain', etag: '"1"' });
    expect(JSON.parse(readFileSync(join(cwd, 'raw', origin ?? ''), 'utf8'))).toEqual(record);
    const imported = mtok(['import', 'litellm', `raw/${file}`], { cwd });
    expect(imported.out).toContain(`,2.5,,,10,USD,per_mtok,${record.fetched_at},`);
  });

  it('shows the files and their digests to people', () => {
    const env = { NODE_OPTIONS: `--import ${ANSWERS}` };
    const { out } = mtok(['fetch', 'litellm'], { cwd: temporaryDirectory(), env });
    expect(out).toMatch(/^file +bytes +SHA-256\nlitellm\.\S+\.json +\d+ +[0-9a-f]{64}\n$/);
  });

  it('says that there is no network with exit code 4, and writes nothing', () => {
    const cwd = temporaryDirectory();
    const { code, out, err } = mtok(['fetch', 'litellm'], { cwd, env: offline });
    expect([code, out]).toEqual([4, '']);
    expect(err).toMatch(
      /^mtok: cannot fetch https:\/\/raw\.githubusercontent\.com\/BerriAI\/litellm\/main\/\S+: /,
    );
    expect(err).toContain('(EAI_AGAIN): is there a network? [no_address]; nothing was kept');
    expect(existsSync(join(cwd, 'raw'))).toBe(false);
  });

  it.each([
    [['fetch', 'litelm'], 'unknown feed litelm: did you mean litellm?'],
    [['fetch', 'litellm', '--only', 'x'], 'litellm has no parts to choose from'],
    [['fetch', 'litellm', '--from', '2026-01-01'], 'litellm has no days'],
    [
      ['fetch', 'openrouter-rankings', '--from', '2026-02-01', '--to', '2026-01-01'],
      'expected --from at or before --to',
    ],
    [
      ['fetch', 'openrouter-rankings'],
      'expected a key for openrouter-rankings in OPENROUTER_API_KEY',
    ],
    [['fetch'], "missing required argument 'feed'"],
  ])('answers %j with exit code 2', (args, message) => {
    const { code, out, err } = mtok(args, { env: offline });
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it('never shows a key, not even one that cannot be sent', () => {
    const env = { ...offline, OPENROUTER_API_KEY: 'sk-secret\r\nx: y' };
    const unfit = mtok(['fetch', 'openrouter-rankings'], { env });
    expect([unfit.code, unfit.out]).toEqual([2, '']);
    expect(unfit.err).not.toContain('secret');
    const sent = mtok(['fetch', 'openrouter-rankings'], {
      env: { ...offline, OPENROUTER_API_KEY: 'sk-secret' },
    });
    expect(sent.code).toBe(4);
    expect(sent.err).not.toContain('secret');
  });

  it('lists the feeds and their keys', () => {
    const { out } = mtok(['fetch', '--help']);
    expect(out).toContain('aws-bedrock');
    expect(out).toContain('OPENROUTER_API_KEY for openrouter-rankings');
  });
});
