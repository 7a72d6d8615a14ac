import { join } from 'node:path';
import type { Command } from 'commander';
import { MtokError } from '../domain/failure.ts';
import type { Quote } from '../domain/rows.ts';
import { NO_FILES, readBook } from '../ingest/book.ts';
import { FEEDS, feedNamed, ROW_FEEDS } from '../ingest/feeds/catalogue.ts';
import { parseColumnMap, readColumnMap } from '../ingest/feeds/column-map.ts';
import { CSV, csvFeed } from '../ingest/feeds/csv.ts';
import type { Feed } from '../ingest/feeds/feed.ts';
import { readLongContext } from '../ingest/feeds/long-context.ts';
import type { FxFeed, UsageFeed } from '../ingest/feeds/row-feed.ts';
import { readText } from '../ingest/files.ts';
import { type FeedImport, startImport } from '../ingest/import/run.ts';
import { writeDurably } from '../publish/durable.ts';
import { importDocument, quotesCsv, reportDocument, reviewCsv } from '../publish/import.ts';
import { describeRejects, momentFlag, SHIPPED_BOOK } from './book.ts';
import { documentsOf, type SourceFlags } from './import-documents.ts';
import { isUsable, type ResultFlags, reportFaults, writeResult } from './import-result.ts';
import { decisionsIn, importReview } from './import-review.ts';
import { importRowFeed } from './import-rows.ts';
import { showImport } from './import-view.ts';
import { note, refuseClashes } from './output.ts';

interface ImportFlags extends SourceFlags, ResultFlags {
  readonly map?: string;
  readonly previous?: string[];
  readonly decided?: string[];
  readonly longContext?: string;
  readonly review?: string;
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
    .option('--decided <file...>', 'review files that are decided on: not held again')
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
  mtok import litellm today.json --observed-at 2026-08-02 --previous quotes.csv --decided held.csv`;
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
  const { previous = [], decided = [] } = flags;
  refuseClashes([flags.out, flags.review, flags.report], [...files, ...previous, ...decided]);
  const documents = await documentsOf(feed, files, flags);
  const importing = startImport(feed, {
    quotes: await previousQuotes(previous),
    decisions: await decisionsIn(decided),
    longContext: await readLongContext(flags.longContext ?? LONG_CONTEXT_FILE),
  });
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
  const { review, previous, decided, map, longContext } = flags;
  refuseFlags({ review, previous, decided, map, longContext }, 'usage or exchange rates');
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
  const text = await readText(map);
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
  for (const line of showImport(result)) note(line);
  if (isUsable(documents)) {
    if (flags.review !== undefined) {
      await writeDurably(flags.review, reviewCsv(held));
      note(`written: ${flags.review}, ${held.length} held quotes`);
    }
    const shown = {
      count: `${quotes.length} quotes`,
      csv: () => quotesCsv(quotes),
      report: () => reportDocument(result),
      json: () => importDocument(result),
    };
    await writeResult(shown, flags);
  }
  reportFaults(documents, flags);
}
