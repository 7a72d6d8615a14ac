import type { Command } from 'commander';
import type { Day } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import { versionOn } from '../domain/versions.ts';
import { latestDay } from '../fix/latest.ts';
import { type Review, review, type Said, type Value, type WaitingQuote } from '../fix/review.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import type { Suspicion } from '../select/holds.ts';
import {
  type BookFlags,
  chooseIndices,
  dayFlag,
  momentFlag,
  openBook,
  withBookFlags,
} from './book.ts';
import { note, print, printJson } from './output.ts';
import { progressOn } from './progress.ts';
import { type Style, styleFor } from './terminal.ts';

interface ReviewFlags extends BookFlags {
  readonly index?: string;
  readonly date?: Day;
  readonly knownAt?: number;
  readonly json?: boolean;
}

/** `mtok review`: what waits for a decision. */
export function addReview(program: Command): void {
  withBookFlags(program.command('review'))
    .description('list the quotes that are held, with what speaks for and against each')
    .option('--index <id>', 'one index (default: all that hold quotes)')
    .option('--date <day>', 'the day (default: the latest with data)', dayFlag)
    .option('--known-at <time>', 'use only what was known then (default: the cut-off)', momentFlag)
    .option('--json', 'the review as JSON; an array without --index')
    .addHelpText(
      'after',
      `
Each quote comes with its history, the same offer at other venues, other sellers of the model, when
the rule lets it through, and the index with and without it. mtok decide settles it.

Examples:
  mtok review --book my-book
  mtok review --book my-book --date 2026-08-21 --json | jq '.[].waiting[].seller'`,
    )
    .action(run);
}

async function run(flags: ReviewFlags): Promise<void> {
  const book = await openBook(flags);
  const evidence = evidenceOf(book.rows);
  const indices = chooseIndices(book, flags.index);
  const date = flags.date ?? latestDay(evidence, indices.flat());
  if (date === undefined) throw new MtokError('data', 'expected at least one quote');
  const options = flags.knownAt === undefined ? {} : { knownAtMs: flags.knownAt };
  const found: Review[] = [];
  const progress = progressOn(process.stderr);
  for (const versions of indices) {
    const { index, hold } = versionOn(versions, date);
    if (hold === null && flags.index === undefined) continue;
    if (hold === null) note(`${index} has no hold: nothing ever waits.`);
    const result = review(versions, evidence, date, options, (name) =>
      progress.show(`${index} with ${name}`),
    );
    if (result.review) found.push(result.review);
    else if (flags.index !== undefined) throw new MtokError('no', result.none.message);
    else note(result.none.message);
  }
  progress.clear();
  if (flags.json) return printJson(flags.index === undefined ? found : found[0]);
  const style = styleFor(process.stdout, process.env);
  for (const line of found.flatMap((one) => describe(one, style))) print(line);
  if (found.length === 0) print('No index holds quotes.');
}

function describe(one: Review, style: Style): string[] {
  const { index, date, known_at, waiting } = one;
  const head = `${style.bold(index)} on ${date}, as known at ${known_at}`;
  if (waiting.length === 0) return [`${head}: nothing waits.`, ''];
  const all =
    waiting.length === 1 ? [] : [`with all of them: ${change(one.without, one.with_all)}`];
  const verb = waiting.length === 1 ? 'quote waits' : 'quotes wait';
  return [
    `${head}: ${waiting.length} ${verb}.`,
    ...all,
    '',
    ...waiting.flatMap((quote) => [...describeQuote(quote, one, style), '']),
  ];
}

function describeQuote(quote: WaitingQuote, { without }: Review, style: Style): string[] {
  const { stands, suspicions, since, until } = quote;
  const name = `${quote.seller} ${quote.quoted_as}${at(quote)}`;
  const line = (label: string, text: string) => `  ${style.dim(label.padEnd(8))} ${text}`;
  const list = (label: string, all: readonly Said[], show: (one: Said) => string) =>
    all.map((one, index) => line(index === 0 ? label : '', show(one)));
  const then = until === null ? 'until it is decided again' : `used from ${until} if none decides`;
  return [
    `${style.bold(name)}  ${stands ? prices(stands) : 'nothing'} → ${prices(quote)}`,
    line('why', suspicions.map((one) => WHY[one]).join('; ')),
    line('since', `${since}, ${then}`),
    line('index', change(without, quote.with)),
    ...list('history', quote.history, (one) => `${one.effective_at}  ${prices(one)}`),
    ...list('venues', quote.venues, (one) => `${one.venue}  ${prices(one)}  ${seen(one)}`),
    ...list(
      'sellers',
      quote.sellers,
      (one) => `${one.seller}${at(one)}  ${prices(one)}  ${seen(one)}`,
    ),
    line('settle', `mtok decide release ${quote.seller} ${quote.quoted_as} ${quote.effective_at}`),
  ];
}

const WHY: Readonly<Record<Suspicion, string>> = {
  moves: 'it moves by more than the rulebook allows',
  changes_currency: 'it changes the currency',
  lacks_leg: 'it lacks a leg that it had',
  vanishes: 'a catalogue dropped the name: the seller has not withdrawn it',
  contradicts_venue: 'another venue says otherwise',
  decision: 'people hold it',
};

function at({ seller, venue }: Said): string {
  return venue === seller ? '' : ` at ${venue}`;
}

function seen({ effective_at, last_seen }: Said): string {
  return `since ${effective_at}, last seen ${last_seen}`;
}

function prices({ event, currency, legs }: Said): string {
  if (event === 'withdrawn') return 'withdrawn';
  const all = Object.entries(legs).map(([leg, price]) => `${leg.replaceAll('_', ' ')} ${price}`);
  return `${all.join(', ')}${currency === 'USD' ? '' : ` ${currency}`}`;
}

/** What a decision does to an index: `price 4.0000 → 5.0000, level 100.0000 → 125.0000`. */
export function change(before: Value, after: Value): string {
  if (before.price === after.price && before.level === after.level) {
    return `unchanged: ${before.price === null ? 'withheld' : `price ${before.price}`}`;
  }
  const step = (from: string | null, to: string | null) => `${from ?? '–'} → ${to ?? '–'}`;
  return `price ${step(before.price, after.price)}, level ${step(before.level, after.level)}`;
}
