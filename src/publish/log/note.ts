import type { Signer } from './keys.ts';
import type { Hash } from './merkle.ts';

/** What a checkpoint commits to: three lines (C2SP tlog-checkpoint). */
export function checkpointBody(origin: string, size: number, root: Hash): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`;
}

/**
 * A signed note: the body, an empty line, a line for each signature. The signature covers the body
 * with its last line feed, and not the empty line.
 */
export function signedNote(body: string, lines: readonly string[]): string {
  return `${body}\n${lines.join('')}`;
}

/** The line of a log's own signature: `— name base64(keyID ‖ signature)`. */
export function signatureLine(body: string, signer: Signer): string {
  return noteLine(signer, signer.sign(Buffer.from(body, 'utf8')));
}

/**
 * The line of a witness (C2SP tlog-cosignature): it says that the tree was consistent with all that
 * the witness had seen until a time.
 *
 * @param timeS seconds since 1970.
 */
export function cosignatureLine(body: string, timeS: number, witness: Signer): string {
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(BigInt(timeS));
  const signature = witness.sign(Buffer.from(`cosignature/v1\ntime ${timeS}\n${body}`, 'utf8'));
  return noteLine(witness, Buffer.concat([time, signature]));
}

function noteLine({ name, keyId }: Signer, payload: Uint8Array): string {
  return `\u2014 ${name} ${Buffer.concat([keyId, payload]).toString('base64')}\n`;
}
