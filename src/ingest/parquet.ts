import type { AsyncBuffer, ColumnData, FileMetaData, SchemaElement } from 'hyparquet';
import { type Reject, unreadable } from '../domain/failure.ts';
import type { CsvRecord } from './csv.ts';
import { type CellText, cellTextOf } from './parquet-cells.ts';

/** Whether a file is read as Parquet: by its name, as compressed files are. */
export function isParquet(path: string): boolean {
  return path.endsWith('.parquet');
}

/**
 * Reads a Parquet file as records, one group of rows after the other: first the names of its
 * columns as line 0, then each row under its number, from 1. Cells are text, as a CSV file would
 * have them; those of columns that are not wanted are empty.
 *
 * @param file its name, for the rejects.
 * @param isWanted whether a column of a name is read at all.
 * @param take is given each record and reject in order, and returns false to stop.
 * @throws {MtokError} where the disk fails; what the file contains is rejected, not thrown.
 */
export async function readParquet(
  path: string,
  file: string,
  isWanted: (name: string) => boolean,
  take: (item: CsvRecord | Reject) => boolean,
): Promise<void> {
  let rows = 0;
  /** What the library says of a file that it cannot read; a fault of the disk is thrown. */
  const orReject = async <Value>(read: Promise<Value>): Promise<Value | undefined> => {
    try {
      return await read;
    } catch (error) {
      if (isOfDisk(error)) throw unreadable(path, error as NodeJS.ErrnoException);
      take(corrupt(file, rows, error));
      return undefined;
    }
  };
  const opened = await orReject(openFile(path));
  if (!opened?.metadata) return;
  const { buffer, metadata } = opened;
  const columns = columnsOf(metadata, isWanted);
  if (!take({ line: 0, cells: columns.map(({ name }) => name) })) return;
  const faults = columns.flatMap((column) => faultOf(column, file));
  for (const fault of faults) take(fault);
  if (faults.length > 0) return;
  const groups = { buffer, metadata: asStored(metadata), columns };
  for (const group of metadata.row_groups) {
    const count = Number(group.num_rows);
    const cells = await orReject(readCells(groups, rows, count));
    if (!cells) return;
    for (let row = 0; row < count; row += 1) {
      rows += 1;
      if (!take({ line: rows, cells: cells.map((texts) => texts?.[row] ?? '') })) return;
    }
  }
}

/** Its bytes and what it says of itself; nothing where it is empty. */
async function openFile(path: string) {
  const { asyncBufferFromFile, parquetMetadataAsync } = await import('hyparquet');
  const buffer = await asyncBufferFromFile(path);
  if (buffer.byteLength === 0) return { buffer };
  if (buffer.byteLength < SHORTEST) throw new RangeError(`${buffer.byteLength} bytes`);
  return { buffer, metadata: await parquetMetadataAsync(buffer, { geoparquet: false }) };
}

/** The marks at both ends, and the length of what lies before the last. */
const SHORTEST = 12;

interface Column {
  readonly name: string;
  readonly isRead: boolean;
  readonly text: CellText;
}

/** The columns at the top of the schema; what is nested below them is not read. */
function columnsOf({ schema }: FileMetaData, isWanted: (name: string) => boolean): Column[] {
  const columns: Column[] = [];
  for (let at = 1; at < schema.length; at = after(schema, at)) {
    const element = schema[at];
    if (!element) break;
    const { name } = element;
    columns.push({ name, isRead: isWanted(name.trim()), text: cellTextOf(element) });
  }
  return columns;
}

/** The place in a schema after an element and all that it holds. */
function after(schema: readonly SchemaElement[], start: number): number {
  let at = start;
  for (let open = 1; open > 0 && at < schema.length; at += 1) {
    open += (schema[at]?.num_children ?? 0) - 1;
  }
  return at;
}

function faultOf({ name, isRead, text }: Column, file: string): Reject[] {
  if (!isRead || text.kind !== 'fault') return [];
  const { code, expected } = text;
  return [{ code, file, line: 0, column: name, value: name, expected }];
}

/**
 * The same file without what its columns mean, but for text: a decimal would be read as a float,
 * and a moment as a date without its parts.
 */
function asStored(metadata: FileMetaData): FileMetaData {
  const schema = metadata.schema.map((element) => {
    const { converted_type, logical_type, ...stored } = element;
    const isText = element.type === 'BYTE_ARRAY' && cellTextOf(element).kind === 'text';
    return isText ? { ...stored, converted_type: 'UTF8' as const } : stored;
  });
  return { ...metadata, schema };
}

interface Groups {
  readonly buffer: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly columns: readonly Column[];
}

/** The cells of some rows, column by column; none of columns that are not read. */
async function readCells(
  { buffer, metadata, columns }: Groups,
  start: number,
  count: number,
): Promise<(readonly string[] | undefined)[]> {
  const [{ parquetRead }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  const wanted = columns.filter(({ isRead }) => isRead);
  const chunks: ColumnData[] = [];
  if (count > 0 && wanted.length > 0) {
    await parquetRead({
      ...{ file: buffer, metadata, compressors, utf8: false, geoparquet: false },
      ...{ columns: wanted.map(({ name }) => name), rowStart: start, rowEnd: start + count },
      parsers: { stringFromBytes, timestampFromNanoseconds: asStoredThere },
      onChunk: (chunk) => chunks.push(chunk),
    });
  }
  return columns.map(({ name, isRead, text }) => {
    if (!isRead) return undefined;
    const textOf = writerOf(text);
    const texts: string[] = [];
    for (const { columnName, columnData } of chunks) {
      if (columnName === name) for (const cell of columnData) texts.push(textOf(cell));
    }
    if (texts.length === count) return texts;
    throw new RangeError(`${texts.length} of ${count} values of ${name}`);
  });
}

/** Values repeat: each is written once, as long as there are not too many. */
function writerOf(text: CellText): (value: unknown) => string {
  if (text.kind !== 'value') return (value) => (typeof value === 'string' ? value : '');
  const known = new Map<unknown, string>();
  return (value) => {
    if (value === null || value === undefined) return '';
    const found = known.get(value);
    if (found !== undefined) return found;
    const written = text.textOf(value);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(value, written);
    return written;
  };
}

const MOST_KNOWN = 1 << 14;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function stringFromBytes(bytes: Uint8Array | undefined): string | undefined {
  return bytes && utf8.decode(bytes);
}

/** Of the oldest type of moments, which the library decodes whatever it is said to mean. */
function asStoredThere(nanoseconds: bigint): bigint {
  return nanoseconds;
}

/** Whether an error is the operating system's. */
function isOfDisk(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && /^E[A-Z]+$/.test(code);
}

function corrupt(file: string, line: number, error: unknown): Reject {
  const { code, message } = error as NodeJS.ErrnoException;
  const place = { file, line, column: '' };
  const rest = '(the rest of the file was not read)';
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') {
    return { code: 'invalid_utf8', ...place, value: 'other bytes', expected: `UTF-8 text ${rest}` };
  }
  const expected = `a Parquet file in full ${rest}`;
  return { code: 'corrupt_file', ...place, value: message, expected };
}
