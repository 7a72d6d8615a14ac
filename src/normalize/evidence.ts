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
  const runs = [...groupBy(rows.quotes, offerKey).values()].flatMap((ofOffer) =>
    runsOf(ofOffer, isNamed),
  );
  const quotes = runs.map(({ first }) => first);
  const matched = new Set(quotes.map(correctionOf));
  const decided = new Set(quotes.flatMap(decisionsOf));
  const standing = runs.flatMap((run) => corrected(run, correctionOf, decisionsOf(run.first)));
  const offers = [...groupBy(standing, offerKey)]
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([, ofOffer]) => offerOf(ofOffer));
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

function offerOf(quotes: readonly StandingQuote[]): Offer {
  const [first] = quotes;
  if (!first) throw new RangeError('expected an offer to have a quote');
  const { good, seller, model, venue, region, serviceTier, contextFrom, windowUtc } = first;
  return { good, seller, model, venue, region, serviceTier, contextFrom, windowUtc, quotes };
}
