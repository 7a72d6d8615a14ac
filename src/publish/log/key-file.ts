import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { z } from 'zod';
import { MtokError } from '../../domain/failure.ts';
import { type KeyRole, type Signer, signerOf } from './keys.ts';

/**
 * A private key in a file of its own, sealed with a passphrase: scrypt (RFC 7914) makes a key of
 * it, AES-256-GCM seals the 32 bytes of the Ed25519 key and binds them to the name beside them.
 */
const sealedKey = z.strictObject({
  schema: z.literal('mtok.key/1'),
  role: z.enum(['log', 'witness']),
  name: z.string(),
  verifier_key: z.string(),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    // A file from elsewhere must not make this machine work for hours.
    n: z.int().min(2).max(1_048_576),
    r: z.int().min(1).max(32),
    p: z.int().min(1).max(16),
    salt: z.string(),
  }),
  cipher: z.strictObject({ name: z.literal('aes-256-gcm'), nonce: z.string(), sealed: z.string() }),
});
type SealedKey = z.output<typeof sealedKey>;

/** About 0.3 s and 128 MiB: what a guess costs. */
const SCRYPT = { n: 131_072, r: 8, p: 1 } as const;
const TAG_BYTES = 16;

/** The text of a key file; whoever writes it gives it the mode 0600. */
export function sealKey(
  signer: Signer,
  seed: Uint8Array,
  passphrase: string,
  cost: { readonly n: number; readonly r: number; readonly p: number } = SCRYPT,
): string {
  const [salt, nonce] = [randomBytes(16), randomBytes(12)];
  const key = derive(passphrase, salt, cost);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(signer.verifierKey, 'utf8'));
  const sealed = Buffer.concat([cipher.update(seed), cipher.final(), cipher.getAuthTag()]);
  const document: SealedKey = {
    schema: 'mtok.key/1',
    role: signer.role,
    name: signer.name,
    verifier_key: signer.verifierKey,
    kdf: { name: 'scrypt', ...cost, salt: salt.toString('base64') },
    cipher: {
      name: 'aes-256-gcm',
      nonce: nonce.toString('base64'),
      sealed: sealed.toString('base64'),
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** @throws {MtokError} for a file of another form, and for a wrong passphrase. */
export function openKey(text: string, path: string, passphrase: string): Signer {
  const { role, name, verifier_key, kdf, cipher } = parseKeyFile(text, path);
  const key = derive(passphrase, Buffer.from(kdf.salt, 'base64'), kdf);
  const sealed = Buffer.from(cipher.sealed, 'base64');
  try {
    const opening = createDecipheriv('aes-256-gcm', key, Buffer.from(cipher.nonce, 'base64'));
    opening.setAAD(Buffer.from(verifier_key, 'utf8'));
    opening.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
    const body = sealed.subarray(0, sealed.length - TAG_BYTES);
    const seed = Buffer.concat([opening.update(body), opening.final()]);
    const signer = signerOf(name, role satisfies KeyRole, new Uint8Array(seed));
    if (signer.verifierKey === verifier_key) return signer;
  } catch {
    // Said below: a wrong passphrase and a damaged file cannot be told apart.
  }
  throw new MtokError('no', `${path} cannot be opened: wrong passphrase, or the file is damaged`);
}

/** What a key file says without its passphrase. */
export function parseKeyFile(text: string, path: string): SealedKey {
  try {
    return sealedKey.parse(JSON.parse(text));
  } catch {
    throw new MtokError('data', `${path} is no key file: make one with mtok key new`);
  }
}

function derive(
  passphrase: string,
  salt: Uint8Array,
  { n, r, p }: { readonly n: number; readonly r: number; readonly p: number },
): Buffer {
  // One form of accented letters, whatever keyboard they were typed on.
  const normal = passphrase.normalize('NFC');
  return scryptSync(normal, salt, 32, { N: n, r, p, maxmem: 256 * n * r });
}
