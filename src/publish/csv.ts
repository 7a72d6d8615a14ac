import { csvLine } from '../domain/csv.ts';

/** CSV with a header and LF line ends, a line at a time. */
export function* csvText<Name extends string>(
  columns: readonly Name[],
  rows: Iterable<Readonly<Record<Name, string>>>,
): Generator<string> {
  yield `${columns.join(',')}\n`;
  for (const row of rows) yield `${csvLine(columns.map((column) => row[column]))}\n`;
}
