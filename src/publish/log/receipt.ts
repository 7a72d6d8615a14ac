import type { Hash } from './merkle.ts';

/**
 * A receipt that an entry is in the log (C2SP tlog-proof): its index, the hashes from the leaf to
 * the root, and the checkpoint that they lead to.
 */
export function receiptText(index: number, proof: readonly Hash[], checkpoint: string): string {
  const hashes = proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`);
  return `c2sp.org/tlog-proof@v1\nindex ${index}\n${hashes.join('')}\n${checkpoint}`;
}
