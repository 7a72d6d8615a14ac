import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';

/** Endings of files that hold rows. */
export const ROW_FILES: readonly string[] = ['.csv', '.csv.gz', '.csv.zst', '.parquet'];

/** A compressed file that ends early or was changed. */
export class CorruptBytes extends Error {}

const CHUNK = 1 << 20;

/**
 * The bytes of a file as a stream, decompressed where its name ends in `.gz` or `.zst`.
 *
 * @throws {CorruptBytes} in the middle of a compressed file that is broken there.
 */
export function bytesOf(path: string): AsyncIterable<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: CHUNK });
  if (path.endsWith('.gz')) return gunzipped(file);
  return path.endsWith('.zst') ? unzstandard(file) : file;
}

async function* gunzipped(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { pipeline } = await import('node:stream');
  const gunzip = createGunzip({ chunkSize: CHUNK });
  // The error comes out of the stream that is read.
  pipeline(file, gunzip, () => undefined);
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    throw corrupt('gzip', error);
  }
}

async function* unzstandard(file: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  const stream = new Decompress((bytes) => {
    ready.push(bytes);
  });
  const push = (bytes: Uint8Array, isLast: boolean): void => {
    try {
      stream.push(bytes, isLast);
    } catch (error) {
      throw corrupt('zstd', error);
    }
  };
  for await (const bytes of file) {
    push(bytes, false);
    yield* ready.splice(0);
  }
  push(new Uint8Array(0), true);
  yield* ready.splice(0);
}

function corrupt(format: string, error: unknown): Error {
  const { code } = error as { code?: unknown };
  // What the disk says is no fault of the format.
  if (typeof code === 'string' && !code.startsWith('Z_')) return error as Error;
  const why = error instanceof Error ? error.message : String(error);
  return new CorruptBytes(`${format}: ${why}`);
}
