import { isUtf8 } from 'node:buffer';
import type { Reject } from '../domain/failure.ts';
import { CorruptBytes } from './compressed.ts';

/** More than any row of prices needs: an unclosed quote would otherwise swallow the file. */
export const LONGEST_RECORD = 64 * 1024;

/** What some bytes are that are certainly no UTF-8 text: `a gzip file`. */
export function foreignFormat(bytes: Uint8Array): string | undefined {
  return MAGIC.find(([, magic]) => magic.every((byte, index) => bytes[index] === byte))?.[0];
}

const MAGIC: readonly (readonly [name: string, bytes: readonly number[]])[] = [
  ['a gzip file', [0x1f, 0x8b]],
  ['a zstd file', [0x28, 0xb5, 0x2f, 0xfd]],
  ['a zip file', [0x50, 0x4b, 0x03, 0x04]],
  ['a Parquet file', [0x50, 0x41, 0x52, 0x31]],
  ['UTF-16 text', [0xff, 0xfe]],
  ['UTF-16 text', [0xfe, 0xff]],
];

/** Whether each line is its cells between commas: it has no quotes, and is not long. */
export function isPlain(region: Buffer): boolean {
  return !region.includes(QUOTE) && !hasLongLine(region);
}

const QUOTE = 0x22;
export const LINE_FEED = 0x0a;
/** Shorter than a record may be: what is longer is for the CSV parser to judge. */
const LONG_LINE = 16 * 1024;

function hasLongLine(region: Buffer): boolean {
  for (let start = 0; start + LONG_LINE < region.length; ) {
    const feed = region.lastIndexOf(LINE_FEED, start + LONG_LINE);
    if (feed < start) return true;
    start = feed + 1;
  }
  return false;
}

/** Carries a reject through the stream's own way to fail. */
export class BadBytes extends Error {
  readonly reject: Reject;

  constructor(reject: Reject) {
    super(reject.code);
    this.reject = reject;
  }
}

/**
 * Passes text on, whole lines at a time, each ended by a line feed alone, without a byte order
 * mark.
 *
 * @throws {BadBytes} after the lines before the first bytes that cannot be text.
 */
export async function* wholeLines(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
  firstLine = 1,
): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  let line = firstLine;
  let isStart = firstLine === 1;
  const badBytes = (at: number, code: string, value: string, expected: string) =>
    new BadBytes({ code, file, line: at, column: '', value, expected });
  const checked = function* (lines: Buffer): Generator<Buffer> {
    const text = isStart ? withoutMark(lines) : lines;
    isStart = false;
    const fault = faultIn(text, line);
    const good = fault ? text.subarray(0, fault.at) : text;
    if (good.length > 0) yield withLineFeeds(good);
    if (fault) throw badBytes(fault.line, fault.code, fault.value, fault.expected);
    line += countLineFeeds(text);
  };
  let corrupt: CorruptBytes | undefined;
  const whole = untilBroken(bytes, (error) => {
    corrupt = error;
  });
  for await (const chunk of whole) {
    held = held.length === 0 ? bufferOf(chunk) : Buffer.concat([held, chunk]);
    const found = isStart ? foreignFormat(held) : undefined;
    if (found) {
      throw badBytes(1, 'not_text', found, 'UTF-8 CSV text: decompress or convert the file first');
    }
    const end = held.lastIndexOf(LINE_FEED) + 1;
    if (end === 0) {
      if (held.length > LONGEST_RECORD)
        throw badBytes(line, 'record_too_long', '', LENGTH_EXPECTED);
      continue;
    }
    yield* checked(held.subarray(0, end));
    held = held.subarray(end);
  }
  // What is left of a line that breaks off is none.
  if (held.length > 0 && !corrupt) yield* checked(held);
  if (corrupt) throw badBytes(line, 'corrupt_file', corrupt.message, 'a compressed file in full');
}

/** Bytes as far as they can be decompressed. */
async function* untilBroken(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  tell: (error: CorruptBytes) => void,
): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (error) {
    if (!(error instanceof CorruptBytes)) throw error;
    tell(error);
  }
}

export const LENGTH_EXPECTED = `a record of at most ${LONGEST_RECORD} bytes: is a quote left open?`;

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function withoutMark(text: Buffer): Buffer {
  return text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf ? text.subarray(3) : text;
}

interface Fault extends Pick<Reject, 'line' | 'code' | 'value' | 'expected'> {
  /** Where the line begins. */
  readonly at: number;
}

/** The first line that is no text. */
function faultIn(lines: Buffer, firstLine: number): Fault | undefined {
  if (isUtf8(lines) && !lines.includes(0) && !hasLoneCr(lines)) return undefined;
  let line = firstLine;
  for (let at = 0; at < lines.length; line += 1) {
    const feed = lines.indexOf(LINE_FEED, at);
    const end = feed === -1 ? lines.length : feed + 1;
    const fault = faultOf(lines.subarray(at, end));
    if (fault) return { at, line, ...fault };
    at = end;
  }
  return undefined;
}

function faultOf(line: Buffer): Pick<Fault, 'code' | 'value' | 'expected'> | undefined {
  if (line.includes(0)) {
    return { code: 'nul_byte', value: 'a NUL byte', expected: 'text without NUL bytes' };
  }
  if (!isUtf8(line)) {
    const value = line.toString('latin1').trim();
    return { code: 'invalid_utf8', value, expected: 'UTF-8 text' };
  }
  if (!hasLoneCr(line)) return undefined;
  return { code: 'lone_cr', value: 'a lone CR', expected: 'lines ended by LF or CR LF' };
}

function hasLoneCr(bytes: Buffer): boolean {
  for (let at = bytes.indexOf(0x0d); at !== -1; at = bytes.indexOf(0x0d, at + 1)) {
    if (bytes[at + 1] !== 0x0a) return true;
  }
  return false;
}

/** CR LF to LF, in quoted cells as well. */
function withLineFeeds(bytes: Buffer): Buffer {
  if (!bytes.includes(0x0d)) return bytes;
  return Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

function countLineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(0x0a); at !== -1; at = bytes.indexOf(0x0a, at + 1)) count += 1;
  return count;
}
