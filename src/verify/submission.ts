import { openCheckpoint, parseCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { countOf, fromBase64, fromUtf8, sameBytes } from './encoding.ts';
import { EMPTY_ROOT, type Hash, verifyConsistency } from './merkle.ts';
import { parseNote } from './note.ts';
import { ensure, Refusal } from './refusal.ts';
import type { VerifierKey } from './verifier-key.ts';

/** A checkpoint that a log hands to a witness (C2SP tlog-witness, `add-checkpoint`). */
export interface Submission {
  /** Of the tree that the witness cosigned last, as the log believes. */
  readonly oldSize: number;
  readonly proof: readonly Hash[];
  /** The bytes of the signed note. */
  readonly checkpoint: Uint8Array;
}

const LONGEST_PROOF = 63;

/** Reads `old <size>`, lines of a proof, an empty line, and a checkpoint. */
export function parseSubmission(body: Uint8Array): Submission {
  const text = fromUtf8(body, 'the submission');
  const at = text.indexOf('\n\n');
  ensure(at >= 0, 'expected an empty line before the checkpoint');
  const [first = '', ...hashes] = text.slice(0, at).split('\n');
  ensure(first.startsWith('old '), 'expected the old size in the first line');
  ensure(hashes.length <= LONGEST_PROOF, `expected at most ${LONGEST_PROOF} lines of proof`);
  return {
    oldSize: countOf(first.slice('old '.length), 'the old size'),
    proof: hashes.map((hash) => fromBase64(hash, 'a hash of the proof')),
    checkpoint: new TextEncoder().encode(text.slice(at + 2)),
  };
}

/** What a witness knows of a log: its keys, and the tree that it cosigned last. */
export interface KnownLog {
  readonly keys: readonly VerifierKey[];
  readonly tree: { readonly size: number; readonly root: Hash } | undefined;
}

/** Whether a checkpoint may be cosigned, in the status codes of tlog-witness. */
export type Judgement =
  | { readonly status: 200; readonly checkpoint: SignedCheckpoint }
  | { readonly status: 400 | 403 | 404 | 422; readonly why: string }
  | { readonly status: 409; readonly size: number };

/**
 * Judges a submission against what the witness knows. Nothing is stored or signed here: who calls
 * this stores the tree before it gives its cosignature away, and lets no other come between.
 */
export function judgeSubmission(
  body: Uint8Array,
  knownOf: (origin: string) => KnownLog | undefined,
): Judgement {
  const read = refusable(() => {
    const submission = parseSubmission(body);
    const { origin } = parseCheckpoint(parseNote(submission.checkpoint).body);
    return { submission, origin };
  });
  if ('why' in read) return { status: 400, why: read.why };
  const { submission, origin } = read.found;
  const known = knownOf(origin);
  if (!known) return { status: 404, why: `the log ${origin} is not known here` };
  const opened = refusable(() => openCheckpoint(submission.checkpoint, known.keys));
  if ('why' in opened) return { status: 403, why: opened.why };
  const checkpoint = opened.found;
  const tree = known.tree ?? { size: 0, root: EMPTY_ROOT };
  const { oldSize, proof } = submission;
  if (oldSize > checkpoint.size) {
    return { status: 400, why: `the old size ${oldSize} is above the new one ${checkpoint.size}` };
  }
  const isFork = tree.size === checkpoint.size && !sameBytes(tree.root, checkpoint.root);
  if (oldSize !== tree.size || isFork) return { status: 409, size: tree.size };
  const grown = refusable(() => verifyConsistency(tree, checkpoint, proof));
  return 'why' in grown ? { status: 422, why: grown.why } : { status: 200, checkpoint };
}

function refusable<Found>(act: () => Found): { found: Found } | { why: string } {
  try {
    return { found: act() };
  } catch (error) {
    if (error instanceof Refusal) return { why: error.message };
    throw error;
  }
}
