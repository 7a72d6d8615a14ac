import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse } from 'csv-parse';
import type { Reject } from '../domain/failure.ts';
import {
  BadBytes,
  isPlain,
  LENGTH_EXPECTED,
  LINE_FEED,
  LONGEST_RECORD,
  wholeLines,
} from './lines.ts';

/** A record of a CSV file with the line that it starts on. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads records as a stream. Bytes that are not text, and quotes that are not CSV, end it with a
 * reject that says where: after them nobody can tell where the next row begins.
 *
 * @param take is given each record and reject in order, and returns false to stop.
 * @param firstLine the number of the first line, where the bytes are the rest of a file.
 */
export async function readRecords(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
  take: (item: CsvRecord | Reject) => boolean,
  firstLine = 1,
): Promise<void> {
  try {
    let line = firstLine;
    const regions = wholeLines(bytes, file, firstLine);
    for await (const region of regions) {
      if (!isPlain(region)) {
        await readQuoted(restFrom(region, regions), file, take, line);
        return;
      }
      const taken = takePlain(region, line, take);
      if (taken === undefined) return;
      line = taken;
    }
  } catch (error) {
    if (!(error instanceof BadBytes)) throw error;
    take(error.reject);
  }
}

/** Gives the records of plain lines; returns the number of the line after them, or that to stop. */
function takePlain(
  region: Buffer,
  firstLine: number,
  take: (item: CsvRecord | Reject) => boolean,
): number | undefined {
  let line = firstLine;
  for (const text of region.toString('utf8').split('\n')) {
    if (text !== '' && !take({ line, cells: text.split(',') })) return undefined;
    line += 1;
  }
  // The last line feed ends a line, and begins none.
  return region.at(-1) === LINE_FEED ? line - 1 : line;
}

/** The records of lines that hold quotes, as a CSV parser reads them. */
async function readQuoted(
  lines: AsyncIterable<Buffer>,
  file: string,
  take: (item: CsvRecord | Reject) => boolean,
  firstLine: number,
): Promise<void> {
  const stopped = new AbortController();
  const give = (item: CsvRecord | Reject) => {
    if (!stopped.signal.aborted && !take(item)) stopped.abort();
  };
  const parser = parse({
    record_delimiter: '\n',
    relax_column_count: true,
    max_record_size: LONGEST_RECORD,
  });
  // Records are taken by event: waiting for each in turn would take as long as parsing it.
  let nextLine = firstLine;
  parser.on('data', (cells: string[]) => {
    const line = nextLine;
    nextLine += 1 + lineFeedsIn(cells);
    const isBlank = cells.length === 1 && cells[0] === '';
    if (!isBlank) give({ line, cells });
  });
  const end: { of?: BadBytes } = {};
  try {
    await pipeline(Readable.from(untilBad(lines, end)), parser, { signal: stopped.signal });
  } catch (error) {
    if (stopped.signal.aborted) return;
    // Where bytes are bad in the middle of a quoted cell they are the fault.
    if (!(error instanceof CsvError)) throw error;
    give(end.of?.reject ?? malformedRecord(error, file, nextLine));
    return;
  }
  if (end.of) give(end.of.reject);
}

/** Lines as far as they are text: what is before the fault is read in full. */
async function* untilBad(
  lines: AsyncIterable<Buffer>,
  end: { of?: BadBytes },
): AsyncGenerator<Buffer> {
  try {
    yield* lines;
  } catch (error) {
    if (!(error instanceof BadBytes)) throw error;
    end.of = error;
  }
}

/** A stream whose first item was taken off to look at it. */
export async function* restFrom<Item>(
  first: Item,
  rest: AsyncIterable<Item>,
): AsyncGenerator<Item> {
  yield first;
  yield* rest;
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
