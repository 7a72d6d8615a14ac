import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { Header } from '../../table.ts';
import type { GroupedOffers, JudgedCells, Moment } from '../grouped.ts';
import { type DuckDb, UnreadableBySql } from './connection.ts';

/** Rows that SQL can read. */
export interface SqlRows {
  /** What stands after FROM. */
  readonly from: string;
  readonly header: Header;
  /** By the cells of the header. */
  readonly columns: readonly SqlColumn[];
  /** The line of a row, where the file can tell. */
  readonly line?: string;
}

/** A column, in SQL. */
export interface SqlColumn {
  /** Its value: rows are grouped by it. */
  readonly value: string;
  /** The text of its value, or of another expression that has it; null where the cell is empty. */
  readonly text: (value?: string) => string;
  /** Epoch milliseconds, where it holds moments; null where SQL cannot tell. */
  readonly moment: string;
}

/** A column of texts. */
export function textColumn(value: string): SqlColumn {
  return { value, text: (of = value) => of, moment: momentOfText(value) };
}

/** Days and times in UTC are read as they stand; other offsets by their zone. */
const DAY = String.raw`[1-9]\d{3}-\d\d-\d\d`;
const TIME = String.raw`T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?`;
const IN_UTC = `${DAY}(${TIME}Z)?`;
const WITH_OFFSET = String.raw`${DAY}${TIME}[+-](0\d|1[0-3]):[0-5]\d`;

/** The moment that a text says, where it is written in one of the usual ways. */
function momentOfText(text: string): string {
  return (
    `CASE WHEN regexp_full_match(${text}, '${IN_UTC}') ` +
    `THEN epoch_ms(TRY_CAST(${text} AS TIMESTAMP)) ` +
    `WHEN regexp_full_match(${text}, '${WITH_OFFSET}') ` +
    `THEN epoch_ms(TRY_CAST(${text} AS TIMESTAMPTZ)) END`
  );
}

/** Groups are of one such period: a price that comes back in another is another group. */
const PERIOD_MS = 28 * 86_400_000;

/** Sorts two moments as one number: milliseconds of every year fit into 49 bits. */
const SHIFT = 2n ** 49n;
const OFFSET = 2n ** 48n;

/** Groups rows that are equal in all but their times and source, and gives the groups on. */
export async function groupRows(
  db: DuckDb,
  rows: SqlRows,
  file: string,
  offers: GroupedOffers,
): Promise<void> {
  const { header } = rows;
  const place = (column: string) => header.fills.indexOf(column);
  const [effective, observed, source] = [
    place('effective_at'),
    place('observed_at'),
    place('source'),
  ];
  const stable = stableCells(header);
  const places = { effective, observed, source };
  const taken = { header, file, stable, places, known: new Map() };
  for await (const chunk of db.chunks(groupsQuery(rows, stable, places))) {
    takeChunk(chunk, taken, offers);
  }
}

/** The cells in which equal rows are equal: all but times and source. */
export function stableCells(header: Header): number[] {
  return header.fills.flatMap((column, cell) =>
    column === undefined || VARYING.has(column) ? [] : [cell],
  );
}

/** What differs from look to look at one offer. */
const VARYING: ReadonlySet<string> = new Set(['effective_at', 'observed_at', 'source']);

interface Places {
  readonly effective: number;
  readonly observed: number;
  readonly source: number;
}

/** Cells of a group come as one text: reading many texts from DuckDB is slow. */
const BETWEEN = '\u001f';

/**
 * One row for each group: its cells, the two texts of rows whose times SQL cannot read, whether it
 * is observed, count, first and last moment, least and greatest time of observation, source.
 */
function groupsQuery(rows: SqlRows, stable: readonly number[], places: Places): string {
  const { from, columns } = rows;
  const text = (cell: number, value?: string) => columns[cell]?.text(value) ?? 'NULL';
  const hasObserved = places.observed >= 0;
  const seen = hasObserved ? `${text(places.observed)} IS NOT NULL` : 'false';
  const known = hasObserved ? 'CASE WHEN seen THEN o ELSE e END' : 'e';
  const isRead = hasObserved ? '(e IS NOT NULL AND (o IS NOT NULL OR NOT seen))' : 'e IS NOT NULL';
  // Two moments sort as one number; one is a number already.
  const key = hasObserved ? `e::HUGEINT * ${SHIFT} + (${known}) + ${OFFSET}` : 'e';
  const names = stable.map((_, index) => `c${index}`);
  const [effectiveText, observedText] = [text(places.effective), text(places.observed)];
  const inner = [
    '*',
    ...stable.map((cell, index) => `${columns[cell]?.value} AS c${index}`),
    `${columns[places.effective]?.moment ?? 'NULL'} AS e`,
    `${columns[places.observed]?.moment ?? 'NULL'} AS o`,
    `${seen} AS seen`,
  ];
  const middle = [
    ...[...names, 'seen', `${known} AS known`, `${key} AS k`, `${rows.line ?? 'NULL'} AS line`],
    `${text(places.source)} AS source`,
    `CASE WHEN ${isRead} THEN e // ${PERIOD_MS} END AS period`,
    `CASE WHEN ${isRead} THEN NULL ELSE coalesce(${effectiveText}, '') END AS odd_effective`,
    `CASE WHEN ${isRead} THEN NULL ELSE coalesce(${observedText}, '') END AS odd_observed`,
  ];
  const outer = [
    joined(stable.map((cell, index) => text(cell, `c${index}`))),
    ...['odd_effective', 'odd_observed', 'seen', 'count(*)', 'min(k)', 'max(k)'],
    ...(hasObserved ? ['min(known)', 'max(known)'] : ['NULL', 'NULL']),
    places.source < 0 ? "''" : 'arg_min(source, k)',
    ...(rows.line === undefined ? ['NULL', 'NULL'] : ['min(line)', 'max(line)']),
  ];
  const keys = [...names, 'seen', 'period', 'odd_effective', 'odd_observed'];
  return (
    `SELECT ${outer.join(', ')} ` +
    `FROM (SELECT ${middle.join(', ')} FROM (SELECT ${inner.join(', ')} FROM ${from})) ` +
    `GROUP BY ${keys.join(', ')}`
  );
}

function joined(texts: readonly string[]): string {
  if (texts.length === 0) return "''";
  const cells = texts.map((text) => `coalesce(${text}, '')`);
  return cells.join(` || chr(${BETWEEN.charCodeAt(0)}) || `);
}

/** Judged cells by their texts, one after the other. */
type KnownCells = Map<string, JudgedCells>;

interface Taken {
  readonly header: Header;
  readonly file: string;
  readonly stable: readonly number[];
  readonly places: Places;
  readonly known: KnownCells;
}

function takeChunk(chunk: DuckDBDataChunk, taken: Taken, offers: GroupedOffers): void {
  const { header, file, stable, places, known } = taken;
  const columns = chunk.getColumns();
  const [texts, oddEffective, oddObserved, seen, counts, firsts, lasts, least, most, sources] =
    columns;
  const [firstLines, lastLines] = columns.slice(10);
  const isObserved = places.observed >= 0;
  const cellsOf = (row: number): string[] => {
    const cells = header.fills.map(() => '');
    const found = textOf(texts?.[row]).split(BETWEEN);
    // Cells that hold what stands between cells cannot be told apart.
    if (found.length !== Math.max(1, stable.length)) throw new UnreadableBySql('a cell of control');
    for (const [index, cell] of stable.entries()) cells[cell] = found[index] ?? '';
    return cells;
  };
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const count = Number(counts?.[row]);
    const place = { file, lines: linesOf(count, firstLines?.[row], lastLines?.[row]) };
    if (typeof oddEffective?.[row] === 'string') {
      const cells = cellsOf(row);
      if (places.effective >= 0) cells[places.effective] = textOf(oddEffective[row]);
      if (isObserved) cells[places.observed] = textOf(oddObserved?.[row]);
      offers.takeRows(header, cells, count, place);
      continue;
    }
    const key = textOf(texts?.[row]);
    let statement = known.get(key);
    if (!statement) {
      statement = offers.judged(header, cellsOf(row));
      known.set(key, statement);
    }
    const first = momentOf(firsts?.[row], isObserved);
    const last = momentOf(lasts?.[row], isObserved);
    const group = {
      ...{ count, first, last, isReconstructed: seen?.[row] !== true },
      leastObservedAtMs: isObserved ? Number(least?.[row]) : first.observedAtMs,
      mostObservedAtMs: isObserved ? Number(most?.[row]) : last.observedAtMs,
      source: textOf(sources?.[row]),
    };
    offers.take(statement, group, place);
  }
}

const NO_LINES: readonly number[] = [];

/** Of more than two rows only the first and the last line are known. */
function linesOf(count: number, first: unknown, last: unknown): readonly number[] {
  if (count > 2 || first === null || first === undefined) return NO_LINES;
  return count === 1 ? [Number(first)] : [Number(first), Number(last)];
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function momentOf(key: unknown, isObserved: boolean): Moment {
  const value = typeof key === 'bigint' ? key : 0n;
  if (!isObserved) return { effectiveAtMs: Number(value), observedAtMs: Number(value) };
  const observed = ((value % SHIFT) + SHIFT) % SHIFT;
  return {
    effectiveAtMs: Number((value - observed) / SHIFT),
    observedAtMs: Number(observed - OFFSET),
  };
}
