import { type Faults, type QuoteRecords, type QuoteSink, quoteRecords } from '../../quote-file.ts';
import { readHeader, type Table, type TableOptions } from '../../table.ts';
import type { GroupedOffers } from '../grouped.ts';
import { type DuckDb, named, quoted } from './connection.ts';
import { type SqlColumn, type SqlRows, stableCells, textColumn } from './groups.ts';

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
  const isReadable = header.fills.every((column, cell) => column === undefined || readers[cell]);
  if (!isReadable) return undefined;
  const unread = { value: 'NULL', text: () => 'NULL', moment: 'NULL' };
  return {
    ...{ from, header, line: `${ROW_NUMBER} + 1` },
    columns: readers.map((reader) => reader ?? unread),
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

/** How SQL reads a column of a type. A binary float is no exact number. */
function readerOf(value: string, type: string): SqlColumn | undefined {
  if (type === 'VARCHAR') return textColumn(value);
  const cast = (of: string) => `${of}::VARCHAR`;
  if (type.startsWith('ENUM')) return textColumn(cast(value));
  if (/^(DECIMAL|U?(TINY|SMALL|BIG|HUGE)?INT(EGER)?\b)/.test(type)) {
    return { value, text: (of = value) => cast(of), moment: 'NULL' };
  }
  if (type === 'DATE') {
    const moment = `epoch_ms(${value}::TIMESTAMP)`;
    return { value, text: (of = value) => `strftime(${of}, '%Y-%m-%d')`, moment };
  }
  if (!/^TIMESTAMP/.test(type)) return undefined;
  const plain = `${value}::TIMESTAMP`;
  return {
    value: plain,
    text: (of = plain) => `strftime(${of}, '%Y-%m-%dT%H:%M:%S.%gZ')`,
    moment: `epoch_ms(${plain})`,
  };
}

/**
 * Reads some rows one by one: those that are at fault and whose place is not known, and of offers
 * whose groups do not tell their changes the rows that may be one.
 */
export async function parquetFaults(
  db: DuckDb,
  rows: SqlRows,
  file: string,
  offers: GroupedOffers,
  sink: QuoteSink,
  options: TableOptions,
): Promise<Faults> {
  const { header } = rows;
  const reader = quoteRecords(file, sink, options);
  const { spelling } = header;
  reader.take({ line: 1, cells: header.fills.map((column) => spelling.get(column ?? '') ?? '') });
  const stable = stableCells(header);
  const faulty = offers.unplaced.map((cells) => stable.map((cell) => cells[cell] ?? ''));
  // A row may be at fault and of such an offer: it is looked at once.
  const taken = new Set<number>();
  if (faulty.length > 0) await takeRows(db, rowsAmong(rows, stable, faulty), rows, reader, taken);
  const apart = [...offers.apart.values()];
  if (apart.length > 0) {
    const names = ['seller', 'model'].map((column) => header.fills.indexOf(column));
    const wanted = apart.map(({ seller, model }) => [seller, model]);
    const from = rowsAmong(rows, names, wanted);
    await takeRows(db, offers.needsEach ? from : changesAmong(from, rows), rows, reader, taken);
  }
  return reader.faults();
}

/** The rows whose cells in some columns are among those that are wanted. */
function rowsAmong(
  { from, columns }: SqlRows,
  cells: readonly number[],
  wanted: readonly (readonly string[])[],
): string {
  const tuple = cells.map((cell) => `coalesce(${columns[cell]?.text()}, '')`).join(', ');
  const distinct = new Set(wanted.map((row) => `(${row.map(quoted).join(', ')})`));
  const values = `SELECT * FROM (VALUES ${[...distinct].join(', ')})`;
  return `SELECT * FROM ${from} WHERE (${tuple}) IN (${values})`;
}

/**
 * Of these rows those that may be a change: the first of an offer, one that differs from the one
 * before it, that was known before it, or that shares its moment with another; and the latest look.
 * Where SQL cannot read the time of a row of an offer it gives all of them.
 */
function changesAmong(from: string, { header, columns }: SqlRows): string {
  const stable = stableCells(header).map((cell) => columns[cell]?.value ?? 'NULL');
  const moment = (column: string) => columns[header.fills.indexOf(column)]?.moment ?? 'NULL';
  const observed = columns[header.fills.indexOf('observed_at')];
  const known = observed
    ? `CASE WHEN ${observed.text()} IS NULL THEN ${moment('effective_at')} ` +
      `ELSE ${observed.moment} END`
    : moment('effective_at');
  const offer = ['seller', 'model', 'venue', 'region', 'service_tier', 'context_from', 'window_utc']
    .map((column) => header.fills.indexOf(column))
    .flatMap((cell) => (cell < 0 ? [] : [columns[cell]?.value ?? 'NULL']));
  const said = `row(${stable.join(', ')})`;
  // A row without a time is at fault, and no look at the offer.
  const effective = columns[header.fills.indexOf('effective_at')]?.text() ?? 'NULL';
  const looks =
    `SELECT *, ${moment('effective_at')} AS mtok_e, ${known} AS mtok_o, ${said} AS mtok_said ` +
    `FROM (${from}) WHERE coalesce(${effective}, '') <> ''`;
  const windows =
    `WINDOW turn AS (PARTITION BY ${offer.join(', ')} ORDER BY mtok_e, mtok_o), ` +
    `all_of AS (PARTITION BY ${offer.join(', ')})`;
  const tied = ['lag', 'lead'].map(
    (next) => `(mtok_e, mtok_o) = (${next}(mtok_e) OVER turn, ${next}(mtok_o) OVER turn)`,
  );
  const compared =
    'SELECT *, lag(mtok_e) OVER turn IS NULL OR mtok_o < lag(mtok_o) OVER turn ' +
    'OR mtok_said IS DISTINCT FROM lag(mtok_said) OVER turn AS mtok_new, ' +
    `coalesce(${tied.join(' OR ')}, false) AS mtok_tied, ` +
    'bool_or(mtok_e IS NULL OR mtok_o IS NULL) OVER all_of AS mtok_unread ' +
    `FROM (${looks}) ${windows}`;
  // What is tied may be a conflict, and be left out: the row after it is compared with one before.
  return (
    `SELECT * FROM (${compared}) ${windows} QUALIFY mtok_new OR mtok_tied OR mtok_unread ` +
    'OR lag(mtok_tied) OVER turn ' +
    'OR mtok_o = max(mtok_o) FILTER (WHERE NOT mtok_tied) OVER all_of'
  );
}

/** Gives rows on, in the order of the file. */
async function takeRows(
  db: DuckDb,
  from: string,
  { columns, line = '0' }: SqlRows,
  reader: QuoteRecords,
  taken: Set<number>,
): Promise<void> {
  const cells = columns.map(({ text }) => `coalesce(${text()}, '')`);
  const query = `SELECT ${line} AS line, ${cells.join(', ')} FROM (${from}) ORDER BY line`;
  for await (const chunk of db.chunks(query)) {
    const [lines, ...found] = chunk.getColumns();
    for (let row = 0; row < chunk.rowCount; row += 1) {
      const number = Number(lines?.[row]);
      if (taken.has(number)) continue;
      taken.add(number);
      const record = { line: number, cells: found.map((one) => String(one[row])) };
      if (!reader.take(record)) return;
    }
  }
}
