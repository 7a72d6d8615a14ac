import { decimal, toFixedText } from '../domain/decimal.ts';
import { named, openDuckDb, quoted } from '../ingest/engines/duckdb/connection.ts';
import { csvText } from './csv.ts';
import { writeDurablyBy } from './durable.ts';

/** What a column of a Parquet file holds. A decimal has a fixed number of places. */
export type ColumnType = 'text' | 'day' | 'integer' | 'count' | { readonly places: number };

/** A file that is written, and how: the chunks go through a writer, which may be stopped. */
export interface WrittenFile {
  readonly chunks: Iterable<string>;
  readonly write: (path: string, chunks: Iterable<string>) => Promise<void>;
}

/** More than any column type of what readers share. */
const DECIMAL_DIGITS = 38;

/**
 * Rows as a Parquet file: days as DATE, decimals as DECIMAL(38), never as floats; empty cells are
 * null. DuckDB writes it, and is loaded for it alone.
 */
export function parquetFile<Name extends string>(
  types: Readonly<Record<Name, ColumnType>>,
  rows: Iterable<Readonly<Record<Name, string>>>,
): WrittenFile {
  const columns = Object.keys(types) as Name[];
  return {
    chunks: csvText(columns, rows),
    write: (path, chunks) =>
      writeDurablyBy(path, chunks, async (from, to) => {
        const db = await openDuckDb({ memoryMb: WRITER_MEMORY_MB });
        try {
          // One thread and the order of the rows: the same rows are the same bytes.
          await db.run('SET threads = 1');
          await db.run('SET preserve_insertion_order = true');
          await db.run(copyOf(columns, types, from, to));
        } finally {
          db.close();
        }
      }),
  };
}

const WRITER_MEMORY_MB = 512;

function copyOf<Name extends string>(
  columns: readonly Name[],
  types: Readonly<Record<Name, ColumnType>>,
  from: string,
  to: string,
): string {
  const cells = columns.map((name) => `${quoted(name)}: 'VARCHAR'`);
  const typed = columns.map((name) => `${named(name)}::${sqlType(types[name])} AS ${named(name)}`);
  const settings = `header = true, auto_detect = false, delim = ',', quote = '"', escape = '"'`;
  const source = `read_csv(${quoted(from)}, ${settings}, columns = {${cells.join(', ')}})`;
  const target = `${quoted(to)} (FORMAT parquet, COMPRESSION zstd)`;
  return `COPY (SELECT ${typed.join(', ')} FROM ${source}) TO ${target}`;
}

function sqlType(type: ColumnType): string {
  if (type === 'day') return 'DATE';
  if (type === 'integer') return 'INTEGER';
  // Tokens of a month are more than 32 bits hold.
  if (type === 'count') return 'BIGINT';
  return type === 'text' ? 'VARCHAR' : `DECIMAL(${DECIMAL_DIGITS}, ${type.places})`;
}

/** The most places that any of some decimals has. */
export function placesIn(texts: Iterable<string>): number {
  let places = 0;
  for (const text of texts) {
    const point = text.indexOf('.');
    if (point >= 0) places = Math.max(places, text.length - point - 1);
  }
  return places;
}

/** A decimal rounded half-even, where there is one. */
export function roundedText(text: string, places: number): string {
  return text === '' ? '' : toFixedText(decimal(text), places);
}
