import type { Day } from './dates.ts';
import type { Decimal } from './decimal.ts';
import type { Legs } from './good.ts';
import type { GoodId } from './goods.ts';

/**
 * One seller's price for one model, region, service tier and context tier from a moment on
 * (docs/formats.md). Legs are in `currency` per unit of the good (a million tokens, a GPU hour),
 * whatever unit they were read in.
 */
export interface Quote {
  readonly good: GoodId;
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
  /** When it was known, where the row says so: else on its date. */
  readonly knownAtMs?: number;
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

/** A decision on a quote, by two people: it waits, is used, or is never used. */
export interface HoldDecision {
  readonly seller: string;
  readonly model: string;
  /** Empty where it speaks of the quote at any venue. */
  readonly venue: string;
  readonly effectiveAtMs: number;
  readonly decision: 'hold' | 'release' | 'reject';
  readonly rationale: string;
  /** Two or more, all different. */
  readonly approvers: readonly string[];
  readonly decidedAtMs: number;
}

/** A price for a constituent that has none, judged and signed off by two people. */
export interface Judgement {
  readonly constituent: string;
  readonly from: Day;
  /** Half-open. `null` where it is open. */
  readonly until: Day | null;
  /** US dollars per unit of the good. */
  readonly legs: Legs<Decimal>;
  readonly rationale: string;
  readonly approvers: readonly string[];
  readonly decidedAtMs: number;
}

/** A model that takes another's place. */
export interface Succession {
  readonly predecessor: string;
  readonly successor: string;
  /** Compared directly, times the factor; else linked, and the step published. */
  readonly comparable: boolean;
  readonly factor: Decimal;
  readonly effectiveAtMs: number;
  readonly evidence: string;
  readonly approvers: readonly string[];
}

/** A fixing that was made again, from what was known later. */
export interface Revision {
  readonly index: string;
  readonly date: Day;
  /** 1 for the first revision. */
  readonly revision: number;
  readonly knownAtMs: number;
  readonly reason: string;
}

/** A day that a calendar opens or closes; on others it is open from Monday to Friday. */
export interface CalendarDay {
  readonly calendar: string;
  readonly date: Day;
  readonly isOpen: boolean;
}

/** Everything that a fixing may rest on, as it was read. */
export interface BookRows {
  readonly quotes: readonly Quote[];
  readonly usage: readonly Usage[];
  readonly fx: readonly FxRate[];
  readonly models: readonly ModelAlias[];
  readonly sellers: readonly SellerOwner[];
  readonly corrections: readonly Correction[];
  readonly holds: readonly HoldDecision[];
  readonly judgements: readonly Judgement[];
  readonly succession: readonly Succession[];
  readonly revisions: readonly Revision[];
  readonly calendars: readonly CalendarDay[];
}

export const EMPTY_BOOK: BookRows = {
  quotes: [],
  usage: [],
  fx: [],
  models: [],
  sellers: [],
  corrections: [],
  holds: [],
  judgements: [],
  succession: [],
  revisions: [],
  calendars: [],
};
