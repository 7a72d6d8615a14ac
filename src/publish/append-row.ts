import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { csvLine } from '../domain/csv.ts';
import { MtokError } from '../domain/failure.ts';
import { readRecords } from '../ingest/csv.ts';
import type { Table } from '../ingest/table.ts';
import { writeDurably } from './durable.ts';
import { takeLock } from './publication/lock.ts';

/**
 * Adds rows to a file of a book that people write, in the order of the columns that it has; a file
 * that is not there begins with all of them. Nothing that it holds is changed.
 *
 * @throws {MtokError} where the file lacks a column that a row fills, or is being written.
 */
export async function appendRows<Row>(
  path: string,
  table: Table<Row>,
  rows: readonly Readonly<Record<string, string>>[],
): Promise<void> {
  const lock = await takeLock(join(dirname(path), '.mtok'));
  try {
    const before = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return Buffer.from(`${csvLine(table.columns)}\n`);
      throw error;
    });
    const columns = (await headerOf(before)).map((column) => table.aliases[column] ?? column);
    const lines = rows.map((cells) => {
      const missing = Object.keys(cells).find(
        (name) => cells[name] !== '' && !columns.includes(name),
      );
      if (missing === undefined) return csvLine(columns.map((column) => cells[column] ?? ''));
      throw new MtokError('data', `expected a column ${missing} in ${path}: add it first`);
    });
    const text = before.toString('utf8');
    const end = text.endsWith('\n') ? '' : '\n';
    await writeDurably(path, [text, end, ...lines.map((line) => `${line}\n`)]);
  } finally {
    await lock.release();
  }
}

async function headerOf(bytes: Uint8Array): Promise<readonly string[]> {
  let columns: readonly string[] = [];
  await readRecords([bytes], '', (item) => {
    if ('cells' in item) columns = item.cells.map((name) => name.trim());
    return false;
  });
  return columns;
}
