import { readFile } from 'node:fs/promises';
import { MtokError, type Reject, unreadable } from '../domain/failure.ts';
import { groupBy } from '../domain/group.ts';
import { fileHistory } from '../ingest/feeds/git.ts';
import { type FeedFile, observedAtInName } from '../ingest/feeds/page.ts';
import type { FeedDocument } from '../ingest/feeds/run.ts';

export interface SourceFlags {
  readonly observedAt?: number;
  readonly git?: string;
  readonly path?: string;
}

/** What a feed is read from, in the order of time. */
export interface Documents {
  readonly count: number;
  readonly warnings: readonly Reject[];
  readonly each: () => AsyncGenerator<FeedDocument>;
}

/**
 * The documents that files or a repository hold.
 *
 * @throws {MtokError} of kind `usage` where neither or both are given.
 */
export async function documentsOf(
  files: readonly string[],
  flags: SourceFlags,
): Promise<Documents> {
  const { git, path } = flags;
  if ((git === undefined) !== (path === undefined)) {
    throw new MtokError('usage', 'expected --git REPO together with --path P');
  }
  if (git === undefined || path === undefined) return fromFiles(files, flags);
  if (files.length > 0 || flags.observedAt !== undefined) {
    const found = files.length > 0 ? 'a file' : '--observed-at';
    throw new MtokError('usage', `expected --git alone: its commits have times; found ${found}`);
  }
  const { versions, warnings, documents } = await fileHistory(git, path);
  return { count: versions.length, warnings, each: documents };
}

function fromFiles(files: readonly string[], flags: SourceFlags): Documents {
  if (files.length === 0) {
    throw new MtokError('usage', 'expected files to import, or --git REPO --path P');
  }
  const dated = files.map((file) => ({ file, observedAtMs: observedAt(file, flags) }));
  const times = groupBy(dated, ({ observedAtMs }) => String(observedAtMs));
  const sorted = [...times].sort(([a], [b]) => Number(a) - Number(b));
  async function* each(): AsyncGenerator<FeedDocument> {
    for (const [time, pages] of sorted) {
      const read = pages.map(({ file }) => pageIn(file));
      yield { observedAtMs: Number(time), pages: await Promise.all(read) };
    }
  }
  return { count: times.size, warnings: [], each };
}

/** @throws {MtokError} of kind `usage` where nobody says it: the clock is no evidence. */
function observedAt(file: string, flags: SourceFlags): number {
  const observedAtMs = flags.observedAt ?? observedAtInName(file);
  if (observedAtMs !== undefined) return observedAtMs;
  const advice = 'give --observed-at TIME, or name the file with its date: 2026-08-01_prices.json';
  throw new MtokError('usage', `expected to be told when ${file} was fetched: ${advice}`);
}

async function pageIn(file: string): Promise<FeedFile> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EISDIR') throw unreadable(file, error);
    throw new MtokError('data', `expected a file, found a directory: ${file}`);
  });
  return { file, bytes };
}
