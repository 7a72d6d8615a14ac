import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { advanceText } from '../../src/cli/progress.ts';
import { mtok, ROOT, temporaryDirectory } from './run.ts';

/** Sends a Ctrl-C as soon as the command listens for one, and turns to it. */
const AS_SOON_AS_IT_LISTENS = `
  const timer = setInterval(() => {
    if (process.listenerCount('SIGINT') === 0) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGINT');
  }, 1);
  timer.unref();`;

/** Writes two files, and gets Ctrl-C while the second is being written. */
const WHILE_IT_WRITES = `
  const load = (name) => import(process.argv[1] + '/' + name);
  const { interruptionOf } = await load('cli/interruption.js');
  const { writeDurably } = await load('publish/durable.js');
  const interruption = interruptionOf(['s.csv', 'c.csv']);
  await interruption.write('s.csv', ['whole'], writeDurably);
  function* lines() {
    for (let line = 0; line < 50; line += 1) {
      if (line === 10) process.kill(process.pid, 'SIGINT');
      yield 'x'.repeat(100_000);
    }
  }
  await interruption.write('c.csv', lines(), writeDurably);
  console.log('not reached');`;

describe('a backfill that is interrupted', () => {
  it('ends with 130, says what is not written, and leaves what was there', () => {
    const cwd = temporaryDirectory();
    writeFileSync(join(cwd, 's.csv'), 'what was there\n');
    const env = {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURI(AS_SOON_AS_IT_LISTENS)}`,
    };
    const args = ['--from', '2024-01-02', '--to', '2026-08-21', '--constituents', 'c.csv'];
    const book = ['--out', 's.csv', '--book', join(ROOT, 'data')];
    const { code, out, err } = mtok(['backfill', ...args, ...book], { cwd, env });
    expect([out, err, code]).toEqual(['', '\ninterrupted: s.csv and c.csv not written\n', 130]);
    expect(readFileSync(join(cwd, 's.csv'), 'utf8')).toBe('what was there\n');
    expect(readdirSync(cwd)).toEqual(['s.csv']);
  });

  it('while it writes clears away what is half written, and keeps what is whole', () => {
    const cwd = temporaryDirectory();
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['--input-type=module', '-e', WHILE_IT_WRITES, pathToFileURL(resolve('dist')).href],
      { cwd, encoding: 'utf8' },
    );
    expect([stdout, stderr, status]).toEqual(['', '\ninterrupted: c.csv not written\n', 130]);
    expect(readdirSync(cwd)).toEqual(['s.csv']);
    expect(readFileSync(join(cwd, 's.csv'), 'utf8')).toBe('whole');
  });
});

describe('progress', () => {
  it.each([
    [{ done: 5, total: 20, elapsedMs: 100 }, '5 of 20 days'],
    [{ done: 0, total: 20, elapsedMs: 9000 }, '0 of 20 days'],
    [{ done: 500, total: 2000, elapsedMs: 1000 }, '500 of 2000 days, 500 a second, 3 s left'],
    [{ done: 5, total: 1000, elapsedMs: 1000 }, '5 of 1000 days, 5.0 a second, 3 min 19 s left'],
  ])('tells how far it has come, how fast, and how long it will take: %o', (advance, text) => {
    expect(advanceText(advance)).toBe(text);
  });
});
