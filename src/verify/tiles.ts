import { type Hash, nodeHash } from './merkle.ts';
import { ensure, Refusal } from './refusal.ts';
import type { Source } from './source.ts';

/**
 * A log's tiles as a reader sees them (C2SP tlog-tiles). Nothing read here is believed: what is
 * built of it is a proof, and the proof is checked against a signed root.
 */
export interface Tiles {
  readonly entry: (index: number) => Promise<Uint8Array>;
  /** All entries of the bundle that holds an entry. */
  readonly inclusion: (index: number, size: number) => Promise<readonly Hash[]>;
  readonly consistency: (old: number, size: number) => Promise<readonly Hash[]>;
}

const WIDTH = 256;

/** @param size of the signed tree: it says how wide the last tiles are. */
export function readTiles(source: Source, size: number): Tiles {
  const loaded = new Map<string, Promise<Uint8Array>>();

  /** A partial tile may be gone since a fuller one took its place. */
  const load = async (stem: string, width: number): Promise<Uint8Array> => {
    const partial = width === WIDTH ? undefined : await source.read(`${stem}.p/${width}`);
    const bytes = partial ?? (await source.read(stem));
    if (bytes) return bytes;
    throw new Refusal(`${stem}${width === WIDTH ? '' : `.p/${width}`} is missing from the log`);
  };
  const once = (stem: string, width: number): Promise<Uint8Array> => {
    const known = loaded.get(stem) ?? load(stem, width);
    loaded.set(stem, known);
    return known;
  };

  const hashAt = async (level: number, index: number): Promise<Hash> => {
    const [tile, within] = [Math.floor(index / WIDTH), index % WIDTH];
    const bytes = await once(tileStem(String(level), tile), widthOf(size, level, tile));
    const hash = bytes.slice(within * 32, within * 32 + 32);
    ensure(hash.length === 32, `tile ${level}/${tile} of the log is too short`);
    return hash;
  };
  /** The root over leaves from `from` to `to`, `from` being a multiple of a power of two above. */
  const rangeRoot = async ([from, to]: Range): Promise<Hash> => {
    const peaks: Hash[] = [];
    for (let start = from; start < to; ) {
      let [height, span] = [0, 1];
      while (start % (span * 2) === 0 && start + span * 2 <= to) {
        [height, span] = [height + 1, span * 2];
      }
      peaks.push(await perfectRoot(height, start / span));
      start += span;
    }
    return peaks.reduceRight((right, left) => nodeHash(left, right));
  };
  const perfectRoot = async (height: number, index: number): Promise<Hash> => {
    const level = Math.floor(height / 8);
    const span = 2 ** (height % 8);
    const hashes: Hash[] = [];
    for (let at = 0; at < span; at += 1) hashes.push(await hashAt(level, index * span + at));
    return pairUp(hashes);
  };
  return {
    entry: async (index) => {
      const tile = Math.floor(index / WIDTH);
      const bytes = await once(tileStem('entries', tile), widthOf(size, 0, tile));
      const entry = splitBundle(bytes)[index % WIDTH];
      if (!entry) throw new Refusal(`entry ${index} is missing from its bundle`);
      return entry;
    },
    inclusion: (index, of) => Promise.all(inclusionRanges(index, of).map(rangeRoot)),
    consistency: (old, of) => Promise.all(consistencyRanges(old, of).map(rangeRoot)),
  };
}

/** `tile/0/x001/234`: where a tile lies, but for the width of a partial one. */
export function tileStem(level: string, index: number): string {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const groups = padded.match(/\d{3}/g) ?? [];
  const last = groups.pop();
  return `tile/${level}/${groups.map((group) => `x${group}/`).join('')}${last}`;
}

/** How many hashes a tile has in a tree of a size. */
export function widthOf(size: number, level: number, index: number): number {
  const hashes = Math.floor(size / 256 ** level);
  return Math.max(0, Math.min(WIDTH, hashes - index * WIDTH));
}

/** The entries of a bundle, each after its length in 16 bits, big-endian. */
export function splitBundle(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const entries: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    ensure(at + 2 <= bytes.length, 'a bundle of entries ends within a length');
    const end = at + 2 + view.getUint16(at);
    ensure(end <= bytes.length, 'a bundle of entries ends within an entry');
    entries.push(bytes.slice(at + 2, end));
    at = end;
  }
  return entries;
}

type Range = readonly [from: number, to: number];

/** The leaves under each sibling from a leaf to the root, in that order. */
function inclusionRanges(index: number, size: number): Range[] {
  const ranges: Range[] = [];
  let [from, to] = [0, size];
  while (to - from > 1) {
    const middle = from + powerBelow(to - from);
    ranges.push(index < middle ? [middle, to] : [from, middle]);
    [from, to] = index < middle ? [from, middle] : [middle, to];
  }
  return ranges.reverse();
}

/** The leaves under each hash that shows an old tree to begin a new one. */
function consistencyRanges(old: number, size: number): Range[] {
  if (old === 0 || old === size) return [];
  const ranges: Range[] = [];
  let [from, to] = [0, size];
  while (to !== old) {
    const middle = from + powerBelow(to - from);
    ranges.push(old <= middle ? [middle, to] : [from, middle]);
    [from, to] = old <= middle ? [from, middle] : [middle, to];
  }
  // From the start, the old root itself is this hash: the reader has it.
  if (from > 0) ranges.push([from, to]);
  return ranges.reverse();
}

function powerBelow(count: number): number {
  let power = 1;
  while (power * 2 < count) power *= 2;
  return power;
}

export function pairUp(hashes: readonly Hash[]): Hash {
  const [first, ...rest] = hashes;
  ensure(first !== undefined, 'expected a hash');
  if (rest.length === 0) return first;
  const middle = hashes.length / 2;
  return nodeHash(pairUp(hashes.slice(0, middle)), pairUp(hashes.slice(middle)));
}
