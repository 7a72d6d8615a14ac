import type { Reject } from '../../domain/failure.ts';
import type { Quote } from '../../domain/rows.ts';
import { type DocumentName, documentName, type FeedDocument } from '../documents/page.ts';
import type { Feed, LongContext } from '../feeds/feed.ts';
import { takeDocument } from './document.ts';
import { marketAfter } from './market.ts';
import type { Leftover, TallyLine } from './outcomes.ts';
import { type UndoneRemoval, watchRemovals } from './removals.ts';
import { type Decisions, type HeldQuote, heldKey } from './review.ts';

/** What one document came to. */
export interface DocumentReport extends DocumentName {
  /** Why nothing of it could be used; what came before it stands. */
  readonly faults: readonly Reject[];
  readonly tally: readonly TallyLine[];
  /** What is in no quote and was not listed for an earlier document, with the reason. */
  readonly leftovers: readonly Leftover[];
  readonly warnings: readonly Reject[];
  /** New and changed quotes. */
  readonly quotes: number;
  /** Offers that an earlier document had, and that are gone from this one, or back in it. */
  readonly removed: number;
  readonly returned: number;
}

export interface FeedImport {
  readonly feed: string;
  readonly quotes: readonly Quote[];
  readonly held: readonly HeldQuote[];
  readonly documents: readonly DocumentReport[];
  readonly undone: readonly UndoneRemoval[];
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
 * @example importFeed(LITELLM, [{ observedAtMs, pages: [{ file: 'prices.json', bytes }] }]).quotes
 */
export function importFeed(
  feed: Feed,
  documents: Iterable<FeedDocument>,
  known: Known = {},
): FeedImport {
  const run = startImport(feed, known);
  for (const document of documents) run.take(document);
  return run.finish();
}

/** What is known before the first document. */
export interface Known {
  /** Only changes against them become quotes, and prices are compared with them. */
  readonly quotes?: readonly Quote[];
  /** What a person has decided on need not wait again. */
  readonly decisions?: Decisions;
  /** For feeds that name long prompts without saying how long they are. */
  readonly longContext?: LongContext;
}

/** The same for documents that come one at a time, such as the versions in a repository. */
export function startImport(feed: Feed, known: Known = {}): ImportRun {
  const { decisions = new Map<string, number>(), longContext = unknownLength } = known;
  const quotes: Quote[] = [];
  const held: HeldQuote[] = [];
  const documents: DocumentReport[] = [];
  const market = marketAfter(known.quotes ?? []);
  const removals = watchRemovals(market);
  /** What earlier documents have said already: the same again is counted, and is no news. */
  const said = new Set<string>(decisions.keys());

  function take(document: FeedDocument): DocumentReport {
    const taken = takeDocument(feed, market, removals, document, longContext);
    const { fresh, faults, tally, warnings, removed, returned } = taken;
    for (const quote of fresh) quotes.push(quote);
    for (const one of taken.held) if (isNews(heldKey(one))) held.push(one);
    const leftovers = taken.leftovers.filter((one) => isNews(leftoverKey(one)));
    const report: DocumentReport = {
      ...documentName(document),
      ...{ faults, tally, leftovers, warnings, quotes: fresh.length, removed, returned },
    };
    documents.push(report);
    return report;
  }

  function isNews(key: string): boolean {
    if (said.has(key)) return false;
    said.add(key);
    return true;
  }

  function finish(): FeedImport {
    const waiting = [...held, ...removals.held(decisions)];
    return { feed: feed.name, quotes, held: waiting, documents, undone: removals.undone() };
  }

  return { take, finish };
}

/** Nobody has said it. */
function unknownLength(): undefined {
  return undefined;
}

function leftoverKey({ row, price, verdict }: Leftover): string {
  return JSON.stringify([row.id, price?.field, price?.literal, verdict.code]);
}
