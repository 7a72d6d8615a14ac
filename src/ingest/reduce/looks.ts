import type { Reject } from '../../domain/failure.ts';
import { CellFault, moment } from '../cells.ts';
import type { CsvRecord } from '../csv.ts';
import { requireFile, shownPath } from '../files.ts';
import { readRecordsOf } from '../row-files.ts';
import {
  type Constants,
  type Header,
  nothingIn,
  readHeader,
  readRow,
  type Table,
  type TableOptions,
} from '../table.ts';
import type { Windows } from './window.ts';

/** Files of raw observations, read as one. */
export interface RawFiles {
  readonly paths: readonly string[];
  readonly options: TableOptions;
  /** By path what every row of a file says, where the file has no such column itself. */
  readonly constants?: ReadonlyMap<string, Constants> | undefined;
}

/** What is wrong with files, and how much was read of them. */
export interface RawReading {
  readonly rejects: readonly Reject[];
  readonly warnings: readonly Reject[];
  /** Rows that were accepted. */
  readonly count: number;
}

/** What rows of raw observations go to, whichever engine reads them. */
export interface RowSink<Row, Kind, Look> {
  readonly table: Table<Row>;
  /** The columns that differ from row to row; what the others say is judged once. */
  readonly varying: readonly string[];
  /** Columns that such a file may have and that are not read. */
  readonly ignored: ReadonlySet<string>;
  /** What the varying cells say, in their order; `undefined` where only the whole row can tell. */
  lookIn(cells: readonly string[]): Look | undefined;
  kindOf(row: Row): Kind;
  lookOf(row: Row): Look;
  take(kind: Kind, look: Look): void;
}

/** The same, of rows that a database has grouped. */
export interface GroupSink<Row, Kind, Look> extends RowSink<Row, Kind, Look> {
  readonly windows: Windows;
  /**
   * How the varying cells of a group are put together.
   *
   * @param dialect how the database says it.
   */
  sums(dialect: SumDialect): Sums;
  /** What a group says: how many rows it has, and the values of its sums. */
  lookAt(windowMs: number, count: number, values: readonly unknown[]): Look;
}

export interface Sums {
  /** Which rows the database can add up; the others are given as they are. */
  readonly isRead: string;
  readonly values: readonly string[];
}

/** What a database is asked for; columns by their name, and the time as `at_ms`. */
export interface SumDialect {
  /** True where a text is a number of at most so many digits before and after the point. */
  isNumber(column: string, digits: number, places: number): string;
  isEmpty(column: string): string;
  /** True where the number in one column is at most that in another. */
  isAtMost(column: string, other: string): string;
  /** How many rows have something in a column. */
  countOf(column: string): string;
  /** The exact sum of such numbers times 10^places; null where there is none. */
  sum(column: string, places: number): string;
  readonly latest: string;
  readonly moments: string;
}

/** Reads files one after the other, row by row. */
export async function readLooks<Row, Kind, Look>(
  { paths, options, constants }: RawFiles,
  sink: RowSink<Row, Kind, Look>,
  onRows: (count: number) => void = () => undefined,
): Promise<RawReading> {
  const rejects: Reject[] = [];
  const warnings: Reject[] = [];
  let count = 0;
  for (const path of paths) {
    await requireFile(path);
    const own = constants?.get(path);
    const file = new LookFile(
      shownPath(path),
      sink,
      own ? { ...options, constants: own } : options,
    );
    await readRecordsOf(sink.table, path, (item) => {
      const goesOn = file.take(item);
      if (file.records % ROWS_AT_ONCE === 0) onRows(count + file.records);
      return goesOn;
    });
    for (const reject of file.faults()) rejects.push(reject);
    for (const warning of file.warnings) warnings.push(warning);
    count += file.count;
  }
  return { rejects, warnings, count };
}

const ROWS_AT_ONCE = 1 << 15;
/** More different rows than that are judged one by one: they would fill the memory. */
const MOST_KINDS = 1 << 19;
/** More faults than anybody reads: the file is not what it was taken for. */
const MOST_FAULTS = 250_000;

/** The rows of one file, in their order. */
class LookFile<Row, Kind, Look> {
  count = 0;
  records = 0;
  readonly warnings: Reject[] = [];

  readonly #file: string;
  readonly #sink: RowSink<Row, Kind, Look>;
  readonly #options: TableOptions;
  readonly #rejects: Reject[] = [];
  readonly #kinds = new Map<string, Kind>();
  #header: Header | undefined;
  #varying: readonly number[] = [];
  #stable: readonly number[] = [];

  constructor(file: string, sink: RowSink<Row, Kind, Look>, options: TableOptions) {
    this.#file = file;
    this.#sink = sink;
    this.#options = options;
  }

  take(item: CsvRecord | Reject): boolean {
    if (!('cells' in item)) {
      this.#rejects.push(item);
      return true;
    }
    this.records += 1;
    if (!this.#header) return this.#takeHeader(item);
    const { cells } = item;
    const isWhole = cells.length === this.#header.fills.length;
    const key = isWhole ? this.#stable.map((cell) => cells[cell]).join('\u001f') : '';
    const known = isWhole ? this.#kinds.get(key) : undefined;
    const look = known && this.#sink.lookIn(this.#varying.map((cell) => cells[cell] ?? ''));
    if (known === undefined || look === undefined) return this.#judge(this.#header, item, key);
    this.#sink.take(known, look);
    this.count += 1;
    return true;
  }

  faults(): readonly Reject[] {
    if (this.#rejects.length > 0) return this.#rejects;
    return nothingIn(this.#sink.table, this.records, this.#file);
  }

  #takeHeader(record: CsvRecord): boolean {
    const { table, varying, ignored } = this.#sink;
    const header = readHeader(table, record, this.#file, this.#options);
    this.#header = header;
    this.#rejects.push(...header.rejects);
    this.#varying = varying.map((column) => header.fills.indexOf(column));
    // What a folder says varies with no row: such a row is judged as a whole.
    const isFolders = varying.some((column) => Object.hasOwn(header.constants, column));
    const stable = header.fills.flatMap((column, cell) =>
      column === undefined || ignored.has(column) || this.#varying.includes(cell) ? [] : [cell],
    );
    this.#stable = isFolders ? [...stable, ...this.#varying.filter((cell) => cell >= 0)] : stable;
    if (isFolders) this.#varying = varying.map(() => -1);
    return header.rejects.length === 0;
  }

  #judge(header: Header, record: CsvRecord, key: string): boolean {
    const { table } = this.#sink;
    const { row, rejects, warnings } = readRow(table, header, record, this.#file);
    this.warnings.push(...warnings.slice(0, MOST_FAULTS - this.warnings.length));
    this.#rejects.push(...rejects);
    if (row === undefined) return this.#rejects.length < MOST_FAULTS || this.#stop(record.line);
    const kind = this.#sink.kindOf(row);
    this.#sink.take(kind, this.#sink.lookOf(row));
    this.count += 1;
    // A warning is told of each row.
    if (warnings.length > 0) return true;
    if (this.#kinds.size >= MOST_KINDS) this.#kinds.clear();
    this.#kinds.set(key, kind);
    return true;
  }

  #stop(line: number): boolean {
    const expected = `fewer than ${MOST_FAULTS} faults: the rest of the file was not read`;
    const place = { file: this.#file, line, column: '', value: '' };
    this.#rejects.push({ code: 'too_many_faults', ...place, expected });
    return false;
  }
}

/** A moment that a cell says, read once for each way in which it is written. */
export class Moments {
  readonly #known = new Map<string, number>();

  /** `undefined` where the cell holds none. */
  read(text: string): number | undefined {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const atMs = text === '' ? undefined : moment(text);
    if (typeof atMs !== 'number') return undefined;
    if (this.#known.size >= MOST_MOMENTS) this.#known.clear();
    this.#known.set(text, atMs);
    return atMs;
  }
}

const MOST_MOMENTS = 1 << 12;

/** What a reader says of a cell, where it is no fault. */
export function readOr<Value>(value: Value | CellFault): Value | undefined {
  return value instanceof CellFault ? undefined : value;
}
