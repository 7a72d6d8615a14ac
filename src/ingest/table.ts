import type { z } from 'zod';
import { nearest, type Reading, type Reject } from '../domain/failure.ts';
import { type CsvRecord, readRecords } from './csv.ts';

/** The columns of one kind of file, and how a row of it is read. */
export interface Table<Row> {
  /** What the file holds, for messages: `quotes`. */
  readonly kind: string;
  readonly columns: readonly string[];
  readonly required: readonly string[];
  /** Of these groups of columns one has to be there whole. */
  readonly requiredGroups?: readonly (readonly string[])[];
  /** Other names for columns. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Reads the cells by column name; a column that the file lacks is empty. */
  readonly schema: z.ZodType<Row, unknown>;
  /** What is wrong with a row only because of how the header spells its columns. */
  readonly contradictions?: (cells: Cells, spelling: ReadonlyMap<string, string>) => CellNote[];
  /** Things to say of an accepted row. */
  readonly warnings?: (row: Row, cells: Cells) => CellNote[];
}

type Cells = Readonly<Record<string, string>>;

export interface CellNote {
  readonly code: string;
  readonly column: string;
  readonly expected: string;
}

/** A row with its place, for comparing rows with one another. */
export interface PlacedRow<Row> {
  readonly row: Row;
  readonly file: string;
  readonly line: number;
}

export interface TableOptions {
  /** Unknown columns are left out instead of refused. */
  readonly ignoreUnknownColumns?: boolean;
  /** What every row of the file says, where it has no such column itself. */
  readonly constants?: Constants;
}

/** Cells that stand for a whole file, by the name of the column. */
export type Constants = Readonly<Record<string, string>>;

export interface PlacedReading<Row> extends Omit<Reading<Row>, 'rows'> {
  readonly rows: readonly PlacedRow<Row>[];
}

/**
 * Reads one CSV file into rows, rejects and warnings. Never throws for what the file contains.
 *
 * @param bytes the file, as a stream or in pieces.
 * @param file its name, for the rejects.
 */
export async function readTable<Row>(
  table: Table<Row>,
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
  options: TableOptions = {},
): Promise<PlacedReading<Row>> {
  const reader = new TableReader(table, file, options);
  await readRecords(bytes, file, (item) => reader.take(item));
  return reader.reading();
}

/** Makes rows of the records of one file, in their order. */
export class TableReader<Row> {
  readonly #table: Table<Row>;
  readonly #file: string;
  readonly #options: TableOptions;
  readonly #rows: PlacedRow<Row>[] = [];
  readonly #rejects: Reject[] = [];
  readonly #warnings: Reject[] = [];
  #header: Header | undefined;
  #records = 0;

  constructor(table: Table<Row>, file: string, options: TableOptions) {
    this.#table = table;
    this.#file = file;
    this.#options = options;
  }

  /** Takes a record, or a fault of the file; returns false where the rest cannot be read. */
  take(item: CsvRecord | Reject): boolean {
    if (!('cells' in item)) {
      this.#rejects.push(item);
      return true;
    }
    this.#records += 1;
    const header = this.#header;
    if (!header) {
      this.#header = readHeader(this.#table, item, this.#file, this.#options);
      this.#rejects.push(...this.#header.rejects);
      return this.#header.rejects.length === 0;
    }
    const { row, rejects, warnings } = readRow(this.#table, header, item, this.#file);
    this.#rejects.push(...rejects);
    this.#warnings.push(...warnings);
    if (row !== undefined) this.#rows.push({ row, file: this.#file, line: item.line });
    return true;
  }

  reading(): PlacedReading<Row> {
    const rejects = this.#rejects;
    if (rejects.length === 0) rejects.push(...nothingIn(this.#table, this.#records, this.#file));
    return { rows: this.#rows, rejects, warnings: this.#warnings };
  }
}

/** What is wrong with a file that has no rows. */
export function nothingIn<Row>({ kind }: Table<Row>, records: number, file: string): Reject[] {
  if (records > 1) return [];
  const code = records === 0 ? 'empty_file' : 'no_rows';
  const expected = `a header and at least one row of ${kind}`;
  return [{ code, file, line: records, column: '', value: '', expected }];
}

export interface Header {
  /** For each cell the column that it fills; `undefined` where it is left out. */
  readonly fills: readonly (string | undefined)[];
  /** How the file spells a column, for messages. */
  readonly spelling: ReadonlyMap<string, string>;
  /** By column what the whole file says. */
  readonly constants: Constants;
  readonly rejects: readonly Reject[];
}

/** How the first record of a file names the columns, and what is wrong with it. */
export function readHeader<Row>(
  table: Table<Row>,
  { cells, line }: CsvRecord,
  file: string,
  options: TableOptions,
): Header {
  const rejects: Reject[] = [];
  const spelling = new Map<string, string>();
  const known = [...table.columns, ...Object.keys(table.aliases)];
  const fault = (code: string, column: string, value: string, expected: string) =>
    rejects.push({ code, file, line, column, value, expected });
  const columnNamed = (name: string): string | undefined => {
    const column = columnOf(table, name);
    if (column === undefined && !options.ignoreUnknownColumns) {
      const near = nearest(name, known);
      const advice = near ? `did you mean ${near}?` : `one of ${table.columns.join(', ')}`;
      fault('unknown_column', name, name, `a column of ${table.kind}: ${advice}`);
    }
    return column;
  };
  const fills = cells.map((cell) => {
    const name = cell.trim();
    const column = columnNamed(name);
    if (column === undefined) return undefined;
    const other = spelling.get(column);
    if (other !== undefined) {
      fault('duplicate_column', column, name, `one column for ${column}, which "${other}" fills`);
    }
    spelling.set(column, name);
    return column;
  });
  const constants: Record<string, string> = {};
  for (const [name, text] of Object.entries(options.constants ?? {})) {
    const column = columnNamed(name);
    if (column === undefined || spelling.has(column)) continue;
    spelling.set(column, name);
    constants[column] = text;
  }
  for (const column of [...table.required, ...nearestGroup(table, spelling)]) {
    if (spelling.has(column)) continue;
    const names = [column, ...aliasesOf(table, column)].join(' or ');
    fault('missing_column', column, cells.join(','), `a column ${names}`);
  }
  return { fills, spelling, constants, rejects };
}

/** The group of columns that a header has whole, else the one that it has most of. */
function nearestGroup<Row>(
  { requiredGroups = [] }: Table<Row>,
  spelling: ReadonlyMap<string, string>,
): readonly string[] {
  const missing = (group: readonly string[]) => group.filter((name) => !spelling.has(name)).length;
  const whole = requiredGroups.find((group) => missing(group) === 0);
  const begun = requiredGroups.find((group) => missing(group) < group.length);
  return whole ?? begun ?? requiredGroups[0] ?? [];
}

/** The column that a name stands for. */
export function columnOf<Row>({ aliases, columns }: Table<Row>, name: string): string | undefined {
  const column = Object.hasOwn(aliases, name) ? aliases[name] : name;
  return column !== undefined && columns.includes(column) ? column : undefined;
}

function aliasesOf<Row>({ aliases }: Table<Row>, column: string): string[] {
  return Object.keys(aliases).filter((alias) => aliases[alias] === column);
}

/** Reads a record by its header: a row, or what is wrong with it. */
export function readRow<Row>(
  table: Table<Row>,
  { fills, spelling, constants }: Header,
  { cells, line }: CsvRecord,
  file: string,
): { row?: Row; rejects: Reject[]; warnings: Reject[] } {
  const place = { file, line };
  if (cells.length !== fills.length) {
    const expected = `${fills.length} cells, as the header has`;
    const value = `${cells.length} cells`;
    return {
      rejects: [{ code: 'ragged_row', ...place, column: '', value, expected }],
      warnings: [],
    };
  }
  const values: Record<string, string> = {};
  for (const column of table.columns) values[column] = constants[column] ?? '';
  for (const [index, column] of fills.entries()) {
    const text = cells[index] ?? '';
    if (column !== undefined) values[column] = text;
  }
  const contradictions = table.contradictions?.(values, spelling) ?? [];
  const parsed = table.schema.safeParse(values);
  if (!parsed.success || contradictions.length > 0) {
    const issues = parsed.success ? [] : parsed.error.issues.map(noteOf);
    return { rejects: [...contradictions, ...issues].map(placed), warnings: [] };
  }
  const { data } = parsed;
  return { row: data, rejects: [], warnings: (table.warnings?.(data, values) ?? []).map(placed) };

  function placed({ code, column, expected }: CellNote): Reject {
    const shown = spelling.get(column) ?? column;
    return { code, ...place, column: shown, value: values[column] ?? '', expected };
  }
}

function noteOf(issue: z.core.$ZodIssue): CellNote {
  const code = issue.code === 'custom' ? issue.params?.code : undefined;
  const column = String(issue.path[0] ?? '');
  return { code: String(code ?? 'bad_value'), column, expected: issue.message };
}
