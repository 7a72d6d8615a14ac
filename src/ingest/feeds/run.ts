import { formatMoment } from '../../domain/dates.ts';
import { toText } from '../../domain/decimal.ts';
import type { Reject } from '../../domain/failure.ts';
import type { Quote } from '../../domain/rows.ts';
import { hasFloatNoise } from './amount.ts';
import {
  duplicate,
  type Feed,
  type FeedPage,
  type LongContext,
  otherTier,
  type PageReading,
  unusedLeg,
  type Verdict,
} from './feed.ts';
import { judge } from './guards.ts';
import { type Market, marketAfter } from './market.ts';
import { assembleOffers, legsOf, type Offer, pricesOf, readingsOf } from './offers.ts';
import { type Leftover, Outcomes, type TallyLine } from './outcomes.ts';
import { type FeedFile, pageOf } from './page.ts';

/** The pages of a feed as they were at one time. */
export interface FeedDocument {
  readonly observedAtMs: number;
  readonly pages: readonly FeedFile[];
}

/** A quote that waits for a person, as it would be. A leg that is in doubt may be missing. */
export interface HeldQuote {
  readonly quote: Quote;
  readonly code: string;
  readonly reason: string;
}

/** What one document came to. */
export interface DocumentReport {
  readonly observedAt: string;
  readonly files: readonly string[];
  /** Why nothing of it could be used; what came before it stands. */
  readonly faults: readonly Reject[];
  readonly tally: readonly TallyLine[];
  /** What is in no quote and was not listed for an earlier document, with the reason. */
  readonly leftovers: readonly Leftover[];
  readonly warnings: readonly Reject[];
  /** New and changed quotes. */
  readonly quotes: number;
}

export interface FeedImport {
  readonly feed: string;
  readonly quotes: readonly Quote[];
  readonly held: readonly HeldQuote[];
  readonly documents: readonly DocumentReport[];
}

/** An import that is under way: documents are taken from the oldest to the newest. */
export interface ImportRun {
  readonly take: (document: FeedDocument) => DocumentReport;
  readonly finish: () => FeedImport;
}

/**
 * Imports documents of a feed, oldest first: what is sound and new becomes quotes per million
 * tokens in the feed's currency, what is doubtful is held, and every other price is in the report
 * with the reason. Never throws for what a document contains.
 *
 * @param previous quotes of earlier imports: only changes against them become quotes, and prices
 *   are compared with them.
 * @param longContext for feeds that name long prompts without saying how long they are.
 * @example importFeed(LITELLM, [{ observedAtMs, pages: [{ file: 'prices.json', bytes }] }]).quotes
 */
export function importFeed(
  feed: Feed,
  documents: Iterable<FeedDocument>,
  previous: readonly Quote[] = [],
  longContext: LongContext = unknownLength,
): FeedImport {
  const run = startImport(feed, previous, longContext);
  for (const document of documents) run.take(document);
  return run.finish();
}

/** The same for documents that come one at a time, such as the versions in a repository. */
export function startImport(
  feed: Feed,
  previous: readonly Quote[] = [],
  longContext: LongContext = unknownLength,
): ImportRun {
  const quotes: Quote[] = [];
  const held: HeldQuote[] = [];
  const documents: DocumentReport[] = [];
  const market = marketAfter(previous);
  /** What earlier documents have said already: the same again is counted, and is no news. */
  const said = new Set<string>();

  function take(document: FeedDocument): DocumentReport {
    const result = takeDocument(feed, market, document, longContext);
    for (const [key, quote] of result.fresh) {
      market.update(key, quote);
      quotes.push(quote);
    }
    for (const one of result.held) if (isNews(heldKey(one))) held.push(one);
    const leftovers = result.leftovers.filter((one) => isNews(leftoverKey(one)));
    const report: DocumentReport = {
      observedAt: formatMoment(document.observedAtMs),
      files: document.pages.map(({ file }) => file),
      faults: result.faults,
      tally: result.tally,
      leftovers,
      warnings: result.warnings,
      quotes: result.fresh.length,
    };
    documents.push(report);
    return report;
  }

  function isNews(key: string): boolean {
    if (said.has(key)) return false;
    said.add(key);
    return true;
  }

  return { take, finish: () => ({ feed: feed.name, quotes, held, documents }) };
}

interface Taken {
  readonly faults: readonly Reject[];
  readonly fresh: readonly (readonly [key: string, quote: Quote])[];
  readonly held: readonly HeldQuote[];
  readonly tally: readonly TallyLine[];
  readonly leftovers: readonly Leftover[];
  readonly warnings: readonly Reject[];
}

/** Nobody has said it. */
function unknownLength(): undefined {
  return undefined;
}

function takeDocument(
  feed: Feed,
  market: Market,
  { pages, observedAtMs }: FeedDocument,
  longContext: LongContext,
): Taken {
  const { rows, prices, warnings, faults } = readPages(feed, pages, longContext);
  if (faults.length > 0) {
    return { faults, fresh: [], held: [], tally: [], leftovers: [], warnings };
  }
  const outcomes = new Outcomes(rows, prices);
  const offers = assembleOffers(prices, outcomes);
  const companyOf = market.around(offers);
  const fresh: (readonly [string, Quote])[] = [];
  const held: HeldQuote[] = [];
  for (const offer of offers) {
    if (market.confirms(offer)) {
      quotePrices(offer, outcomes, duplicate('unchanged', 'as it was seen before'));
      continue;
    }
    const verdict = judge(offer, companyOf(offer));
    if (!verdict) {
      quotePrices(offer, outcomes, tierOf(offer));
      for (const noise of noiseIn(offer)) warnings.push(noise);
      fresh.push([offer.key, quoteOf(offer, legsOf(offer), observedAtMs)]);
      continue;
    }
    for (const { price } of pricesOf(offer)) outcomes.settle(price, verdict);
    if (verdict.disposition !== 'held') continue;
    const { code, reason } = verdict;
    for (const legs of readingsOf(offer)) {
      held.push({ quote: quoteOf(offer, legs, observedAtMs), code, reason });
    }
  }
  const [tally, leftovers] = [outcomes.tally(), outcomes.left()];
  return { faults, fresh, held, tally, leftovers, warnings };
}

/** The pages of one document together. A bad page makes the document incomplete. */
function readPages(feed: Feed, files: readonly FeedFile[], longContext: LongContext) {
  const decoded = files.map(pageOf);
  const pages = new Map<string, FeedPage>();
  for (const { page } of decoded) if (page) pages.set(page.file, page);
  const context = { longContext, pages };
  const readings = decoded.map(
    ({ page, fault }): PageReading => (page ? feed.read(page, context) : { fault }),
  );
  const good = readings.filter((reading) => reading.fault === undefined);
  const prices = good.flatMap((reading) => reading.prices);
  return {
    rows: good.flatMap(({ rows }) => rows),
    prices: feed.settle ? feed.settle(prices) : prices,
    warnings: good.flatMap((reading) => reading.warnings),
    faults: readings.flatMap(({ fault }) => fault ?? []),
  };
}

function tierOf({ terms: { serviceTier } }: Offer): Verdict | undefined {
  return serviceTier === 'standard' ? undefined : otherTier(serviceTier, `${serviceTier} price`);
}

/** Marks the prices that stand in a quote; a leg of 0 does not. */
function quotePrices(offer: Offer, outcomes: Outcomes, verdict: Verdict | undefined): void {
  for (const { price, amount } of pricesOf(offer)) {
    if (amount?.digits === 0n) {
      outcomes.settle(price, unusedLeg('zero_leg', 'a price of 0 is read as not offered'));
    } else outcomes.quoted(price, verdict);
  }
}

function noiseIn(offer: Offer): Reject[] {
  return pricesOf(offer)
    .filter(({ price }) => hasFloatNoise(price.literal))
    .map(({ price: { row, field, line, literal } }) => ({
      ...{ code: 'float_noise', file: row.file, line, column: `${row.id} ${field}` },
      value: literal,
      expected: 'fewer digits: these are kept as they are',
    }));
}

function quoteOf(offer: Offer, legs: Quote['legs'], observedAtMs: number): Quote {
  const { effectiveAtMs, ...terms } = offer.terms;
  const rows = pricesOf(offer).map(({ price }) => price.row);
  const row = rows[0];
  const notes = [...new Set(rows.flatMap(({ note }) => note ?? []))];
  return {
    ...terms,
    lab: '',
    effectiveAtMs: effectiveAtMs ?? observedAtMs,
    observedAtMs,
    isReconstructed: false,
    event: 'quote',
    basis: 'list',
    legs,
    source: row ? [`${withoutDirectory(row.file)}:${row.line}`, ...notes].join(', ') : '',
  };
}

/** A book that is built in two places is the same in both. */
function withoutDirectory(file: string): string {
  return file.split(/[\\/]/).at(-1) ?? file;
}

function heldKey({ quote, code }: HeldQuote): string {
  const { effectiveAtMs: _, observedAtMs: __, source: ___, legs, ...terms } = quote;
  const stated = Object.entries(legs).map(([leg, amount]) => [leg, toText(amount)]);
  return JSON.stringify([code, terms, stated]);
}

function leftoverKey({ row, price, verdict }: Leftover): string {
  return JSON.stringify([row.id, price?.field, price?.literal, verdict.code]);
}
