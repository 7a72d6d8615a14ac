import type { Day } from '../domain/dates.ts';
import type { GoodId } from '../domain/goods.ts';
import { byCodePoint, groupBy } from '../domain/group.ts';
import { offerKey } from '../domain/offer.ts';
import {
  type BookRows,
  type Correction,
  EMPTY_BOOK,
  type HoldDecision,
  type Quote,
  type Revision,
} from '../domain/rows.ts';
import { type Calendars, calendarsOf } from './calendars.ts';
import { type Catalogue, catalogueOf } from './catalogue.ts';
import {
  corrected,
  correctionsByQuote,
  decisionsByQuote,
  type StandingQuote,
} from './corrections.ts';
import { type FxTable, fxTable } from './currency.ts';
import { runsOf } from './reduce.ts';
import { type UsagePeriod, usagePeriods } from './usage.ts';

/** One seller's offer of one model in one tier, with its quotes over time. */
export interface Offer {
  readonly good: GoodId;
  readonly seller: string;
  /** The seller's own name for the model. */
  readonly model: string;
  readonly venue: string;
  readonly region: string;
  readonly serviceTier: string;
  readonly contextFrom: number;
  readonly windowUtc: string;
  /** By effective time, then by when it was known. */
  readonly quotes: readonly StandingQuote[];
}

/** The rows of a book, normalized once and shared by every index and day. */
export interface Evidence {
  readonly rows: BookRows;
  readonly offers: readonly Offer[];
  /** Change-points as they were read, before corrections: what a fixing's inputs list. */
  readonly quotes: readonly Quote[];
  /** In the order in which the periods begin. */
  readonly usage: readonly UsagePeriod[];
  readonly catalogue: Catalogue;
  readonly fx: FxTable;
  readonly calendars: Calendars;
  /** The owner of a seller; a seller that is not listed owns itself. */
  readonly ownerOf: (seller: string) => string;
  /** The last revision of a fixing. */
  readonly revisionOf: (index: string, date: Day) => Revision | undefined;
  readonly unmatchedCorrections: readonly Correction[];
  readonly unmatchedHolds: readonly HoldDecision[];
}

/**
 * Normalizes a book: names, currencies and owners indexed, quotes reduced to change-points and
 * corrected. Pure; the order of the rows does not matter, and kinds that are not given are empty.
 */
export function evidenceOf(read: Partial<BookRows>): Evidence {
  const rows = { ...EMPTY_BOOK, ...read };
  const correctionOf = correctionsByQuote(rows.corrections);
  const decisionsOf = decisionsByQuote(rows.holds);
  const isNamed = (quote: Quote) =>
    correctionOf(quote) !== undefined || decisionsOf(quote).length > 0;
  const quotes: Quote[] = [];
  const keyed = [...groupBy(rows.quotes, nameOf).values()].map((ofOffer) => {
    const runs = runsOf(ofOffer, isNamed);
    for (const { first } of runs) quotes.push(first);
    const standing = runs.flatMap((run) => corrected(run, correctionOf, decisionsOf(run.first)));
    const offer = offerOf(standing);
    return [offerKey(offer), offer] as const;
  });
  const matched = new Set(quotes.map(correctionOf));
  const decided = new Set(quotes.flatMap(decisionsOf));
  const offers = keyed.sort(([a], [b]) => byCodePoint(a, b)).map(([, offer]) => offer);
  const catalogue = catalogueOf(rows.models);
  const inTurn = [...rows.revisions].sort((a, b) => a.revision - b.revision);
  const revisions = new Map(inTurn.map((row) => [`${row.index} ${row.date}`, row]));
  const owners = new Map(rows.sellers.map(({ seller, owner }) => [seller, owner]));
  return {
    rows,
    offers,
    quotes,
    usage: usagePeriods(rows.usage, catalogue),
    catalogue,
    fx: fxTable(rows.fx),
    calendars: calendarsOf(rows.calendars),
    ownerOf: (seller) => owners.get(seller) ?? seller,
    revisionOf: (index, date) => revisions.get(`${index} ${date}`),
    unmatchedCorrections: rows.corrections.filter((correction) => !matched.has(correction)),
    unmatchedHolds: rows.holds.filter((hold) => !decided.has(hold)),
  };
}

/** What an offer is known by, faster than its key: every quote of a book is asked for it. */
function nameOf(quote: Quote): string {
  const { good, seller, model, venue, region, serviceTier, contextFrom, windowUtc } = quote;
  const terms = `${venue}\0${region}\0${serviceTier}\0${contextFrom}\0${windowUtc}`;
  return `${seller}\0${model}\0${terms}\0${good}`;
}

function offerOf(quotes: readonly StandingQuote[]): Offer {
  const [first] = quotes;
  if (!first) throw new RangeError('expected an offer to have a quote');
  const { good, seller, model, venue, region, serviceTier, contextFrom, windowUtc } = first;
  return { good, seller, model, venue, region, serviceTier, contextFrom, windowUtc, quotes };
}
