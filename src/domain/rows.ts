import type { Day } from './dates.ts';
import type { Decimal } from './decimal.ts';
import type { Legs } from './good.ts';

/**
 * One seller's price for one model, region, service tier and context tier from a moment on
 * (docs/formats.md). Legs are in `currency` per million tokens, whatever unit they were read in.
 */
export interface Quote {
  readonly seller: string;
  /** The seller's own name for the model; the catalogue resolves it on each day. */
  readonly model: string;
  /** Empty where the row does not say: then the catalogue's, else the seller. */
  readonly lab: string;
  readonly venue: string;
  readonly region: string;
  readonly serviceTier: string;
  readonly contextFrom: number;
  readonly currency: string;
  readonly effectiveAtMs: number;
  readonly observedAtMs: number;
  /** Nobody says when it was seen: it is taken as known when it took effect. */
  readonly isReconstructed: boolean;
  /** Half-open. `null` where it is open. */
  readonly validUntilMs: number | null;
  readonly event: 'quote' | 'withdrawn';
  readonly basis: string;
  /** Empty, or the hours of a time-of-day price: `Mon-Fri 01:00-04:00 06:00-10:00`. */
  readonly windowUtc: string;
  readonly legs: Legs<Decimal>;
  readonly source: string;
}

/** Tokens of one model over a half-open period (docs/formats.md). */
export interface Usage {
  readonly model: string;
  /** Empty where the row speaks of a model at any seller. */
  readonly seller: string;
  readonly periodStartMs: number;
  readonly periodEndMs: number;
  readonly publishedAtMs: number;
  readonly tokens: TokenCounts;
  readonly source: string;
}

/** Cached tokens are counted within the input tokens, as the vendors' own usage reports do. */
export type TokenCounts =
  | {
      readonly kind: 'split';
      readonly input: bigint;
      readonly cached: bigint;
      readonly output: bigint;
    }
  | { readonly kind: 'total'; readonly total: bigint };

/** 1 `base` = `rate` `quote` on a day (docs/formats.md). */
export interface FxRate {
  readonly date: Day;
  readonly base: string;
  readonly quote: string;
  readonly rate: Decimal;
  readonly source: string;
}

/** What a model is, and one name under which it is sold for a time (docs/formats.md). */
export interface ModelAlias {
  readonly model: string;
  readonly lab: string;
  readonly class: string;
  readonly openWeights: boolean;
  /** Empty: the name means this model at any seller, and in usage files. */
  readonly seller: string;
  readonly sellerModel: string;
  readonly fromMs: number | null;
  readonly untilMs: number | null;
}

/** One owner has one vote, under however many names it sells. */
export interface SellerOwner {
  readonly seller: string;
  readonly owner: string;
}

/** What was wrong in a quote, what is right, why, and since when that is known. */
export interface Correction {
  readonly seller: string;
  readonly model: string;
  readonly effectiveAtMs: number;
  readonly was: Legs<Decimal>;
  /** `null`: the quote is rejected, and nothing takes its place. */
  readonly is: Legs<Decimal> | null;
  readonly reason: string;
  /** `null`: since the quote itself was observed. */
  readonly knownSinceMs: number | null;
  readonly source: string;
}

/** Everything that a fixing may rest on, as it was read. */
export interface BookRows {
  readonly quotes: readonly Quote[];
  readonly usage: readonly Usage[];
  readonly fx: readonly FxRate[];
  readonly models: readonly ModelAlias[];
  readonly sellers: readonly SellerOwner[];
  readonly corrections: readonly Correction[];
}

export const EMPTY_BOOK: BookRows = {
  quotes: [],
  usage: [],
  fx: [],
  models: [],
  sellers: [],
  corrections: [],
};
