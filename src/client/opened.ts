import type { Contents } from '../domain/publication.ts';
import { contentsSchema } from '../domain/publication.ts';
import { parseDocument, readFile } from '../verify/documents.ts';
import { fromBase64, sameBytes, toBase64 } from '../verify/encoding.ts';
import { verifyConsistency } from '../verify/merkle.ts';
import type { Opened } from '../verify/opened.ts';
import { Refusal } from '../verify/refusal.ts';
import type { Source } from '../verify/source.ts';
import { readTiles } from '../verify/tiles.ts';
import { openTrusted, requireUnrevoked } from '../verify/trust.ts';
import type { VerifierKey } from '../verify/verifier-key.ts';
import { readContents, requireWitnesses, type Seen } from '../verify/verify.ts';

/** A publication as a client has it: what is there, and, where it was verified, by what. */
export interface View {
  readonly contents: Contents;
  /** `undefined` where the client was told not to verify. */
  readonly opened: Opened | undefined;
  /** The bytes of the checkpoint. */
  readonly checkpoint: Uint8Array;
}

export interface Trust {
  readonly keys: readonly VerifierKey[];
  readonly witnesses: readonly VerifierKey[];
  readonly isVerifying: boolean;
}

const MOST_TRIES = 3;

/**
 * Opens the state that a publication is in now. A publication may come between two of its files:
 * then it is looked at again.
 *
 * @param before what was opened last: the same checkpoint is not opened again.
 * @throws {Refusal} where a signature, a proof or a digest does not hold.
 */
export async function openView(
  source: Source,
  trust: Trust,
  seen: Seen | undefined,
  before: View | undefined,
): Promise<View> {
  for (let tries = 1; ; tries += 1) {
    const checkpoint = await readFile(source, 'checkpoint');
    if (before && sameBytes(before.checkpoint, checkpoint)) return before;
    try {
      return trust.isVerifying
        ? await openVerified(source, trust, seen, checkpoint)
        : await openBelieved(source, checkpoint);
    } catch (error) {
      if (!(error instanceof Refusal) || tries === MOST_TRIES) throw error;
      const after = await source.read('checkpoint');
      if (after && sameBytes(after, checkpoint)) throw error;
    }
  }
}

async function openVerified(
  source: Source,
  { keys, witnesses }: Trust,
  seen: Seen | undefined,
  bytes: Uint8Array,
): Promise<View> {
  // The bytes that were compared with those of before are the ones that are verified.
  const same: Source = {
    ...source,
    read: async (path) => (path === 'checkpoint' ? bytes : source.read(path)),
  };
  const trusted = await openTrusted(same, keys);
  const { checkpoint } = trusted;
  requireWitnesses(checkpoint, witnesses);
  const tiles = readTiles(source, checkpoint.size);
  if (seen) {
    if (seen.origin !== checkpoint.origin) {
      throw new Refusal(`this is the log ${checkpoint.origin}, and ${seen.origin} was seen before`);
    }
    const old = { size: seen.size, root: fromBase64(seen.root, 'the root that was seen') };
    const proof = old.size <= checkpoint.size ? tiles.consistency(old.size, checkpoint.size) : [];
    verifyConsistency(old, checkpoint, await proof);
  }
  const contents = await readContents(source, tiles, checkpoint);
  requireUnrevoked(checkpoint, contents.keys);
  return {
    contents,
    opened: { ...trusted, source, tiles, contents, witnesses },
    checkpoint: bytes,
  };
}

async function openBelieved(source: Source, checkpoint: Uint8Array): Promise<View> {
  const contents = parseDocument(
    await readFile(source, 'index.json'),
    contentsSchema,
    'index.json',
  );
  return { contents, opened: undefined, checkpoint };
}

/** What to remember of a view, so that the next one has to grow out of it. */
export function seenOf({ opened }: View): Seen | undefined {
  if (!opened) return undefined;
  const { origin, size, root } = opened.checkpoint;
  return { origin, size, root: toBase64(root), keys: opened.keys.map(({ text }) => text) };
}
