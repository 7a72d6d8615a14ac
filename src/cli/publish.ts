import { type Command, Option } from 'commander';
import { addDays, type Day, daysBetween } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import { INPUT_KINDS } from '../domain/publication.ts';
import type { InputKind } from '../fix/inputs.ts';
import { latestDay } from '../fix/latest.ts';
import type { Book } from '../ingest/book.ts';
import type { Desk } from '../operate/desk.ts';
import {
  openedBook,
  type Proposal,
  type PublishedBook,
  publishBook,
} from '../operate/publish-book.ts';
import {
  type BookFlags,
  bookFiles,
  chooseIndices,
  dayFlag,
  openBook,
  SHIPPED_BOOK,
  withBookFlags,
} from './book.ts';
import { clock } from './clock.ts';
import { openSigner } from './key.ts';
import { note, print, printJson } from './output.ts';
import { refreshSite } from './site.ts';
import {
  askWitnesses,
  type Cosigned,
  requireCosigned,
  type WitnessFlags,
  withWitnessFlags,
  witnessKeysOf,
} from './witnesses.ts';

interface PublishFlags extends BookFlags, WitnessFlags {
  readonly out: string;
  readonly index?: string;
  readonly date?: Day;
  readonly from?: Day;
  readonly to?: Day;
  readonly key: string;
  readonly origin?: string;
  readonly digestOnly?: InputKind[];
  readonly dryRun?: boolean;
  readonly site: boolean;
  readonly json?: boolean;
}

/** `mtok publish`: calculates fixings, writes them, logs them and signs the log. */
export function addPublish(program: Command): void {
  withWitnessFlags(withBookFlags(program.command('publish')))
    .description('calculate, write, log and sign fixings: a directory that strangers can check')
    .requiredOption('--out <dir>', 'the publication: a directory for any web server')
    .requiredOption('--key <file>', 'the private key to sign with (mtok key new)')
    .option('--index <id>', 'one index (default: all)')
    .option('--date <day>', 'the day (default: the latest with data)', dayFlag)
    .option('--from <day>', 'the first day of a range', dayFlag)
    .option('--to <day>', 'the last day of a range, inclusive', dayFlag)
    .option('--origin <name>', 'the name of the log, where it has to be that of the key')
    .addOption(
      new Option('--digest-only <kind...>', 'inputs whose licence keeps their rows back').choices(
        INPUT_KINDS,
      ),
    )
    .option('--dry-run', 'say what would be published, and write nothing')
    .option('--no-site', 'leave the pages for people as they are (mtok site)')
    .option('--json', 'what was published, as JSON')
    .addHelpText(
      'after',
      `
Run twice it does nothing the second time. The passphrase of the key is taken from MTOK_PASSPHRASE,
else asked for on the terminal.

Examples:
  mtok key new --name index.example/mtok --out mtok.key
  mtok publish --out public --key mtok.key
  mtok publish --out public --key mtok.key --from 2026-08-01 --to 2026-08-21`,
    )
    .action(run);
}

async function run(flags: PublishFlags): Promise<void> {
  const [from, to] = rangeOf(flags);
  const witnessKeys = await witnessKeysOf(flags);
  const signer = await openSigner(flags.key);
  if (flags.origin !== undefined && flags.origin !== signer.name) {
    throw new MtokError(
      'usage',
      `expected a key of ${flags.origin}: ${flags.key} is of ${signer.name}`,
    );
  }
  const book = await openBook(flags);
  const files = await bookFiles(flags);
  const opened = await openedBook(book, files, flags.book ?? SHIPPED_BOOK);
  const indices = chooseIndices(book, flags.index);
  const last = to ?? latestDay(opened.evidence, indices.flat());
  if (last === undefined) throw new MtokError('data', 'expected at least one quote: none was read');
  const desk: Desk = {
    ...{ book: flags.book ?? SHIPPED_BOOK, publication: flags.out },
    ...{ signers: [signer], now: clock() },
  };
  const done: PublishedBook[] = [];
  for (const [start, end] of monthsOf(from ?? last, last)) {
    const range = { indices, from: start, to: end, digestOnly: flags.digestOnly ?? [] };
    const one = await publishBook(desk, opened, { ...range, isRehearsal: flags.dryRun ?? false });
    for (const message of one.none) note(message);
    done.push(one);
  }
  // After the checkpoint: whatever becomes of the pages, the fixings are published.
  if (flags.site && !flags.dryRun) await refreshSite(flags.out);
  const cosigned =
    flags.witness && !flags.dryRun
      ? await askWitnesses(flags.out, flags.witness, witnessKeys)
      : NOBODY;
  report(done, cosigned, flags);
  if (files.captures.length === 0) noteUnlogged(book, done);
  const waiting = done.flatMap(({ proposals }) => proposals);
  requireCosigned(cosigned, 'published');
  if (waiting.length > 0) throw new MtokError('no', waiting.map(describeProposal).join('\n'));
}

/** Of a live fixing readers can check what was collected before it only where the log has that. */
function noteUnlogged({ rulebooks }: Book, done: readonly PublishedBook[]): void {
  const isLive = done
    .flatMap(({ added }) => added)
    .some(({ rulebook, date }) => {
      const from = rulebooks.find(({ sha256 }) => sha256 === rulebook)?.live_from ?? null;
      return from !== null && from <= date;
    });
  if (!isLive) return;
  note('Live, from captures that the log does not have: log them with mtok ingest --publication.');
}

/** What is still to be done for a fixing that waits. */
export function describeProposal(proposal: Proposal): string {
  const { index, date, revision, approvedBy, needed, sha256 } = proposal;
  const name = `${index} ${date}${revision === 0 ? '' : ` revision ${revision}`}`;
  const by = approvedBy.length === 0 ? 'nobody yet' : approvedBy.join(', ');
  const how = `mtok approve --index ${index} --date ${date} --key FILE`;
  return `${name} is a proposal: approved by ${by}, ${needed} are needed (${sha256}): ${how}`;
}

const NOBODY: Cosigned = { by: [], failures: [] };

function rangeOf({ date, from, to }: PublishFlags): [Day | undefined, Day | undefined] {
  if (date !== undefined && (from !== undefined || to !== undefined)) {
    throw new MtokError('usage', 'expected --date, or --from and --to, not both');
  }
  if ((from === undefined) !== (to === undefined)) {
    throw new MtokError('usage', 'expected --from and --to together');
  }
  if (from !== undefined && to !== undefined && to < from) {
    throw new MtokError('usage', `expected --to on or after --from ${from}: ${to}`);
  }
  return [from ?? date, to ?? date];
}

/** A long range is published a month at a time: each is signed, and what is done stays done. */
function monthsOf(from: Day, to: Day): [Day, Day][] {
  const months: [Day, Day][] = [];
  for (let start = from; start <= to; ) {
    const next = addDays(`${start.slice(0, 7)}-28`, 4);
    const end = addDays(`${next.slice(0, 7)}-01`, -1);
    months.push([start, daysBetween(end, to) < 0 ? to : end]);
    start = addDays(end, 1);
  }
  return months;
}

const SHOWN_IN_FULL = 20;

function report(
  done: readonly PublishedBook[],
  { by }: Cosigned,
  { json, dryRun }: PublishFlags,
): void {
  const added = done.flatMap((one) => one.added);
  const finalized = done.flatMap((one) => one.finalized);
  const unchanged = done.reduce((count, one) => count + one.unchanged, 0);
  const isRecovered = done.some((one) => one.isRecovered);
  const size = done.at(-1)?.size ?? 0;
  if (json) {
    const proposals = done.flatMap((one) => one.proposals);
    printJson({ added, finalized, proposals, unchanged, isRecovered, size, cosigned: by });
    return;
  }
  const would = dryRun ? 'would be ' : '';
  if (isRecovered) note(`an interrupted publication ${would}completed first`);
  for (const { index, date, revision, state, status } of added.slice(0, SHOWN_IN_FULL)) {
    const name = `${index} ${date}${revision === 0 ? '' : ` revision ${revision}`}`;
    print(`${would}published: ${name}, ${status === 'withheld' ? 'withheld, ' : ''}${state}`);
  }
  if (added.length > SHOWN_IN_FULL) print(`… and ${added.length - SHOWN_IN_FULL} more`);
  if (finalized.length > 0) print(`${would}final: ${finalized.length} that were provisional`);
  if (unchanged > 0) print(`there already: ${unchanged}`);
  print(`the log ${dryRun ? 'would have' : 'has'} ${size} entries`);
  if (by.length > 0) print(`cosigned by ${by.join(', ')}`);
}
