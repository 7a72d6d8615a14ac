import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { Header } from '../../table.ts';
import type { GroupedOffers, Moment } from '../grouped.ts';
import { type DuckDb, named } from './connection.ts';

/** Rows that SQL can read. */
export interface SqlRows {
  /** What stands after FROM. */
  readonly from: string;
  readonly header: Header;
  /** The text of each cell of the header, as SQL; null where it is empty. */
  readonly texts: readonly string[];
  /** Epoch milliseconds of a cell that holds moments, as SQL; null where SQL cannot tell. */
  readonly moments: readonly string[];
  /** The line of a row, where the file can tell. */
  readonly line?: string;
}

/** Days and times in UTC are read as they stand; other offsets by their zone. */
const IN_UTC = String.raw`[1-9]\d{3}-\d\d-\d\d(T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?Z)?`;
const WITH_OFFSET = String.raw`[1-9]\d{3}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,3})?[+-](0\d|1[0-3]):[0-5]\d`;

/** The moment that a text says, where it is written in one of the usual ways. */
export function momentOfText(text: string): string {
  return (
    `CASE WHEN regexp_full_match(${text}, '${IN_UTC}') THEN epoch_ms(TRY_CAST(${text} AS TIMESTAMP)) ` +
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
  const stable = header.fills.flatMap((column, cell) =>
    column === undefined || VARYING.has(column) ? [] : [cell],
  );
  const query = groupsQuery(rows, stable, { effective, observed, source });
  for await (const chunk of db.chunks(query)) {
    takeChunk(chunk, { header, file }, stable, { effective, observed, source }, offers);
  }
}

/** What differs from look to look at one offer. */
export const VARYING: ReadonlySet<string> = new Set(['effective_at', 'observed_at', 'source']);

interface Places {
  readonly effective: number;
  readonly observed: number;
  readonly source: number;
}

/**
 * One row for each group: its cells, the two texts of rows whose times SQL cannot read, whether it
 * is observed, count, first and last moment, least and greatest time of observation, source.
 */
function groupsQuery(rows: SqlRows, stable: readonly number[], places: Places): string {
  const { from, texts, moments } = rows;
  const text = (cell: number) => (cell < 0 ? 'NULL' : (texts[cell] ?? 'NULL'));
  const moment = (cell: number) => (cell < 0 ? 'NULL' : (moments[cell] ?? 'NULL'));
  const isObserved = places.observed < 0 ? 'false' : `${text(places.observed)} IS NOT NULL`;
  const observed = places.observed < 0 ? 'e' : `CASE WHEN seen THEN o ELSE e END`;
  const isRead =
    places.observed < 0 ? 'e IS NOT NULL' : '(e IS NOT NULL AND (o IS NOT NULL OR NOT seen))';
  const key =
    places.observed < 0 ? 'e::HUGEINT' : `e::HUGEINT * ${SHIFT} + (${observed}) + ${OFFSET}`;
  const names = stable.map((_, index) => named(`c${index}`));
  const inner = [
    ...stable.map((cell, index) => `${text(cell)} AS ${names[index]}`),
    `${moment(places.effective)} AS e`,
    `${moment(places.observed)} AS o`,
    `${isObserved} AS seen`,
    `${text(places.effective)} AS t_effective`,
    `${text(places.observed)} AS t_observed`,
    `${text(places.source)} AS t_source`,
    `${rows.line ?? 'NULL'} AS line`,
  ];
  const middle = [
    ...[...names, 'e', 'seen', 't_source', 'line', `${observed} AS known`, `${key} AS k`],
    `CASE WHEN ${isRead} THEN e // ${PERIOD_MS} END AS period`,
    `CASE WHEN ${isRead} THEN NULL ELSE coalesce(t_effective, '') END AS odd_effective`,
    `CASE WHEN ${isRead} THEN NULL ELSE coalesce(t_observed, '') END AS odd_observed`,
  ];
  const source = places.source < 0 ? "''" : 'arg_min(t_source, k)';
  const keys = [...names, 'seen', 'period', 'odd_effective', 'odd_observed'];
  return (
    `SELECT ${[...names, 'odd_effective', 'odd_observed', 'seen'].join(', ')}, ` +
    `count(*), min(k), max(k), min(known), max(known), ${source}, min(line), max(line) ` +
    `FROM (SELECT ${middle.join(', ')} FROM (SELECT ${inner.join(', ')} FROM ${from})) ` +
    `GROUP BY ${keys.join(', ')}`
  );
}

function takeChunk(
  chunk: DuckDBDataChunk,
  { header, file }: { readonly header: Header; readonly file: string },
  stable: readonly number[],
  places: Places,
  offers: GroupedOffers,
): void {
  const columns = chunk.getColumns();
  const width = stable.length;
  const [oddEffective, oddObserved, seen, counts, firsts, lasts, least, most, sources] =
    columns.slice(width);
  const [firstLines, lastLines] = columns.slice(width + 9);
  for (let row = 0; row < chunk.rowCount; row += 1) {
    const cells = header.fills.map(() => '');
    for (const [index, cell] of stable.entries()) cells[cell] = textOf(columns[index]?.[row]);
    const count = Number(counts?.[row]);
    const ends = [firstLines?.[row], lastLines?.[row]].slice(0, count);
    // Of more than two rows only the first and the last line are known.
    const lines = count <= ends.length ? ends.flatMap((line) => (line ? [Number(line)] : [])) : [];
    const place = { file, lines };
    const odd = oddEffective?.[row];
    if (odd !== null && odd !== undefined) {
      if (places.effective >= 0) cells[places.effective] = textOf(odd);
      if (places.observed >= 0) cells[places.observed] = textOf(oddObserved?.[row]);
      offers.takeRows(header, cells, count, place);
      continue;
    }
    const isObserved = places.observed >= 0;
    offers.take(header, {
      ...{ cells, count, isReconstructed: seen?.[row] !== true },
      first: momentOf(firsts?.[row], isObserved),
      last: momentOf(lasts?.[row], isObserved),
      leastObservedAtMs: Number(least?.[row]),
      mostObservedAtMs: Number(most?.[row]),
      source: textOf(sources?.[row]),
      place,
    });
  }
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
