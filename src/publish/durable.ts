import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, link, mkdir, open, realpath, rename, stat, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { MtokError } from '../domain/failure.ts';

/**
 * The one module that writes files. Each reaches its name in this order of system calls, so that a
 * reader, or a crash, finds the old file or the new one and never a part:
 *
 *     open(dir/.name.tmp, O_EXCL)  write, all of it  fsync  close  rename(tmp, name)  fsync(dir)
 *
 * A failed fsync is not tried again, and what was written is not read back: the kernel may have
 * dropped the pages that it could not write, and would answer from others. The command ends there,
 * and the next run starts from what the disk has.
 */
export async function writeDurably(
  named: string,
  chunks: Draft['chunks'],
  options: { readonly mode?: number } = {},
): Promise<void> {
  await explained(named, async () => {
    const path = await target(named);
    const staged = await stage({ path, chunks, ...options });
    await staged.commit();
    await syncDirectory(dirname(path));
  });
}

/**
 * Writes a file that another program makes of a first one, which is gone afterwards.
 *
 * @param convert is given where the first file is, and where the other one is to be.
 */
export async function writeDurablyBy(
  named: string,
  chunks: Draft['chunks'],
  convert: (from: string, to: string) => Promise<void>,
): Promise<void> {
  await explained(named, async () => {
    const path = await target(named);
    const first = await stage({ path, chunks });
    const made = `${first.temporary}.made`;
    try {
      await convert(first.temporary, made);
      await syncFile(made);
      await rename(made, path);
    } finally {
      await first.discard();
      await unlink(made).catch(() => undefined);
    }
    await syncDirectory(dirname(path));
  });
}

/** A file to be written: its path, and what will be in it. */
export interface Draft {
  readonly path: string;
  readonly chunks: Iterable<string | Uint8Array>;
  readonly mode?: number;
}

/**
 * Writes many files: all are staged and synced before the first takes its name, they take their
 * names in the order in which they are given, and all names are durable when this returns.
 */
export async function writeAllDurably(drafts: readonly Draft[]): Promise<void> {
  const staged: Staged[] = [];
  try {
    for (const draft of drafts) {
      await explained(draft.path, async () => staged.push(await stage(draft)));
    }
    for (const one of staged) await explained(one.path, one.commit);
  } catch (error) {
    for (const one of staged) await one.discard();
    throw error;
  }
  for (const directory of new Set(drafts.map(({ path }) => dirname(path)))) {
    await explained(directory, () => syncDirectory(directory));
  }
}

/**
 * Makes a file that must not be there yet, whole at once.
 *
 * @returns false where there is one of that name: it is left as it is.
 */
export async function createDurably(
  path: string,
  text: string | Uint8Array,
  options: { readonly mode?: number } = {},
): Promise<boolean> {
  return explained(path, async () => {
    const staged = await stage({ path, chunks: [text], ...options });
    try {
      // Of two that link to one name at once the file system lets one pass.
      await link(staged.temporary, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    } finally {
      await staged.discard();
    }
    await syncDirectory(dirname(path));
    return true;
  });
}

/** Removes files, those that are gone already too. */
export async function removeDurably(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await explained(path, async () => {
      await unlink(path).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    });
  }
  for (const directory of new Set(paths.map(dirname))) {
    await explained(directory, () => syncDirectory(directory));
  }
}

/** Makes a directory and those above it; their names are durable when this returns. */
export async function makeDirectory(directory: string): Promise<void> {
  await explained(directory, () => ensureDirectory(directory));
}

interface Staged {
  readonly path: string;
  readonly temporary: string;
  readonly commit: () => Promise<void>;
  readonly discard: () => Promise<void>;
}

async function stage({ path, chunks, mode = 0o666 }: Draft): Promise<Staged> {
  const directory = dirname(path);
  const temporary = join(directory, `.${basename(path)}.${randomBytes(6).toString('hex')}.tmp`);
  await ensureDirectory(directory);
  const discard = () => unlink(temporary).catch(() => undefined);
  try {
    await writeAndSync(temporary, chunks, mode);
  } catch (error) {
    await discard();
    throw error;
  }
  const commit = async (): Promise<void> => {
    try {
      await rename(temporary, path);
    } catch (error) {
      await discard();
      throw error;
    }
  };
  return { path, temporary, commit, discard };
}

async function writeAndSync(
  path: string,
  chunks: Iterable<string | Uint8Array>,
  mode: number,
): Promise<void> {
  const file = await open(path, 'wx', mode);
  try {
    for (const bytes of gathered(chunks)) {
      const { bytesWritten } = await file.write(bytes);
      // A disk that fills up takes a part and says so; only the next write would fail.
      if (bytesWritten !== bytes.length) {
        throw new RangeError(`only ${bytesWritten} of ${bytes.length} bytes were written`);
      }
    }
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A system call for each line of a long file would take longer than the lines. */
const GATHERED_BYTES = 65_536;

function* gathered(chunks: Iterable<string | Uint8Array>): Generator<Uint8Array> {
  let [waiting, length]: [Uint8Array[], number] = [[], 0];
  for (const chunk of chunks) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
    waiting.push(bytes);
    length += bytes.length;
    if (length < GATHERED_BYTES) continue;
    yield Buffer.concat(waiting);
    [waiting, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(waiting);
}

async function ensureDirectory(directory: string): Promise<void> {
  const first = await mkdir(directory, { recursive: true });
  if (first === undefined) return;
  // Each new name is an entry of the directory above it.
  for (let made = directory; made.length >= first.length; made = dirname(made)) {
    await syncDirectory(dirname(made));
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

async function explained<Result>(path: string, act: () => Promise<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof MtokError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new MtokError('environment', `cannot write ${path}: ${why}`);
  }
}
