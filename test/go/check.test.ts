import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { signerOf } from '../../src/publish/log/keys.ts';
import { checkpointBody, signatureLine, signedNote } from '../../src/publish/log/note.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { grow } from '../log/logs.ts';
import { filesUnder, ORIGIN, publishDays, SIGNER } from '../publish/publications.ts';
import { hasTool } from '../tools.ts';

/**
 * A checker that is not ours: the Go project's own packages for transparency logs. Where they are
 * not installed the tests are skipped, but not in CI.
 */
const PACKAGES = 'apt-get install golang golang-golang-x-mod-dev';
const GOPATH = '/usr/share/gocode';
const hasGo =
  hasTool('go', ['version'], PACKAGES) &&
  existsSync(join(GOPATH, 'src/golang.org/x/mod/sumdb/tlog'));
if (!hasGo && process.env.CI) throw new Error(`expected x/mod of Go: ${PACKAGES}`);

describe.skipIf(!hasGo)('an independent checker', () => {
  const checker = join(temporaryDirectory(), 'check');
  const signer = signerOf(ORIGIN, 'log', new Uint8Array(32).fill(5));

  beforeAll(() => {
    const { status, stderr } = spawnSync(
      'go',
      ['build', '-o', checker, resolve('test/go/check.go')],
      {
        env: { ...process.env, GO111MODULE: 'off', GOPATH, GOCACHE: temporaryDirectory() },
        encoding: 'utf8',
      },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  const check = (directory: string, key: string, ...sizes: number[]) => {
    const { status, stdout, stderr } = spawnSync(checker, [directory, key, ...sizes.map(String)], {
      encoding: 'utf8',
    });
    return { status, out: stdout + stderr };
  };

  function logOf(size: number): string {
    const directory = temporaryDirectory();
    const log = grow(size);
    const body = checkpointBody(ORIGIN, size, log.root());
    const files = log.files();
    files.set('checkpoint', Buffer.from(signedNote(body, [signatureLine(body, signer)])));
    for (const [path, bytes] of files) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), bytes);
    }
    return directory;
  }

  const SIZES = [1, 2, 255, 256, 257, 1000];

  it.each(SIZES)('accepts a log of %i entries, and each size before it', (size) => {
    const before = [1, 2, 100, 255, 256, 257, size].filter((one) => one <= size);
    expect(check(logOf(size), signer.verifierKey, ...before)).toEqual({
      status: 0,
      out: `${ORIGIN}: ${size} entries\n`,
    });
  });

  it.each(SIZES)('rejects a log of %i entries with one byte changed', (size) => {
    const directory = logOf(size);
    for (const [path, bytes] of filesUnder(directory)) {
      for (const at of [0, Math.floor(bytes.length / 2), bytes.length - 1]) {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ 1;
        writeFileSync(join(directory, path), changed);
        expect(check(directory, signer.verifierKey).status, `${path} byte ${at}`).toBe(1);
      }
      writeFileSync(join(directory, path), bytes);
    }
  });

  it('accepts a publication, and no other key for it', async () => {
    const directory = temporaryDirectory();
    await publishDays(directory, ['2026-07-01', '2026-07-02', '2026-07-03']);
    const sizes = [...filesUnder(directory).keys()].flatMap((path) => {
      const width = /^tile\/0\/000\.p\/(\d+)$/.exec(path)?.[1];
      return width === undefined ? [] : [Number(width)];
    });
    expect(check(directory, SIGNER.verifierKey, ...sizes).status).toBe(0);
    expect(check(directory, signer.verifierKey).status).toBe(1);
    expect(readFileSync(join(directory, 'keys.txt'), 'utf8')).toBe(`${SIGNER.verifierKey}\n`);
  });
});
