import { readdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { MtokError } from '../../domain/failure.ts';
import { createDurably, removeDurably, writeDurably } from '../durable.ts';

/** Held until it is released, or until its process is gone. */
export interface Lock {
  /** The one who held it before did not get to release it. */
  readonly isTakenOver: boolean;
  readonly release: () => Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Of the boot and of the process: a process id is used again. */
  readonly born: string;
}

/**
 * Takes the lock of a directory: of two at once exactly one gets it.
 *
 * The lock is a row of files `lock.1`, `lock.2`, …: who makes the next one has it, and a file
 * system lets one process make a name. The last of them is never removed, so a number that somebody
 * saw as the next one is not free again later. A holder that was killed is passed over.
 *
 * @throws {MtokError} of kind `environment` that says who has it.
 */
export async function takeLock(directory: string): Promise<Lock> {
  const numbers = await lockNumbers(directory);
  const last = numbers.at(-1) ?? 0;
  const before = last === 0 ? undefined : await holderOf(directory, last);
  if (before && (await isAlive(before))) throw taken(directory, last, before);
  const path = join(directory, `lock.${last + 1}`);
  const self: Holder = { pid: process.pid, host: hostname(), born: await birthOf(process.pid) };
  if (!(await createDurably(path, JSON.stringify(self)))) {
    throw taken(directory, last + 1, await holderOf(directory, last + 1));
  }
  await removeDurably(numbers.map((number) => join(directory, `lock.${number}`)));
  return {
    isTakenOver: before !== undefined,
    // Replaced, not removed: see above.
    release: () => writeDurably(path, ['released\n']),
  };
}

async function lockNumbers(directory: string): Promise<number[]> {
  const names = await readdir(directory).catch(() => []);
  return names
    .map((name) => Number(/^lock\.([1-9]\d*)$/.exec(name)?.[1]))
    .filter((number) => number > 0)
    .sort((a, b) => a - b);
}

/** `undefined` where it was released. */
async function holderOf(directory: string, number: number): Promise<Holder | undefined> {
  const text = await readFile(join(directory, `lock.${number}`), 'utf8').catch(() => '');
  return text.startsWith('{') ? (JSON.parse(text) as Holder) : undefined;
}

/** A holder on another machine cannot be asked: it counts as alive. */
async function isAlive({ pid, host, born }: Holder): Promise<boolean> {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  return (await birthOf(pid)) === born;
}

/** When a process began, on Linux; empty elsewhere, where the process id alone has to do. */
async function birthOf(pid: number): Promise<string> {
  const read = (path: string) => readFile(path, 'utf8').catch(() => '');
  const [boot, stat] = await Promise.all([
    read('/proc/sys/kernel/random/boot_id'),
    read(`/proc/${pid}/stat`),
  ]);
  // The name of the program stands in brackets and may hold anything; the 20th field after is it.
  const started = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return `${boot.trim()} ${started}`;
}

function taken(directory: string, number: number, holder: Holder | undefined): MtokError {
  const who = holder ? `process ${holder.pid} on ${holder.host}` : 'another process';
  const path = join(directory, `lock.${number}`);
  return new MtokError(
    'environment',
    `another run is under way: ${who} holds ${path}. Wait for it and run this again; ` +
      'if that machine is gone, remove the file',
  );
}
