import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { publish } from '../../src/publish/publication/publish.ts';
import { publishDays, requestFor, SIGNER } from '../publish/publications.ts';
import { mtok, temporaryDirectory } from './run.ts';

const cwd = temporaryDirectory();
const env = { MTOK_PASSPHRASE: 'w', XDG_STATE_HOME: join(cwd, 'state') };
const run = (...args: string[]) => mtok(args, { cwd, env });
const LOG_KEY = ['--log-key', SIGNER.verifierKey];
const witness = (place: string, ...args: string[]) =>
  run('witness', place, '--key', 'witness.key', '--state', 'witnessed.json', ...args);

let key: string;

beforeAll(async () => {
  const name = ['--role', 'witness', '--name', 'witness.example'];
  key = run('key', 'new', ...name, '--out', 'witness.key').out.trim();
  await publishDays(join(cwd, 'one'), ['2026-07-01', '2026-07-02']);
  cpSync(join(cwd, 'one'), join(cwd, 'other'), { recursive: true });
  // Two histories after the second day.
  await publishDays(join(cwd, 'one'), ['2026-07-03']);
  const { drafts, ...rest } = requestFor('2026-07-03');
  await publish(join(cwd, 'other'), [SIGNER], { ...rest, drafts: drafts.slice(0, 1) });
});

describe('a witness', () => {
  it('needs the key of the log at first, and a key of its own kind', () => {
    const first = run('witness', 'one', '--key', 'witness.key', '--state', 'none.json');
    expect(first.err).toContain('expected the public key of the log');
    const logs = run('key', 'new', '--name', 'index.example/mtok', '--out', 'log.key');
    expect(logs.code).toBe(0);
    const by = run('witness', 'one', '--key', 'log.key', '--state', 'x.json', ...LOG_KEY);
    expect(by.err).toContain('expected the key of a witness');
  });

  it('cosigns one of two histories, and readers who ask for it see no other', async () => {
    const signed = witness('one', ...LOG_KEY, '--out', 'one/checkpoint', '--time', '1790000000');
    expect(signed).toMatchObject({ code: 0, err: 'cosigned: index.example/mtok, 12 entries\n' });
    const refused = witness('other', ...LOG_KEY);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/^mtok: not cosigned: the log (of|has) 1[01] entries/);
    const reader = (place: string, state: string) =>
      run('verify', place, '--key', SIGNER.verifierKey, '--witness', key, '--state', state);
    expect(reader('one', 'a.json').out).toContain('cosigned by witness.example');
    const other = reader('other', 'b.json');
    expect(other.code).toBe(1);
    expect(other.out).toContain('FAIL  signature    the checkpoint is not cosigned by the witness');
    // Without a witness two readers are each content with their own.
    expect(run('verify', 'other', '--state', 'c.json').code).toBe(0);
    await publishDays(join(cwd, 'one'), ['2026-07-04']);
    await publishDays(join(cwd, 'other'), ['2026-07-04']);
    expect(witness('one').err).toContain('cosigned: index.example/mtok, 16 entries, 12 before');
    expect(witness('other').code).toBe(1);
    expect(witness('one').code).toBe(0);
  });

  it('does not sign without its memory', () => {
    writeFileSync(join(cwd, 'broken.json'), '{');
    const args = ['--key', 'witness.key', '--state', 'broken.json', ...LOG_KEY];
    const { code, err } = run('witness', 'one', ...args);
    expect({ code, err }).toEqual({ code: 3, err: expect.stringContaining('is damaged') });
  });
});
