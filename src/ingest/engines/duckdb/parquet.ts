import { type Faults, type QuoteRecords, type QuoteSink, quoteRecords } from '../../quote-file.ts';
import { readHeader, type Table, type TableOptions } from '../../table.ts';
import type { GroupedOffers } from '../grouped.ts';
import { type DuckDb, named, quoted } from './connection.ts';
import { momentOfText, type SqlRows, VARYING } from './groups.ts';

/** The number of a row in its file, from 0. */
const ROW_NUMBER = 'file_row_number';

/**
 * How SQL reads a Parquet file; `undefined` where its header is at fault, or a column is
 * of a type that holds no text, exact number or time.
 */
export async function parquetRows<Row>(
  db: DuckDb,
  table: Table<Row>,
  path: string,
  options: TableOptions,
): Promise<SqlRows | undefined> {
  const from = `read_parquet(${quoted(path)}, ${ROW_NUMBER} = true, hive_partitioning = false)`;
  const columns = (await columnsOf(db, from)).filter(({ name }) => name !== ROW_NUMBER);
  const cells = columns.map(({ name }) => name);
  const header = readHeader(table, { cells, line: 1 }, '', options);
  if (header.rejects.length > 0) return undefined;
  const readers = columns.map(({ name, type }) => readerOf(named(name), type));
  const isKnown = header.fills.every((column, cell) => column === undefined || readers[cell]);
  if (!isKnown) return undefined;
  return {
    ...{ from, header, line: `${ROW_NUMBER} + 1` },
    texts: readers.map((reader) => reader?.text ?? 'NULL'),
    moments: readers.map((reader) => reader?.moment ?? 'NULL'),
  };
}

interface Column {
  readonly name: string;
  readonly type: string;
}

async function columnsOf(db: DuckDb, from: string): Promise<Column[]> {
  const columns: Column[] = [];
  for await (const chunk of db.chunks(`DESCRIBE SELECT * FROM ${from}`)) {
    const [names, types] = chunk.getColumns();
    for (let row = 0; row < chunk.rowCount; row += 1) {
      columns.push({ name: String(names?.[row]), type: String(types?.[row]) });
    }
  }
  return columns;
}

/** The text of a column's value, and the moment that it holds. A binary float has neither. */
function readerOf(column: string, type: string): { text: string; moment: string } | undefined {
  if (type === 'VARCHAR' || type.startsWith('ENUM')) {
    const text = `nullif(${column}::VARCHAR, '')`;
    return { text, moment: momentOfText(text) };
  }
  if (/^(DECIMAL|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?\b)/.test(type)) {
    return { text: `${column}::VARCHAR`, moment: 'NULL' };
  }
  if (type === 'DATE') {
    return { text: `strftime(${column}, '%Y-%m-%d')`, moment: `epoch_ms(${column}::TIMESTAMP)` };
  }
  if (!/^TIMESTAMP/.test(type)) return undefined;
  const inUtc = `${column}::TIMESTAMPTZ::TIMESTAMP`;
  const plain = type === 'TIMESTAMP WITH TIME ZONE' ? inUtc : `${column}::TIMESTAMP`;
  return { text: `strftime(${plain}, '%Y-%m-%dT%H:%M:%S.%gZ')`, moment: `epoch_ms(${plain})` };
}

/**
 * Reads some rows one by one: those that are at fault and whose place is not known, and those of
 * offers whose groups do not tell their changes.
 */
export async function parquetFaults(
  db: DuckDb,
  rows: SqlRows,
  file: string,
  { unplaced, apart }: GroupedOffers,
  sink: QuoteSink,
  options: TableOptions,
): Promise<Faults> {
  const { header } = rows;
  const reader = quoteRecords(file, sink, options);
  const { spelling } = header;
  reader.take({ line: 1, cells: header.fills.map((column) => spelling.get(column ?? '') ?? '') });
  const offers = [...apart.values()].map(({ seller, model }) => [seller, model]);
  const stable = header.fills.flatMap((column, cell) =>
    column === undefined || VARYING.has(column) ? [] : [cell],
  );
  const named = ['seller', 'model'].map((column) => header.fills.indexOf(column));
  const faulty = unplaced.map((cells) => stable.map((cell) => cells[cell] ?? ''));
  for (const [columns, wanted] of [[named, offers] as const, [stable, faulty] as const]) {
    if (wanted.length > 0) await takeRows(db, rows, columns, wanted, reader);
  }
  return reader.faults();
}

/** Gives the rows on whose cells in some columns are among those that are wanted. */
async function takeRows(
  db: DuckDb,
  { from, texts, line = '0' }: SqlRows,
  columns: readonly number[],
  wanted: readonly (readonly string[])[],
  reader: QuoteRecords,
): Promise<void> {
  const cells = texts.map((text) => `coalesce(${text}, '')`);
  const tuple = columns.map((cell) => cells[cell] ?? "''").join(', ');
  const distinct = new Set(wanted.map((row) => `(${row.map(quoted).join(', ')})`));
  const query =
    `SELECT ${line}, ${cells.join(', ')} FROM ${from} ` +
    `WHERE (${tuple}) IN (SELECT * FROM (VALUES ${[...distinct].join(', ')}))`;
  for await (const chunk of db.chunks(query)) {
    const [lines, ...found] = chunk.getColumns();
    for (let row = 0; row < chunk.rowCount; row += 1) {
      const record = { line: Number(lines?.[row]), cells: found.map((one) => String(one[row])) };
      if (!reader.take(record)) return;
    }
  }
}
