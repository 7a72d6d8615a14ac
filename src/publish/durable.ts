import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MtokError } from '../domain/failure.ts';

/**
 * Writes a file so that a reader, or a crash, finds the old file or the new one and never a part:
 * temporary file, fsync, rename, fsync of the directory. The one module that writes files.
 *
 * @throws {MtokError} of kind `environment`; the old file is then as it was.
 */
export async function writeDurably(
  named: string,
  chunks: Iterable<string | Uint8Array>,
): Promise<void> {
  const path = await target(named);
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    await mkdir(directory, { recursive: true });
    await writeAndSync(temporary, chunks);
    await rename(temporary, path);
    await syncDirectory(directory);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    if (error instanceof MtokError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new MtokError('environment', `cannot write ${path}: ${why}`);
  }
}

/** The file that a name stands for, through links. What is there and is no file is left alone. */
async function target(named: string): Promise<string> {
  const path = await realpath(named).catch(() => named);
  const found = await stat(path).catch(() => undefined);
  if (found && !found.isFile()) {
    const what = found.isDirectory() ? 'a directory' : 'a device or a pipe';
    throw new MtokError('environment', `cannot write ${named}: expected a file, found ${what}`);
  }
  if (found) {
    await access(path, constants.W_OK).catch(() => {
      throw new MtokError('environment', `cannot write ${named}: it is not writable`);
    });
  }
  return path;
}

async function writeAndSync(path: string, chunks: Iterable<string | Uint8Array>): Promise<void> {
  const file = await open(path, 'wx');
  try {
    for (const chunk of chunks) await file.writeFile(chunk, 'utf8');
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some platforms cannot sync a directory; the rename is durable there without it.
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'EINVAL' && code !== 'EPERM' && code !== 'EISDIR') throw error;
  } finally {
    await handle.close();
  }
}
