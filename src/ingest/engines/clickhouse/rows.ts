import type { Reject } from '../../../domain/failure.ts';
import { byCodePoint } from '../../../domain/group.ts';
import { MOST_FAULTS } from '../../quote-file.ts';
import type { PlacedReading, PlacedRow, Table, TableOptions } from '../../table.ts';
import { readRow } from '../../table.ts';
import { tableAddress } from './address.ts';
import { answerRows, guarded } from './answer.ts';
import { type OpensTransport, openByEnvironment } from './connection.ts';
import { sqlTable } from './table.ts';
import { emptyTable, inOrder, toldOf, tooManyFaults } from './told.ts';

/**
 * Reads every row of a table of a server: for kinds of rows of which there are as many as a model
 * has days. What rows say is judged as in a file; a row at fault is told by its cells.
 */
export async function readTableRows<Row>(
  kind: Table<Row>,
  path: string,
  options: TableOptions,
  open: OpensTransport = openByEnvironment,
): Promise<PlacedReading<Row>> {
  const address = tableAddress(path);
  const db = await open(address);
  try {
    const table = await sqlTable(db, address, kind, options);
    const { header, columns, from } = table;
    if (header.rejects.length > 0) return { rows: [], rejects: header.rejects, warnings: [] };
    const texts = columns.map((column) => column?.text ?? "''");
    const lines: string[][] = [];
    for await (const rows of answerRows(db, `SELECT ${guarded(texts)} FROM ${from}`)) {
      for (const row of rows) {
        lines.push(row.map((text, cell) => columns[cell]?.cellOf(text) ?? text));
      }
    }
    // Rows come in any order: the same table has to give the same list.
    const keys = new Map(lines.map((cells) => [cells, cells.join('\u001f')]));
    lines.sort((a, b) => byCodePoint(keys.get(a) ?? '', keys.get(b) ?? ''));
    const placed: PlacedRow<Row>[] = [];
    const rejects: Reject[] = lines.length === 0 ? emptyTable(kind, address) : [];
    const warnings: Reject[] = [];
    for (const cells of lines) {
      const { row } = readRow(kind, header, { cells, line: 0 }, address.shown);
      if (row !== undefined) placed.push({ row, file: address.shown, line: 0 });
      const told = toldOf(kind, table, cells, address);
      rejects.push(...told.rejects);
      warnings.push(...told.warnings);
      if (rejects.length < MOST_FAULTS) continue;
      rejects.push(tooManyFaults(MOST_FAULTS, address));
      break;
    }
    return { rows: placed, rejects: inOrder(rejects), warnings: inOrder(warnings) };
  } finally {
    await db.close();
  }
}
