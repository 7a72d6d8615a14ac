import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MtokError } from '../../domain/failure.ts';
import { removeDurably, writeAllDurably, writeDurably } from '../durable.ts';
import { sha256 } from '../log/merkle.ts';
import { PATHS } from './layout.ts';

/** The files of one publication, by path, in the order in which they get their names. */
export interface Changes {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Those of them that may replace a file; all others never change once they are there. */
  readonly changing: ReadonlySet<string>;
  /** Written last: readers follow it. */
  readonly checkpoint: string;
}

/**
 * Commits changes to a publication. They are written down whole in a journal first; from the moment
 * that it has its name they will be carried out, by this run or the next, and never others in their
 * place. So no two trees of one size are ever signed, whatever interrupts a publication.
 */
export async function commit(directory: string, changes: Changes): Promise<void> {
  await writeAllDurably([
    { path: join(directory, PATHS.journal), chunks: [encodeJournal(changes)] },
  ]);
  await carryOut(directory, changes);
}

/**
 * Carries out what an interrupted publication had committed to.
 *
 * @returns false where there is nothing to carry out.
 */
export async function recover(directory: string): Promise<boolean> {
  const changes = await pending(directory);
  if (changes) await carryOut(directory, changes);
  return changes !== undefined;
}

/** What an interrupted publication had committed to. */
export async function pending(directory: string): Promise<Changes | undefined> {
  const path = join(directory, PATHS.journal);
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw new MtokError('environment', `cannot read ${path}: ${error.code ?? error.message}`);
  });
  return bytes && decodeJournal(bytes, path);
}

/**
 * Every file is written again, the ones that an earlier try has written too: after a failed sync
 * they could be read back from memory without being on the disk.
 */
async function carryOut(
  directory: string,
  { files, changing, checkpoint }: Changes,
): Promise<void> {
  for (const [path, bytes] of files) {
    if (changing.has(path)) continue;
    const found = await readFile(join(directory, path)).catch(() => undefined);
    if (found && !found.equals(bytes)) {
      const what = `${join(directory, path)} never changes, and holds other bytes than it got`;
      throw new MtokError('no', `${what}: run mtok verify, and restore it from a copy`);
    }
  }
  await writeAllDurably(
    [...files].map(([path, bytes]) => ({ path: join(directory, path), chunks: [bytes] })),
  );
  await writeDurably(join(directory, PATHS.checkpoint), [checkpoint]);
  await removeDurably([join(directory, PATHS.journal)]);
}

interface JournalHeader {
  readonly schema: 'mtok.journal/1';
  readonly checkpoint: string;
  readonly files: readonly { path: string; bytes: number; isChanging: boolean }[];
  /** Of all that follows the header. */
  readonly sha256: string;
}

function encodeJournal({ files, changing, checkpoint }: Changes): Uint8Array {
  const body = Buffer.concat([...files.values()]);
  const header: JournalHeader = {
    schema: 'mtok.journal/1',
    checkpoint,
    files: [...files].map(([path, bytes]) => ({
      ...{ path, bytes: bytes.length, isChanging: changing.has(path) },
    })),
    sha256: Buffer.from(sha256(body)).toString('hex'),
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), body]);
}

/** A journal is synced before it has its name: one that is not whole is a fault of the disk. */
function decodeJournal(bytes: Buffer, path: string): Changes {
  const end = bytes.indexOf(10);
  const body = bytes.subarray(end + 1);
  const header = headerOf(bytes.subarray(0, Math.max(end, 0)).toString('utf8'));
  if (header?.sha256 !== Buffer.from(sha256(body)).toString('hex')) {
    throw new MtokError(
      'environment',
      `${path} is damaged: it holds a publication that was interrupted. Check the disk; if the ` +
        'checkpoint is older than the journal, nothing of it was published and it can be removed',
    );
  }
  let at = 0;
  const files = header.files.map(({ path: name, bytes: length }): [string, Uint8Array] => {
    at += length;
    return [name, body.subarray(at - length, at)];
  });
  const changing = header.files.filter(({ isChanging }) => isChanging).map((file) => file.path);
  return { files: new Map(files), changing: new Set(changing), checkpoint: header.checkpoint };
}

function headerOf(text: string): JournalHeader | undefined {
  try {
    return JSON.parse(text) as JournalHeader;
  } catch {
    return undefined;
  }
}
