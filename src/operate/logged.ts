import type { z } from 'zod';
import { MtokError } from '../domain/failure.ts';
import { sha256Of } from '../ingest/digest.ts';

/** Reads a file of a publication; `undefined` where it is not there. */
export type ReadPublished = (path: string) => Uint8Array | undefined;

/**
 * Reads a document of a publication that its log has the digest of.
 *
 * @throws {MtokError} where it is missing, or is not what was logged.
 */
export function readLogged<Schema extends z.ZodType>(
  read: ReadPublished,
  { path, sha256 }: { readonly path: string; readonly sha256: string },
  schema: Schema,
): z.output<Schema> {
  const bytes = read(path);
  const advice = 'restore it from a copy of the publication';
  if (!bytes) throw new MtokError('no', `${path} is missing: ${advice}`);
  if (sha256Of(bytes) !== sha256) {
    throw new MtokError('no', `${path} is not what was logged, ${sha256}: ${advice}`);
  }
  const parsed = schema.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8')));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const what = `${issue?.path.join('.')}: ${issue?.message}`;
  throw new MtokError('no', `${path} was logged, and cannot be read: ${what}`);
}
