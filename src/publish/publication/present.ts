import { createPublicKey, verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MtokError } from '../../domain/failure.ts';
import { type Contents, contentsSchema } from '../../domain/publication.ts';
import { sha256Of } from '../../ingest/digest.ts';
import { openTileLog, type TileLog } from '../log/tiles.ts';
import { PATHS } from './layout.ts';

/** A publication as the writer finds it. */
export interface Present {
  readonly log: TileLog;
  /** `undefined` before the first publication. */
  readonly contents: Contents | undefined;
  readonly read: (path: string) => Uint8Array | undefined;
}

/**
 * Reads a publication that is to be continued, and holds it against its own checkpoint: what is
 * damaged is not built upon.
 *
 * @throws {MtokError} that says what differs.
 */
export function readPresent(directory: string): Present {
  const read = (path: string) => readIfThere(join(directory, path));
  const checkpoint = read(PATHS.checkpoint);
  if (!checkpoint) {
    const left = ['tile', PATHS.contents, 'fixings'].find((name) =>
      existsSync(join(directory, name)),
    );
    if (left === undefined) {
      return { log: openTileLog(() => undefined, 0), contents: undefined, read };
    }
    throw damaged(directory, `it has ${left} and no checkpoint`);
  }
  const bytes = read(PATHS.contents);
  if (!bytes) throw damaged(directory, `${PATHS.contents} is missing`);
  const parsed = contentsSchema.safeParse(parseJson(bytes));
  if (!parsed.success) throw damaged(directory, `${PATHS.contents} is not what was written`);
  const body = signedBody(Buffer.from(checkpoint).toString('utf8'), parsed.data.keys);
  const [origin, size, root] = body?.split('\n') ?? [];
  if (origin !== parsed.data.origin) {
    throw damaged(directory, `${PATHS.checkpoint} is not signed by one of its keys`);
  }
  try {
    const log = openTileLog(read, Number(size));
    if (Buffer.from(log.root()).toString('base64') !== root) {
      throw new RangeError('its tiles do not lead to the root of its checkpoint');
    }
    const last = Buffer.from(log.lastEntry()).toString('utf8');
    if (!last.includes(sha256Of(bytes))) {
      throw new RangeError(`${PATHS.contents} is not the one that its log names`);
    }
    return { log, contents: parsed.data, read };
  } catch (error) {
    throw damaged(directory, error instanceof Error ? error.message : String(error));
  }
}

/** The body of a note that one of the keys has signed. */
function signedBody(note: string, keys: Contents['keys']): string | undefined {
  const at = note.lastIndexOf('\n\n');
  const body = note.slice(0, at + 1);
  const valid = keys.filter(({ revoked }) => revoked === null);
  const signed = note
    .slice(at + 2)
    .split('\n')
    .some((line) => {
      const [, name, encoded = ''] = line.split(' ');
      const payload = Buffer.from(encoded, 'base64');
      return valid.some(({ key }) => {
        const [keyName, id = '', ...rest] = key.split('+');
        if (keyName !== name || payload.subarray(0, 4).toString('hex') !== id) return false;
        const x = Buffer.from(rest.join('+'), 'base64').subarray(1).toString('base64url');
        const jwk = { kty: 'OKP', crv: 'Ed25519', x };
        const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
        return verify(null, Buffer.from(body, 'utf8'), publicKey, payload.subarray(4));
      });
    });
  return signed ? body : undefined;
}

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new MtokError('environment', `cannot read ${path}: ${code ?? message}`);
  }
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

function damaged(directory: string, what: string): MtokError {
  const advice = 'run mtok verify to see what differs, and restore the directory from a copy';
  return new MtokError('no', `${directory} cannot be continued: ${what}; ${advice}`);
}
