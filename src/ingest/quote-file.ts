import { parseMoment } from '../domain/dates.ts';
import type { Reject } from '../domain/failure.ts';
import type { Quote } from '../domain/rows.ts';
import { type CsvRecord, readRecords, restFrom } from './csv.ts';
import { KnownLines } from './known-lines.ts';
import { BadBytes, isPlain, wholeLines } from './lines.ts';
import { MomentCells } from './moment-cells.ts';
import { readParquet } from './parquet.ts';
import { QUOTES } from './quotes.ts';
import type { Look, Statement } from './repeats.ts';
import {
  type Constants,
  columnOf,
  type Header,
  nothingIn,
  readHeader,
  readRow,
  type TableOptions,
} from './table.ts';

/** Takes what the rows of a file say. */
export interface QuoteSink {
  statement(quote: Quote): Statement;
  take(statement: Statement, look: Look): void;
}

/** More faults than anybody reads: the file is not what it was taken for. */
export const MOST_FAULTS = 250_000;

export interface Faults {
  readonly rejects: readonly Reject[];
  readonly warnings: readonly Reject[];
}

/**
 * Reads one CSV file of quotes, giving each accepted row to a sink. The rows are those that
 * `readTable` accepts, with the same rejects and warnings; a line that says what an earlier line
 * said is not judged again.
 *
 * @param file its name, for the rejects.
 */
export async function readQuoteFile(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
  sink: QuoteSink,
  options: TableOptions = {},
): Promise<Faults> {
  const reader = new QuoteFile(file, sink, options);
  try {
    let line = 1;
    const regions = wholeLines(bytes, file);
    for await (const region of regions) {
      if (!isPlain(region)) {
        const rest = restFrom(region, regions);
        await readRecords(rest, file, (item) => reader.takeRecord(item), line);
        break;
      }
      line = reader.takeLines(region, line);
      if (reader.isStopped) break;
    }
  } catch (error) {
    if (!(error instanceof BadBytes)) throw error;
    reader.takeRecord(error.reject);
  }
  return reader.faults();
}

/**
 * Reads one Parquet file of quotes in the same way: a row is judged as the line of a CSV file that
 * would have its cells.
 *
 * @param path where it is.
 */
export async function readQuoteParquet(
  path: string,
  file: string,
  sink: QuoteSink,
  options: TableOptions = {},
): Promise<Faults> {
  const reader = new QuoteFile(file, sink, options);
  const lines: string[] = [];
  let [length, firstLine] = [0, 1];
  const takeHeld = (): void => {
    if (lines.length > 0) reader.takeLines(Buffer.from(lines.join('\n')), firstLine);
    [lines.length, length] = [0, 0];
  };
  const isWanted = (name: string) => columnOf(QUOTES, name) !== undefined;
  await readParquet(path, file, isWanted, (item) => {
    const text = 'cells' in item && item.line > 0 ? plainLine(item.cells) : undefined;
    if (text === undefined) {
      takeHeld();
      return reader.takeRecord(item);
    }
    if (lines.length === 0) firstLine = item.line;
    lines.push(text);
    length += text.length;
    if (length >= HELD_TEXT) takeHeld();
    return !reader.isStopped;
  });
  takeHeld();
  return reader.faults();
}

const HELD_TEXT = 1 << 18;

/** A row as a line of cells between commas; `undefined` where it would need quotes. */
function plainLine(cells: readonly string[]): string | undefined {
  const commas = cells.length - 1;
  const text = cells.join(',');
  let count = 0;
  for (let at = text.indexOf(','); at !== -1; at = text.indexOf(',', at + 1)) count += 1;
  return count === commas && text !== '' && !text.includes('\n') ? text : undefined;
}

/** Takes the records of a file that is no text, the names of its columns first. */
export interface QuoteRecords {
  /** @returns false where the rest is not to be read. */
  take(record: CsvRecord): boolean;
  faults(): Faults;
}

/** Judges records as {@link readQuoteFile} judges lines. */
export function quoteRecords(file: string, sink: QuoteSink, options: TableOptions): QuoteRecords {
  const reader = new QuoteFile(file, sink, options);
  return { take: (record) => reader.takeRecord(record), faults: () => reader.faults() };
}

/** What a known line says, and what there is to say of it. */
interface Known {
  readonly statement: Statement;
  readonly warnings: readonly Reject[];
}

/** Reads the lines of one file in their order. */
class QuoteFile {
  /** Nothing after it can be read. */
  isStopped = false;

  readonly #file: string;
  readonly #sink: QuoteSink;
  readonly #options: TableOptions;
  readonly #rejects: Reject[] = [];
  readonly #warnings: Reject[] = [];
  readonly #look: CurrentLook;
  #records = 0;
  #header: Header | undefined;
  #lines: KnownLines | undefined;
  #known: (Known | undefined)[] = [];

  constructor(file: string, sink: QuoteSink, options: TableOptions) {
    this.#file = file;
    this.#sink = sink;
    this.#options = options;
    this.#look = new CurrentLook(file);
  }

  /** Takes plain lines; returns the number of the line after them. */
  takeLines(text: Buffer, firstLine: number): number {
    let line = firstLine;
    for (let at = 0; at < text.length && !this.isStopped; line += 1) {
      const lines = this.#lines;
      const end = lines ? lines.scan(text, at) : endOfLine(text, at);
      if (end > at) {
        const isKnown = lines !== undefined && lines.id >= 0 && this.#takeKnown(lines, text, line);
        if (isKnown) this.#records += 1;
        else this.#takeCells(text.toString('utf8', at, end).split(','), line, lines);
      }
      at = end + 1;
    }
    return line;
  }

  /** Takes a record, or a fault of the file, as the CSV parser gives it. */
  takeRecord(item: CsvRecord | Reject): boolean {
    if ('cells' in item) this.#takeCells(item.cells, item.line, undefined);
    else this.#rejects.push(item);
    return !this.isStopped;
  }

  faults(): Faults {
    const empty = this.#rejects.length === 0 ? nothingIn(QUOTES, this.#records, this.#file) : [];
    return { rejects: [...this.#rejects, ...empty], warnings: this.#warnings };
  }

  /** @returns false where the line has to be judged after all. */
  #takeKnown(lines: KnownLines, text: Buffer, line: number): boolean {
    const known = this.#known[lines.id];
    if (!known) return false;
    const { statement, warnings } = known;
    if (!this.#look.isAt(lines, text, line, statement.quote.validUntilMs)) return false;
    this.#sink.take(statement, this.#look);
    for (const warning of warnings) this.#warn({ ...warning, line });
    return true;
  }

  #takeCells(cells: readonly string[], line: number, lines: KnownLines | undefined): void {
    this.#records += 1;
    const header = this.#header;
    if (!header) {
      this.#takeHeader({ cells, line });
      return;
    }
    const { row, rejects, warnings } = readRow(QUOTES, header, { cells, line }, this.#file);
    for (const reject of rejects) this.#refuse(reject);
    for (const warning of warnings) this.#warn(warning);
    if (row === undefined) return;
    const statement = this.#sink.statement(row);
    this.#look.isOf(row, line);
    this.#sink.take(statement, this.#look);
    if (!lines || lines.id >= 0) return;
    const id = lines.remember();
    if (id < 0) this.#known = [];
    else this.#known[id] = { statement, warnings };
  }

  #takeHeader(record: CsvRecord): void {
    const header = readHeader(QUOTES, record, this.#file, this.#options);
    this.#header = header;
    for (const reject of header.rejects) this.#rejects.push(reject);
    this.isStopped = header.rejects.length > 0;
    const varying = VARYING.map((column) => header.fills.indexOf(column));
    const cells = varying.filter((cell) => cell >= 0).sort((a, b) => a - b);
    this.#lines = new KnownLines(header.fills.length, cells);
    const places = varying.map((cell) => (cell < 0 ? -1 : cells.indexOf(cell)));
    this.#look.hasCells(places, header.constants);
  }

  #refuse(reject: Reject): void {
    this.#rejects.push(reject);
    if (this.#rejects.length < MOST_FAULTS) return;
    this.isStopped = true;
    const expected = `fewer than ${MOST_FAULTS} faults: the rest of the file was not read`;
    const { file, line } = reject;
    this.#rejects.push({ code: 'too_many_faults', file, line, column: '', value: '', expected });
  }

  #warn(warning: Reject): void {
    if (this.#warnings.length < MOST_FAULTS) this.#warnings.push(warning);
  }
}

/** What differs from look to look at one offer. */
const VARYING = ['effective_at', 'observed_at', 'source'] as const;

function endOfLine(text: Buffer, at: number): number {
  const feed = text.indexOf(0x0a, at);
  return feed === -1 ? text.length : feed;
}

/** The look at which the reading is: one object for all lines, its source decoded where asked. */
class CurrentLook implements Look {
  effectiveAtMs = 0;
  observedAtMs = 0;
  isReconstructed = false;
  line = 0;
  readonly file: string;

  readonly #moments = new MomentCells();
  /** The places of effective_at, observed_at and source among the varying cells. */
  #effective = -1;
  #observed = -1;
  #place = -1;
  #text: Buffer | undefined;
  #lines: KnownLines | undefined;
  #source = '';
  /** What the whole file says of them, where it does. */
  #constants: Constants = {};

  constructor(file: string) {
    this.file = file;
  }

  get source(): string {
    const lines = this.#lines;
    if (!this.#text || !lines) return this.#source;
    const [from, to] = [lines.from[this.#place] ?? 0, lines.to[this.#place] ?? 0];
    return this.#place < 0 ? (this.#constants.source ?? '') : this.#text.toString('utf8', from, to);
  }

  hasCells(
    [effective = -1, observed = -1, source = -1]: readonly number[],
    constants: Constants,
  ): void {
    this.#constants = constants;
    this.#effective = effective;
    this.#observed = observed;
    this.#place = source;
  }

  isOf(row: Quote, line: number): void {
    this.line = line;
    this.effectiveAtMs = row.effectiveAtMs;
    this.observedAtMs = row.observedAtMs;
    this.isReconstructed = row.isReconstructed;
    this.#text = undefined;
    this.#source = row.source;
  }

  /** @returns false where the times are none, or do not go with the end of the quote. */
  isAt(lines: KnownLines, text: Buffer, line: number, validUntilMs: number | null): boolean {
    const effectiveAtMs = this.#momentIn(lines, text, this.#effective, 'effective_at');
    const observed = this.#momentIn(lines, text, this.#observed, 'observed_at');
    const isReconstructed = observed === undefined;
    const observedAtMs = isReconstructed ? effectiveAtMs : observed;
    if (effectiveAtMs === undefined || observedAtMs === undefined) return false;
    if (Number.isNaN(effectiveAtMs) || Number.isNaN(observedAtMs)) return false;
    if (validUntilMs !== null && validUntilMs <= effectiveAtMs) return false;
    this.line = line;
    this.effectiveAtMs = effectiveAtMs;
    this.observedAtMs = observedAtMs;
    this.isReconstructed = isReconstructed;
    this.#text = text;
    this.#lines = lines;
    return true;
  }

  /** A moment; `undefined` where the cell is empty, and not a number where it holds none. */
  #momentIn(
    { from, to }: KnownLines,
    text: Buffer,
    place: number,
    column: string,
  ): number | undefined {
    const [start, end] = [from[place] ?? 0, to[place] ?? 0];
    if (place >= 0) return start === end ? undefined : this.#moments.read(text, start, end);
    const constant = this.#constants[column] ?? '';
    return constant === '' ? undefined : (parseMoment(constant) ?? Number.NaN);
  }
}
