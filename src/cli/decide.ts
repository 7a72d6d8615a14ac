import { join } from 'node:path';
import { Argument, type Command } from 'commander';
import { horizonOf } from '../calculate/horizon.ts';
import { csvLine } from '../domain/csv.ts';
import { addDays, type Day, dayOf, formatMoment } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import type { HoldDecision } from '../domain/rows.ts';
import { versionOn } from '../domain/versions.ts';
import { calculateFixing, cannotFix } from '../fix/fixing.ts';
import type { Value } from '../fix/review.ts';
import type { Book } from '../ingest/book.ts';
import { HOLDS } from '../ingest/decisions.ts';
import { readTable } from '../ingest/table.ts';
import { type Evidence, evidenceOf } from '../normalize/evidence.ts';
import { appendRows } from '../publish/append-row.ts';
import { decidedByMs } from '../select/in-force.ts';
import {
  CORRECT,
  indicesOf,
  momentFlag,
  momentOrNow,
  openBook,
  ownBook,
  type Versions,
} from './book.ts';
import { print, printJson } from './output.ts';
import { change } from './review.ts';

interface DecideFlags {
  readonly book?: string;
  readonly by: readonly string[];
  readonly because: string;
  readonly at?: number;
  readonly venue?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `mtok decide`: two people settle a quote, on record. */
export function addDecide(program: Command): void {
  program
    .command('decide')
    .description('record what two people decided of a quote, and show what it changes')
    .addArgument(
      new Argument('<decision>', 'release: use it; reject: never; hold: wait').choices([
        ...['release', 'reject', 'hold'],
      ]),
    )
    .argument('<seller>')
    .argument('<model>', 'as the seller calls it')
    .argument('<effective-at>', 'of the quote, as mtok review shows it', momentFlag)
    .requiredOption('--by <person>', 'who decides: twice, two different people', collect)
    .requiredOption('--because <reason>', 'why, in words that will be published')
    .option('--book <dir>', 'the book to add to; the shipped one is not written to')
    .option('--venue <name>', 'of the quote, where several venues have one of that moment')
    .option('--at <time>', 'when it was decided (default: now)', momentOrNow)
    .option('--dry-run', 'show what it would change, and write nothing')
    .option('--json', 'the decision and what it changes as JSON')
    .addHelpText(
      'after',
      `
A decision counts from when it was made: the first fixing whose cut-off comes after it knows it,
or whose review ends after it (schedule.review_by). It is an input of that fixing, and is printed
in it.

Example:
  mtok decide reject acme alpha 2026-08-21T15:58:00Z --by "a. smith" --by "b. jones" \\
    --because "the page had a comma for a point" --book my-book`,
    )
    .action(decide);
}

function collect(person: string, before: readonly string[] = []): readonly string[] {
  return [...before, person];
}

async function decide(
  decision: HoldDecision['decision'],
  seller: string,
  model: string,
  effectiveAtMs: number,
  flags: DecideFlags,
): Promise<void> {
  const directory = ownBook(flags.book);
  const { by, because, at = momentOrNow('now'), venue = '' } = flags;
  const cells = {
    ...{ seller, model, venue, effective_at: formatMoment(effectiveAtMs), decision },
    ...{ rationale: because, approvers: by.join('; '), decided_at: formatMoment(at) },
  };
  const row = await checked(cells, by);
  const book = await openBook({ book: directory }, CORRECT);
  requireQuote(row, book);
  const isThere = alreadyDecided(row, book.rows.holds);
  if (!isThere && !flags.dryRun) await appendRows(join(directory, 'holds.csv'), HOLDS, [cells]);
  const changes = isThere ? [] : whatChanges(row, book);
  if (flags.json) return printJson({ decision: cells, added: !isThere && !flags.dryRun, changes });
  if (isThere) return print('This is what was decided last: nothing added.');
  print(`${flags.dryRun ? 'To be recorded' : 'Recorded'}: ${decision} ${seller} ${model}`);
  for (const { index, date, without, with: after } of changes) {
    print(`${index} from ${date} on: ${change(without, after)}`);
  }
  if (changes.length === 0) print('No index of the book holds quotes: nothing changes.');
}

/** Reads the decision back as the book will, so that what is written can be read. */
async function checked(
  cells: Readonly<Record<string, string>>,
  by: readonly string[],
): Promise<HoldDecision> {
  // With one, a person could sign for two.
  if (by.some((person) => person.includes(';'))) {
    throw new MtokError('usage', 'expected a --by for each person, found a semicolon in one');
  }
  const text = [HOLDS.columns, HOLDS.columns.map((column) => cells[column] ?? '')].map(csvLine);
  const bytes = new TextEncoder().encode(`${text.join('\n')}\n`);
  const { rows, rejects } = await readTable(HOLDS, [bytes], 'decision');
  const [first] = rows;
  if (first && rejects.length === 0) return first.row;
  const faults = rejects.map(({ column, expected, value }) => {
    return `${column}: expected ${expected}, found ${JSON.stringify(value)}`;
  });
  throw new MtokError('usage', faults.join('\n'));
}

/** What is decided on has to be there, and to have been known. */
function requireQuote(row: HoldDecision, { rows }: Book): void {
  const offers = rows.quotes.filter(
    ({ seller, model, venue }) =>
      seller === row.seller && model === row.model && (row.venue === '' || row.venue === venue),
  );
  const named = offers.filter(({ effectiveAtMs }) => effectiveAtMs === row.effectiveAtMs);
  const what = `${row.seller} ${row.model}${row.venue === '' ? '' : ` at ${row.venue}`}`;
  if (named.length === 0) {
    const moments = new Set(offers.map(({ effectiveAtMs }) => effectiveAtMs));
    const last = [...moments].sort((a, b) => a - b).slice(-SHOWN_MOMENTS);
    const known = last.length === 0 ? 'none of that name' : last.map(formatMoment).join(', ');
    const moment = formatMoment(row.effectiveAtMs);
    throw new MtokError('no', `expected a quote of ${what} of ${moment}: the book has ${known}`);
  }
  const seenMs = Math.min(...named.map(({ observedAtMs }) => observedAtMs));
  if (row.decidedAtMs < seenMs) {
    const moment = formatMoment(seenMs);
    throw new MtokError('no', `the quote of ${what} was first known at ${moment}, after --at`);
  }
}

const SHOWN_MOMENTS = 3;

/** The last word on a quote may be said again; at one moment nothing else may. */
function alreadyDecided(row: HoldDecision, decisions: readonly HoldDecision[]): boolean {
  const same = decisions
    .filter(
      (one) =>
        one.seller === row.seller &&
        one.model === row.model &&
        one.venue === row.venue &&
        one.effectiveAtMs === row.effectiveAtMs,
    )
    .sort((a, b) => a.decidedAtMs - b.decidedAtMs);
  const says = (one: HoldDecision | undefined) =>
    one !== undefined &&
    one.decision === row.decision &&
    one.rationale === row.rationale &&
    one.approvers.join('; ') === row.approvers.join('; ');
  const then = same.find(({ decidedAtMs }) => decidedAtMs === row.decidedAtMs);
  if (then && !says(then)) {
    const moment = formatMoment(row.decidedAtMs);
    throw new MtokError('no', `${then.decision} was decided at ${moment}: one word at a time`);
  }
  return then !== undefined || says(same.at(-1));
}

interface Change {
  readonly index: string;
  readonly date: Day;
  readonly without: Value;
  readonly with: Value;
}

/** The first fixing of each index that knows a decision, without it and with it. */
function whatChanges(row: HoldDecision, { rows, rulebooks }: Book): Change[] {
  const before = evidenceOf(rows);
  const after = evidenceOf({ ...rows, holds: [...rows.holds, row] });
  return indicesOf(rulebooks).flatMap((versions): Change[] => {
    const date = firstKnowing(row.decidedAtMs, versions, before);
    if (date === undefined) return [];
    const { index, hold } = versionOn(versions, date);
    if (hold === null) return [];
    const value = (evidence: Evidence): Value => {
      const { fixing } = calculateFixing(versions, evidence, date);
      return { price: fixing?.value?.price ?? null, level: fixing?.level ?? null };
    };
    return [{ index, date, without: value(before), with: value(after) }];
  });
}

/** A calendar with no open day in so many has none that matters. */
const DAYS_AHEAD = 40;

/** The first day of an index whose fixing knows what was decided at a moment. */
function firstKnowing(ms: number, versions: Versions, evidence: Evidence): Day | undefined {
  const start = addDays(dayOf(ms), -1);
  for (let ahead = 0; ahead < DAYS_AHEAD; ahead += 1) {
    const day = addDays(start, ahead);
    if (cannotFix(versions, evidence, day)) continue;
    const horizon = horizonOf(day, versionOn(versions, day), evidence, undefined);
    if (decidedByMs(horizon) >= ms) return day;
  }
  return undefined;
}
