import { createHash } from 'node:crypto';

/** 32 bytes of SHA-256. */
export type Hash = Uint8Array;

/**
 * The hash of the perfect subtree of height `height` that is the `index`-th of its height from the
 * left: over the leaves from `index * 2^height` on.
 */
export type SubtreeReader = (height: number, index: number) => Hash;

/** Merkle tree hash over the first `size` leaves (RFC 6962, section 2.1). */
export function treeRoot(subtree: SubtreeReader, size: number): Hash {
  return size === 0 ? sha256() : rangeRoot(subtree, 0, size);
}

/** PATH(m, D[n]) of RFC 6962, section 2.1.1: the siblings from the leaf to the root. */
export function inclusionProof(subtree: SubtreeReader, index: number, size: number): Hash[] {
  if (index < 0 || index >= size) throw new RangeError(`expected an entry below ${size}: ${index}`);
  const path = (from: number, to: number): Hash[] => {
    if (to - from === 1) return [];
    const middle = from + splitOf(to - from);
    return index < middle
      ? [...path(from, middle), rangeRoot(subtree, middle, to)]
      : [...path(middle, to), rangeRoot(subtree, from, middle)];
  };
  return path(0, size);
}

/** PROOF(m, D[n]) of RFC 6962, section 2.1.2: that the tree of `old` leaves begins another. */
export function consistencyProof(subtree: SubtreeReader, old: number, size: number): Hash[] {
  if (old < 0 || old > size) throw new RangeError(`expected a size up to ${size}: ${old}`);
  if (old === 0) return [];
  const proof = (from: number, to: number, isWhole: boolean): Hash[] => {
    if (old === to) return isWhole ? [] : [rangeRoot(subtree, from, to)];
    const middle = from + splitOf(to - from);
    return old <= middle
      ? [...proof(from, middle, isWhole), rangeRoot(subtree, middle, to)]
      : [...proof(middle, to, false), rangeRoot(subtree, from, middle)];
  };
  return proof(0, size, true);
}

export function leafHash(entry: Uint8Array): Hash {
  return sha256(LEAF, entry);
}

export function nodeHash(left: Hash, right: Hash): Hash {
  return sha256(NODE, left, right);
}

export function sha256(...parts: readonly Uint8Array[]): Hash {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}

// The first byte keeps a leaf from passing for a node.
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

function rangeRoot(subtree: SubtreeReader, from: number, to: number): Hash {
  const size = to - from;
  if (size === 1) return subtree(0, from);
  const split = splitOf(size);
  // A perfect subtree is read whole: its leaves may lie in a tile that nobody needs.
  if (split * 2 === size && from % size === 0) return subtree(Math.log2(size), from / size);
  return nodeHash(rangeRoot(subtree, from, from + split), rangeRoot(subtree, from + split, to));
}

/** The largest power of two strictly below a size. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}
