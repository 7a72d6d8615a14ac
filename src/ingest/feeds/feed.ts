import type { Reject } from '../../domain/failure.ts';
import type { GOODS, GoodId } from '../../domain/goods.ts';
import type { FeedFiles } from '../documents/directory.ts';
import type { FeedPage } from '../documents/page.ts';
import type { Verdict } from './verdicts.ts';

/** A vendor's or catalogue's publication of prices, and how a file of it is read. */
export interface Feed extends FeedFiles {
  readonly name: string;
  /** Maps every price of a file, and decides nothing: the guards are the same for every feed. */
  readonly read: (page: FeedPage, context: ReadingContext) => PageReading;
  /** Settles what only all the pages of a document show. Not a price may get lost. */
  readonly settle?: (prices: readonly FeedPrice[]) => readonly FeedPrice[];
  /** The part of the feed that an offer is in, where a document may be without some parts. */
  readonly partOf?: (offer: Pick<Terms, 'seller' | 'model' | 'region'>) => string;
}

/** What a page is read beside. */
export interface ReadingContext {
  readonly longContext: LongContext;
  /** Every page of the document by its path, this one too. */
  readonly pages: ReadonlyMap<string, FeedPage>;
}

/** From how many tokens on a prompt is a long one, where the feed does not say it. */
export type LongContext = (seller: string, model: string) => number | undefined;

/** What is in a page; or why it, and the document with it, cannot be used. */
export type PageReading =
  | {
      readonly rows: readonly FeedRow[];
      readonly prices: readonly FeedPrice[];
      /** Faults that do not stop the document, such as a duplicate key. */
      readonly warnings: readonly Reject[];
      readonly fault?: undefined;
    }
  | { readonly fault: Reject };

/** What the feed counts as one: a key, a model, a SKU, a meter, a line. */
export interface FeedRow {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  /** What a reader of the quote should know; it stands in the quote's source. */
  readonly note?: string | undefined;
  /** For a row that is out as a whole, with or without prices. */
  readonly verdict?: Verdict | undefined;
  /** Where the feed itself says that it comes from: else the file and line. */
  readonly source?: string | undefined;
}

/**
 * A number that the feed publishes as a price: a leg of an offer, or one that no quote has a place
 * for. Every one of them ends in a quote or, with a reason, in the report.
 */
export type FeedPrice = LegPrice | StrayPrice;

/** A number, where it stands, and what it counts. */
export interface PublishedPrice {
  readonly row: FeedRow;
  /** Where it stands in the row: `input_cost_per_token`. */
  readonly field: string;
  readonly line: number;
  /** As it is written. */
  readonly literal: string;
  /** One of UNITS; empty where it counts no good. */
  readonly unit: string;
}

export interface LegPrice extends PublishedPrice {
  readonly kind: 'leg';
  readonly leg: Leg;
  readonly terms: Terms;
  /** Other offers that the same number is the price of. */
  readonly alsoFor?: readonly Terms[];
  /** Why the feed itself does not trust it. */
  readonly doubt?: Verdict | undefined;
}

export interface StrayPrice extends PublishedPrice {
  readonly kind: 'stray';
  readonly verdict: Verdict;
}

/** A price of a leg that stands in no quote after all. */
export function strayOf(price: LegPrice, verdict: Verdict): StrayPrice {
  const { row, field, line, literal, unit } = price;
  return { kind: 'stray', row, field, line, literal, unit, verdict };
}

export type Leg = (typeof GOODS)[GoodId]['legs'][number];

/** What an offer is known by, with the vendor's own dates: prices of equal terms are one offer. */
export interface Terms {
  readonly good: GoodId;
  readonly seller: string;
  readonly venue: string;
  readonly model: string;
  readonly region: string;
  readonly serviceTier: string;
  readonly contextFrom: number;
  readonly windowUtc: string;
  readonly currency: string;
  /** `null` where the vendor states no date: then the price counts from when it was observed. */
  readonly effectiveAtMs: number | null;
  readonly validUntilMs: number | null;
  /** Where the feed says them: else nothing, and `list`. */
  readonly lab?: string;
  readonly basis?: string;
  /** When the feed says that the price was first seen: it cannot be after it was fetched. */
  readonly observedAtMs?: number;
}

/** What most offers say; a feed spreads it and names what is different. */
export const PLAIN_TERMS = {
  good: 'token',
  region: 'global',
  serviceTier: 'standard',
  contextFrom: 0,
  windowUtc: '',
  currency: 'USD',
  effectiveAtMs: null,
  validUntilMs: null,
} as const;
