import { readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import picomatch from 'picomatch';
import { MtokError, unreadable } from '../domain/failure.ts';
import { byCodePoint } from '../domain/group.ts';
import { ROW_FILES } from './compressed.ts';
import { isTableAddress } from './engines/clickhouse/address.ts';
import type { Constants } from './table.ts';

export interface NamedFiles {
  /** Each once: by the order of the names, those of one name in code-point order. */
  readonly paths: readonly string[];
  /** By path what its folders say, such as `seller=openai`. */
  readonly constants: ReadonlyMap<string, Constants>;
}

/**
 * The files that a user names: a file, a folder for all files of rows below it, or a glob that the
 * shell has not expanded. What begins with a dot is left out. A folder called `key=value`, in the
 * name as it is given or below it, says so of every row.
 *
 * @throws {MtokError} where a glob matches nothing, a folder holds no rows, or cannot be read.
 */
export async function filesNamed(names: readonly string[]): Promise<NamedFiles> {
  const paths = new Map<string, string>();
  for (const name of names) {
    for (const path of await filesOf(name)) {
      const place = resolve(path);
      if (!paths.has(place)) paths.set(place, path);
    }
  }
  const constants = new Map<string, Constants>();
  for (const path of paths.values()) {
    const said = saidByFolders(path);
    if (Object.keys(said).length > 0) constants.set(path, said);
  }
  return { paths: [...paths.values()], constants };
}

async function filesOf(name: string): Promise<string[]> {
  // A table of a server is no file; the address of one may look like a glob.
  if (isTableAddress(name)) return [name];
  const found = await stat(name).catch(() => undefined);
  if (found?.isDirectory()) return rowFilesBelow(name);
  const { base, glob, isGlob, negated } = picomatch.scan(name);
  // A file may have the name of a glob; and what is neither is told as missing where it is read.
  if (found || !isGlob || negated) return [name];
  const matches = picomatch(glob);
  const below = await stat(base || '.').catch(() => undefined);
  const all = below?.isDirectory() ? await filesBelow(base || '.') : [];
  const matched = all.filter((path) => matches(path)).map((path) => join(base, path));
  if (matched.length > 0) return matched;
  throw new MtokError('environment', `cannot read ${name}: no file matches it`);
}

async function rowFilesBelow(folder: string): Promise<string[]> {
  const all = await filesBelow(folder);
  const files = all.filter((path) => ROW_FILES.some((ending) => path.endsWith(ending)));
  if (files.length > 0) return files.map((path) => join(folder, path));
  const expected = `expected a file, or a folder that holds files in ${ROW_FILES.join(', ')}`;
  throw new MtokError('data', `${expected}: ${folder}`);
}

/** All files below a folder by their paths from it, in code-point order, links followed. */
async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  const walk = async (below: string, above: readonly string[]): Promise<void> => {
    const here = join(folder, below);
    const real = await realpath(here);
    // A link to a folder that holds it would have no end.
    if (above.includes(real)) return;
    for (const name of await readdir(here)) {
      if (name.startsWith('.')) continue;
      const path = below === '' ? name : `${below}/${name}`;
      const found = await stat(join(folder, path));
      if (found.isDirectory()) await walk(path, [...above, real]);
      else if (found.isFile()) files.push(path);
    }
  };
  await walk('', []).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(error.path ?? folder, error);
  });
  return files.sort(byCodePoint);
}

/** How writers of partitioned folders call a value that is not there. */
const NO_VALUE = '__HIVE_DEFAULT_PARTITION__';

function saidByFolders(path: string): Constants {
  const folders = path.split(sep).slice(0, -1);
  const said = folders.flatMap((folder): [string, string][] => {
    const at = folder.indexOf('=');
    if (at < 1) return [];
    const text = decoded(folder.slice(at + 1));
    return [[decoded(folder.slice(0, at)), text === NO_VALUE ? '' : text]];
  });
  return Object.fromEntries(said);
}

/** Such folders are written like parts of an address: a space is `%20`. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
