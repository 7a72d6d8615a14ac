import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { describeReject, MtokError, type Reject, unreadable } from '../domain/failure.ts';
import type { Quote } from '../domain/rows.ts';
import { NO_FILES, readBook } from '../ingest/book.ts';
import { FEEDS, feedNamed, ROW_FEEDS } from '../ingest/feeds/catalogue.ts';
import { parseColumnMap, readColumnMap } from '../ingest/feeds/column-map.ts';
import { CSV, csvFeed } from '../ingest/feeds/csv.ts';
import type { Feed } from '../ingest/feeds/feed.ts';
import { readLongContext } from '../ingest/feeds/long-context.ts';
import type { FxFeed, UsageFeed } from '../ingest/feeds/row-feed.ts';
import { type FeedImport, startImport } from '../ingest/import/run.ts';
import { writeDurably } from '../publish/durable.ts';
import { importDocument, quotesCsv, reportDocument, reviewCsv } from '../publish/import.ts';
import { describeRejects, momentFlag, SHIPPED_BOOK } from './book.ts';
import { documentsOf, type SourceFlags } from './import-documents.ts';
import { importReview } from './import-review.ts';
import { importRowFeed } from './import-rows.ts';
import { showImport } from './import-view.ts';
import { note, print, printJson, refuseClashes } from './output.ts';

interface ImportFlags extends SourceFlags {
  readonly map?: string;
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
    .command('import <feed> [file...]')
    .description("read a vendor's or catalogue's feed into canonical quotes, usage or rates")
    .option('--observed-at <time>', 'when the files were fetched', momentFlag)
    .option('--git <repo>', 'every version of one file in a repository, instead of files')
    .option('--path <path>', 'with --git: the file, from the root of the repository')
    .option('--map <map>', 'of csv: input=price_in,seller:acme, or a file of YAML or JSON')
    .option('--previous <file...>', 'quotes known before: only changes against them are new')
    .option('--long-context <file>', 'from how many tokens on a prompt is long (default: shipped)')
    .option('--out <file>', 'the quotes (default: CSV on stdout)')
    .option('--review <file>', 'what is held, as CSV for a person to decide on')
    .option('--report <file>', 'every count and reason, as JSON')
    .option('--json', 'quotes and report as one JSON document on stdout')
    .addHelpText('after', help())
    .action(run);
}

/** Read like a feed, and no publication. */
const REVIEW = 'review';

function help(): string {
  const reviewed = {
    name: REVIEW,
    reads: 'a review file (--review) on which a person has decided',
  };
  const feeds = [...FEEDS, ...ROW_FEEDS, reviewed]
    .map(({ name, reads }) => `  ${name.padEnd(20)} ${reads}`)
    .join('\n');
  return `
Feeds:
${feeds}

Without --observed-at a file has to name its date: 2026-08-01_prices.json, or
prices.2026-08-01T114848Z.json. Files of one time are pages of one document; files of different
times are taken in the order of time, and only changes become quotes. An offer that a later document
lacks is held: a catalogue's removal is not a vendor's withdrawal.

Examples:
  mtok import litellm model_prices_and_context_window.json --observed-at 2026-08-01T11:48:48Z
  mtok import litellm raw/2026-*.json --out quotes.csv --review held.csv --report report.json
  mtok import litellm --git litellm.git --path model_prices_and_context_window.json --out q.csv
  mtok import csv prices-2026-08-01.csv --map input=price_in,output=price_out,seller:acme
  mtok import fx eurofxref-hist.csv --observed-at 2026-08-22 --out fx.csv
  mtok import review held.csv --out accepted.csv
  mtok import litellm today.json --observed-at 2026-08-02 --previous quotes.csv`;
}

async function run(feedName: string, files: string[], flags: ImportFlags): Promise<void> {
  if (feedName === REVIEW) {
    const { out, ...others } = flags;
    refuseFlags(others, 'a review file');
    refuseClashes([out], files);
    return importReview(files, out);
  }
  const rowFeed = ROW_FEEDS.find(({ name }) => name === feedName);
  if (rowFeed) return importRowFeed(rowFeed, await rowDocuments(rowFeed, files, flags), flags);
  const feed = await feedOf(feedName, flags.map);
  refuseClashes([flags.out, flags.review, flags.report], [...files, ...(flags.previous ?? [])]);
  const documents = await documentsOf(feed, files, flags);
  const longContext = await readLongContext(flags.longContext ?? LONG_CONTEXT_FILE);
  const previous = await previousQuotes(flags.previous ?? []);
  const importing = startImport(feed, previous, longContext);
  for await (const document of documents) importing.take(document);
  await finish(importing.finish(), flags);
}

/** What AWS and Azure leave unsaid. */
const LONG_CONTEXT_FILE = join(SHIPPED_BOOK, 'feeds', 'long-context.csv');

async function rowDocuments(
  feed: UsageFeed | FxFeed,
  files: readonly string[],
  flags: ImportFlags,
) {
  const { review, previous, map, longContext } = flags;
  refuseFlags({ review, previous, map, longContext }, 'usage or exchange rates');
  refuseClashes([flags.out, flags.report], files);
  return documentsOf(feed, files, flags);
}

/** A flag that would do nothing is a misunderstanding. */
function refuseFlags(flags: Readonly<Record<string, unknown>>, what: string): void {
  const given = Object.keys(flags).find((name) => flags[name] !== undefined);
  if (given === undefined) return;
  const flag = given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new MtokError('usage', `expected no --${flag} with ${what}`);
}

/** A map says how a table of prices is read; every other feed has a form of its own. */
async function feedOf(name: string, map: string | undefined): Promise<Feed> {
  const feed = feedNamed(name);
  if (map === undefined) return feed;
  if (feed !== CSV) throw new MtokError('usage', `expected --map with csv only, found ${name}`);
  if (!/\.(?:ya?ml|json)$/.test(map)) return csvFeed(parseColumnMap(map));
  const text = await readFile(map, 'utf8').catch((error) => {
    throw unreadable(map, error);
  });
  return csvFeed(readColumnMap(text, map));
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
  reportFaults(
    failed.flatMap((document) => document.faults),
    failed.length,
    result,
    flags,
  );
}

/** Nobody can correct the past: bad versions in a repository do not make its import fail. */
function reportFaults(
  faults: readonly Reject[],
  failed: number,
  { documents }: FeedImport,
  flags: ImportFlags,
): void {
  if (failed === 0) return;
  const stands = documents.length > failed ? 'the others stand' : 'nothing was imported';
  const count = `${failed} of ${documents.length} documents cannot be used; ${stands}`;
  const lines = [...faults.map(describeReject), count];
  if (flags.git === undefined || documents.length === failed) {
    throw new MtokError('data', lines.join('\n'), faults);
  }
  for (const line of lines) note(line);
}
