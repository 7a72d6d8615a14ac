import { readFile, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { unreadable } from '../domain/failure.ts';
import { Refusal } from '../verify/refusal.ts';
import type { Source } from '../verify/source.ts';
import { servedPath } from './served-path.ts';

/** A file that may be served: where it really lies, and how long it is. */
export interface FoundFile {
  readonly place: string;
  readonly bytes: number;
}

/** No file of a publication is as long: a longer one is not read into memory. */
const LONGEST_FILE = 512 * 1024 * 1024;

/**
 * Finds a file of a publication. A link that leads out of the directory, or within it to what is
 * not served, leads nowhere.
 *
 * @returns `undefined` where there is no such file for a reader.
 */
export async function findFile(directory: string, path: string): Promise<FoundFile | undefined> {
  if (!servedPath(path)) return undefined;
  const place = join(directory, path);
  try {
    const [root, real] = await Promise.all([realpath(directory), realpath(place)]);
    const within = relative(root, real).split(sep).join('/');
    if (!servedPath(within)) return undefined;
    const found = await stat(real);
    return found.isFile() ? { place: real, bytes: found.size } : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== undefined && ABSENT.includes(code)) return undefined;
    throw unreadable(place, error as NodeJS.ErrnoException);
  }
}

const ABSENT = ['ENOENT', 'ENOTDIR', 'EISDIR', 'ELOOP', 'ENAMETOOLONG'];

/** A publication in a directory, as far as it is served. */
export function guardedSource(directory: string): Source {
  return {
    name: directory,
    read: async (path) => {
      const found = await findFile(directory, path);
      if (!found) return undefined;
      if (found.bytes > LONGEST_FILE) throw new Refusal(`${path} is ${found.bytes} bytes long`);
      return readFile(found.place).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw unreadable(found.place, error);
      });
    },
  };
}
