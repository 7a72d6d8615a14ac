import { MtokError, type Reject } from '../../../domain/failure.ts';
import { MOST_FAULTS } from '../../quote-file.ts';
import type { GroupSink, RawReading, SumDialect } from '../../reduce/looks.ts';
import type { TableOptions } from '../../table.ts';
import { LookGroups, stableCells, windowSql } from '../look-groups.ts';
import { type TableAddress, tableAddress } from './address.ts';
import { answerRows, guarded, type Transport } from './answer.ts';
import type { SqlColumn } from './columns.ts';
import { type OpensTransport, openByEnvironment } from './connection.ts';
import { type SqlTable, sqlTable } from './table.ts';
import { emptyTable, inOrder, requireUnchanged, toldOf, tooManyFaults } from './told.ts';

/**
 * Reads raw observations from a table of a ClickHouse server or cluster, which adds up what varies:
 * rows that are equal in all else, of one window, come back as one. Sums are of whole numbers, in
 * parts that no number of rows makes too large, so that they are exact on every release.
 */
export async function groupTable<Row, Kind, Look>(
  path: string,
  options: TableOptions,
  sink: GroupSink<Row, Kind, Look>,
  open: OpensTransport = openByEnvironment,
): Promise<RawReading> {
  const address = tableAddress(path);
  const db = await open(address);
  try {
    const table = await sqlTable(db, address, sink.table, options);
    const { rejects } = table.header;
    if (rejects.length > 0) return { rejects, warnings: [], count: 0 };
    return await readGroups(
      db,
      { ...table, stable: stableCells(table.header, sink) },
      address,
      sink,
    );
  } finally {
    await db.close();
  }
}

interface RawTable extends SqlTable {
  readonly stable: readonly number[];
}

async function readGroups<Row, Kind, Look>(
  db: Transport,
  table: RawTable,
  address: TableAddress,
  sink: GroupSink<Row, Kind, Look>,
): Promise<RawReading> {
  const groups = new LookGroups(sink, table.header);
  const { stable } = table;
  const faulty = new Set<string>();
  let rows = 0;
  for await (const answer of answerRows(db, groupsQuery(table, sink))) {
    for (const group of answer) {
      const cells = cellsOf(table, group, sink.varying, stable.length + 4);
      const [hash = '', isIn, window, many, ...values] = group.slice(stable.length);
      const count = Number(many);
      const sums = values.slice(sink.varying.length).map(plainOf);
      rows += count;
      const isSound =
        isIn === '1'
          ? groups.takeGroup(cells, Number(window), count, sums)
          : groups.takeOdd(cells, count);
      if (!isSound) faulty.add(hash);
    }
  }
  if (rows === 0) return { rejects: emptyTable(sink.table, address), warnings: [], count: 0 };
  if (faulty.size === 0) return { rejects: [], warnings: [], count: groups.count };
  const told = await faultsOf(db, table, address, sink, [...faulty]);
  await requireUnchanged(db, address, rows);
  return { ...told, count: groups.count };
}

/** A row of an answer as a line of CSV would have it: its stable cells, and those that vary. */
function cellsOf(
  { header, columns, stable }: RawTable,
  texts: readonly string[],
  varying: readonly string[],
  from: number,
): string[] {
  const cells = header.fills.map(() => '');
  const put = (cell: number, text: string | undefined) => {
    if (cell >= 0) cells[cell] = text ? (columns[cell]?.cellOf(text) ?? '') : '';
  };
  for (const [index, cell] of stable.entries()) put(cell, texts[index]);
  for (const [index, column] of varying.entries()) {
    put(header.fills.indexOf(column), texts[from + index]);
  }
  return cells;
}

/** A query may be 256 KB long unless a server is set otherwise. */
const MOST_HASHES = 4_000;

/** What is wrong with each row of the kinds of which some are at fault. */
async function faultsOf<Row, Kind, Look>(
  db: Transport,
  table: RawTable,
  address: TableAddress,
  sink: GroupSink<Row, Kind, Look>,
  hashes: readonly string[],
): Promise<Pick<RawReading, 'rejects' | 'warnings'>> {
  const rejects: Reject[] = [];
  const warnings: Reject[] = [];
  const { stable } = table;
  const own = [
    ...stable.map((cell) => table.columns[cell]?.text ?? "''"),
    ...sink.varying.map((column) => textName(column)),
  ];
  for (let at = 0; at < hashes.length; at += MOST_HASHES) {
    const list = hashes.slice(at, at + MOST_HASHES).join(', ');
    const query = `${withNames(table, sink)} SELECT ${guarded(own)} FROM ${table.from}`;
    for await (const answer of answerRows(db, `${query} WHERE mtok_hash IN (${list})`)) {
      for (const row of answer) {
        const told = toldOf(
          sink.table,
          table,
          cellsOf(table, row, sink.varying, stable.length),
          address,
        );
        if (rejects.length < MOST_FAULTS) rejects.push(...told.rejects);
        if (warnings.length < MOST_FAULTS) warnings.push(...told.warnings);
      }
    }
  }
  if (rejects.length >= MOST_FAULTS) rejects.push(tooManyFaults(MOST_FAULTS, address));
  return { rejects: inOrder(rejects), warnings: inOrder(warnings) };
}

/**
 * One row for each group: its cells, the hash of its kind, whether SQL added it up, its window, how
 * many rows it has, the varying cells of rows that it did not add up, and the sums. It asks the
 * table itself, so that each shard of a Distributed table groups its own rows.
 */
function groupsQuery<Row, Kind, Look>(table: RawTable, sink: GroupSink<Row, Kind, Look>): string {
  const { columns, stable, from } = table;
  const odd = sink.varying.map((column) => oddName(column));
  const { values } = sink.sums(DIALECT);
  const asked = [
    ...stable.map((cell) => columns[cell]?.text ?? "''"),
    ...['toString(mtok_hash)', 'mtok_in', 'mtok_window', 'count()'],
    ...[...odd, ...values.map((value) => (value === 'NULL' ? "''" : value))],
  ];
  const keys = [
    ...stable.map((cell) => columns[cell]?.value ?? "''"),
    ...['mtok_in', 'mtok_window', ...odd],
  ];
  const query = `${withNames(table, sink)} SELECT ${guarded(asked)} FROM ${from}`;
  return `${query} GROUP BY ${keys.join(', ')}`;
}

/** Begins a query with the names of what it asks of a row. */
function withNames<Row, Kind, Look>(
  { header, columns, stable }: RawTable,
  { varying, sums, windows }: Pick<GroupSink<Row, Kind, Look>, 'varying' | 'sums' | 'windows'>,
): string {
  const columnOf = (name: string): SqlColumn | undefined => columns[header.fills.indexOf(name)];
  const at = columnOf('at')?.moment('mtok_a');
  if (!at) throw new MtokError('data', 'expected a column of times');
  const kind = stable.map((cell) => columns[cell]?.text ?? "''");
  const names: (readonly [string, string])[] = [
    ...at.names,
    ...varying.map((column) => [textName(column), columnOf(column)?.text ?? "''"] as const),
    ['mtok_hash', `cityHash64(${kind.join(', ')})`],
    ['mtok_ms', at.ms],
    ['mtok_in', `(${at.isRead} AND ${sums(DIALECT).isRead})`],
    ['mtok_window', `if(mtok_in, ${windowSql('mtok_ms', windows)}, toInt64(0))`],
    ...varying.map((column) => [oddName(column), `if(mtok_in, '', ${textName(column)})`] as const),
  ];
  return `WITH ${names.map(([name, sql]) => `${sql} AS ${name}`).join(', ')}`;
}

function textName(column: string): string {
  return `mtok_t_${column}`;
}

function oddName(column: string): string {
  return `mtok_odd_${column}`;
}

/** Sums of numbers below it stay below 2⁶³ for nine thousand million rows of a group. */
const HALF_DIGITS = 9;
const HALF = 10 ** HALF_DIGITS;

/** Values come as texts, which begin with what they are. */
const DIALECT: SumDialect = {
  isNumber: (column, digits, places) => {
    const fraction = places > 0 ? `([.][0-9]{1,${places}})?` : '';
    return `match(${textName(column)}, '^[0-9]{1,${digits}}${fraction}$')`;
  },
  isEmpty: (column) => `${textName(column)} = ''`,
  isAtMost: (column, other) => `${wholeSql(column)} <= ${wholeSql(other)}`,
  countOf: (column) => `concat('c', toString(countIf(mtok_in AND ${textName(column)} != '')))`,
  sum: (column, places) => {
    const whole = wholeSql(column);
    const total = (sql: string) => `toString(sumIf(${sql}, mtok_in))`;
    const parts = [total(`intDiv(${whole}, ${HALF})`), total(`${whole} % ${HALF}`)];
    const padded = `concat(extract(${textName(column)}, '[.]([0-9]*)'), '${'0'.repeat(places)}')`;
    const fraction = `toInt64OrZero(substring(${padded}, 1, ${places}))`;
    const all = [...parts, ...(places > 0 ? [total(fraction)] : [])];
    const isNone = `countIf(mtok_in AND ${textName(column)} != '') = 0`;
    return `if(${isNone}, '', concat('s${places} ', ${all.join(", ' ', ")}))`;
  },
  latest: "concat('n', toString(max(mtok_ms)))",
  moments: "concat('m', arrayStringConcat(arrayMap(x -> toString(x), groupArray(mtok_ms)), ' '))",
};

function wholeSql(column: string): string {
  return `toInt64OrZero(extract(${textName(column)}, '^[0-9]*'))`;
}

/** A value of a group, as `lookAt` takes it. */
function plainOf(text: string): unknown {
  const said = text.slice(1);
  switch (text[0]) {
    case 'c':
      return BigInt(said);
    case 'n':
      return Number(said);
    case 'm':
      return said.split(' ').map(Number);
    case 's': {
      const [places = '0', high = '0', low = '0', fraction = '0'] = said.split(' ');
      const whole = BigInt(high) * BigInt(HALF) + BigInt(low);
      return whole * 10n ** BigInt(places) + BigInt(fraction);
    }
    default:
      return null;
  }
}
