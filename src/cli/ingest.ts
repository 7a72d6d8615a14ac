import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { formatMoment } from '../domain/dates.ts';
import { MtokError, type Reject } from '../domain/failure.ts';
import { type BookFiles, findBook, readFiles } from '../ingest/book.ts';
import {
  type Capture,
  type CaptureKind,
  FX_CAPTURE,
  QUOTE_CAPTURE,
  readCapture,
  USAGE_CAPTURE,
} from '../ingest/capture.ts';
import { readBytes, shownPath } from '../ingest/files.ts';
import type { PlacedRow } from '../ingest/table.ts';
import { collect } from '../operate/collect.ts';
import type { Desk } from '../operate/desk.ts';
import { createDurably } from '../publish/durable.ts';
import { describeRejects, momentOrNow, ownBook } from './book.ts';
import { clock } from './clock.ts';
import { requirePublication } from './desk.ts';
import { openSigner } from './key.ts';
import { note, print, printJson } from './output.ts';
import {
  askWitnesses,
  requireCosigned,
  type WitnessFlags,
  withWitnessFlags,
  witnessKeysOf,
} from './witnesses.ts';

interface IngestFlags extends WitnessFlags {
  readonly book?: string;
  readonly publication?: string;
  readonly key?: string;
  readonly kind: 'quotes' | 'usage' | 'fx';
  readonly observedAt?: number;
  readonly dryRun?: boolean;
  readonly ignoreUnknownColumns?: boolean;
  readonly json?: boolean;
}

/** `mtok ingest`: captures into the book, each a file that nothing changes again. */
export function addIngest(program: Command): void {
  withWitnessFlags(program.command('ingest'))
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
    .option('--publication <dir>', 'log what is collected there, before the book has it')
    .option('--key <file>', 'the private key to sign the log with (mtok key new)')
    .option('--ignore-unknown-columns', 'leave out columns that are not known')
    .option('--dry-run', 'check, and write nothing')
    .option('--json', 'what was added as JSON')
    .addHelpText(
      'after',
      `
One bad row, or one that contradicts the book, and nothing of any file is written: exit code 3.
What the book has already is not added twice. The digest is of the file in the book, as sha256sum
gives it.

With --publication the digests of the captures go into its log first. From then on the book keeps
captures.csv, every capture has to be logged, and no row counts before the log had it: what the book
had before is logged once, as its opening. --witness has the log seen by others at that moment.

Examples:
  mtok ingest openai.csv --book my-book --observed-at 2026-08-21T15:58:00Z
  mtok ingest seen.csv --book my-book --observed-at now --publication public --key mtok.key
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
  const witnessKeys = await witnessKeysOf(flags);
  const book = ownBook(flags.book);
  const found = await findBook(book);
  const desk = await deskOf(book, found, flags);
  const there = await readFiles(of.table, found[of.kind]);
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
  const fresh = captures.filter(({ capture }) => capture.added > 0);
  const logged =
    desk && !flags.dryRun
      ? await collect(
          desk,
          of,
          fresh.map(({ capture }) => capture),
        )
      : undefined;
  const added = [];
  for (const { file, capture } of captures) {
    const { path, bytes, sha256 } = capture;
    const isNew = capture.added > 0 && !flags.dryRun;
    const written =
      isNew && (logged !== undefined || (await createDurably(join(book, path), bytes)));
    const loggedAtMs = logged?.get(path);
    const log = loggedAtMs === undefined ? {} : { logged_at: formatMoment(loggedAtMs) };
    const counts = { rows: capture.rows.length, added: capture.added };
    added.push({ file, path, sha256, ...counts, written, ...log });
  }
  const cosigned =
    logged && flags.witness && flags.publication !== undefined
      ? await askWitnesses(flags.publication, flags.witness, witnessKeys)
      : undefined;
  if (flags.json) printJson(added);
  for (const one of flags.json ? [] : added) {
    print(`${one.sha256}  ${one.path}`);
    const log = one.logged_at ? `, logged at ${one.logged_at}` : '';
    print(`  ${one.file}: ${one.rows} rows, ${outcome(one, flags)}${log}`);
  }
  if (cosigned) requireCosigned(cosigned, 'taken and logged');
}

/** Where the captures of a book are logged, if they are. */
async function deskOf(
  book: string,
  { captures }: BookFiles,
  { publication, key, dryRun, observedAt }: IngestFlags,
): Promise<Desk | undefined> {
  if ((publication === undefined) !== (key === undefined)) {
    throw new MtokError('usage', 'expected --publication and --key together');
  }
  if (publication === undefined || key === undefined) {
    if (captures.length === 0 || dryRun) return undefined;
    const what = `${book} has its captures logged (captures.csv)`;
    throw new MtokError('usage', `${what}: expected --publication DIR and --key FILE`);
  }
  await requirePublication(publication, book);
  const now = clock();
  if (observedAt !== undefined && observedAt > now()) {
    const clockShows = `the clock shows ${formatMoment(now())}`;
    throw new MtokError('usage', `expected --observed-at to be past: ${clockShows}`);
  }
  return { book, publication, signers: [await openSigner(key)], now };
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
    const bytes = await readBytes(path);
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
