import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MtokError } from '../domain/failure.ts';
import type { RecordRow } from '../domain/publication.ts';
import { sha256Of } from '../ingest/digest.ts';
import { writeAllDurably } from '../publish/durable.ts';
import type { Signer } from '../publish/log/keys.ts';
import { readPresent } from '../publish/publication/present.ts';

/** What was put into a pick-up folder. */
export interface Delivered {
  /** Of the settlement; beside it are `.sha256` and `.sig`. */
  readonly path: string;
  readonly sha256: string;
  /** It was there already, the same. */
  readonly isThere: boolean;
}

/**
 * Puts the last settlement of a contract's period into a pick-up folder: the document, its digest
 * as sha256sum writes it, and an Ed25519 signature of its bytes, which openssl verifies. The
 * document gets its name last: who sees it finds the other two.
 *
 * @throws {MtokError} where the log has no such settlement, or the folder another file of its name.
 */
export async function deliver(
  publication: string,
  { contract, period }: { readonly contract: string; readonly period: string },
  folder: string,
  signer: Signer,
): Promise<Delivered> {
  const { row, bytes } = lastSettlement(publication, contract, period);
  const name = row.path.replace('settlements/', '').replaceAll('/', '-');
  const path = join(folder, name);
  if (!existsSync(folder)) {
    throw new MtokError('environment', `expected the folder ${folder}: make it first`);
  }
  const { sha256 } = row;
  if (existsSync(path)) {
    const isSame = sha256Of(readFileSync(path)) === sha256;
    if (isSame) return { path, sha256, isThere: true };
    throw new MtokError('no', `${path} is there with other bytes: it is not written over`);
  }
  await writeAllDurably([
    { path: `${path}.sha256`, chunks: [`${sha256}  ${name}\n`] },
    { path: `${path}.sig`, chunks: [signer.sign(bytes)] },
    { path, chunks: [bytes] },
  ]);
  return { path, sha256, isThere: false };
}

function lastSettlement(
  publication: string,
  contract: string,
  period: string,
): { readonly row: RecordRow; readonly bytes: Uint8Array } {
  const { contents, read } = readPresent(publication);
  const prefix = `settlements/${contract}/${period.replace('/', '_')}.`;
  const row = contents?.records.findLast(({ path }) => path.startsWith(prefix));
  if (!row) {
    const advice = 'settle it first, with mtok settle --publication';
    throw new MtokError('no', `the log has no settlement of ${contract} for ${period}: ${advice}`);
  }
  const bytes = read(row.path);
  if (bytes && sha256Of(bytes) === row.sha256) return { row, bytes };
  throw new MtokError('no', `${row.path} is not what was logged: restore it from a copy`);
}
