import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The built command; `npm test` builds it first. */
export const MTOK = resolve('dist/cli/main.js');
export const ROOT = resolve('.');

/** What a reader remembers of logs: that of the machine's user is left alone. */
const STATE = mkdtempSync(join(tmpdir(), 'mtok-state-'));

export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command as a user would, without a terminal. */
export function mtok(args: readonly string[], options: { cwd?: string; env?: object } = {}): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MTOK, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, NO_COLOR: '', XDG_STATE_HOME: STATE, ...options.env },
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { code: status, out: stdout, err: stderr };
}

export function temporaryDirectory(): string {
  return mkdtempSync(join(tmpdir(), 'mtok-test-'));
}
