import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { MtokError, type Reject, unreadable } from '../domain/failure.ts';
import { findBook, readFiles, shownPath } from '../ingest/book.ts';
import {
  type Capture,
  type CaptureKind,
  FX_CAPTURE,
  QUOTE_CAPTURE,
  readCapture,
  USAGE_CAPTURE,
} from '../ingest/capture.ts';
import type { PlacedRow } from '../ingest/table.ts';
import { createDurably } from '../publish/durable.ts';
import { describeRejects, momentOrNow, ownBook } from './book.ts';
import { note, print, printJson } from './output.ts';

interface IngestFlags {
  readonly book?: string;
  readonly kind: 'quotes' | 'usage' | 'fx';
  readonly observedAt?: number;
  readonly dryRun?: boolean;
  readonly ignoreUnknownColumns?: boolean;
  readonly json?: boolean;
}

/** `mtok ingest`: captures into the book, each a file that nothing changes again. */
export function addIngest(program: Command): void {
  program
    .command('ingest')
    .description('add captures to a book: checked against it, kept as they are, never edited')
    .argument('<file...>', 'CSV files with the columns of docs/formats.md')
    .option('--book <dir>', 'the book to add to; the shipped one is not written to')
    .addOption(
      new Option('--kind <kind>', 'what the files hold')
        .choices(['quotes', 'usage', 'fx'])
        .default('quotes'),
    )
    .option(
      '--observed-at <time>',
      'when it was seen, where rows do not say: or "now"',
      momentOrNow,
    )
    .option('--ignore-unknown-columns', 'leave out columns that are not known')
    .option('--dry-run', 'check, and write nothing')
    .option('--json', 'what was added as JSON')
    .addHelpText(
      'after',
      `
One bad row, or one that contradicts the book, and nothing of any file is written: exit code 3.
What the book has already is not added twice. The digest is of the file in the book, as sha256sum
gives it.

Examples:
  mtok ingest openai.csv --book my-book --observed-at 2026-08-21T15:58:00Z
  mtok ingest july.csv --book my-book --kind usage --observed-at now --dry-run`,
    )
    .action(run);
}

async function run(files: readonly string[], flags: IngestFlags): Promise<void> {
  if (flags.kind === 'quotes') await ingest(QUOTE_CAPTURE, files, flags);
  else if (flags.kind === 'usage') await ingest(USAGE_CAPTURE, files, flags);
  else await ingest(FX_CAPTURE, files, flags);
}

async function ingest<Row>(
  of: CaptureKind<Row>,
  files: readonly string[],
  flags: IngestFlags,
): Promise<void> {
  const book = ownBook(flags.book);
  const there = await readFiles(of.table, (await findBook(book))[of.kind]);
  if (there.rejects.length > 0) {
    note(`The book has ${there.rejects.length} rejects of its own: see mtok check --book ${book}.`);
  }
  const { captures, rejects } = await readAll(of, files, there.rows, flags);
  if (rejects.length > 0) {
    const advice = 'Correct the rows: nothing was written.';
    throw new MtokError('data', [...describeRejects(rejects), advice].join('\n'), rejects);
  }
  for (const { capture } of captures) {
    if (capture.warnings.length > 0) {
      for (const line of describeRejects(capture.warnings)) note(line);
    }
  }
  const added = [];
  for (const { file, capture } of captures) {
    const { path, bytes, sha256 } = capture;
    const written =
      capture.added > 0 && !flags.dryRun && (await createDurably(join(book, path), bytes));
    added.push({ file, path, sha256, rows: capture.rows.length, added: capture.added, written });
  }
  if (flags.json) return printJson(added);
  for (const one of added) {
    print(`${one.sha256}  ${one.path}`);
    print(`  ${one.file}: ${one.rows} rows, ${outcome(one, flags)}`);
  }
}

function outcome(one: { added: number; rows: number }, { dryRun }: IngestFlags): string {
  if (one.added === 0) return 'all in the book already: nothing added';
  const known = one.rows - one.added;
  const rest = known > 0 ? `, ${known} in the book already` : '';
  return `${one.added} ${dryRun ? 'to be added' : 'added'}${rest}`;
}

/** Each capture is read against the book and the captures before it. */
async function readAll<Row>(
  of: CaptureKind<Row>,
  files: readonly string[],
  there: readonly PlacedRow<Row>[],
  { observedAt, ignoreUnknownColumns = false }: IngestFlags,
): Promise<{
  readonly captures: readonly { readonly file: string; readonly capture: Capture<Row> }[];
  readonly rejects: readonly Reject[];
}> {
  const captures: { file: string; capture: Capture<Row> }[] = [];
  const rejects: Reject[] = [];
  const rows = [...there];
  for (const path of files) {
    const file = shownPath(path);
    const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
      throw unreadable(path, error);
    });
    const capture = await readCapture(of, bytes, file, rows, {
      ignoreUnknownColumns,
      ...(observedAt === undefined ? {} : { knownAtMs: observedAt }),
    });
    captures.push({ file, capture });
    for (const reject of capture.rejects) rejects.push(reject);
    for (const row of capture.rows) rows.push(row);
  }
  return { captures, rejects };
}
