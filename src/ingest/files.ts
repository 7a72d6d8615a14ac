import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unreadable } from '../domain/failure.ts';
import { byCodePoint } from '../domain/group.ts';

/** The bytes of a file that has to be there. @throws {MtokError} that says why they are not. */
export async function readBytes(path: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
}

/** The same as text. */
export async function readText(path: string): Promise<string> {
  return (await readBytes(path)).toString('utf8');
}

/** The files of a folder with an ending, in the order of their names; none where there is none. */
export async function filesIn(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw unreadable(folder, error);
  });
  return names
    .filter((name) => name.endsWith(ending) && !name.startsWith('.'))
    .sort(byCodePoint)
    .map((name) => join(folder, name));
}
