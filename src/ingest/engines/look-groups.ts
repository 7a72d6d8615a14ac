import type { GroupSink } from '../reduce/looks.ts';
import type { Windows } from '../reduce/window.ts';
import { type Header, readRow } from '../table.ts';

/** Takes groups of raw observations as a database gives them, and judges each kind of row once. */
export class LookGroups<Row, Kind, Look> {
  /** Rows that were taken. */
  count = 0;

  readonly #sink: GroupSink<Row, Kind, Look>;
  readonly #header: Header;
  readonly #kinds = new Map<string, Judged<Kind>>();

  constructor(sink: GroupSink<Row, Kind, Look>, header: Header) {
    this.#sink = sink;
    this.#header = header;
  }

  /**
   * Takes rows that the database added up.
   *
   * @param cells of the header; those that vary are of no account.
   * @returns whether there is nothing to say of them.
   */
  takeGroup(
    cells: readonly string[],
    windowMs: number,
    count: number,
    values: readonly unknown[],
  ): boolean {
    const key = cells.join('\u001f');
    const judged = this.#kinds.get(key) ?? this.#judgedKind(cells, key);
    if (judged.kind === undefined) return false;
    this.count += count;
    this.#sink.take(judged.kind, this.#sink.lookAt(windowMs, count, values));
    return judged.isSound;
  }

  /** Takes rows that are equal in everything, and that the database did not add up. */
  takeOdd(cells: readonly string[], count: number): boolean {
    const { row, warnings } = readRow(this.#sink.table, this.#header, { cells, line: 0 }, '');
    if (row === undefined) return false;
    this.count += count;
    const [kind, look] = [this.#sink.kindOf(row), this.#sink.lookOf(row)];
    for (let taken = 0; taken < count; taken += 1) this.#sink.take(kind, look);
    return warnings.length === 0;
  }

  /** Groups of other windows say the same: it is judged once. */
  #judgedKind(cells: readonly string[], key: string): Judged<Kind> {
    // The varying cells have been read: any that are good stand for them.
    const good = this.#header.fills.map((column, cell) => {
      const isVarying = column !== undefined && this.#sink.varying.includes(column);
      if (!isVarying) return cells[cell] ?? '';
      return column === 'at' ? '2000-01-01' : '0';
    });
    const { row, warnings } = readRow(this.#sink.table, this.#header, { cells: good, line: 0 }, '');
    const judged = {
      kind: row === undefined ? undefined : this.#sink.kindOf(row),
      isSound: row !== undefined && warnings.length === 0,
    };
    this.#kinds.set(key, judged);
    return judged;
  }
}

interface Judged<Kind> {
  /** `undefined` where such rows are rejected. */
  readonly kind: Kind | undefined;
  readonly isSound: boolean;
}

/** The cells in which rows of one kind are equal. */
export function stableCells<Row, Kind, Look>(
  { fills }: Header,
  { varying, ignored }: GroupSink<Row, Kind, Look>,
): number[] {
  return fills.flatMap((column, cell) =>
    column === undefined || varying.includes(column) || ignored.has(column) ? [] : [cell],
  );
}

/** In SQL, the window of a moment in milliseconds; it rounds down before 1970 too. */
export function windowSql(at: string, { sizeMs, offsetMs }: Windows): string {
  return `${at} - (((${at} - ${offsetMs}) % ${sizeMs}) + ${sizeMs}) % ${sizeMs}`;
}
