import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
} from 'node:crypto';

/** The algorithm byte of a key (C2SP signed-note): a log's own, or a witness's. */
export const KEY_TYPES = { log: 0x01, witness: 0x04 } as const;
export type KeyRole = keyof typeof KEY_TYPES;

/** A private Ed25519 key with the name that its signatures carry. */
export interface Signer {
  readonly name: string;
  readonly role: KeyRole;
  readonly keyId: Uint8Array;
  /** `name+hex8+base64`: what a reader is given. */
  readonly verifierKey: string;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

/** A name stands in note lines and verifier keys: no space, no plus, nothing but ASCII. */
const KEY_NAME = /^[!-*,-~]{1,200}$/;

export function isKeyName(name: string): boolean {
  return KEY_NAME.test(name);
}

/** 32 random bytes: an Ed25519 private key (RFC 8032). */
export function newSeed(): Uint8Array {
  return new Uint8Array(randomBytes(32));
}

/** The signer of a seed. */
export function signerOf(name: string, role: KeyRole, seed: Uint8Array): Signer {
  if (!isKeyName(name)) {
    throw new RangeError(`expected a name like index.example/mtok, without spaces or +: ${name}`);
  }
  const key = privateKeyOf(seed);
  const typed = Buffer.concat([Uint8Array.of(KEY_TYPES[role]), publicBytes(key)]);
  const keyId = keyIdOf(name, typed);
  return {
    ...{ name, role, keyId },
    verifierKey: `${name}+${Buffer.from(keyId).toString('hex')}+${typed.toString('base64')}`,
    sign: (message) => new Uint8Array(sign(null, message, key)),
  };
}

/** The first four bytes of SHA-256 over the name, a line feed, the type and the public key. */
export function keyIdOf(name: string, typedKey: Uint8Array): Uint8Array {
  const digest = createHash('sha256').update(`${name}\n`).update(typedKey).digest();
  return new Uint8Array(digest.subarray(0, 4));
}

/** The public key of a verifier key as PEM (RFC 8410), for openssl. */
export function publicPem(verifierKey: string): string {
  const typed = Buffer.from(verifierKey.split('+').slice(2).join('+'), 'base64');
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: typed.subarray(1).toString('base64url') };
  const key = createPublicKey({ key: jwk, format: 'jwk' });
  return key.export({ format: 'pem', type: 'spki' }).toString().trimEnd();
}

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

function privateKeyOf(seed: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });
}

function publicBytes(key: KeyObject): Uint8Array {
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  return new Uint8Array(spki.subarray(spki.length - 32));
}
