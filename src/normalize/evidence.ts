import { byCodePoint, groupBy } from '../domain/group.ts';
import { offerKey } from '../domain/offer.ts';
import type { BookRows, Correction, Quote } from '../domain/rows.ts';
import { type Catalogue, catalogueOf } from './catalogue.ts';
import { corrected, correctionsByQuote, type StandingQuote } from './corrections.ts';
import { type FxTable, fxTable } from './currency.ts';
import { changePoints } from './reduce.ts';
import { type UsagePeriod, usagePeriods } from './usage.ts';

/** One seller's offer of one model in one tier, with its quotes over time. */
export interface Offer {
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
  /** The owner of a seller; a seller that is not listed owns itself. */
  readonly ownerOf: (seller: string) => string;
  readonly unmatchedCorrections: readonly Correction[];
}

/**
 * Normalizes a book: names, currencies and owners indexed, quotes reduced to change-points and
 * corrected. Pure; the order of the rows does not matter.
 */
export function evidenceOf(rows: BookRows): Evidence {
  const correctionOf = correctionsByQuote(rows.corrections);
  const isNamed = (quote: Quote) => correctionOf(quote) !== undefined;
  const quotes = [...groupBy(rows.quotes, offerKey).values()].flatMap((ofOffer) =>
    changePoints(ofOffer, isNamed),
  );
  const matched = new Set(quotes.map(correctionOf));
  const standing = quotes.flatMap((quote) => corrected(quote, correctionOf));
  const offers = [...groupBy(standing, offerKey)]
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([, ofOffer]) => offerOf(ofOffer));
  const catalogue = catalogueOf(rows.models);
  const owners = new Map(rows.sellers.map(({ seller, owner }) => [seller, owner]));
  return {
    rows,
    offers,
    quotes,
    usage: usagePeriods(rows.usage, catalogue),
    catalogue,
    fx: fxTable(rows.fx),
    ownerOf: (seller) => owners.get(seller) ?? seller,
    unmatchedCorrections: rows.corrections.filter((correction) => !matched.has(correction)),
  };
}

function offerOf(quotes: readonly StandingQuote[]): Offer {
  const [first] = quotes;
  if (!first) throw new RangeError('expected an offer to have a quote');
  const { seller, model, venue, region, serviceTier, contextFrom, windowUtc } = first;
  return { seller, model, venue, region, serviceTier, contextFrom, windowUtc, quotes };
}
