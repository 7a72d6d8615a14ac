import { fromUtf8 } from '../../src/verify/encoding.ts';
import { parseNote } from '../../src/verify/note.ts';
import type { Source } from '../../src/verify/source.ts';
import type { Step } from '../../src/verify/steps.ts';
import { parseVerifierKey, type VerifierKey } from '../../src/verify/verifier-key.ts';

/**
 * The signatures of the checkpoint once more, with the browser's own Ed25519: another
 * implementation than @noble/curves, which verified them before. A browser has none on plain HTTP.
 */
export async function browserSignature(
  source: Source,
  known: readonly VerifierKey[],
): Promise<Step> {
  const { subtle } = globalThis.crypto ?? {};
  const skipped = (why: string): Step => ({
    ...{ name: 'signature', result: 'skipped' },
    detail: `this browser's own Ed25519 was not asked (${why}): @noble/curves alone verified it`,
  });
  if (!subtle) return skipped('it has none for a page over plain HTTP');
  const bytes = await source.read('checkpoint');
  if (!bytes) return skipped('there is no checkpoint');
  const note = parseNote(bytes);
  const keys = [...known, ...(await listedKeys(source))].filter(({ role }) => role === 'log');
  let verified = 0;
  for (const { name, keyId, payload } of note.signatures) {
    const key = keys.find((one) => one.name === name && one.id === keyId);
    if (!key) continue;
    const holds = await isSigned(subtle, key, payload, note.body);
    if (holds === undefined) return skipped('it does not know Ed25519');
    if (!holds) {
      const detail = `this browser's own Ed25519 refuses the signature of ${name}+${keyId}`;
      return { name: 'signature', result: 'fail', detail };
    }
    verified += 1;
  }
  const detail = `this browser's own Ed25519 (WebCrypto) accepts the same signature too`;
  return verified > 0 ? { name: 'signature', result: 'pass', detail } : skipped('no key is known');
}

async function isSigned(
  subtle: SubtleCrypto,
  { publicKey }: VerifierKey,
  signature: Uint8Array,
  body: string,
): Promise<boolean | undefined> {
  try {
    const raw = new Uint8Array(publicKey);
    const key = await subtle.importKey('raw', raw, { name: 'Ed25519' }, false, ['verify']);
    const text = new TextEncoder().encode(body);
    return await subtle.verify({ name: 'Ed25519' }, key, new Uint8Array(signature), text);
  } catch {
    return undefined;
  }
}

async function listedKeys(source: Source): Promise<VerifierKey[]> {
  const bytes = await source.read('keys.txt');
  if (!bytes) return [];
  const lines = fromUtf8(bytes, 'keys.txt').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map(parseVerifierKey);
}
