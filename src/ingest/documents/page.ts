import { isUtf8 } from 'node:buffer';
import { parseMoment } from '../../domain/dates.ts';
import type { Reject } from '../../domain/failure.ts';
import { foreignFormat } from '../csv.ts';
import type { FeedPage } from '../feeds/feed.ts';

/** A file of a feed as it was fetched. */
export interface FeedFile {
  /** As it is named in messages. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** The largest feeds are tens of megabytes. */
export const MOST_BYTES = 256 * 1024 * 1024;

/** The text of a file, or why it is none. */
export function pageOf({
  file,
  bytes,
}: FeedFile): { page: FeedPage; fault?: undefined } | { page?: undefined; fault: Reject } {
  const fault = (code: string, value: string, expected: string) => ({
    fault: { code, file, line: 0, column: '', value, expected },
  });
  if (bytes.length > MOST_BYTES) {
    return fault('too_long', `${bytes.length} bytes`, `a file of at most ${MOST_BYTES} bytes`);
  }
  const format = foreignFormat(bytes);
  if (format) return fault('not_text', format, 'UTF-8 text: decompress or convert the file first');
  if (!isUtf8(bytes)) return fault('invalid_utf8', 'other bytes', 'UTF-8 text');
  return { page: { file, text: new TextDecoder('utf-8').decode(bytes) } };
}

const DATE_IN_NAME = /(?<!\d)(\d{4}-\d{2}-\d{2})(?:T(\d{2})[-:]?(\d{2})[-:]?(\d{2})Z)?(?!\d)/g;

/**
 * When a file was fetched, by its name: `2026-08-01_prices.json`, `prices.2026-08-01T114848Z.json`.
 * What a file system says of its age is no evidence: copying it changes that.
 *
 * @returns epoch milliseconds, `undefined` where the name has no date, or more than one.
 */
export function observedAtInName(path: string): number | undefined {
  const name = path.split(/[\\/]/).at(-1) ?? '';
  const [found, another] = [...name.matchAll(DATE_IN_NAME)];
  if (!found || another) return undefined;
  const [, day = '', hours, minutes, seconds] = found;
  return parseMoment(hours === undefined ? day : `${day}T${hours}:${minutes}:${seconds}Z`);
}
