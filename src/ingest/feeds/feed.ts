import type { Reject } from '../../domain/failure.ts';
import type { TOKEN } from '../../domain/good.ts';

/** A vendor's or catalogue's publication of prices, and how a file of it is read. */
export interface Feed {
  readonly name: string;
  /** What it reads, on one line, for `--help`. */
  readonly reads: string;
  /** Maps every price of a file, and decides nothing: the guards are the same for every feed. */
  readonly read: (page: FeedPage, context: ReadingContext) => PageReading;
  /** For a feed that comes as a directory: which files in it are pages, by their path. */
  readonly isPage?: (path: string) => boolean;
  /** Settles what only all the pages of a document show. Not a price may get lost. */
  readonly settle?: (prices: readonly FeedPrice[]) => readonly FeedPrice[];
  /** A document may speak of some sellers only: it says nothing of what others have removed. */
  readonly isPartial?: boolean;
}

/** What a page is read beside. */
export interface ReadingContext {
  readonly longContext: LongContext;
  /** Every page of the document by the name of its file, this one too. */
  readonly pages: ReadonlyMap<string, FeedPage>;
}

/** From how many tokens on a prompt is a long one, where the feed does not say it. */
export type LongContext = (seller: string, model: string) => number | undefined;

/** One file of a feed. Files of one time are pages of one document. */
export interface FeedPage {
  /** As it is named in messages. */
  readonly file: string;
  readonly text: string;
}

/** What is in a page; or why it, and the document with it, cannot be used. */
export type PageReading =
  | {
      readonly rows: readonly FeedRow[];
      readonly prices: readonly FeedPrice[];
      /** Faults that do not stop the document, such as a duplicate key. */
      readonly warnings: readonly Reject[];
      /** When the feed itself says that it was taken. */
      readonly observedAtMs?: number;
      readonly fault?: undefined;
    }
  | { readonly fault: Reject };

/** What the feed counts as one: a key, a model, a SKU, a meter, a line. */
export interface FeedRow {
  readonly id: string;
  readonly file: string;
  readonly line: number;
  /** What a reader of the quote should know; it stands in the quote's source. */
  readonly note?: string;
  /** For a row that is out as a whole, with or without prices. */
  readonly verdict?: Verdict;
  /** Where the feed itself says that it comes from: else the file and line. */
  readonly source?: string;
}

/**
 * A number that the feed publishes as a price: a leg of an offer, or one that no quote has a place
 * for. Every one of them ends in a quote or, with a reason, in the report.
 */
export type FeedPrice = LegPrice | StrayPrice;

interface PublishedPrice {
  readonly row: FeedRow;
  /** Where it stands in the row: `input_cost_per_token`. */
  readonly field: string;
  readonly line: number;
  /** As it is written. */
  readonly literal: string;
}

export interface LegPrice extends PublishedPrice {
  readonly kind: 'leg';
  /** One of UNITS. */
  readonly unit: string;
  readonly leg: Leg;
  readonly terms: Terms;
  /** Other offers that the same number is the price of. */
  readonly alsoFor?: readonly Terms[];
  /** Why the feed itself does not trust it. */
  readonly doubt?: Verdict;
  /** Stands in this offer too, and is counted in the one it was published for. */
  readonly isInherited?: true;
}

export interface StrayPrice extends PublishedPrice {
  readonly kind: 'stray';
  /** Empty where it does not count tokens. */
  readonly unit: string;
  readonly verdict: Verdict;
}

export type Leg = (typeof TOKEN.legs)[number];

/** What an offer is known by, with the vendor's own dates: prices of equal terms are one offer. */
export interface Terms {
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
  region: 'global',
  serviceTier: 'standard',
  contextFrom: 0,
  windowUtc: '',
  currency: 'USD',
  effectiveAtMs: null,
  validUntilMs: null,
} as const;

/**
 * What becomes of a price or row. `other_tier`: valid, but of another service tier than standard;
 * `unused_leg`: valid, but a quote has no place for it; `duplicate`: in a quote already.
 */
export type Disposition =
  | 'accepted'
  | 'held'
  | 'other_tier'
  | 'duplicate'
  | 'rejected'
  | 'unused_leg';

export interface Verdict {
  readonly disposition: Exclude<Disposition, 'accepted'>;
  readonly code: string;
  readonly reason: string;
}

/** Never a price. */
export function rejected(code: string, reason: string): Verdict {
  return { disposition: 'rejected', code, reason };
}

/** A person has to look. */
export function held(code: string, reason: string): Verdict {
  return { disposition: 'held', code, reason };
}

export function otherTier(serviceTier: string, reason: string): Verdict {
  return { disposition: 'other_tier', code: `tier_${serviceTier}`, reason };
}

export function unusedLeg(code: string, reason: string): Verdict {
  return { disposition: 'unused_leg', code, reason };
}

export function duplicate(code: string, reason: string): Verdict {
  return { disposition: 'duplicate', code, reason };
}
