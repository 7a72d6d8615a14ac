import { describeReject, MtokError, type Reject } from '../../../domain/failure.ts';
import { byCodePoint } from '../../../domain/group.ts';
import { nothingIn, readRow, type Table } from '../../table.ts';
import { type TableAddress, tableSql } from './address.ts';
import { allRows, guarded, type Transport } from './answer.ts';
import type { SqlTable } from './table.ts';

/** What is wrong with the rows of a table, which has no lines: a row is told by its cells. */
export interface Told {
  readonly rejects: readonly Reject[];
  readonly warnings: readonly Reject[];
}

/** What a row is at fault for. */
export function toldOf<Row>(
  kind: Table<Row>,
  table: SqlTable,
  cells: readonly string[],
  { shown }: TableAddress,
): Told {
  const told = readRow(kind, table.header, { cells, line: 0 }, shown);
  const inRow = (one: Reject) => ({ ...one, value: `${one.value} in ${rowText(table, cells)}` });
  return { rejects: told.rejects.map(inRow), warnings: told.warnings.map(inRow) };
}

/** A table without rows. */
export function emptyTable<Row>(kind: Table<Row>, { shown }: TableAddress): Reject[] {
  return nothingIn(kind, 1, shown).map((one) => ({ ...one, line: 0 }));
}

/** What to say where there are more faults than anybody reads. */
export function tooManyFaults(most: number, { shown }: TableAddress): Reject {
  const expected = `fewer than ${most} faults: the others are not told`;
  return { code: 'too_many_faults', file: shown, line: 0, column: '', value: '', expected };
}

/** The cells of a row that are filled, as the place of a row that has no line. */
function rowText({ header }: SqlTable, cells: readonly string[]): string {
  const filled = header.fills.flatMap((column, cell) => {
    const name = column === undefined ? undefined : header.spelling.get(column);
    return name === undefined || !cells[cell] ? [] : [`${name}=${cells[cell]}`];
  });
  return filled.join(' ');
}

/** Rows come in any order: the same table has to give the same list. */
export function inOrder(faults: readonly Reject[]): Reject[] {
  const texts = new Map(faults.map((one) => [one, `${describeReject(one)} ${one.value}`]));
  return [...faults].sort((a, b) => byCodePoint(texts.get(a) ?? '', texts.get(b) ?? ''));
}

/** Two queries of a table that was changed in between would be of two tables. */
export async function requireUnchanged(
  db: Transport,
  address: TableAddress,
  rows: number,
): Promise<void> {
  const query = `SELECT ${guarded(['count()'])} FROM ${tableSql(address)}`;
  const [[count] = []] = await allRows(db, query);
  if (Number(count) === rows) return;
  throw new MtokError(
    'environment',
    `${address.shown}: expected ${rows} rows, found ${count}: the table was changed while it was ` +
      'read; run again, or read a copy that stands still',
  );
}
