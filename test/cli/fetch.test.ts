import { existsSync } from 'node:fs';
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

describe('mtok fetch', () => {
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
