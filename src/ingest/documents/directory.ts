import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { MtokError, unreadable } from '../../domain/failure.ts';
import { byCodePoint } from '../../domain/group.ts';
import type { FeedFile } from './page.ts';

/** What is known of a feed before any file of it is read. */
export interface FeedFiles {
  /** What it reads, on one line. */
  readonly reads: string;
  /** For a feed that comes as a directory: which files in it are pages, by their path. */
  readonly isPage?: (path: string) => boolean;
}

/**
 * Reads what a user names as a feed: a file, or a directory for those feeds that come as one. Links
 * within it are followed, those that lead out of it are not.
 *
 * @throws {MtokError} for what cannot be read, and for a directory that holds nothing of the feed.
 */
export async function readFeedFiles(feed: FeedFiles, path: string): Promise<FeedFile[]> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
  if (!found.isDirectory()) return [{ file: path, bytes: await bytesOf(path) }];
  const { isPage } = feed;
  if (!isPage) throw new MtokError('data', `expected a file, found a directory: ${path}`);
  const files = await filesBelow(path, isPage);
  if (files.length > 0) return files;
  throw new MtokError('data', `expected ${feed.reads}; found nothing of it in ${path}`);
}

async function filesBelow(top: string, isPage: (path: string) => boolean): Promise<FeedFile[]> {
  const root = await realpath(top);
  const files: FeedFile[] = [];
  const visit = async (within: string, above: readonly string[]): Promise<void> => {
    const directory = join(top, within);
    const real = await realpath(directory);
    // A link to a directory above it leads to what is being read.
    if (above.includes(real)) return;
    const entries = await readdir(directory, { withFileTypes: true });
    for (const entry of entries.sort((a, b) => byCodePoint(a.name, b.name))) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = within === '' ? entry.name : `${within}/${entry.name}`;
      const full = join(top, path);
      if (entry.isSymbolicLink()) await refuseOutside(full, root);
      const isDirectory = entry.isDirectory() || (entry.isSymbolicLink() && (await leads(full)));
      if (isDirectory) await visit(path, [...above, real]);
      else if (isPage(path)) files.push({ file: full, bytes: await bytesOf(full) });
    }
  };
  await visit('', []);
  return files;
}

/** A checkout may come from anybody: it is no way to read other files of this machine. */
async function refuseOutside(link: string, root: string): Promise<void> {
  const target = await realpath(link).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(link, error);
  });
  if (target.startsWith(`${root}${sep}`)) return;
  throw new MtokError('data', `expected links within the directory; ${link} leads out of it`);
}

/** Whether a link leads to a directory. */
async function leads(link: string): Promise<boolean> {
  return (await stat(link)).isDirectory();
}

async function bytesOf(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
}
