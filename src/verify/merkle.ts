import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { sameBytes } from './encoding.ts';
import { ensure } from './refusal.ts';

/** Merkle trees as RFC 6962 hashes them and RFC 9162 checks them. */
export type Hash = Uint8Array;

export const EMPTY_ROOT: Hash = sha256(new Uint8Array());

export function leafHash(entry: Uint8Array): Hash {
  return sha256(concatBytes(Uint8Array.of(0), entry));
}

export function nodeHash(left: Hash, right: Hash): Hash {
  return sha256(concatBytes(Uint8Array.of(1), left, right));
}

/**
 * Checks that a leaf is the `index`-th of a tree (RFC 9162, section 2.1.3.2).
 *
 * @throws {Refusal} where the proof does not lead from the leaf to the root.
 */
export function verifyInclusion(
  leaf: Hash,
  index: number,
  tree: { readonly size: number; readonly root: Hash },
  proof: readonly Hash[],
): void {
  ensure(index < tree.size, `expected entry ${index} in a log of ${tree.size}`);
  let [node, last, hash] = [index, tree.size - 1, leaf];
  for (const sibling of proof) {
    ensure(last > 0, 'the proof of inclusion is too long');
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(node) && node > 0) [node, last] = [half(node), half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  ensure(last === 0, 'the proof of inclusion is too short');
  ensure(sameBytes(hash, tree.root), `entry ${index} does not lead to the root of the log`);
}

/**
 * Checks that a tree begins with all of an older one (RFC 9162, section 2.1.4.2).
 *
 * @throws {Refusal} where it does not: entries were changed or removed.
 */
export function verifyConsistency(
  old: { readonly size: number; readonly root: Hash },
  tree: { readonly size: number; readonly root: Hash },
  proof: readonly Hash[],
): void {
  const forked = `the log of ${tree.size} entries does not begin with the ${old.size} seen before`;
  ensure(old.size <= tree.size, `the log has ${tree.size} entries, fewer than ${old.size} before`);
  if (old.size === tree.size || old.size === 0) {
    ensure(proof.length === 0, 'the proof of consistency is too long');
    // An empty log begins every log.
    const same = old.size === 0 ? EMPTY_ROOT : tree.root;
    ensure(sameBytes(old.root, same), forked);
    return;
  }
  let [node, last] = [old.size - 1, tree.size - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  // A perfect old tree is a node of the new one, and the proof leaves it out.
  const [start, ...rest] = node === 0 ? [old.root, ...proof] : proof;
  ensure(start !== undefined, 'the proof of consistency is too short');
  let [before, after] = [start, start];
  for (const hash of rest) {
    ensure(last > 0, 'the proof of consistency is too long');
    if (isOdd(node) || node === last) {
      [before, after] = [nodeHash(hash, before), nodeHash(hash, after)];
      while (!isOdd(node) && node > 0) [node, last] = [half(node), half(last)];
    } else {
      after = nodeHash(after, hash);
    }
    [node, last] = [half(node), half(last)];
  }
  ensure(last === 0, 'the proof of consistency is too short');
  ensure(sameBytes(before, old.root) && sameBytes(after, tree.root), forked);
}

/** Sizes pass 32 bits before they pass what a number holds: no bitwise operators here. */
function half(count: number): number {
  return Math.floor(count / 2);
}

function isOdd(count: number): boolean {
  return count % 2 === 1;
}
