import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a process asked the file system to do, in the order in which it was done. */
export type Operation =
  | { readonly kind: 'create' | 'mkdir' | 'unlink' | 'sync'; readonly path: string }
  | { readonly kind: 'write'; readonly path: string; readonly bytes: Buffer }
  | { readonly kind: 'rename' | 'link'; readonly path: string; readonly to: string }
  | { readonly kind: 'report'; readonly text: string };

/** Reads the operations under a directory from a trace: `strace -f -y -xx -s 99999999`. */
export function operationsOf(trace: string, directory: string): Operation[] {
  const waiting = new Map<string, string>();
  const operations: Operation[] = [];
  for (const line of trace.split('\n')) {
    const [, thread = '', rest = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    if (rest.endsWith('<unfinished ...>')) {
      waiting.set(thread, rest.slice(0, -'<unfinished ...>'.length));
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
    const call = resumed ? `${waiting.get(thread) ?? ''}${resumed[1]}` : rest;
    const operation = operationOf(call, directory);
    if (operation) operations.push(operation);
  }
  return operations;
}

function operationOf(call: string, directory: string): Operation | undefined {
  const [, name = '', args = '', result = ''] = /^(\w+)\((.*)\)\s+= (-?\d+)/.exec(call) ?? [];
  if (name === '' || result.startsWith('-')) return undefined;
  const texts = [...args.matchAll(/"((?:\\x[0-9a-f]{2})*)"/g)].map(([, text = '']) =>
    Buffer.from(text.replaceAll('\\x', ''), 'hex'),
  );
  const named = texts.map((text) => within(text.toString('utf8'), directory));
  const [path, to] = named;
  // With -xx the names of descriptors are in hexadecimal too.
  const [, number, hexName = ''] = /^(\d+)<((?:\\x[0-9a-f]{2})+)>/.exec(args) ?? [];
  const file = Buffer.from(hexName.replaceAll('\\x', ''), 'hex').toString('utf8');
  const open = within(file, directory);
  if (name === 'openat' && path !== undefined && args.includes('O_CREAT')) {
    return { kind: 'create', path };
  }
  if (name === 'mkdir' && path !== undefined) return { kind: 'mkdir', path };
  if (name === 'unlink' && path !== undefined) return { kind: 'unlink', path };
  if (name === 'rename' && path !== undefined && to !== undefined)
    return { kind: 'rename', path, to };
  if (name === 'link' && path !== undefined && to !== undefined) return { kind: 'link', path, to };
  if (name === 'fsync' && open !== undefined) return { kind: 'sync', path: open };
  if (name !== 'write') return undefined;
  const bytes = (texts[0] ?? Buffer.alloc(0)).subarray(0, Number(result));
  if (number === '1') return { kind: 'report', text: bytes.toString('utf8') };
  return open === undefined ? undefined : { kind: 'write', path: open, bytes };
}

/** A path relative to the directory; empty for the directory itself. */
function within(path: string, directory: string): string | undefined {
  if (path === directory) return '';
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : undefined;
}

/** A file, whatever names it has: what was written, and how much of it is on the disk. */
interface Inode {
  readonly isDirectory: boolean;
  written: Buffer;
  synced: Buffer;
}

/**
 * The disk after a crash that follows the first operations. What was synced is there. Of each file
 * that was not, all, a part or nothing is there, or zeros; of the changes to a directory since it
 * was synced any may have reached the disk, and any may not, in any order.
 */
export function crash(
  operations: readonly Operation[],
  random: () => number,
  disk: string,
): string {
  const now = new Map<string, Inode>([['', directory()]]);
  const onDisk = new Map<string, Inode>();
  let unsynced: { parent: string; apply: () => void }[] = [];
  const change = (path: string, apply: () => void): void => {
    unsynced.push({ parent: parentOf(path), apply });
  };
  let reports = '';
  for (const operation of operations) {
    if (operation.kind === 'report') {
      reports += operation.text;
      continue;
    }
    const { kind, path } = operation;
    const inode = now.get(path);
    if (kind === 'create' || kind === 'mkdir') {
      const made = kind === 'mkdir' ? directory() : file();
      now.set(path, made);
      change(path, () => onDisk.set(path, made));
    } else if (kind === 'write') {
      if (inode) inode.written = Buffer.concat([inode.written, operation.bytes]);
    } else if (kind === 'sync') {
      if (inode && !inode.isDirectory) inode.synced = inode.written;
      if (inode?.isDirectory) {
        for (const one of unsynced) if (one.parent === path) one.apply();
        unsynced = unsynced.filter((one) => one.parent !== path);
      }
    } else if (inode) {
      if (kind !== 'link') now.delete(path);
      const to = 'to' in operation ? operation.to : undefined;
      if (to !== undefined) now.set(to, inode);
      change(path, () => {
        if (kind !== 'link') onDisk.delete(path);
        if (to !== undefined) onDisk.set(to, inode);
      });
    }
  }
  for (const { apply } of shuffled(unsynced, random)) if (random() < 0.5) apply();
  lay(onDisk, random, disk);
  return reports;
}

function lay(onDisk: ReadonlyMap<string, Inode>, random: () => number, to: string): void {
  const isReachable = (path: string): boolean =>
    path === '' || (onDisk.get(path)?.isDirectory === true && isReachable(parentOf(path)));
  for (const [path, inode] of onDisk) {
    if (path === '' || !isReachable(parentOf(path))) continue;
    const place = join(to, path);
    mkdirSync(inode.isDirectory ? place : dirname(place), { recursive: true });
    if (!inode.isDirectory) writeFileSync(place, contentOf(inode, random));
  }
}

function contentOf({ written, synced }: Inode, random: () => number): Buffer {
  if (written === synced) return synced;
  const length = Math.floor(random() * (written.length + 1));
  const kept = written.subarray(0, length);
  const torn = Buffer.concat([kept, Buffer.alloc(written.length - length)]);
  return [written, synced, kept, torn][Math.floor(random() * 4)] ?? written;
}

function shuffled<Item>(items: readonly Item[], random: () => number): Item[] {
  const keyed = items.map((item) => ({ item, at: random() }));
  return keyed.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

const file = (): Inode => ({ isDirectory: false, written: NOTHING, synced: NOTHING });
const directory = (): Inode => ({ isDirectory: true, written: NOTHING, synced: NOTHING });
const NOTHING = Buffer.alloc(0);

function parentOf(path: string): string {
  const parent = dirname(path);
  return parent === '.' ? '' : parent;
}
