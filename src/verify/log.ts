import {
  type Contents,
  type Entry,
  entrySchema,
  type FixingRow,
  type KeyRow,
} from '../domain/publication.ts';
import type { SignedCheckpoint } from './checkpoint.ts';
import { parseDocument, readFile } from './documents.ts';
import { sameBytes } from './encoding.ts';
import { entriesOf } from './fixing.ts';
import { EMPTY_ROOT, type Hash, leafHash, nodeHash } from './merkle.ts';
import { recordEntryOf } from './records.ts';
import { ensure } from './refusal.ts';
import type { Source } from './source.ts';
import { pairUp, splitBundle, tileStem, widthOf } from './tiles.ts';

/** A whole log, read and hashed again. */
export interface WholeLog {
  readonly entries: readonly Uint8Array[];
  /** The root over the first entries, however many. */
  readonly rootOf: (size: number) => Hash;
  /** Bytes that each file under tile/ has, for the widths that a growing log could have left. */
  readonly tileBytes: (path: string) => Uint8Array | undefined;
}

/** Reads every entry, and checks that they are those of the signed root, and every last tile. */
export async function readLog(source: Source, checkpoint: SignedCheckpoint): Promise<WholeLog> {
  const { size } = checkpoint;
  const entries: Uint8Array[] = [];
  for (let tile = 0; tile * 256 < size; tile += 1) {
    const width = widthOf(size, 0, tile);
    const path = `${tileStem('entries', tile)}${width === 256 ? '' : `.p/${width}`}`;
    const bundle = splitBundle(await readFile(source, path));
    ensure(bundle.length === width, `expected ${width} entries in ${path}: ${bundle.length}`);
    for (const entry of bundle) entries.push(entry);
  }
  const levels = [entries.map(leafHash)];
  for (let below = levels[0] ?? []; below.length >= 256; below = levels.at(-1) ?? []) {
    const full = Math.floor(below.length / 256);
    levels.push(
      Array.from({ length: full }, (_, at) => pairUp(below.slice(at * 256, at * 256 + 256))),
    );
  }
  const leaves = levels[0] ?? [];
  const log: WholeLog = {
    entries,
    rootOf: rootsOf(leaves),
    tileBytes: (path) => tileBytes(levels, entries, path),
  };
  ensure(
    sameBytes(log.rootOf(size), checkpoint.root),
    'the entries do not lead to the signed root',
  );
  for (const [level, hashes] of levels.entries()) {
    for (let tile = 0; tile * 256 < hashes.length; tile += 1) {
      const width = widthOf(size, level, tile);
      const path = `${tileStem(String(level), tile)}${width === 256 ? '' : `.p/${width}`}`;
      requireTile(log, path, await readFile(source, path));
    }
  }
  return log;
}

/** @throws {Refusal} where a file under tile/ is not what the entries make of it. */
export function requireTile(log: WholeLog, path: string, bytes: Uint8Array): void {
  const expected = log.tileBytes(path);
  ensure(expected !== undefined, `${path} is no tile of a log of ${log.entries.length} entries`);
  ensure(sameBytes(expected, bytes), `${path} is not what the entries of the log make of it`);
}

function tileBytes(
  levels: readonly (readonly Hash[])[],
  entries: readonly Uint8Array[],
  path: string,
): Uint8Array | undefined {
  const match = /^tile\/(entries|\d+)\/((?:x\d{3}\/)*\d{3})(?:\.p\/(\d+))?$/.exec(path);
  if (!match) return undefined;
  const [, level = '', name = '', partial] = match;
  const index = Number(name.replaceAll(/[x/]/g, ''));
  const width = Number(partial ?? 256);
  const canonical = `${tileStem(level, index)}${partial === undefined ? '' : `.p/${width}`}`;
  if (width === 0 || canonical !== path || (partial !== undefined && width > 255)) return undefined;
  const items = level === 'entries' ? entries : (levels[Number(level)] ?? []);
  const within = items.slice(index * 256, index * 256 + width);
  if (within.length !== width) return undefined;
  return joined(level === 'entries' ? within.flatMap((item) => [lengthOf(item), item]) : within);
}

function lengthOf({ length }: Uint8Array): Uint8Array {
  return Uint8Array.of(Math.floor(length / 256), length % 256);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Roots of every size in one pass: a root is made of the perfect subtrees from the left. */
function rootsOf(leaves: readonly Hash[]): (size: number) => Hash {
  const roots: Hash[] = [EMPTY_ROOT];
  const peaks: { hash: Hash; width: number }[] = [];
  for (const hash of leaves) {
    let peak = { hash, width: 1 };
    for (let last = peaks.at(-1); last?.width === peak.width; last = peaks.at(-1)) {
      peak = { hash: nodeHash(last.hash, peak.hash), width: peak.width * 2 };
      peaks.pop();
    }
    peaks.push(peak);
    roots.push(peaks.map((one) => one.hash).reduceRight((right, left) => nodeHash(left, right)));
  }
  return (size) => {
    const root = roots[size];
    ensure(root !== undefined, `expected a tree of up to ${leaves.length} entries: ${size}`);
    return root;
  };
}

/**
 * Replays the log and holds index.json against it: each fixing is logged once in each state, in
 * order, and index.json leaves out none and adds none.
 */
export function requireReplay({ entries }: WholeLog, contents: Contents): void {
  const parsed = entries.map((bytes, at) => parseDocument(bytes, entrySchema, `entry ${at}`));
  const told = new Map<number, Entry>();
  for (const row of contents.fixings) {
    for (const { number, entry } of entriesOf(row)) told.set(number, entry);
  }
  for (const row of contents.records) {
    ensure(!told.has(row.entry), `index.json names entry ${row.entry} twice`);
    told.set(row.entry, recordEntryOf(row));
  }
  const paths = new Set<string>();
  const seen = new Map<string, Logged>();
  const keys: KeyRow[] = [];
  for (const [number, entry] of parsed.entries()) {
    if (entry.kind === 'key') replayKey(keys, number, entry);
    if (entry.kind !== 'fixing' && entry.kind !== 'record') continue;
    if (entry.kind === 'fixing') requireOnce(seen, number, entry);
    else {
      ensure(!paths.has(entry.path), `entry ${number} logs ${entry.path} a second time`);
      paths.add(entry.path);
    }
    const same = told.get(number);
    const name = entryName(entry);
    ensure(same !== undefined, `entry ${number} (${name}) is missing from index.json`);
    ensure(sameEntry(same, entry), `index.json says of entry ${number} (${name}) other things`);
    told.delete(number);
  }
  const [extra] = told.keys();
  ensure(extra === undefined, `index.json names entry ${extra}, which is none of its kind`);
  const listed = JSON.stringify(contents.keys.map((one) => [one.key, one.added, one.revoked]));
  const replayed = JSON.stringify(keys.map((one) => [one.key, one.added, one.revoked]));
  ensure(listed === replayed, 'index.json lists other keys than the log');
}

function entryName(entry: Extract<Entry, { kind: 'fixing' | 'record' }>): string {
  if (entry.kind === 'record') return entry.path;
  return `${entry.index} ${entry.date} revision ${entry.revision}, ${entry.state}`;
}

/** What the log said last of an index on a day. */
type Logged = Pick<FixingRow, 'revision' | 'state'>;

/** Once provisional, once final; a revision comes while the one before it is provisional. */
function requireOnce(
  seen: Map<string, Logged>,
  number: number,
  { index, date, revision, state }: Extract<Entry, { kind: 'fixing' }>,
): void {
  const day = `${index} ${date}`;
  const before = seen.get(day);
  seen.set(day, { revision, state });
  if (!before) return;
  const logs = `entry ${number} logs ${day} ${revision} as ${state}`;
  const what = before.revision === revision ? 'it' : `revision ${before.revision}`;
  const was = `${what} was ${before.state} already`;
  const isNext = before.revision + 1 === revision;
  ensure(isNext || before.revision === revision, `${logs}, after revision ${before.revision}`);
  ensure(before.state === 'provisional', `${logs}, and ${was}`);
  ensure(isNext || state === 'final', `${logs}, and ${was}`);
}

function replayKey(
  keys: KeyRow[],
  number: number,
  { action, key }: Extract<Entry, { kind: 'key' }>,
): void {
  const at = keys.findIndex((row) => row.key === key && row.revoked === null);
  const row = keys[at];
  if (action === 'add') keys.push({ key, added: number, revoked: null });
  else {
    ensure(row !== undefined, `entry ${number} revokes a key that is none`);
    keys[at] = { ...row, revoked: number };
  }
}

function sameEntry(a: Entry, b: Entry): boolean {
  const text = (entry: Entry) => JSON.stringify(Object.entries(entry).sort());
  return text(a) === text(b);
}
