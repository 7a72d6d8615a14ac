import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect } from 'vitest';
import { INPUT_KINDS } from '../../src/domain/publication.ts';
import { parseCheckpoint } from '../../src/verify/checkpoint.ts';
import { directorySource } from '../../src/verify/directory.ts';
import { toBase64 } from '../../src/verify/encoding.ts';
import { parseNote } from '../../src/verify/note.ts';
import { parseVerifierKey } from '../../src/verify/verifier-key.ts';
import { verify } from '../../src/verify/verify.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { ORIGIN, publishDays, requestFor, SIGNER } from '../publish/publications.ts';

export const DAYS = ['2026-07-01', '2026-07-02', '2026-07-03', '2026-07-04'];
export const PUBLISHER = resolve('test/fault/publisher.mjs');

/** The requests of the days, in a file for the publisher. */
export function prepareRequests(days: readonly string[] = DAYS): string {
  const path = join(temporaryDirectory(), 'requests.json');
  const prepared = days.map((day) => {
    const { drafts, rulebooks, ...rest } = requestFor(day);
    return {
      ...rest,
      day,
      rulebooks: [...rulebooks],
      drafts: drafts.map(({ fixing, finalityHours, input }) => ({
        ...{ fixing, finalityHours },
        inputs: Object.fromEntries(INPUT_KINDS.map((kind) => [kind, input(kind)])),
      })),
    };
  });
  writeFileSync(path, JSON.stringify({ origin: ORIGIN, seed: '07'.repeat(32), days: prepared }));
  return path;
}

export interface Reported {
  readonly day: string;
  readonly checkpoint: string;
}

export function reportedIn(stdout: string): Reported[] {
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Reported);
}

/** A fault, and what was seen of it. */
export interface Outcome {
  readonly fault: string;
  runs: number;
  /** Runs that the fault ended. */
  struck: number;
  recovered: number;
  losses: number;
}

export const TABLE: Outcome[] = [];

export function outcome(fault: string): Outcome {
  const row = { fault, runs: 0, struck: 0, recovered: 0, losses: 0 };
  TABLE.push(row);
  return row;
}

/** The table of faults, and its sum in a line. */
export function describeTable(): string {
  const lines = TABLE.map(
    ({ fault, runs, struck, recovered, losses }) =>
      `${fault.padEnd(34)} ${runs} runs, ${struck} struck, ${recovered} recovered, ${losses} losses`,
  );
  const sum = (key: 'runs' | 'struck' | 'recovered' | 'losses') =>
    TABLE.reduce((total, row) => total + row[key], 0);
  const summary = `faults: ${sum('runs')} runs, ${sum('recovered')} recoveries, ${sum('losses')} losses`;
  return [...lines, summary].join('\n');
}

/**
 * After a fault: the next run of the same function recovers, the publication verifies, and what had
 * been reported is still there, in a log that begins with each tree that was reported.
 */
export async function requireRecovery(
  row: Outcome,
  directory: string,
  reported: readonly Reported[],
  days: readonly string[] = DAYS,
): Promise<void> {
  row.runs += 1;
  await publishDays(directory, days);
  const source = directorySource(directory);
  const request = { keys: [parseVerifierKey(SIGNER.verifierKey)], witnesses: [] };
  const done = await verify(source, request);
  expect(done.steps.filter(({ result }) => result === 'fail')).toEqual([]);
  const { fixings } = JSON.parse(readFileSync(join(directory, 'index.json'), 'utf8'));
  for (const { day, checkpoint } of reported) {
    const { origin, size, root } = parseCheckpoint(parseNote(Buffer.from(checkpoint)).body);
    const seen = { origin, size, root: toBase64(root), keys: [] };
    const again = await verify(source, { ...request, seen, index: 'ALPHA', date: day });
    const isThere = fixings.some((one: { date: string }) => one.date === day);
    if (!again.pass || !isThere) row.losses += 1;
  }
  expect(row.losses).toBe(0);
  row.recovered += 1;
}

/** Runs the publisher, and kills it some time after it is ready, or not at all. */
export function runAndKill(
  requests: string,
  directory: string,
  afterMs: number | undefined,
): Promise<{ reported: Reported[]; tookMs: number; signal: string | null }> {
  return new Promise((settle) => {
    const child = spawn(process.execPath, [PUBLISHER, requests, directory]);
    let out = '';
    let started = performance.now();
    child.stdout.on('data', (chunk) => {
      if (out === '') {
        started = performance.now();
        if (afterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), afterMs);
      }
      out += chunk;
    });
    child.on('close', (_, signal) =>
      settle({ reported: reportedIn(out), tookMs: performance.now() - started, signal }),
    );
  });
}

/** Says why a fault cannot be made here; in CI it has to be. */
export function canRun(command: string, args: readonly string[], what: string): boolean {
  const { status, error } = spawnSync(command, args, { stdio: 'ignore' });
  const can = !error && status === 0;
  if (!can) console.log(`Skipped: ${what}`);
  return can;
}
