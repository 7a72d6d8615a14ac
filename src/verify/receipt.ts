import { openCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { countOf, fromBase64, fromUtf8 } from './encoding.ts';
import { type Hash, verifyInclusion } from './merkle.ts';
import { ensure } from './refusal.ts';
import type { VerifierKey } from './verifier-key.ts';

/** What a receipt says: where an entry stands, and the way from it to a root (C2SP tlog-proof). */
export interface Receipt {
  readonly index: number;
  readonly proof: readonly Hash[];
  /** The bytes of the checkpoint that it ends with. */
  readonly checkpoint: Uint8Array;
}

/** A tree of 2^63 leaves has paths of 63 hashes. */
const LONGEST_PROOF = 63;

/** Reads a receipt. @throws {Refusal} where its form is wrong. */
export function parseReceipt(bytes: Uint8Array): Receipt {
  const text = fromUtf8(bytes, 'the receipt');
  const at = text.indexOf('\n\n');
  ensure(at >= 0, 'expected an empty line before the checkpoint of the receipt');
  const [header, index = '', ...hashes] = text.slice(0, at).split('\n');
  ensure(header === 'c2sp.org/tlog-proof@v1', 'expected a receipt of c2sp.org/tlog-proof@v1');
  ensure(index.startsWith('index '), 'expected the index in the second line of the receipt');
  ensure(hashes.length <= LONGEST_PROOF, `expected at most ${LONGEST_PROOF} hashes`);
  return {
    index: countOf(index.slice('index '.length), 'the index of the receipt'),
    proof: hashes.map((hash) => fromBase64(hash, 'a hash of the receipt')),
    checkpoint: new TextEncoder().encode(text.slice(at + 2)),
  };
}

/**
 * Checks that a receipt proves an entry, under keys that the reader knows.
 *
 * @returns the checkpoint that it leads to.
 */
export function verifyReceipt(
  receipt: Receipt,
  leaf: Hash,
  keys: readonly VerifierKey[],
): SignedCheckpoint {
  const checkpoint = openCheckpoint(receipt.checkpoint, keys);
  verifyInclusion(leaf, receipt.index, checkpoint, receipt.proof);
  return checkpoint;
}
