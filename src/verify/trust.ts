import { entrySchema, type KeyRow } from '../domain/publication.ts';
import { openCheckpoint, type SignedCheckpoint } from './checkpoint.ts';
import { parseDocument, readFile } from './documents.ts';
import { countOf, fromUtf8 } from './encoding.ts';
import { leafHash, verifyConsistency } from './merkle.ts';
import { parseReceipt, verifyReceipt } from './receipt.ts';
import { ensure, Refusal } from './refusal.ts';
import type { Source } from './source.ts';
import { readTiles } from './tiles.ts';
import { parseVerifierKey, type VerifierKey } from './verifier-key.ts';

/** A checkpoint that is believed, and the keys by which. */
export interface Trusted {
  readonly checkpoint: SignedCheckpoint;
  readonly keys: readonly VerifierKey[];
  /** The reader knew no key: those of the publication itself were taken. */
  readonly isFirstUse: boolean;
}

/**
 * Opens the checkpoint of a publication with the keys that the reader knows. Where it is signed by
 * a newer key, that key is believed if the log has it under a checkpoint that a known key signed.
 */
export async function openTrusted(source: Source, known: readonly VerifierKey[]): Promise<Trusted> {
  const bytes = await source.read('checkpoint');
  if (!bytes) throw new Refusal('checkpoint is missing: expected a publication of mtok publish');
  const isFirstUse = known.length === 0;
  const keys = isFirstUse ? await listedKeys(source) : known;
  try {
    return { checkpoint: openCheckpoint(bytes, keys), keys, isFirstUse };
  } catch (error) {
    if (isFirstUse || !(error instanceof Refusal)) throw error;
    const more = await followRotation(source, bytes, known);
    if (more.length === 0) throw error;
    const all = [...known, ...more];
    return { checkpoint: openCheckpoint(bytes, all), keys: all, isFirstUse };
  }
}

/** The keys that keys.txt lists as valid. */
async function listedKeys(source: Source): Promise<VerifierKey[]> {
  const text = fromUtf8(await readFile(source, 'keys.txt'), 'keys.txt');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map(parseVerifierKey);
}

/** Keys that the log has under a checkpoint which a known key, or one found so, has signed. */
async function followRotation(
  source: Source,
  checkpointBytes: Uint8Array,
  known: readonly VerifierKey[],
): Promise<VerifierKey[]> {
  const found: VerifierKey[] = [];
  const isNew = (text: string) => ![...known, ...found].some((one) => one.text === text);
  const candidates = await listedKeys(source);
  const checkpoint = openCheckpoint(checkpointBytes, [...known, ...candidates]);
  const tiles = readTiles(source, checkpoint.size);
  // Each key's receipt carries the number of its entry, and is signed by the key before it.
  for (const number of await keyEntries(source)) {
    const path = `receipts/keys/${number}.tlog-proof`;
    const receipt = parseReceipt(await readFile(source, path));
    const bytes = await tiles.entry(receipt.index);
    const entry = parseDocument(bytes, entrySchema, `entry ${receipt.index}`);
    if (entry.kind !== 'key' || entry.action !== 'add' || !isNew(entry.key)) continue;
    try {
      const old = verifyReceipt(receipt, leafHash(bytes), [...known, ...found]);
      verifyConsistency(old, checkpoint, await tiles.consistency(old.size, checkpoint.size));
      found.push(parseVerifierKey(entry.key));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  return found;
}

/** The numbers of the key entries, as index.json says: what they hold is proved, not believed. */
async function keyEntries(source: Source): Promise<number[]> {
  const text = fromUtf8(await readFile(source, 'index.json'), 'index.json');
  const numbers = [...text.matchAll(/\{"added":(\d+),"key":/g)];
  return numbers.map(([, number = '']) => countOf(number, 'an entry')).sort((a, b) => a - b);
}

/** Opens the checkpoint of a receipt, by whichever key of the log was valid for its tree. */
export function openLogged(bytes: Uint8Array, keys: readonly KeyRow[]): SignedCheckpoint {
  const checkpoint = openCheckpoint(
    bytes,
    keys.map(({ key }) => parseVerifierKey(key)),
  );
  requireUnrevoked(checkpoint, keys);
  return checkpoint;
}

/** A key that the log has revoked signs no tree that knows of it. */
export function requireUnrevoked(checkpoint: SignedCheckpoint, keys: readonly KeyRow[]): void {
  const isValid = (text: string) =>
    keys.some(
      ({ key, revoked }) => key === text && (revoked ?? checkpoint.size) >= checkpoint.size,
    );
  const revoked = checkpoint.signed.every(({ key }) => !isValid(key.text));
  const names = checkpoint.signed.map(({ key }) => `${key.name}+${key.id}`).join(', ');
  ensure(
    !revoked,
    `the checkpoint is signed by ${names} alone, which the log does not list as valid`,
  );
}
