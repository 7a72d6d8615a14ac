import { join } from 'node:path';
import type { Command } from 'commander';
import { describeReject, MtokError } from '../domain/failure.ts';
import { groupBy } from '../domain/group.ts';
import type { Quote } from '../domain/rows.ts';
import { NO_FILES, readBook } from '../ingest/book.ts';
import { FEEDS, feedNamed } from '../ingest/feeds/catalogue.ts';
import { readFeedFiles } from '../ingest/feeds/directory.ts';
import type { Feed } from '../ingest/feeds/feed.ts';
import { readLongContext } from '../ingest/feeds/long-context.ts';
import { type FeedFile, observedAtInName } from '../ingest/feeds/page.ts';
import { type FeedDocument, type FeedImport, startImport } from '../ingest/feeds/run.ts';
import { writeDurably } from '../publish/durable.ts';
import { importDocument, quotesCsv, reportDocument, reviewCsv } from '../publish/import.ts';
import { describeRejects, momentFlag, SHIPPED_BOOK } from './book.ts';
import { showImport } from './import-view.ts';
import { note, print, printJson, refuseClashes } from './output.ts';
import { progressOn } from './progress.ts';

interface ImportFlags {
  readonly observedAt?: number;
  readonly previous?: string[];
  readonly longContext?: string;
  readonly out?: string;
  readonly review?: string;
  readonly report?: string;
  readonly json?: boolean;
}

/** `mtok import`: a feed becomes quotes, what is doubtful waits, the rest has a reason. */
export function addImport(program: Command): void {
  program
    .command('import <feed> <file...>')
    .description("read a vendor's or catalogue's feed into canonical quotes")
    .option('--observed-at <time>', 'when the files were fetched', momentFlag)
    .option('--previous <file...>', 'quotes known before: only changes against them are new')
    .option('--long-context <file>', 'from how many tokens on a prompt is long (default: shipped)')
    .option('--out <file>', 'the quotes (default: CSV on stdout)')
    .option('--review <file>', 'what is held, as CSV for a person to decide on')
    .option('--report <file>', 'every count and reason, as JSON')
    .option('--json', 'quotes and report as one JSON document on stdout')
    .addHelpText('after', help())
    .action(run);
}

function help(): string {
  const feeds = FEEDS.map(({ name, reads }) => `  ${name.padEnd(20)} ${reads}`).join('\n');
  return `
Feeds:
${feeds}

Without --observed-at a file has to name its date: 2026-08-01_prices.json, or
prices.2026-08-01T114848Z.json. Files of one time are pages of one document; files of different
times are taken in the order of time, and only changes become quotes.

Examples:
  mtok import litellm model_prices_and_context_window.json --observed-at 2026-08-01T11:48:48Z
  mtok import litellm raw/2026-*.json --out quotes.csv --review held.csv --report report.json
  mtok import litellm today.json --observed-at 2026-08-02 --previous quotes.csv`;
}

async function run(feedName: string, files: string[], flags: ImportFlags): Promise<void> {
  const feed = feedNamed(feedName);
  refuseClashes([flags.out, flags.review, flags.report], [...files, ...(flags.previous ?? [])]);
  const dated = files.map((file) => ({ file, observedAtMs: observedAt(file, flags) }));
  const times = groupBy(dated, ({ observedAtMs }) => String(observedAtMs));
  const longContext = await readLongContext(flags.longContext ?? LONG_CONTEXT_FILE);
  const previous = await previousQuotes(flags.previous ?? []);
  const importing = startImport(feed, previous, longContext);
  const progress = progressOn(process.stderr);
  for (const [time, pages] of [...times].sort(([a], [b]) => Number(a) - Number(b))) {
    progress.show(`${feed.name} ${pages[0]?.file}`);
    importing.take(
      await documentOf(
        feed,
        pages.map(({ file }) => file),
        Number(time),
      ),
    );
  }
  progress.clear();
  await finish(importing.finish(), flags);
}

/** What AWS and Azure leave unsaid. */
const LONG_CONTEXT_FILE = join(SHIPPED_BOOK, 'feeds', 'long-context.csv');

/** @throws {MtokError} of kind `usage` where nobody says it: the clock is no evidence. */
function observedAt(file: string, flags: ImportFlags): number {
  const observedAtMs = flags.observedAt ?? observedAtInName(file);
  if (observedAtMs !== undefined) return observedAtMs;
  const advice = 'give --observed-at TIME, or name the file with its date: 2026-08-01_prices.json';
  throw new MtokError('usage', `expected to be told when ${file} was fetched: ${advice}`);
}

async function documentOf(
  feed: Feed,
  files: readonly string[],
  observedAtMs: number,
): Promise<FeedDocument> {
  const pages: FeedFile[] = [];
  for (const file of files) {
    for (const page of await readFeedFiles(feed, file)) pages.push(page);
  }
  return { observedAtMs, pages };
}

async function previousQuotes(files: readonly string[]): Promise<readonly Quote[]> {
  const { rows, rejects } = await readBook({ ...NO_FILES, quotes: files });
  if (rejects.length === 0) return rows.quotes;
  const advice = 'Correct the quotes known before; nothing was imported.';
  throw new MtokError('data', [...describeRejects(rejects), advice].join('\n'), rejects);
}

async function finish(result: FeedImport, flags: ImportFlags): Promise<void> {
  const { documents, quotes, held } = result;
  const failed = documents.filter(({ faults }) => faults.length > 0);
  for (const line of showImport(result)) note(line);
  if (documents.length > failed.length) {
    if (flags.review !== undefined) {
      await writeDurably(flags.review, reviewCsv(held));
      note(`written: ${flags.review}, ${held.length} held quotes`);
    }
    if (flags.report !== undefined) {
      await writeDurably(flags.report, [`${JSON.stringify(reportDocument(result), null, 2)}\n`]);
      note(`written: ${flags.report}`);
    }
    if (flags.out !== undefined) {
      await writeDurably(flags.out, quotesCsv(quotes));
      if (flags.json) note(`written: ${flags.out}, ${quotes.length} quotes`);
      else print(`written: ${flags.out}, ${quotes.length} quotes`);
    }
    if (flags.json) printJson(importDocument(result));
    else if (flags.out === undefined)
      for (const line of quotesCsv(quotes)) process.stdout.write(line);
  }
  if (failed.length === 0) return;
  const faults = failed.flatMap((document) => document.faults);
  const lines = faults.map(describeReject);
  const stands = documents.length > failed.length ? 'the others stand' : 'nothing was imported';
  const count = `${failed.length} of ${documents.length} documents cannot be used; ${stands}`;
  throw new MtokError('data', [...lines, count].join('\n'), faults);
}
