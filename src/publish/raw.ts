import { formatMoment } from '../domain/dates.ts';
import type { Fetched, RawFile } from '../ingest/fetch/walk.ts';

/** A fetched document as a file: its bytes untouched, and beside them where they come from. */
export interface RawPair {
  /** `litellm.2026-08-01T114848Z.json`: `mtok import` takes the time from it. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** The name of its record; it ends in neither `.json` nor `.csv`: those are feeds only. */
  readonly recordName: string;
  readonly record: RawRecord;
}

/** What a stranger needs to check that a raw file is what the feed said at a time. */
export interface RawRecord {
  readonly schema: 'mtok.raw/1';
  readonly feed: string;
  readonly file: string;
  readonly url: string;
  readonly fetched_at: string;
  /** How many files of that time make up the feed: without all of them prices seem to be gone. */
  readonly files: number;
  readonly bytes: number;
  readonly sha256: string;
  /** As the server sent them: type, date, entity tag, last modification. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Names the files of a fetch by feed, time and part, with a record for each. */
export function rawPairs({ feed, extension, fetchedAtMs, files }: Fetched): RawPair[] {
  // Whole seconds, rounded up: a file is never dated before its last byte.
  const at = formatMoment(Math.ceil(fetchedAtMs / 1000) * 1000);
  return files.map((file) => {
    const name = [feed, at.replaceAll(':', ''), file.part, extension].filter(Boolean).join('.');
    return { name, bytes: file.bytes, recordName: `${name}.origin`, record: recordOf(file, name) };
  });

  function recordOf({ url, bytes, sha256, headers }: RawFile, name: string): RawRecord {
    const origin = { feed, file: name, url, fetched_at: at, files: files.length };
    return { schema: 'mtok.raw/1', ...origin, bytes: bytes.length, sha256, headers };
  }
}
