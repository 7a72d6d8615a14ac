import { isUtf8 } from 'node:buffer';
import { formatMoment, parseMoment } from '../../domain/dates.ts';
import type { Reject } from '../../domain/failure.ts';
import { foreignFormat } from '../lines.ts';

/** A file of a feed as it was fetched. */
export interface FeedFile {
  /** As it is named in messages. */
  readonly file: string;
  /** Where it stands, if that is not what messages name: a version has its commit behind it. */
  readonly path?: string;
  readonly bytes: Uint8Array;
}

/** One file of a feed. Files of one time are pages of one document. */
export interface FeedPage {
  /** As it is named in messages. */
  readonly file: string;
  /** Where it stands, with `/` between directories. */
  readonly path: string;
  readonly text: string;
}

/** The pages of a feed as they were at one time. */
export interface FeedDocument {
  readonly observedAtMs: number;
  readonly pages: readonly FeedFile[];
  /** Why there is nothing to read. */
  readonly fault?: Reject;
}

/** A document as reports name it. */
export interface DocumentName {
  readonly observedAt: string;
  readonly files: readonly string[];
}

export function documentName({ observedAtMs, pages, fault }: FeedDocument): DocumentName {
  const files = fault ? [fault.file] : pages.map(({ file }) => file);
  return { observedAt: formatMoment(observedAtMs), files };
}

/** The largest feeds are tens of megabytes. */
export const MOST_BYTES = 256 * 1024 * 1024;

/** The text of a file, or why it is none. */
export function pageOf({
  file,
  path = file,
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
  const text = new TextDecoder('utf-8').decode(bytes);
  return { page: { file, path: path.replaceAll('\\', '/'), text } };
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
  const dates = [...name.matchAll(DATE_IN_NAME)];
  // A model may have a date in its name, but no time: `2026-08-01T114848Z.gpt-4o-2024-08-06.json`.
  const timed = dates.filter(([, , hours]) => hours !== undefined);
  const [found, another] = timed.length > 0 ? timed : dates;
  if (!found || another) return undefined;
  const [, day = '', hours, minutes, seconds] = found;
  return parseMoment(hours === undefined ? day : `${day}T${hours}:${minutes}:${seconds}Z`);
}
