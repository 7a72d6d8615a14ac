import { dayOf } from '../domain/dates.ts';
import { roundToPlaces, toFixedText, toText } from '../domain/decimal.ts';
import type { Quote } from '../domain/rows.ts';
import type { ReconciledOffer, Reconciliation } from '../select/reconcile.ts';
import { csvText } from './csv.ts';
import { cellsOf, quoteColumns, sorted } from './import.ts';

/** Quotes of several sources as one file: nothing of a row is lost, or made more certain. */
export function trustedCsv(quotes: readonly Quote[]): Generator<string> {
  const rows = sorted(quotes.map((quote) => ({ quote }))).map(({ quote }) => {
    const cells = cellsOf({ quote });
    // A date would say that somebody saw the price then.
    const observed = quote.isReconstructed ? '' : cells.observed_at;
    return { ...cells, observed_at: observed, lab: quote.lab };
  });
  return csvText([...quoteColumns(quotes), 'lab'], rows);
}

/** A reconciliation as a document: every offer and leg, with what each source says. */
export function reconciliationDocument(
  { sources, pairs, offers }: Reconciliation,
  atMs: number,
  unmapped: readonly { readonly seller: string; readonly model: string }[],
) {
  return {
    schema: 'mtok.reconcile/1',
    date: dayOf(atMs),
    sources,
    pairs: pairs.map(({ a, b, offers: counts, legs, share }) => ({
      ...{ a, b },
      offers: { both: counts.both, only_a: counts.onlyA, only_b: counts.onlyB },
      legs,
      share: share && toFixedText(share, 4),
    })),
    offers: offers.map((offer) => offerEntry(offer)),
    unmapped,
  };
}

function offerEntry({ terms, standing, legs }: ReconciledOffer) {
  return {
    seller: terms.seller,
    model: terms.model,
    region: terms.region,
    service_tier: terms.serviceTier,
    context_from: terms.contextFrom,
    ...(terms.windowUtc === '' ? {} : { window_utc: terms.windowUtc }),
    legs: Object.fromEntries(
      legs.map(({ leg, verdict, prices, ratio }) => [
        leg,
        {
          verdict,
          ...(ratio && verdict === 'differ'
            ? { ratio: toText(roundToPlaces(ratio, 4, 'half_even')) }
            : {}),
          prices: Object.fromEntries(
            [...prices].map(([name, price]) => [name, toText(price.amount)]),
          ),
        },
      ]),
    ),
    sources: Object.fromEntries(
      [...standing].map(([name, { quote, others }]) => [
        name,
        {
          quoted_as: quote.model,
          effective_at: dayOf(quote.effectiveAtMs),
          ...(quote.currency === 'USD' ? {} : { currency: quote.currency }),
          ...(quote.event === 'withdrawn' ? { withdrawn: true } : {}),
          ...(others.length === 0 ? {} : { also_quoted_as: others.map(({ model }) => model) }),
        },
      ]),
    ),
  };
}
