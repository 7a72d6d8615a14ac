import type { StudyTable } from '../domain/study.ts';
import { csvText } from '../publish/csv.ts';
import { type ColumnType, placesIn, roundedText } from '../publish/parquet.ts';

/** A table of a study as CSV, a line at a time. */
export function tableCsv(table: StudyTable): Iterable<string> {
  return csvText(namesOf(table), recordsOf(table));
}

/** The same with types, for Parquet: days as DATE, whole numbers as BIGINT, decimals as DECIMAL. */
export function typedTable(table: StudyTable): {
  readonly types: Readonly<Record<string, ColumnType>>;
  readonly rows: readonly Readonly<Record<string, string>>[];
} {
  const rows = [...recordsOf(table)];
  const types = Object.fromEntries(
    table.columns.map(({ name, type }) => [name, columnType(type, cellsOf(rows, name))]),
  );
  const shortened = (name: string, text: string) =>
    typeof types[name] === 'object' && placesIn([text]) > MOST_PLACES
      ? roundedText(text, MOST_PLACES)
      : text;
  return {
    types,
    rows: rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, text]) => [name, shortened(name, text)])),
    ),
  };
}

/** A DECIMAL has 38 digits: the places of exact prices, which have 40, are cut to these. */
const MOST_PLACES = 18;
const BIGINT_DIGITS = 18;

function columnType(
  type: StudyTable['columns'][number]['type'],
  cells: readonly string[],
): ColumnType {
  if (type === 'day') return 'day';
  if (type === 'decimal') return { places: Math.min(MOST_PLACES, placesIn(cells)) };
  if (type !== 'integer') return 'text';
  return cells.every((text) => text.length <= BIGINT_DIGITS) ? 'count' : { places: 0 };
}

function cellsOf(rows: readonly Readonly<Record<string, string>>[], name: string): string[] {
  return rows.map((row) => row[name] ?? '');
}

function namesOf({ columns }: StudyTable): string[] {
  return columns.map(({ name }) => name);
}

function* recordsOf(table: StudyTable): Generator<Readonly<Record<string, string>>> {
  const names = namesOf(table);
  for (const row of table.rows) {
    yield Object.fromEntries(names.map((name, at) => [name, row[at] ?? '']));
  }
}
