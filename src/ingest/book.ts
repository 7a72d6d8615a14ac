import { isUtf8 } from 'node:buffer';
import { readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Contract } from '../domain/contract.ts';
import { MtokError, type Reject, unreadable } from '../domain/failure.ts';
import { byCodePoint, groupBy } from '../domain/group.ts';
import type { BookRows, CalendarDay, Correction, HoldDecision, Quote } from '../domain/rows.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { inOrder, whyNotAfter } from '../domain/versions.ts';
import {
  CAPTURES,
  type CaptureRow,
  type LoggedAt,
  lastSeen,
  loggedFiles,
  quoteKnownBy,
  rateKnownBy,
  usageKnownBy,
} from './captures.ts';
import { ROW_FILES } from './compressed.ts';
import {
  type Agreement,
  CALENDARS_AGREE,
  DECISIONS_AGREE,
  FACTS_AGREE,
  JUDGEMENTS_AGREE,
  OWNERS_AGREE,
  overlappingAliases,
  overlappingUsage,
  QUOTES_AGREE,
  RATES_AGREE,
  REVISIONS_AGREE,
  SUCCESSORS_AGREE,
  settleConflicts,
  USAGE_AGREES,
} from './conflicts.ts';
import { parseContract } from './contract.ts';
import { CALENDAR, HOLDS, JUDGEMENTS, REVISIONS, SUCCESSION } from './decisions.ts';
import { type Engine, optionsOf } from './engines/engine.ts';
import { filesIn, requireFile, shownPath } from './files.ts';
import { QUOTES } from './quotes.ts';
import { CORRECTIONS, FX, MODELS, SELLERS } from './reference.ts';
import type { KeptWhole } from './repeats.ts';
import { readRowFile } from './row-files.ts';
import { parseRulebook } from './rulebook.ts';
import type { Constants, PlacedReading, PlacedRow, Table, TableOptions } from './table.ts';
import { USAGE } from './usage.ts';

/** The files of a book, by what they hold. */
export interface BookFiles {
  readonly rulebooks: readonly string[];
  readonly quotes: readonly string[];
  readonly usage: readonly string[];
  readonly fx: readonly string[];
  readonly models: readonly string[];
  readonly sellers: readonly string[];
  readonly corrections: readonly string[];
  readonly holds: readonly string[];
  readonly judgements: readonly string[];
  readonly succession: readonly string[];
  readonly revisions: readonly string[];
  readonly calendars: readonly string[];
  readonly contracts: readonly string[];
  /** `captures.csv`, where the book has its captures logged. */
  readonly captures: readonly string[];
  /** By path what every row of a file says: of folders such as `seller=openai`. */
  readonly constants?: ReadonlyMap<string, Constants> | undefined;
}

/** A book as it was read: what is good, and everything that is wrong. */
export interface Book {
  readonly rulebooks: readonly Rulebook[];
  readonly rows: BookRows;
  /** What settles on the indices: no fixing depends on it. */
  readonly contracts: readonly Contract[];
  readonly contractRejects: readonly Reject[];
  /** Of rulebooks: without them nothing can be calculated. */
  readonly rulebookRejects: readonly Reject[];
  /** Of rows. */
  readonly rejects: readonly Reject[];
  readonly warnings: readonly Reject[];
  /** Rows of quotes that were accepted, those that were left out as repeats included. */
  readonly looks: number;
}

/** How a book is read. */
export interface BookOptions extends TableOptions {
  /** What reads the quotes: without it every one is kept, repeats too. */
  readonly engine?: Engine;
}

export const NO_FILES: BookFiles = {
  ...{ rulebooks: [], quotes: [], usage: [], fx: [], models: [], sellers: [], corrections: [] },
  ...{ holds: [], judgements: [], succession: [], revisions: [], calendars: [] },
  ...{ contracts: [], captures: [] },
};

/**
 * Finds the files of a book in its directory: folders `rulebooks/*.yaml`, `quotes/*.csv`,
 * `usage/*.csv`, `fx/*.csv`, `calendars/*.csv`, `contracts/*.yaml`, and single files by what they
 * hold, such as `models.csv`. What is not there is empty.
 *
 * @throws {MtokError} where the directory cannot be read, or holds neither rulebooks nor quotes.
 */
export async function findBook(directory: string): Promise<BookFiles> {
  await requireDirectory(directory);
  const files: BookFiles = {
    rulebooks: await filesIn(join(directory, 'rulebooks'), '.yaml'),
    quotes: await filesIn(join(directory, 'quotes'), ...ROW_FILES),
    usage: await filesIn(join(directory, 'usage'), ...ROW_FILES),
    fx: await filesIn(join(directory, 'fx'), '.csv'),
    models: await fileAt(join(directory, 'models.csv')),
    sellers: await fileAt(join(directory, 'sellers.csv')),
    corrections: await fileAt(join(directory, 'corrections.csv')),
    holds: await fileAt(join(directory, 'holds.csv')),
    judgements: await fileAt(join(directory, 'judgements.csv')),
    succession: await fileAt(join(directory, 'succession.csv')),
    revisions: await fileAt(join(directory, 'revisions.csv')),
    calendars: await filesIn(join(directory, 'calendars'), '.csv'),
    contracts: await filesIn(join(directory, 'contracts'), '.yaml'),
    captures: await fileAt(join(directory, 'captures.csv')),
  };
  if (files.rulebooks.length === 0 && files.quotes.length === 0) {
    throw new MtokError(
      'data',
      `${directory} is no book: expected rulebooks/*.yaml and quotes/*.csv in it`,
    );
  }
  return files;
}

/** Reads every file of a book. Faults in the files are returned, not thrown. */
export async function readBook(files: BookFiles, options: BookOptions = {}): Promise<Book> {
  const rejects: Reject[] = [];
  const warnings: Reject[] = [];
  const read = async <Row>(table: Table<Row>, paths: readonly string[]) => {
    const reading = await readFiles(table, paths, options, files.constants);
    append(rejects, reading.rejects);
    append(warnings, reading.warnings);
    return reading.rows;
  };
  const settle = <Row>(rows: readonly PlacedRow<Row>[], agreement: Agreement<Row>): Row[] => {
    const settled = settleConflicts(rows, agreement);
    append(rejects, settled.rejects);
    return settled.rows;
  };
  const rulebookRejects: Reject[] = [];
  const rulebooks = await readRulebooks(files.rulebooks, rulebookRejects);
  const { contracts, rejects: contractRejects } = await readContracts(files.contracts);
  const models = await read(MODELS, files.models);
  append(rejects, settleConflicts(models, FACTS_AGREE).rejects);
  append(rejects, overlappingAliases(models));
  const loggedAt = await logged(files, read, rejects);
  /** Rows of files that the log has, known when it had them. */
  const captured = async <Row>(
    table: Table<Row>,
    paths: readonly string[],
    knownBy: (row: Row, capture: CaptureRow) => Row,
    last: (rows: readonly PlacedRow<Row>[]) => readonly PlacedRow<Row>[] = (rows) => rows,
  ) => {
    const rows: PlacedRow<Row>[] = [];
    for (const path of paths) {
      const own = await read(table, [path]);
      const capture = loggedAt(path);
      if (!capture || capture.isOpening) append(rows, own);
      else for (const one of last(own)) rows.push({ ...one, row: knownBy(one.row, capture) });
    }
    return rows;
  };
  const corrections = (await read(CORRECTIONS, files.corrections)).map(({ row }) => row);
  const holds = settle(await read(HOLDS, files.holds), DECISIONS_AGREE);
  const observed = async (): Promise<readonly PlacedRow<Quote>[]> => {
    const { engine } = options;
    // Of a book whose captures are logged each look is known by its own capture.
    if (!engine || files.captures.length > 0) {
      return captured(QUOTES, files.quotes, quoteKnownBy, lastSeen);
    }
    const { constants } = files;
    const isWhole = keptWhole(rulebooks, [...corrections, ...holds]);
    const reading = await engine.quotes({ paths: files.quotes, options, constants, isWhole });
    append(rejects, reading.rejects);
    append(warnings, reading.warnings);
    repeated = reading.count - reading.rows.length;
    return reading.rows;
  };
  let repeated = 0;
  const usage = await captured(USAGE, files.usage, usageKnownBy);
  append(rejects, overlappingUsage(usage));
  const quotes = settle(await observed(), QUOTES_AGREE);
  const rows: BookRows = {
    quotes,
    usage: settle(usage, USAGE_AGREES),
    fx: settle(await captured(FX, files.fx, rateKnownBy), RATES_AGREE),
    models: models.map(({ row }) => row),
    sellers: settle(await read(SELLERS, files.sellers), OWNERS_AGREE),
    corrections,
    holds,
    judgements: settle(await read(JUDGEMENTS, files.judgements), JUDGEMENTS_AGREE),
    succession: settle(await read(SUCCESSION, files.succession), SUCCESSORS_AGREE),
    revisions: settle(await read(REVISIONS, files.revisions), REVISIONS_AGREE),
    calendars: settle((await read(CALENDAR, files.calendars)).map(named), CALENDARS_AGREE),
  };
  const looks = quotes.length + repeated;
  return { rulebooks, rows, contracts, contractRejects, rulebookRejects, rejects, warnings, looks };
}

/**
 * The offers of which every look is kept: all of them where a rulebook asks when a price was last
 * confirmed, else those that a correction or a decision speaks of.
 */
function keptWhole(
  rulebooks: readonly Rulebook[],
  named: readonly (Correction | HoldDecision)[],
): KeptWhole {
  if (rulebooks.some(({ price }) => price.confirm_within_hours !== null)) return () => true;
  const names = new Set(named.map(({ seller, model }) => JSON.stringify([seller, model])));
  return ({ seller, model }) => names.size > 0 && names.has(JSON.stringify([seller, model]));
}

/** When the log had each file of a book that has its captures logged. */
async function logged(
  files: BookFiles,
  read: <Row>(table: Table<Row>, paths: readonly string[]) => Promise<readonly PlacedRow<Row>[]>,
  rejects: Reject[],
): Promise<LoggedAt> {
  const [list] = files.captures;
  if (list === undefined) return () => undefined;
  const captures = (await read(CAPTURES, [list])).map(({ row }) => row);
  const paths = [...files.quotes, ...files.usage, ...files.fx];
  const found = await loggedFiles(list, captures, paths, shownPath);
  append(rejects, found.rejects);
  return found.loggedAt;
}

/** Reads files of one kind, one after the other, each row with its place. */
export async function readFiles<Row>(
  table: Table<Row>,
  paths: readonly string[],
  options: TableOptions = {},
  constants?: BookFiles['constants'],
): Promise<PlacedReading<Row>> {
  const rows: PlacedRow<Row>[] = [];
  const rejects: Reject[] = [];
  const warnings: Reject[] = [];
  for (const path of paths) {
    const reading = await readRowFile(table, path, optionsOf({ options, constants }, path));
    append(rows, reading.rows);
    append(rejects, reading.rejects);
    append(warnings, reading.warnings);
  }
  return { rows, rejects, warnings };
}

/** A row that does not name its calendar is of the one that its file is named after. */
function named(placed: PlacedRow<CalendarDay>): PlacedRow<CalendarDay> {
  const calendar = placed.row.calendar || basename(placed.file, '.csv');
  return { ...placed, row: { ...placed.row, calendar } };
}

async function readRulebooks(paths: readonly string[], rejects: Reject[]): Promise<Rulebook[]> {
  const read: PlacedRulebook[] = [];
  for (const path of paths) {
    const file = shownPath(path);
    const text = await textOf(path, rejects);
    if (text === undefined) continue;
    const reading = parseRulebook(text, file);
    append(rejects, reading.rejects);
    if (reading.rulebook) read.push({ rulebook: reading.rulebook, file });
  }
  const versions = [...groupBy(read, ({ rulebook }) => rulebook.index)].sort(([a], [b]) =>
    byCodePoint(a, b),
  );
  return versions.flatMap(([, ofIndex]) => inSequence(ofIndex, rejects));
}

/** The text of a file that people write; `undefined`, with a reject, where it is none. */
async function textOf(path: string, rejects: Reject[]): Promise<string | undefined> {
  await requireFile(path);
  const bytes = await readFile(path);
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const file = shownPath(path);
  const code = 'invalid_utf8';
  rejects.push({ code, file, line: 0, column: '', value: 'other bytes', expected: 'UTF-8 text' });
  return undefined;
}

/** Reads contract files. Two of one name are one too many: the second is refused. */
export async function readContracts(
  paths: readonly string[],
): Promise<{ readonly contracts: readonly Contract[]; readonly rejects: readonly Reject[] }> {
  const rejects: Reject[] = [];
  const contracts = new Map<string, Contract>();
  for (const path of paths) {
    const text = await textOf(path, rejects);
    if (text === undefined) continue;
    const file = shownPath(path);
    const reading = parseContract(text, file);
    append(rejects, reading.rejects);
    const { contract } = reading;
    if (!contract) continue;
    if (!contracts.has(contract.contract)) contracts.set(contract.contract, contract);
    else {
      const expected = 'a name of its own: another file is of this contract';
      const place = { file, line: 1, column: 'contract' };
      rejects.push({ code: 'duplicate_contract', ...place, value: contract.contract, expected });
    }
  }
  return { contracts: [...contracts.values()], rejects };
}

interface PlacedRulebook {
  readonly rulebook: Rulebook;
  readonly file: string;
}

/** The versions of one index in the order in which they come into force, each able to follow. */
function inSequence(ofIndex: readonly PlacedRulebook[], rejects: Reject[]): Rulebook[] {
  const ordered = inOrder(ofIndex.map(({ rulebook }) => rulebook));
  const fileOf = new Map(ofIndex.map(({ rulebook, file }) => [rulebook, file]));
  const kept: Rulebook[] = [];
  for (const rulebook of ordered) {
    const before = kept.at(-1);
    const fault = before && whyNotAfter(rulebook, before);
    if (!before || !fault) {
      kept.push(rulebook);
      continue;
    }
    const file = fileOf.get(rulebook) ?? '';
    const { path: column, expected } = fault;
    const value = `${rulebook.index} ${rulebook.version}`;
    const where = `${expected} (${fileOf.get(before)})`;
    rejects.push({ code: 'bad_version', file, line: 1, column, value, expected: where });
  }
  return kept;
}

/** A spread of hundreds of thousands of rows would be as many arguments. */
function append<Item>(list: Item[], more: readonly Item[]): void {
  for (const item of more) list.push(item);
}

async function fileAt(path: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  return found ? [path] : [];
}

async function requireDirectory(path: string): Promise<void> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
  if (!found.isDirectory()) {
    throw new MtokError('data', `expected a directory with a book, found a file: ${path}`);
  }
}
