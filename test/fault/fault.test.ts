import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/publish/canonical.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { requestFor, sha256 } from '../publish/publications.ts';
import { scaled } from '../scale.ts';
import {
  canRun,
  describeTable,
  outcome,
  PUBLISHER,
  prepareRequests,
  reportedIn,
  requireRecovery,
  runAndKill,
} from './faults.ts';
import { crash, type Operation, operationsOf } from './recorder.ts';

/** A fixed sequence, so that a run can be repeated: SEED=7 npx vitest run test/fault. */
let state = Number(process.env.SEED ?? 1);
const random = (): number => {
  state = (state * 48271) % 2147483647;
  return state / 2147483647;
};

let requests: string;
let published: string;

beforeAll(() => {
  requests = prepareRequests();
  const { fixing } = requestFor('2026-07-02').drafts[0]!;
  published = sha256(canonicalJson(fixing));
});

afterAll(() => console.log(describeTable()));

describe('a publication that is killed', () => {
  it('at random moments is completed or undone by the next run', async () => {
    const row = outcome('SIGKILL at a random moment');
    const runs = scaled(6, 40);
    let { tookMs } = await runAndKill(requests, temporaryDirectory(), undefined);
    // On a busy machine many runs end before the moment comes: then there are more of them.
    for (let run = 0; run < runs || (row.struck < runs / 4 && run < runs * 4); run += 1) {
      const directory = temporaryDirectory();
      const killed = await runAndKill(requests, directory, random() * tookMs);
      if (killed.signal === 'SIGKILL') row.struck += 1;
      else tookMs = Math.min(tookMs, killed.tookMs);
      await requireRecovery(row, directory, killed.reported);
    }
    expect(row.struck).toBeGreaterThanOrEqual(scaled(1, 10));
  });
});

const hasStrace = canRun('strace', ['-o', '/dev/null', 'true'], 'strace is not installed');
if (!hasStrace && process.env.CI) throw new Error('expected strace: apt-get install strace');

describe.skipIf(!hasStrace)('a system call that fails', () => {
  /** How often a run makes each call, about. */
  const CALLS = { fsync: 163, rename: 81, link: 4, unlink: 11, mkdir: 97, write: 97 } as const;
  const FAILURES = scaled({ EIO: 1, ENOSPC: 1 }, { EIO: 4, ENOSPC: 2 });
  const cases = Object.entries(CALLS).flatMap(([call, times]) =>
    Object.entries(FAILURES).map(([error, runs]) => [call, error, runs, times] as const),
  );

  it.each(cases)(
    '%s with %s ends the run, and the next one recovers',
    async (call, error, runs, times) => {
      const row = outcome(`${call} fails with ${error}`);
      for (let run = 0; run < runs; run += 1) {
        const directory = temporaryDirectory();
        const when = 1 + Math.floor(random() * times);
        const inject = `inject=${call}:error=${error}:when=${when}`;
        const flags = ['-f', '--seccomp-bpf', '-o', '/dev/null', '-e', `trace=${call}`];
        const command = [process.execPath, PUBLISHER, requests, directory];
        const { stdout, status } = spawnSync('strace', [...flags, '-e', inject, ...command], {
          encoding: 'utf8',
          // strace counts by thread: with one for the files it counts all of their calls.
          env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
        });
        if (status !== 0) row.struck += 1;
        await requireRecovery(row, directory, reportedIn(stdout));
      }
    },
  );
});

const UNSHARE = ['-Urm', 'sh', '-c', 'mount -t tmpfs -o size=64k tmpfs /mnt'];
const hasTmpfs = canRun('unshare', UNSHARE, 'a full disk needs a user namespace with a tmpfs');

describe.skipIf(!hasTmpfs)('a disk that is full', () => {
  it.each(scaled([80, 220], [40, 80, 120, 160, 220, 300, 400]))(
    'at %i KiB ends the run, and the next one recovers',
    async (size) => {
      const row = outcome(`disk full at ${size} KiB`);
      const directory = temporaryDirectory();
      const script = [
        `mount -t tmpfs -o size=${size}k tmpfs /mnt`,
        `"${process.execPath}" "${PUBLISHER}" "${requests}" /mnt/public`,
        'echo "status $?"',
        `cp -a /mnt/public/. "${directory}"`,
      ].join('\n');
      const { stdout } = spawnSync('unshare', ['-Urm', 'sh', '-c', script], { encoding: 'utf8' });
      if (stdout.includes('status 4')) row.struck += 1;
      await requireRecovery(row, directory, reportedIn(stdout));
    },
  );
});

describe.skipIf(!hasStrace)('a crash of the machine', () => {
  const days = ['2026-07-01', '2026-07-02'];
  let operations: Operation[];

  beforeAll(() => {
    const directory = join(temporaryDirectory(), 'public');
    mkdirSync(directory);
    const trace = join(temporaryDirectory(), 'trace');
    const calls = 'trace=openat,mkdir,unlink,rename,link,fsync,write';
    const flags = ['-f', '-y', '-xx', '-s', '99999999', '-e', calls, '-o', trace];
    const command = [process.execPath, PUBLISHER, prepareRequests(days), directory];
    expect(spawnSync('strace', [...flags, ...command]).status).toBe(0);
    operations = operationsOf(readFileSync(trace, 'latin1'), directory);
  });

  it('leaves what was synced, and any part of the rest: the next run recovers', async () => {
    const row = outcome('power cut: dropped, torn, reordered');
    for (let run = 0; run < scaled(15, 120); run += 1) {
      const after = Math.floor(random() * (operations.length + 1));
      const disk = temporaryDirectory();
      const reports = crash(operations.slice(0, after), random, disk);
      row.struck += 1;
      await requireRecovery(row, disk, reportedIn(reports), days);
    }
  });

  it.each([
    ['files', (path: string) => /\.tmp$/.test(path)],
    ['directories', (path: string) => !/\.tmp$/.test(path)],
  ])('would be seen to lose fixings if %s were not synced', (_, isLeftOut) => {
    const careless = operations.filter(
      (operation) => operation.kind !== 'sync' || !isLeftOut(operation.path),
    );
    expect(careless.length).toBeLessThan(operations.length - 10);
    let lost = 0;
    for (let run = 0; run < 20; run += 1) {
      const disk = temporaryDirectory();
      const reports = crash(careless, random, disk);
      expect(reportedIn(reports)).toHaveLength(2);
      const path = join(disk, 'fixings/ALPHA/2026-07-02.json');
      const digest = existsSync(path) ? sha256(readFileSync(path)) : '';
      if (digest !== published) lost += 1;
    }
    expect(lost).toBeGreaterThan(5);
  });
});
