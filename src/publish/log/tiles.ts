import { type Hash, leafHash, nodeHash, type SubtreeReader, treeRoot } from './merkle.ts';

/** A tile covers 8 levels of the tree: up to 256 hashes. */
const TILE_HEIGHT = 8;
export const TILE_WIDTH = 256;
const HASH_BYTES = 32;
const LARGEST_ENTRY = 65_535;

/** Where a tile lies: `tile/0/x001/234`, `tile/entries/000.p/7`. A full tile has no width. */
export function tilePath(level: number | 'entries', index: number, width = TILE_WIDTH): string {
  const groups = [String(index % 1000).padStart(3, '0')];
  for (let rest = Math.floor(index / 1000); rest > 0; rest = Math.floor(rest / 1000)) {
    groups.unshift(`x${String(rest % 1000).padStart(3, '0')}`);
  }
  const partial = width === TILE_WIDTH ? '' : `.p/${width}`;
  return `tile/${level}/${groups.join('/')}${partial}`;
}

/** A log that can be appended to, on the tiles that it has. */
export interface TileLog {
  readonly size: () => number;
  /** @returns the index of the entry. */
  readonly append: (entry: Uint8Array) => number;
  readonly root: () => Hash;
  /** @throws {RangeError} where the log is empty. */
  readonly lastEntry: () => Uint8Array;
  readonly subtree: SubtreeReader;
  /** The tiles and bundles that what was appended made, by path. */
  readonly files: () => Map<string, Uint8Array>;
}

/**
 * Opens a log of `size` entries on its tiles (C2SP tlog-tiles). Only the tiles at its right edge
 * are read, each when it is needed.
 *
 * @param read the bytes of a path, or `undefined` where there is no such file.
 * @throws {RangeError} where a tile is missing or has another length than the size says.
 */
export function openTileLog(read: (path: string) => Uint8Array | undefined, size: number): TileLog {
  let count = size;
  const tiles = new Map<string, Hash[]>();
  const bundles = new Map<number, Uint8Array[]>();
  const changed = new Map<string, { readonly level: number; readonly index: number }>();

  /** Counts at open: what is on disk, whatever was appended since. */
  const onDisk = (level: number, index: number): number => {
    let hashes = size;
    for (let below = 0; below < level; below += 1) hashes = Math.floor(hashes / TILE_WIDTH);
    return Math.max(0, Math.min(TILE_WIDTH, hashes - index * TILE_WIDTH));
  };
  const bytesOf = (path: string): Uint8Array => {
    const bytes = read(path);
    if (!bytes) throw new RangeError(`expected the log to have ${path}: it is missing`);
    return bytes;
  };
  const tile = (level: number, index: number): Hash[] => {
    const key = `${level}/${index}`;
    const known = tiles.get(key);
    if (known) return known;
    const width = onDisk(level, index);
    const path = tilePath(level, index, width);
    const hashes = width === 0 ? [] : hashesOf(bytesOf(path), width, path);
    tiles.set(key, hashes);
    return hashes;
  };
  const bundle = (index: number): Uint8Array[] => {
    const known = bundles.get(index);
    if (known) return known;
    const width = onDisk(0, index);
    const path = tilePath('entries', index, width);
    const entries = width === 0 ? [] : entriesOf(bytesOf(path), width, path);
    const hashes = tile(0, index);
    // The bundle is written again with what is appended: what is damaged must not be.
    if (
      entries.some((entry, at) => !leafHash(entry).every((byte, of) => byte === hashes[at]?.[of]))
    ) {
      throw new RangeError(`the entries of ${path} are not those of the log`);
    }
    bundles.set(index, entries);
    return entries;
  };
  const push = (level: number, position: number, hash: Hash): void => {
    const index = Math.floor(position / TILE_WIDTH);
    const hashes = tile(level, index);
    hashes.push(hash);
    changed.set(`${level}/${index}`, { level, index });
    // A parent covers only full children.
    if (hashes.length === TILE_WIDTH) push(level + 1, index, fold(hashes));
  };
  const subtree: SubtreeReader = (height, index) => {
    const level = Math.floor(height / TILE_HEIGHT);
    const width = 2 ** (height % TILE_HEIGHT);
    const start = index * width;
    const hashes = tile(level, Math.floor(start / TILE_WIDTH));
    const within = hashes.slice(start % TILE_WIDTH, (start % TILE_WIDTH) + width);
    if (within.length !== width) throw new RangeError('expected a subtree within the log');
    return fold(within);
  };
  return {
    size: () => count,
    append: (entry) => {
      if (entry.length > LARGEST_ENTRY) {
        throw new RangeError(`expected an entry of up to ${LARGEST_ENTRY} bytes: ${entry.length}`);
      }
      bundle(Math.floor(count / TILE_WIDTH)).push(entry);
      push(0, count, leafHash(entry));
      count += 1;
      return count - 1;
    },
    root: () => treeRoot(subtree, count),
    lastEntry: () => {
      const entry = bundle(Math.floor((count - 1) / TILE_WIDTH))[(count - 1) % TILE_WIDTH];
      if (!entry) throw new RangeError('expected the log to have an entry');
      return entry;
    },
    subtree,
    files: () => {
      const files = new Map<string, Uint8Array>();
      for (const { level, index } of changed.values()) {
        const hashes = tile(level, index);
        files.set(tilePath(level, index, hashes.length), Buffer.concat(hashes));
        if (level > 0) continue;
        const entries = bundle(index);
        files.set(tilePath('entries', index, entries.length), bundleBytes(entries));
      }
      return files;
    },
  };
}

/** Entries one after the other, each with its length in 16 bits, big-endian, before it. */
export function bundleBytes(entries: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(
    entries.flatMap((entry) => [Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry]),
  );
}

function hashesOf(bytes: Uint8Array, width: number, path: string): Hash[] {
  if (bytes.length !== width * HASH_BYTES) {
    throw new RangeError(`expected ${width * HASH_BYTES} bytes in ${path}: ${bytes.length}`);
  }
  return Array.from({ length: width }, (_, at) =>
    bytes.slice(at * HASH_BYTES, (at + 1) * HASH_BYTES),
  );
}

function entriesOf(bytes: Uint8Array, width: number, path: string): Uint8Array[] {
  const entries: Uint8Array[] = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const length = (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    entries.push(bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  if (at !== bytes.length || entries.length !== width) {
    throw new RangeError(`expected ${width} entries in ${path}: ${entries.length}`);
  }
  return entries;
}

/** The root of a perfect tree over a power of two of hashes. */
function fold(hashes: readonly Hash[]): Hash {
  let level = hashes;
  while (level.length > 1) {
    const above: Hash[] = [];
    for (let at = 0; at + 1 < level.length; at += 2) {
      const [left, right] = [level[at], level[at + 1]];
      if (left && right) above.push(nodeHash(left, right));
    }
    level = above;
  }
  const [root] = level;
  if (!root) throw new RangeError('expected a hash to fold');
  return root;
}
