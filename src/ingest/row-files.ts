import type { Reject } from '../domain/failure.ts';
import { bytesOf } from './compressed.ts';
import { type CsvRecord, readRecords } from './csv.ts';
import { isTableAddress } from './engines/clickhouse/address.ts';
import { requireFile, shownPath } from './files.ts';
import { isParquet, readParquet } from './parquet.ts';
import {
  columnOf,
  type PlacedReading,
  type Table,
  type TableOptions,
  TableReader,
} from './table.ts';

/**
 * Reads a file of rows of one kind: CSV, compressed or not, or Parquet, by its name; or every row
 * of a table of a server, by its address.
 */
export async function readRowFile<Row>(
  table: Table<Row>,
  path: string,
  options: TableOptions,
): Promise<PlacedReading<Row>> {
  if (isTableAddress(path)) {
    const { readTableRows } = await import('./engines/clickhouse/rows.ts');
    return readTableRows(table, path, options);
  }
  await requireFile(path);
  const reader = new TableReader(table, shownPath(path), options);
  await readRecordsOf(table, path, (item) => reader.take(item));
  return reader.reading();
}

/** Gives the records of such a file, the names of its columns first, and what is wrong with it. */
export async function readRecordsOf<Row>(
  table: Table<Row>,
  path: string,
  take: (item: CsvRecord | Reject) => boolean,
): Promise<void> {
  const file = shownPath(path);
  if (!isParquet(path)) return readRecords(bytesOf(path), file, take);
  return readParquet(path, file, (name) => columnOf(table, name) !== undefined, take);
}
