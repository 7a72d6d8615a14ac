import { ed25519 } from '@noble/curves/ed25519.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { fromBase64, fromUtf8 } from './encoding.ts';
import { ensure, Refusal } from './refusal.ts';
import type { VerifierKey } from './verifier-key.ts';

/** A signed note as it was read (C2SP signed-note): nothing of it is believed yet. */
export interface Note {
  /** With its last line feed. */
  readonly body: string;
  readonly signatures: readonly NoteSignature[];
}

export interface NoteSignature {
  readonly name: string;
  /** Four bytes, in hexadecimal. */
  readonly keyId: string;
  readonly payload: Uint8Array;
}

/** A signature that holds, and when a witness made it. */
export interface Signed {
  readonly key: VerifierKey;
  readonly timeS?: number;
}

/** Notes carry a signature for each key and each witness: sixteen are not enough for all. */
const MOST_SIGNATURES = 100;
const LONGEST_NOTE = 1_000_000;

/** Reads a note. @throws {Refusal} where its form is wrong. */
export function parseNote(bytes: Uint8Array): Note {
  ensure(bytes.length <= LONGEST_NOTE, 'expected a note of less than a megabyte');
  const text = fromUtf8(bytes, 'the note');
  for (const character of text) {
    const isControl = character < ' ' && character !== '\n';
    ensure(!isControl, 'expected a note without control characters other than line feeds');
  }
  // The body may hold empty lines: the last one ends it.
  const at = text.lastIndexOf('\n\n');
  ensure(at >= 0, 'expected an empty line before the signatures');
  const lines = text.slice(at + 2).split('\n');
  ensure(lines.pop() === '', 'expected the note to end with a line feed');
  ensure(lines.length > 0, 'expected at least one signature');
  ensure(lines.length <= MOST_SIGNATURES, `expected at most ${MOST_SIGNATURES} signatures`);
  return { body: text.slice(0, at + 1), signatures: lines.map(signatureOf) };
}

function signatureOf(line: string): NoteSignature {
  const match = /^\u2014 ([^\s+]+) (\S+)$/u.exec(line);
  const [, name = '', encoded = ''] = match ?? [];
  ensure(match !== null, `expected a signature line, found ${JSON.stringify(line.slice(0, 100))}`);
  const bytes = fromBase64(encoded, `the signature of ${name}`);
  ensure(bytes.length > 4, `expected a key id and a signature of ${name}`);
  return { name, keyId: bytesToHex(bytes.slice(0, 4)), payload: bytes.slice(4) };
}

/**
 * The signatures by known keys. Those by other keys are passed over.
 *
 * @throws {Refusal} where a known key's signature is wrong, or none is by a known key.
 */
export function verifyNote(note: Note, keys: readonly VerifierKey[]): readonly Signed[] {
  const signed = signaturesBy(note, keys);
  if (signed.length > 0) return signed;
  const found = note.signatures.map(({ name, keyId }) => `${name}+${keyId}`).join(', ');
  const wanted = keys.map(({ name, id }) => `${name}+${id}`).join(', ');
  throw new Refusal(`expected a signature by ${wanted || 'a known key'}, found ${found}`);
}

/** Like `verifyNote`, where none need be known. */
export function signaturesBy(note: Note, keys: readonly VerifierKey[]): readonly Signed[] {
  const signed: Signed[] = [];
  for (const { name, keyId, payload } of note.signatures) {
    const key = keys.find((one) => one.name === name && one.id === keyId);
    if (!key) continue;
    const found = key.role === 'log' ? plain(note, payload, key) : cosigned(note, payload, key);
    ensure(found !== undefined, `the signature of ${name}+${keyId} is wrong`);
    signed.push(found);
  }
  return signed;
}

function plain({ body }: Note, signature: Uint8Array, key: VerifierKey): Signed | undefined {
  return isSignature(signature, body, key) ? { key } : undefined;
}

/** C2SP tlog-cosignature: eight bytes of time, which the signature covers, come before it. */
function cosigned({ body }: Note, payload: Uint8Array, key: VerifierKey): Signed | undefined {
  if (payload.length !== 8 + 64) return undefined;
  const view = new DataView(payload.buffer, payload.byteOffset, 8);
  const timeS = view.getBigUint64(0);
  const message = `cosignature/v1\ntime ${timeS}\n${body}`;
  return isSignature(payload.slice(8), message, key) ? { key, timeS: Number(timeS) } : undefined;
}

function isSignature(signature: Uint8Array, message: string, { publicKey }: VerifierKey): boolean {
  if (signature.length !== 64) return false;
  try {
    // RFC 8032 to the letter: a signature that others would refuse is none.
    return ed25519.verify(signature, utf8ToBytes(message), publicKey, { zip215: false });
  } catch {
    return false;
  }
}
