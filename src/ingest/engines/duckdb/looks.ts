import { MtokError, type Reject } from '../../../domain/failure.ts';
import { requireFile, shownPath } from '../../files.ts';
import { isParquet } from '../../parquet.ts';
import {
  type GroupSink,
  type RawFiles,
  type RawReading,
  type RowSink,
  readLooks,
  type SumDialect,
} from '../../reduce/looks.ts';
import type { Header, TableOptions } from '../../table.ts';
import { LookGroups, stableCells, windowSql } from '../look-groups.ts';
import {
  type DuckDb,
  type DuckDbOptions,
  named,
  openDuckDb,
  UnreadableBySql,
} from './connection.ts';
import { csvRows } from './csv.ts';
import type { SqlRows } from './groups.ts';
import { parquetRows } from './parquet.ts';

/**
 * Reads raw observations as `readLooks` does, grouped in DuckDB on all cores: rows that are equal
 * in all that does not vary are judged once. A file that SQL cannot read as the reference does is
 * read by the reference; so is one with rows at fault, for their lines.
 */
export async function groupLooks<Row, Kind, Look>(
  files: RawFiles,
  sink: GroupSink<Row, Kind, Look>,
  options: DuckDbOptions,
): Promise<RawReading> {
  const rejects: Reject[] = [];
  const warnings: Reject[] = [];
  let count = 0;
  const db = await openDuckDb(options);
  try {
    for (const path of files.paths) {
      await requireFile(path);
      const one = { ...files, paths: [path] };
      const found = await groupFile(db, path, one, sink);
      count += found?.count ?? 0;
      if (found?.isSound) continue;
      const read = found ? await readLooks(one, judgeOf(sink)) : await readLooks(one, sink);
      for (const reject of read.rejects) rejects.push(reject);
      for (const warning of read.warnings) warnings.push(warning);
      count += found ? 0 : read.count;
    }
  } finally {
    db.close();
  }
  return { rejects, warnings, count };
}

/** Judges rows, and takes none: they have been taken. */
function judgeOf<Row, Kind, Look>(sink: GroupSink<Row, Kind, Look>): RowSink<Row, true, Look> {
  const { table, varying, ignored } = sink;
  return {
    ...{ table, varying, ignored },
    lookIn: (cells) => sink.lookIn(cells),
    lookOf: (row) => sink.lookOf(row),
    kindOf: () => true,
    take: () => undefined,
  };
}

interface Grouped {
  /** Rows that were taken. */
  readonly count: number;
  /** There is nothing to say of any row. */
  readonly isSound: boolean;
}

/** Takes the groups of one file; `undefined` where SQL cannot read it, and none was taken. */
async function groupFile<Row, Kind, Look>(
  db: DuckDb,
  path: string,
  { options, constants }: RawFiles,
  sink: GroupSink<Row, Kind, Look>,
): Promise<Grouped | undefined> {
  const own = constants?.get(path);
  const read: TableOptions = own ? { ...options, constants: own } : options;
  const { table, varying } = sink;
  let groups: LookGroups<Row, Kind, Look> | undefined;
  let isSound = true;
  try {
    const rows = isParquet(path)
      ? await parquetRows(db, table, path, read)
      : await csvRows(table, path, read);
    if (!rows) return undefined;
    const { header } = rows;
    const stable = stableCells(header, sink);
    const before = await leftOut(db);
    groups = new LookGroups(sink, header);
    for await (const chunk of db.chunks(groupsQuery(rows, stable, sink))) {
      const columns = chunk.getColumns();
      isSound = takeChunk(groups, header, stable, varying, columns, chunk.rowCount) && isSound;
    }
    if ((await leftOut(db)) > before) isSound = false;
  } catch (error) {
    if (!(error instanceof UnreadableBySql)) throw error;
    if (!groups || groups.count === 0) return undefined;
    // Some groups have been taken: the reference cannot begin again.
    throw new MtokError('data', `cannot read all of ${shownPath(path)}: ${error.message}`);
  }
  return { count: groups.count, isSound };
}

/** How many lines DuckDB left out: those with more or fewer cells than the header. */
async function leftOut(db: DuckDb): Promise<number> {
  const tables = `SELECT count(*) FROM duckdb_tables() WHERE table_name = 'reject_errors'`;
  if ((await firstNumber(db, tables)) === 0) return 0;
  return firstNumber(db, 'SELECT count(*) FROM reject_errors');
}

async function firstNumber(db: DuckDb, query: string): Promise<number> {
  for await (const chunk of db.chunks(query)) return Number(chunk.getColumns()[0]?.[0]);
  return 0;
}

/** One row for each group: its cells, its window, the varying cells of odd rows, count and sums. */
function groupsQuery<Row, Kind, Look>(
  { from, header, columns }: SqlRows,
  stable: readonly number[],
  { varying, windows, sums }: Pick<GroupSink<Row, Kind, Look>, 'varying' | 'windows' | 'sums'>,
): string {
  const place = (column: string) => header.fills.indexOf(column);
  const names = stable.map((_, index) => named(`c${index}`));
  const textOfCell = (cell: number) => columns[cell]?.text() ?? 'NULL';
  const inner = [
    ...stable.map((cell, index) => `${textOfCell(cell)} AS ${names[index]}`),
    ...varying.map((column) => `${textOfCell(place(column))} AS ${named(column)}`),
    `${columns[place('at')]?.moment ?? 'NULL'} AS at_ms`,
  ];
  const { isRead, values } = sums(DIALECT);
  const odd = varying.map((column) => named(`odd_${column}`));
  const isIn = `at_ms IS NOT NULL AND ${isRead}`;
  const windowed = `*, CASE WHEN ${isIn} THEN ${windowSql('at_ms', windows)} END AS window_ms`;
  const oddTexts = varying.map((column, index) => {
    const text = `coalesce(${named(column)}, '')`;
    return `CASE WHEN window_ms IS NULL THEN ${text} END AS ${odd[index]}`;
  });
  const keys = [...names, 'window_ms', ...odd];
  // Level by level: what is used twice is worked out once.
  return (
    `SELECT ${[...keys, 'count(*)', ...values].join(', ')} FROM ` +
    `(SELECT *, ${oddTexts.join(', ')} FROM (SELECT ${windowed} FROM ` +
    `(SELECT ${inner.join(', ')} FROM ${from}))) GROUP BY ${keys.join(', ')}`
  );
}

const DIALECT: SumDialect = {
  isNumber: (column, digits, places) => {
    const fraction = places > 0 ? `(\\.\\d{1,${places}})?` : '';
    return `coalesce(regexp_full_match(${named(column)}, '\\d{1,${digits}}${fraction}'), false)`;
  },
  isEmpty: (column) => `coalesce(${named(column)}, '') = ''`,
  isAtMost: (column, other) => {
    const [least, most] = [column, other].map((name) => `TRY_CAST(${named(name)} AS BIGINT)`);
    return `coalesce(${least} <= ${most}, false)`;
  },
  // The digits before the point and after it on their own: to read a text as DECIMAL(38) takes
  // DuckDB many times as long as to read it as an integer.
  sum: (column, places) => {
    const total = (text: string) =>
      `sum(CASE WHEN window_ms IS NOT NULL THEN TRY_CAST(${text} AS BIGINT) END)`;
    if (places === 0) return total(named(column));
    const [whole, fraction] = [1, 2].map((part) => `split_part(${named(column)}, '.', ${part})`);
    const parts = total(`rpad(${fraction}, ${places}, '0')`);
    return `${total(whole ?? '')} * ${10n ** BigInt(places)}::HUGEINT + ${parts}`;
  },
  countOf: (column) => `count(nullif(${named(column)}, ''))::HUGEINT`,
  latest: 'max(at_ms)',
  moments: 'list(at_ms)',
};

/** Takes a chunk of groups as they come out of the query. @returns whether all are sound. */
function takeChunk<Row, Kind, Look>(
  groups: LookGroups<Row, Kind, Look>,
  { fills }: Header,
  stable: readonly number[],
  varying: readonly string[],
  columns: readonly (readonly unknown[])[],
  rowCount: number,
): boolean {
  const places = varying.map((column) => fills.indexOf(column));
  const width = stable.length;
  const sums = columns.slice(width + 2 + varying.length);
  let isSound = true;
  for (let row = 0; row < rowCount; row += 1) {
    const cells = fills.map(() => '');
    for (const [index, cell] of stable.entries()) cells[cell] = textOf(columns[index]?.[row]);
    const window = columns[width]?.[row];
    const count = Number(columns[width + 1 + varying.length]?.[row]);
    if (window === null || window === undefined) {
      for (const [index, cell] of places.entries()) {
        if (cell >= 0) cells[cell] = textOf(columns[width + 1 + index]?.[row]);
      }
      isSound = groups.takeOdd(cells, count) && isSound;
    } else {
      const values = sums.map((column) => plainOf(column[row]));
      isSound = groups.takeGroup(cells, Number(window), count, values) && isSound;
    }
  }
  return isSound;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Whole numbers and lists, as `lookAt` takes them. */
function plainOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'items' in value ? value.items : value;
}
