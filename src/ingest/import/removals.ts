import { DAY_MS, formatMoment } from '../../domain/dates.ts';
import { offerKey } from '../../domain/offer.ts';
import type { Quote } from '../../domain/rows.ts';
import type { Feed } from '../feeds/feed.ts';
import type { Market } from './market.ts';
import type { Offer } from './offers.ts';
import { type Decisions, type HeldQuote, heldKey } from './review.ts';

/** Offers that a document no longer has. A catalogue's removal is not a vendor's withdrawal. */
export interface Removals {
  /** To be asked before the document's own prices are known to the market. */
  readonly compare: (document: SeenDocument) => Comparison;
  /** What is still gone, or was gone for long, as withdrawals that wait for a person. */
  readonly held: (decisions: Decisions) => readonly HeldQuote[];
  /** Removals in mass that were mistakes, by their being undone. */
  readonly undone: () => readonly UndoneRemoval[];
}

export interface SeenDocument {
  readonly offers: readonly Offer[];
  readonly observedAtMs: number;
  /** The part of the feed that an offer is in: of parts that it lacks it says nothing. */
  readonly partOf: Feed['partOf'];
  readonly file: string;
}

export interface Comparison {
  readonly removed: number;
  readonly returned: number;
  /** Keys of offers that are back after long: their price is to be quoted anew. */
  readonly isNew: (key: string) => boolean;
}

/** A mass removal that was undone within days: nobody has withdrawn anything. */
export interface UndoneRemoval {
  readonly code: 'mass_removal_undone';
  readonly removedAt: string;
  readonly returnedAt: string;
  readonly file: string;
  /** How many offers were gone, and how many of them came back within days. */
  readonly removed: number;
  readonly returned: number;
}

/** One that is back within so many days was never gone. */
const SOON_MS = 7 * DAY_MS;
/** A mass: so many offers at once, and such a share of all. */
const MASS = { least: 20, oneIn: 10 };

interface Removal {
  readonly quote: Quote;
  /** Since when the price has stood that is gone. */
  readonly sinceMs: number;
  readonly batch: Batch;
  returnedAtMs: number | null;
}

interface Batch {
  readonly atMs: number;
  readonly file: string;
  readonly removed: number;
  readonly isMass: boolean;
  /** How many came back soon, and when the last of them did. */
  returned: number;
  returnedAtMs: number;
}

/** @param market what stands before each document. */
export function watchRemovals(market: Market): Removals {
  const gone = new Map<string, Removal>();
  const all: Removal[] = [];
  const batches: Batch[] = [];
  const venues = new Set<string>();

  function compare({ offers, observedAtMs, partOf, file }: SeenDocument): Comparison {
    const here = new Set(offers.map(({ terms }) => offerKey(terms)));
    const parts = new Set(offers.map(({ terms }) => partOf?.(terms)));
    for (const { terms } of offers) venues.add(terms.venue);
    const standing = market
      .standing(observedAtMs)
      .filter((quote) => venues.has(quote.venue) && (!partOf || parts.has(partOf(quote))));
    const lost = standing.filter((quote) => {
      return !here.has(offerKey(quote)) && !gone.has(offerKey(quote));
    });
    const isLate = new Set<string>();
    let returned = 0;
    for (const key of here) {
      const removal = gone.get(key);
      if (!removal) continue;
      returned += 1;
      removal.returnedAtMs = observedAtMs;
      gone.delete(key);
      if (!isSoon(removal)) isLate.add(key);
      else {
        removal.batch.returned += 1;
        removal.batch.returnedAtMs = observedAtMs;
      }
    }
    const isMass = lost.length >= MASS.least && lost.length * MASS.oneIn >= standing.length;
    const batch = { atMs: observedAtMs, file, removed: lost.length, isMass };
    const counted: Batch = { ...batch, returned: 0, returnedAtMs: 0 };
    if (lost.length > 0) batches.push(counted);
    for (const quote of lost) {
      const withdrawn = withdrawalOf(quote, observedAtMs, file);
      const sinceMs = quote.effectiveAtMs;
      const removal = { quote: withdrawn, sinceMs, batch: counted, returnedAtMs: null };
      gone.set(offerKey(quote), removal);
      all.push(removal);
    }
    return { removed: lost.length, returned, isNew: (key) => isLate.has(key) };
  }

  function held(decisions: Decisions): HeldQuote[] {
    return all
      .filter((removal) => !isSoon(removal))
      .flatMap(({ quote, sinceMs, batch, returnedAtMs }) => {
        const code = batch.isMass ? 'mass_removal' : 'removed';
        const many = batch.isMass ? `, with ${batch.removed - 1} others` : '';
        const back =
          returnedAtMs === null ? '' : `; it is back since ${formatMoment(returnedAtMs)}`;
        const reason = `no longer in the feed${many}${back}: the vendor need not have withdrawn it`;
        const decidedAtMs = decisions.get(heldKey({ quote, code, reason }));
        // A price that was there again since is not what was decided on.
        const isDecided = decidedAtMs !== undefined && decidedAtMs >= sinceMs;
        return isDecided ? [] : [{ quote, code, reason }];
      });
  }

  function undone(): UndoneRemoval[] {
    return batches
      .filter(({ isMass, removed, returned }) => isMass && returned * 2 > removed)
      .map(({ atMs, returnedAtMs, file, removed, returned }) => ({
        code: 'mass_removal_undone',
        removedAt: formatMoment(atMs),
        returnedAt: formatMoment(returnedAtMs),
        ...{ file, removed, returned },
      }));
  }

  return { compare, held, undone };
}

function isSoon({ returnedAtMs, batch }: Removal): boolean {
  return returnedAtMs !== null && returnedAtMs - batch.atMs <= SOON_MS;
}

function withdrawalOf(quote: Quote, atMs: number, file: string): Quote {
  return {
    ...quote,
    event: 'withdrawn',
    legs: {},
    effectiveAtMs: atMs,
    observedAtMs: atMs,
    isReconstructed: false,
    validUntilMs: null,
    source: file,
  };
}
