import { readdir, readFile, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { unreadable } from '../domain/failure.ts';
import { Refusal } from './refusal.ts';
import type { Source } from './source.ts';

/** A publication in a directory. Names that begin with a dot are the writer's own business. */
export function directorySource(directory: string): Source {
  return {
    name: directory,
    read: (path) => readWithin(directory, path),
    list: async () => {
      const names = await readdir(directory, { recursive: true, withFileTypes: true });
      return names
        .filter((one) => one.isFile() || one.isSymbolicLink())
        .map((one) => join(one.parentPath, one.name).slice(join(directory, sep).length))
        .map((path) => path.split(sep).join('/'))
        .filter((path) => !path.startsWith('.') && !path.includes('/.'))
        .sort();
    },
  };
}

/** No file of a publication is as long: a longer one is not read into memory. */
const LONGEST_FILE = 512 * 1024 * 1024;

async function readWithin(directory: string, path: string): Promise<Uint8Array | undefined> {
  const place = join(directory, path);
  try {
    const { size } = await stat(place);
    if (size > LONGEST_FILE) throw new Refusal(`expected ${path} to be shorter than ${size} bytes`);
    return new Uint8Array(await readFile(place));
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw unreadable(place, error as NodeJS.ErrnoException);
  }
}
