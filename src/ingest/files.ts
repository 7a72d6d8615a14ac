import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { MtokError, unreadable } from '../domain/failure.ts';
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
export async function filesIn(folder: string, ...endings: readonly string[]): Promise<string[]> {
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw unreadable(folder, error);
  });
  return names
    .filter((name) => endings.some((ending) => name.endsWith(ending)) && !name.startsWith('.'))
    .sort(byCodePoint)
    .map((name) => join(folder, name));
}

/** @throws {MtokError} where there is no file, or a directory in its place. */
export async function requireFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
  if (found.isDirectory()) {
    throw new MtokError('data', `expected a file, found a directory: ${path}`);
  }
}

/** Files are named in messages as the user can find them, the shorter way. */
export function shownPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') || fromHere.length >= path.length ? path : fromHere;
}
