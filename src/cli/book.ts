import { fileURLToPath } from 'node:url';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Day, isDay, LAST_DAY, parseMoment } from '../domain/dates.ts';
import { describeReject, MtokError, nearest, type Reject } from '../domain/failure.ts';
import { groupBy } from '../domain/group.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestOf } from '../domain/versions.ts';
import { type Book, type BookFiles, findBook, NO_FILES, readBook } from '../ingest/book.ts';
import { type EngineChoice, engineNamed, tableNeedsEngine } from '../ingest/engines/choose.ts';
import { isTableAddress } from '../ingest/engines/clickhouse/address.ts';
import { ENGINES } from '../ingest/engines/engine.ts';
import { filesNamed } from '../ingest/named-files.ts';
import { clock } from './clock.ts';

/** The book that ships with the package. */
export const SHIPPED_BOOK = fileURLToPath(new URL('../../data', import.meta.url));

/** The flags that say which files are read. */
export interface BookFlags {
  readonly book?: string;
  readonly rulebook?: string;
  readonly quotes?: string[];
  readonly usage?: string[];
  readonly fx?: string;
  readonly models?: string;
  readonly sellers?: string;
  readonly corrections?: string;
  readonly ignoreUnknownColumns?: boolean;
  readonly skipRejects?: boolean;
  /** Of commands that need no repeats: what reads the quotes. */
  readonly engine?: EngineChoice;
  readonly memory?: number;
}

/**
 * Adds the flags that every command shares.
 *
 * @param usage what `--usage` is for, where it is not for the book's own.
 */
export function withBookFlags(
  command: Command,
  usage = "files, folders, globs or tables, instead of the book's usage",
): Command {
  return command
    .option('--book <dir>', 'the book to read (default: the shipped data)')
    .option('--rulebook <file>', "instead of the book's rulebooks")
    .option('--quotes <file...>', "files, folders or globs, instead of the book's quotes")
    .option('--usage <file...>', usage)
    .option('--fx <file>', "instead of the book's exchange rates")
    .option('--models <file>', "instead of the book's models.csv")
    .option('--sellers <file>', "instead of the book's sellers.csv")
    .option('--corrections <file>', "instead of the book's corrections.csv")
    .option('--ignore-unknown-columns', 'leave out columns that are not known')
    .option('--skip-rejects', 'go on without the rows that are rejected')
    .addHelpText(
      'after',
      '\nWith both --rulebook and --quotes, and no --book, nothing of the shipped book is used.',
    );
}

/** Adds the flag of commands that read years of looks: they leave out what only repeats. */
export function withEngineFlag(command: Command): Command {
  const engine = new Option('--engine <name>', 'what reads the quotes');
  return command
    .addOption(engine.choices(['auto', ...ENGINES]).default('auto'))
    .option('--memory <MB>', 'what DuckDB may hold; the rest is spilled to disk', megabytes)
    .addHelpText(
      'after',
      '\n--quotes clickhouse://HOST[:PORT]/DATABASE.TABLE reads a table (clickhouses: TLS), as\n' +
        'MTOK_CLICKHOUSE_USER with MTOK_CLICKHOUSE_PASSWORD.',
    );
}

/** What DuckDB may hold unless a flag says otherwise. */
export const DEFAULT_MEMORY_MB = 512;

function megabytes(text: string): number {
  if (/^[1-9]\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected megabytes, 10 or more');
}

/** The files that the flags name, the rest from the book. */
export async function bookFiles(flags: BookFlags): Promise<BookFiles> {
  const alone = flags.book === undefined && flags.rulebook !== undefined && flags.quotes;
  const files = alone ? NO_FILES : await findBook(flags.book ?? SHIPPED_BOOK);
  const one = (flag: string | undefined, own: readonly string[]) =>
    flag === undefined ? own : [flag];
  const quotes = flags.quotes && (await filesNamed(flags.quotes));
  const usage = flags.usage && (await filesNamed(flags.usage));
  return {
    rulebooks: one(flags.rulebook, files.rulebooks),
    quotes: quotes?.paths ?? files.quotes,
    usage: usage?.paths ?? files.usage,
    constants: new Map([...(quotes?.constants ?? []), ...(usage?.constants ?? [])]),
    fx: one(flags.fx, files.fx),
    models: one(flags.models, files.models),
    sellers: one(flags.sellers, files.sellers),
    corrections: one(flags.corrections, files.corrections),
    holds: files.holds,
    judgements: files.judgements,
    succession: files.succession,
    revisions: files.revisions,
    calendars: files.calendars,
    contracts: files.contracts,
    captures: flags.quotes || flags.usage || flags.fx ? [] : files.captures,
  };
}

/** Reads the book that the flags name, whatever is wrong with it. */
export async function readNamedBook(flags: BookFlags): Promise<Book> {
  const files = await bookFiles(flags);
  const { quotes } = files;
  const { engine } = flags;
  if (engine === undefined && quotes.some(isTableAddress)) throw tableNeedsEngine(engine);
  const options = { memoryMb: flags.memory ?? DEFAULT_MEMORY_MB };
  return readBook(files, {
    ignoreUnknownColumns: flags.ignoreUnknownColumns ?? false,
    ...(engine === undefined ? {} : { engine: await engineNamed(engine, options, quotes) }),
  });
}

const CORRECT_OR_SKIP = 'Correct the rows, or leave them out with --skip-rejects';
/** Of commands that write: what goes on record rests on all of the book. */
export const CORRECT = 'Correct the rows, or restore the files';

/**
 * Reads the book that the flags name. Rejects stop the command unless they are to be skipped; a
 * rulebook that cannot be read always stops it.
 *
 * @param advice what to do about rejects.
 */
export async function openBook(flags: BookFlags, advice = CORRECT_OR_SKIP): Promise<Book> {
  const book = await readNamedBook(flags);
  const rules = book.rulebookRejects;
  if (rules.length > 0) throw refused(rules, 'Correct the rulebook; nothing was calculated.');
  if (book.rejects.length > 0 && !flags.skipRejects) {
    throw refused(book.rejects, `${advice}; nothing was calculated.`);
  }
  if (book.rejects.length > 0) {
    const left = `Going on without them, with ${book.looks} rows of quotes.`;
    process.stderr.write(`${[...describeRejects(book.rejects), left].join('\n')}\n`);
  }
  if (book.rulebooks.length === 0) {
    throw new MtokError('data', 'expected a rulebook: give one with --rulebook FILE');
  }
  return book;
}

function refused(rejects: readonly Reject[], advice: string): MtokError {
  return new MtokError('data', [...describeRejects(rejects), advice].join('\n'), rejects);
}

const SHOWN_IN_FULL = 20;

/** The first rejects in full, then how many there are of each code. */
export function describeRejects(rejects: readonly Reject[]): string[] {
  const lines = rejects.slice(0, SHOWN_IN_FULL).map(describeReject);
  const counts = new Map<string, number>();
  for (const { code } of rejects) counts.set(code, (counts.get(code) ?? 0) + 1);
  const byCode = [...counts].sort().map(([code, count]) => `${count} ${code}`);
  if (rejects.length > SHOWN_IN_FULL) lines.push(`… and ${rejects.length - SHOWN_IN_FULL} more`);
  const noun = rejects.length === 1 ? 'reject' : 'rejects';
  return [...lines, `${rejects.length} ${noun}: ${byCode.join(', ')}`];
}

/** The versions of one index's rulebook, in the order in which they come into force. */
export type Versions = readonly Rulebook[];

/** The indices of a book, each with its versions. */
export function indicesOf(rulebooks: readonly Rulebook[]): readonly Versions[] {
  return [...groupBy(rulebooks, (rulebook) => rulebook.index).values()];
}

/** The indices that are asked for: all, or the one of a name. */
export function chooseIndices(book: Book, index: string | undefined): readonly Versions[] {
  const indices = indicesOf(book.rulebooks);
  if (index === undefined) return indices;
  const chosen = book.rulebooks.filter((rulebook) => rulebook.index === index);
  if (chosen.length > 0) return [chosen];
  const known = indices.map((versions) => latestOf(versions).index);
  const near = nearest(index, known);
  const advice = near ? `did you mean ${near}?` : `expected one of ${known.join(', ')}`;
  throw new MtokError('usage', `unknown index ${index}: ${advice}`);
}

/** For commander: a day that exists. */
export function dayFlag(text: string): string {
  if (isDay(text) && text < LAST_DAY) return text;
  throw new InvalidArgumentError('expected a day that exists, YYYY-MM-DD');
}

/** A range of days, both inclusive, is not empty. */
export function requireRange(from: Day, to: Day): void {
  if (to < from) throw new MtokError('usage', `expected --to on or after --from ${from}: ${to}`);
}

/** For commander: a moment, as epoch milliseconds. A day alone is its 00:00 UTC. */
export function momentFlag(text: string): number {
  const ms = parseMoment(text);
  if (ms === undefined) {
    throw new InvalidArgumentError('expected a time with an offset: 2026-08-21T16:00:00Z');
  }
  return ms;
}

/** For commander: a moment, or the machine's own. */
export function momentOrNow(text: string): number {
  if (text === 'now') return Math.floor(clock()() / 1000) * 1000;
  return momentFlag(text);
}

/** The book of a command that writes: the shipped one belongs to the package. */
export function ownBook(book: string | undefined): string {
  if (book !== undefined) return book;
  throw new MtokError('usage', 'expected --book DIR: the shipped book is not written to');
}

/** For commander: the number of a series. */
export function seriesFlag(text: string): number {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected the number of a series: 1 is the first');
}

/** For commander: a whole number above 0. */
export function countFlag(text: string): number {
  const count = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (count > 0) return count;
  throw new InvalidArgumentError('expected a whole number above 0');
}
