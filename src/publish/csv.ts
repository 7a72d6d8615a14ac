/** CSV with a header, LF line ends, quoted only where it has to be. */
export function* csvText<Name extends string>(
  columns: readonly Name[],
  rows: Iterable<Readonly<Record<Name, string>>>,
): Generator<string> {
  yield `${columns.join(',')}\n`;
  for (const row of rows) yield `${columns.map((column) => csvCell(row[column])).join(',')}\n`;
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
