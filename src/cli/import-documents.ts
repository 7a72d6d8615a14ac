import { MtokError } from '../domain/failure.ts';
import { groupBy } from '../domain/group.ts';
import { type FeedFiles, readFeedFiles } from '../ingest/documents/directory.ts';
import { fileHistory } from '../ingest/documents/git.ts';
import { type FeedDocument, type FeedFile, observedAtInName } from '../ingest/documents/page.ts';
import { warningLines } from './import-view.ts';
import { note } from './output.ts';
import { progressOn } from './progress.ts';

export interface SourceFlags {
  readonly observedAt?: number;
  readonly git?: string;
  readonly path?: string;
}

/**
 * The documents that files or a repository hold, in the order of time, with progress on the way.
 *
 * @throws {MtokError} of kind `usage` where neither or both are given.
 */
export async function documentsOf(
  feed: FeedFiles & { readonly name: string },
  files: readonly string[],
  flags: SourceFlags,
): Promise<AsyncGenerator<FeedDocument>> {
  const { git, path } = flags;
  if ((git === undefined) !== (path === undefined)) {
    throw new MtokError('usage', 'expected --git REPO together with --path P');
  }
  if (git === undefined || path === undefined) {
    const times = byTime(files, flags);
    return withProgress(feed.name, times.size, fromFiles(feed, times));
  }
  if (files.length > 0 || flags.observedAt !== undefined) {
    const found = files.length > 0 ? 'a file' : '--observed-at';
    throw new MtokError('usage', `expected --git alone: its commits have times; found ${found}`);
  }
  const { versions, warnings, documents } = await fileHistory(git, path);
  for (const line of warningLines(warnings)) note(line);
  return withProgress(feed.name, versions.length, documents());
}

/** Files of one time are pages of one document. */
function byTime(files: readonly string[], flags: SourceFlags): ReadonlyMap<string, string[]> {
  if (files.length === 0) {
    throw new MtokError('usage', 'expected files to import, or --git REPO --path P');
  }
  return groupBy(files, (file) => String(observedAt(file, flags)));
}

async function* fromFiles(
  feed: FeedFiles,
  times: ReadonlyMap<string, readonly string[]>,
): AsyncGenerator<FeedDocument> {
  for (const [time, files] of [...times].sort(([a], [b]) => Number(a) - Number(b))) {
    const pages: FeedFile[] = [];
    for (const file of files) {
      for (const page of await readFeedFiles(feed, file)) pages.push(page);
    }
    yield { observedAtMs: Number(time), pages };
  }
}

async function* withProgress(
  name: string,
  count: number,
  documents: AsyncIterable<FeedDocument>,
): AsyncGenerator<FeedDocument> {
  const progress = progressOn(process.stderr);
  let taken = 0;
  try {
    for await (const document of documents) {
      taken += 1;
      progress.show(`${name} ${taken} of ${count}  ${document.pages[0]?.file ?? ''}`);
      yield document;
    }
  } finally {
    progress.clear();
  }
}

/** @throws {MtokError} of kind `usage` where nobody says it: the clock is no evidence. */
function observedAt(file: string, flags: SourceFlags): number {
  const observedAtMs = flags.observedAt ?? observedAtInName(file);
  if (observedAtMs !== undefined) return observedAtMs;
  const advice = 'give --observed-at TIME, or name the file with its date: 2026-08-01_prices.json';
  throw new MtokError('usage', `expected to be told when ${file} was fetched: ${advice}`);
}
