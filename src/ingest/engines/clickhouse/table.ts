import { MtokError } from '../../../domain/failure.ts';
import { QUOTES } from '../../quotes.ts';
import { type Header, readHeader, type Table, type TableOptions } from '../../table.ts';
import { type TableAddress, tableSql } from './address.ts';
import { allRows, guarded, type Transport } from './answer.ts';
import { columnOf, plainType, type ServerColumn, type SqlColumn } from './columns.ts';
import type { SqlMoment } from './moments.ts';

/** A table that SQL can read. */
export interface SqlTable {
  /** What stands after FROM. */
  readonly from: string;
  readonly header: Header;
  /** By the cells of the header; `undefined` where the column is left out. */
  readonly columns: readonly (SqlColumn | undefined)[];
  /** The server knows window functions. */
  readonly hasWindows: boolean;
}

/** A table of quotes. */
export interface QuoteTable extends SqlTable {
  /** The cells in which equal rows are equal: all but times and source. */
  readonly stable: readonly number[];
}

const VARYING: ReadonlySet<string> = new Set(['effective_at', 'observed_at', 'source']);

/** How SQL reads a table of quotes. */
export async function quoteTable(
  db: Transport,
  address: TableAddress,
  options: TableOptions,
): Promise<QuoteTable> {
  const table = await sqlTable(db, address, QUOTES, options);
  const stable = table.header.fills.flatMap((fill, cell) =>
    fill === undefined || VARYING.has(fill) ? [] : [cell],
  );
  return { ...table, stable };
}

/**
 * How SQL reads a table of rows of one kind. The header has rejects where its columns are not those
 * of the kind.
 *
 * @throws {MtokError} where a column is of a type that has no exact text.
 */
export async function sqlTable<Row>(
  db: Transport,
  address: TableAddress,
  table: Table<Row>,
  options: TableOptions,
): Promise<SqlTable> {
  const hasWindows = await requireWholeAnswers(db, address);
  const described = await columnsOf(db, address);
  const cells = described.map(({ name }) => name);
  const header = readHeader(table, { cells, line: 0 }, address.shown, options);
  const used = header.fills.map((fill, cell) => (fill === undefined ? undefined : described[cell]));
  const columns = used.map((column) => column && requiredColumn(column, address));
  return { from: tableSql(address), header, columns, hasWindows };
}

function requiredColumn(column: ServerColumn, { shown }: TableAddress): SqlColumn {
  const found = columnOf(column);
  if (found) return found;
  const { name, type } = column;
  const expected = /^B?Float/.test(plainType(type))
    ? 'a binary float has no exact decimal: expected Decimal or String'
    : 'expected String, Decimal, Int or UInt, Date, DateTime, DateTime64 or Enum';
  throw new MtokError('data', `${shown}: column ${name} is ${type}: ${expected}`);
}

async function columnsOf(db: Transport, address: TableAddress): Promise<ServerColumn[]> {
  const { database, table } = address;
  const names = guarded(['name', 'type']);
  const where = `database = ${textSql(database)} AND table = ${textSql(table)}`;
  const known = "default_kind != 'EPHEMERAL'";
  const query = `SELECT ${names} FROM system.columns WHERE ${where} AND ${known}`;
  const rows = await allRows(db, query);
  const columns = rows.map(([name = '', type = '']) => ({ name, type }));
  if (columns.length > 0) return columns;
  // It tells which of the two is not there, or may not be seen.
  for await (const _ of db.answer(`DESCRIBE TABLE ${tableSql(address)}`)) break;
  return columns;
}

/** A text in SQL. */
function textSql(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

/**
 * A server can be set to give a part of an answer as if it were all.
 *
 * @returns whether it has window functions: those before 21.9 have none.
 * @throws {MtokError} where it is set so.
 */
async function requireWholeAnswers(db: Transport, { shown }: TableAddress): Promise<boolean> {
  const partial =
    "(name LIKE '%overflow_mode%' AND value NOT IN ('throw', '')) OR " +
    "(name IN ('limit', 'offset', 'skip_unavailable_shards') AND value NOT IN ('0', ''))";
  const list = "arrayStringConcat(groupArray(concat(name, '=', value)), ', ')";
  const query = `SELECT ${guarded(['version()', list])} FROM system.settings WHERE ${partial}`;
  const [[version = '', found = ''] = []] = await allRows(db, query);
  if (found !== '') {
    const remedy = 'reset it in the profile of the user, or use another user';
    throw new MtokError('environment', `${shown}: ${found} would leave rows out: ${remedy}`);
  }
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 21 || (major === 21 && minor >= 9);
}

/**
 * Begins a query that asks of a row, besides its columns, `mtok_hash` of its stable cells,
 * `mtok_read`: whether SQL can read its times, `mtok_seen`: whether it says when it was observed,
 * `mtok_e` and `mtok_o`: when it is effective and known, `mtok_odd_e` and `mtok_odd_o`: the texts
 * of times that SQL cannot read, and `mtok_source`.
 */
export function withRowNames({ header, columns, stable }: QuoteTable): string {
  const column = (name: string) => columns[header.fills.indexOf(name)];
  const [effective, observed] = [column('effective_at'), column('observed_at')];
  const none: SqlMoment = { names: [], isRead: '0', ms: 'toInt64(0)' };
  const at = effective?.moment('mtok_ea') ?? none;
  const seen = observed?.moment('mtok_oa') ?? none;
  const texts = stable.map((cell) => columns[cell]?.text ?? "''");
  const odd = (text: string | undefined) => `if(mtok_read, '', ${text ?? "''"})`;
  const names: readonly (readonly [string, string])[] = [
    ...[...at.names, ...seen.names],
    ['mtok_hash', `cityHash64(${texts.join(', ')})`],
    ['mtok_seen', observed ? `(${observed.text}) != ''` : '(0 = 1)'],
    ['mtok_e', at.ms],
    ['mtok_o', `if(mtok_seen, ${seen.ms}, mtok_e)`],
    ['mtok_read', `(${at.isRead} AND (NOT mtok_seen OR ${seen.isRead}))`],
    ['mtok_odd_e', odd(effective?.text)],
    ['mtok_odd_o', odd(observed?.text)],
    ['mtok_source', column('source')?.text ?? "''"],
  ];
  return `WITH ${names.map(([name, sql]) => `${sql} AS ${name}`).join(', ')}`;
}
