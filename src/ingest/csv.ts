import { isUtf8 } from 'node:buffer';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import type { Reject } from '../domain/failure.ts';

/** A record of a CSV file with the line that it starts on. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/** More than any row of prices needs: an unclosed quote would otherwise swallow the file. */
const LONGEST_RECORD = 64 * 1024;

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

/**
 * Reads records as a stream. Bytes that are not text, and quotes that are not CSV, end it with a
 * reject that says where: after them nobody can tell where the next row begins.
 *
 * @param take is given each record and reject in order, and returns false to stop.
 */
export async function readRecords(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
  take: (item: CsvRecord | Reject) => boolean,
): Promise<void> {
  const stopped = new AbortController();
  const give = (item: CsvRecord | Reject) => {
    if (!stopped.signal.aborted && !take(item)) stopped.abort();
  };
  const parser = parse({
    bom: true,
    record_delimiter: '\n',
    relax_column_count: true,
    max_record_size: LONGEST_RECORD,
  });
  // Records are taken by event: waiting for each in turn would take as long as parsing it.
  let nextLine = 1;
  parser.on('data', (cells: string[]) => {
    const line = nextLine;
    nextLine += 1 + lineFeedsIn(cells);
    const isBlank = cells.length === 1 && cells[0] === '';
    if (!isBlank) give({ line, cells });
  });
  try {
    await pipeline(Readable.from(checkedBytes(bytes, file)), parser, { signal: stopped.signal });
  } catch (error) {
    if (stopped.signal.aborted) return;
    if (error instanceof BadBytes) give(error.reject);
    else if (error instanceof CsvError) give(malformedRecord(error, file, nextLine));
    else throw error;
  }
}

/** Carries a reject through the stream's own way to fail. */
class BadBytes extends Error {
  readonly reject: Reject;

  constructor(reject: Reject) {
    super(reject.code);
    this.reject = reject;
  }
}

/** Passes bytes on, whole lines at a time, and stops at the first that cannot be text. */
async function* checkedBytes(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
): AsyncGenerator<Buffer> {
  let held: Buffer = Buffer.alloc(0);
  let line = 1;
  let first = true;
  const fail = (at: number, code: string, value: string, expected: string): never => {
    throw new BadBytes({ code, file, line: at, column: '', value, expected });
  };
  for await (const chunk of bytes) {
    held = held.length === 0 ? Buffer.from(chunk) : Buffer.concat([held, chunk]);
    if (first && held.length >= 4) {
      first = false;
      const found = foreignFormat(held);
      if (found) fail(1, 'not_text', found, 'UTF-8 CSV text: decompress or convert the file first');
    }
    const end = held.lastIndexOf(0x0a) + 1;
    if (end === 0) {
      if (held.length > LONGEST_RECORD) fail(line, 'record_too_long', '', LENGTH_EXPECTED);
      continue;
    }
    line = checkLines(held.subarray(0, end), line, fail);
    yield withLineFeeds(held.subarray(0, end));
    held = held.subarray(end);
  }
  if (held.length > 0) {
    checkLines(held, line, fail);
    yield withLineFeeds(held);
  }
}

const LENGTH_EXPECTED = `a record of at most ${LONGEST_RECORD} bytes: is a quote left open?`;

/** Checks whole lines; returns the number of the line after them. */
function checkLines(
  lines: Buffer,
  firstLine: number,
  fail: (line: number, code: string, value: string, expected: string) => never,
): number {
  if (isUtf8(lines) && !lines.includes(0) && !hasLoneCr(lines)) {
    return firstLine + countLineFeeds(lines);
  }
  let line = firstLine;
  for (let start = 0; start < lines.length; line += 1) {
    const feed = lines.indexOf(0x0a, start);
    const end = feed === -1 ? lines.length : feed + 1;
    const one = lines.subarray(start, end);
    if (one.includes(0)) fail(line, 'nul_byte', 'a NUL byte', 'text without NUL bytes');
    if (!isUtf8(one)) fail(line, 'invalid_utf8', one.toString('latin1').trim(), 'UTF-8 text');
    if (hasLoneCr(one)) fail(line, 'lone_cr', 'a lone CR', 'lines ended by LF or CR LF');
    start = end;
  }
  return line;
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

function lineFeedsIn(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) {
    for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) count += 1;
  }
  return count;
}

/** @param line the line after the last good record. */
function malformedRecord(error: CsvError, file: string, line: number): Reject {
  const tooLong = error.code === 'CSV_MAX_RECORD_SIZE';
  const expected = tooLong ? LENGTH_EXPECTED : 'quotes around a whole cell, and doubled inside it';
  return {
    code: tooLong ? 'record_too_long' : 'malformed_csv',
    ...{ file, line, column: '', value: error.message.split(':')[0] ?? '' },
    expected: `${expected} (the rest of the file was not read)`,
  };
}
