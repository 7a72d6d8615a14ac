import { byCodePoint } from '../domain/group.ts';
import { EMPTY_BOOK, type ModelAlias, type Quote } from '../domain/rows.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { type AdmissionRules, type Horizon, inForce } from './in-force.ts';

/** What an offer is, wherever it is seen: the seller's terms under the catalogue's model. */
export interface OfferTerms {
  readonly seller: string;
  readonly model: string;
  readonly region: string;
  readonly serviceTier: string;
  readonly contextFrom: number;
  readonly windowUtc: string;
}

/** The last word on an offer at a moment. */
export interface Standing {
  readonly terms: OfferTerms;
  /** A quote, or the withdrawal that ends the offer. */
  readonly quote: Quote;
  /** Other venues or names under which the same offer stands, the later first. */
  readonly others: readonly Quote[];
}

/** Every quote that is effective and known counts. */
const EVERY_QUOTE: AdmissionRules = { hold: null, price: { min_hours_in_force: 0 } };

/**
 * What quotes say at a moment: for each offer, by the key of its terms, the quote in force that
 * took effect last. Names of one model at one seller are one offer.
 */
export function standingOffers(
  quotes: readonly Quote[],
  models: readonly ModelAlias[],
  horizon: Horizon,
): Map<string, Standing> {
  const { offers, catalogue } = evidenceOf({ ...EMPTY_BOOK, quotes, models });
  const found = new Map<string, { terms: OfferTerms; quotes: Quote[] }>();
  for (const offer of offers) {
    const state = inForce(offer, horizon, EVERY_QUOTE);
    if (state.kind === 'absent') continue;
    // A withdrawal is the last event of its offer that counts.
    const quote =
      state.kind === 'quoted'
        ? state.quote
        : offer.quotes.find(
            (one) => one.event === 'withdrawn' && one.effectiveAtMs === state.sinceMs,
          );
    if (!quote) continue;
    const { seller, region, serviceTier, contextFrom, windowUtc } = offer;
    const model = catalogue.resolve(seller, offer.model, horizon.cutoffMs);
    const terms = { seller, model, region, serviceTier, contextFrom, windowUtc };
    const key = termsKey(terms);
    const same = found.get(key);
    if (same) same.quotes.push(quote);
    else found.set(key, { terms, quotes: [quote] });
  }
  const standing = new Map<string, Standing>();
  for (const [key, { terms, quotes: all }] of found) {
    const [quote, ...others] = all.sort(latestFirst);
    if (quote) standing.set(key, { terms, quote, others });
  }
  return standing;
}

function termsKey({ seller, model, region, serviceTier, contextFrom, windowUtc }: OfferTerms) {
  return JSON.stringify([seller, model, region, serviceTier, contextFrom, windowUtc]);
}

/** A price comes before a withdrawal under another name; then the later one. */
function latestFirst(a: Quote, b: Quote): number {
  return (
    Number(a.event === 'withdrawn') - Number(b.event === 'withdrawn') ||
    b.effectiveAtMs - a.effectiveAtMs ||
    byCodePoint(a.model, b.model) ||
    byCodePoint(a.venue, b.venue)
  );
}
