import { addDays, DAY_MS, type Day, dayOf, dayToMs } from '../domain/dates.ts';
import { describeReject, MtokError, nearest } from '../domain/failure.ts';
import { byCodePoint, groupBy } from '../domain/group.ts';
import { EMPTY_BOOK, type Quote } from '../domain/rows.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestDay } from '../fix/latest.ts';
import { feedNamed } from '../ingest/feeds/catalogue.ts';
import { type FeedImport, startImport } from '../ingest/import/run.ts';
import { parseRulebook } from '../ingest/rulebook.ts';
import { type Evidence, evidenceOf } from '../normalize/evidence.ts';
import { clock } from './clock.ts';
import { documentsOf } from './import-documents.ts';

/** Which GPU of a feed's files, on which terms, over which days. */
export interface Asked {
  readonly feed: string;
  readonly gpu: string;
  readonly offer: string;
  readonly gpus: number;
  readonly date?: Day;
  readonly days: number;
}

/** What a market is calculated from. */
export interface Market {
  readonly rules: readonly Rulebook[];
  readonly evidence: Evidence;
  /** The last day. */
  readonly date: Day;
  /** What of it is left out, in sentences. */
  readonly warnings: readonly string[];
}

/**
 * The market of one GPU in the files of a feed, as an index that means it: nothing of a book.
 *
 * @throws {MtokError} for files that cannot be used, and where they have no such price.
 */
export async function feedMarket(files: readonly string[], asked: Asked): Promise<Market> {
  const { gpu, offer, gpus, days } = asked;
  const read = await imported(files, asked);
  const quotes = read.quotes.filter(({ good }) => good === 'gpu_hour');
  requirePrice(read, quotes, files, gpu);
  const evidence = evidenceOf({ ...EMPTY_BOOK, quotes });
  const date = asked.date ?? latestDay(evidence) ?? '';
  const own = quotes.filter(
    ({ model, serviceTier, contextFrom }) =>
      model === gpu && serviceTier === offer && contextFrom <= gpus,
  );
  const base = firstDayOf(own, addDays(date, 1 - days));
  if (base === undefined || base > date) {
    const terms = `${offer.replace('_', ' ')}, ${gpus === 1 ? 'one GPU' : `${gpus} GPUs`}`;
    throw new MtokError('no', `no price of ${gpu}, ${terms}, in the ${days} days up to ${date}`);
  }
  const regions = [...new Set(own.map(({ region }) => region))].sort(byCodePoint);
  const rules = [rulesFor(asked, base, regions)];
  return { rules, evidence, date, warnings: leftOut(read, gpu) };
}

async function imported(files: readonly string[], { feed: name, date }: Asked) {
  const feed = feedNamed(name);
  const run = startImport(feed);
  // Of rows with days of their own the day that is asked for decides, not when they were fetched.
  const observedAt = date === undefined ? clock()() : dayToMs(date) + DAY_MS - 1;
  for await (const document of await documentsOf(feed, files, { observedAt })) {
    const [fault] = run.take(document).faults;
    if (fault) throw new MtokError('data', describeReject(fault));
  }
  return run.finish();
}

function requirePrice(
  { held }: FeedImport,
  quotes: readonly Quote[],
  files: readonly string[],
  gpu: string,
): void {
  const names = [...new Set(quotes.map(({ model }) => model))].sort(byCodePoint);
  if (names.includes(gpu)) return;
  const doubted = held.find(({ quote }) => quote.model === gpu);
  if (doubted) {
    const { quote, code, reason } = doubted;
    const first = `the first of ${quote.seller}, ${quote.source}`;
    throw new MtokError('data', `every price of ${gpu} is held, ${first}: ${reason} [${code}]`);
  }
  const near = nearest(gpu, names);
  const advice = near ? `did you mean ${near}?` : `one of ${names.join(', ') || 'none'}`;
  throw new MtokError('usage', `no price of ${gpu} in ${files.join(', ')}: ${advice}`);
}

/** The first day, from a day on, on which one of some quotes is in force. */
function firstDayOf(quotes: readonly Quote[], from: Day): Day | undefined {
  const days = quotes
    .filter(({ validUntilMs }) => validUntilMs === null || validUntilMs > dayToMs(from))
    .map(({ effectiveAtMs }) => dayOf(effectiveAtMs));
  const [first] = days.sort();
  return first !== undefined && first < from ? from : first;
}

/** What the import held or rejected is in no figure. */
function leftOut({ held, documents }: FeedImport, gpu: string): string[] {
  const codes = [
    ...held.filter(({ quote }) => quote.model === gpu).map(({ code }) => `held as ${code}`),
    ...documents.flatMap(({ leftovers }) =>
      leftovers
        .filter(({ verdict }) => verdict.disposition === 'rejected')
        .map(({ verdict }) => `rejected as ${verdict.code}`),
    ),
  ];
  if (codes.length === 0) return [];
  const counts = [...groupBy(codes, (code) => code)].map(([code, all]) => `${all.length} ${code}`);
  return [`Prices that are left out: ${counts.join(', ')}. mtok import lists each with its place.`];
}

/** Every region counts: a seller is taken at the first of them that it quotes. */
function rulesFor({ gpu, offer, gpus }: Asked, base: Day, regions: readonly string[]): Rulebook {
  const { rulebook, rejects } = parseRulebook(`schema: mtok.rulebook/1
index: TRACKER
title: ${JSON.stringify(gpu)}
version: 1.0.0
good: gpu_hour
base: { date: ${base}, level: "100" }
workload: { gpus: ${gpus}, offer: ${offer} }
universe: { include: { models: [${JSON.stringify(gpu)}] }, regions: ${JSON.stringify(regions)} }
price: { sellers: mean }
rebalance: { frequency: none }
`);
  if (!rulebook) throw new RangeError(JSON.stringify(rejects));
  return rulebook;
}
