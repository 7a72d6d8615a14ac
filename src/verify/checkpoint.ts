import { countOf, fromBase64 } from './encoding.ts';
import { type Note, parseNote, type Signed, verifyNote } from './note.ts';
import { ensure } from './refusal.ts';
import type { VerifierKey } from './verifier-key.ts';

/** A tree that a log has committed to (C2SP tlog-checkpoint). */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** A checkpoint with the signatures that hold. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: Note;
  readonly signed: readonly Signed[];
}

/** Reads the body of a checkpoint; lines after the third are extensions, and passed over. */
export function parseCheckpoint(body: string): Checkpoint {
  const [origin = '', size = '', root = '', ...rest] = body.split('\n');
  ensure(origin !== '', 'expected an origin in the first line of the checkpoint');
  ensure(rest.at(-1) === '', 'expected three lines in the checkpoint');
  const checkpoint = {
    origin,
    size: countOf(size, 'the size of the tree'),
    root: fromBase64(root, 'the root hash'),
  };
  ensure(checkpoint.root.length === 32, 'expected a root hash of 32 bytes');
  return checkpoint;
}

/**
 * A checkpoint that one of the log's keys has signed.
 *
 * @throws {Refusal} for a note that is not, or that is signed for another origin.
 */
export function openCheckpoint(bytes: Uint8Array, keys: readonly VerifierKey[]): SignedCheckpoint {
  const note = parseNote(bytes);
  const checkpoint = parseCheckpoint(note.body);
  const own = keys.filter(({ role, name }) => role === 'log' && name === checkpoint.origin);
  return { ...checkpoint, note, signed: verifyNote(note, own) };
}
