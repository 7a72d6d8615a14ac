import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { fromBase64 } from './encoding.ts';
import { ensure, Refusal } from './refusal.ts';

/** A public key as its owner gives it out: `name+hex8+base64`. */
export interface VerifierKey {
  readonly text: string;
  readonly name: string;
  /** The first four bytes, in hexadecimal. */
  readonly id: string;
  readonly role: 'log' | 'witness';
  readonly publicKey: Uint8Array;
}

const ROLES: ReadonlyMap<number, VerifierKey['role']> = new Map([
  [0x01, 'log'],
  [0x04, 'witness'],
]);

/**
 * Reads a verifier key, and checks that its id is that of its name and key.
 *
 * @throws {Refusal} for a key of another algorithm too.
 */
export function parseVerifierKey(text: string): VerifierKey {
  // The name has no plus; base64 may have some.
  const [name = '', id = '', ...rest] = text.split('+');
  const typed = fromBase64(rest.join('+'), 'the key');
  ensure(name !== '' && !/\s/u.test(name), 'expected a key as name+hexid+base64');
  const own = sha256(concatBytes(utf8ToBytes(`${name}\n`), typed)).slice(0, 4);
  if (bytesToHex(own) !== id) {
    throw new Refusal(`expected the id ${bytesToHex(own)} in the key of ${name}, found ${id}`);
  }
  const role = ROLES.get(typed[0] ?? 0);
  if (role === undefined || typed.length !== 33) {
    throw new Refusal(`expected an Ed25519 key of ${name}: this one is of another algorithm`);
  }
  return { text, name, id, role, publicKey: typed.slice(1) };
}
