import { formatMoment } from '../domain/dates.ts';
import { toText } from '../domain/decimal.ts';
import { GOOD_IDS, GOODS, type GoodId } from '../domain/goods.ts';
import { byCodePoint } from '../domain/group.ts';
import type { Quote } from '../domain/rows.ts';
import { amountOf } from '../ingest/import/amount.ts';
import type { Leftover } from '../ingest/import/outcomes.ts';
import { DECISION_COLUMNS, type HeldQuote } from '../ingest/import/review.ts';
import type { FeedImport } from '../ingest/import/run.ts';
import { defaultUnit } from '../ingest/quotes.ts';
import { csvText } from './csv.ts';

/** The columns of a quotes file, in the order in which people read an offer. */
export function quoteColumns(quotes: readonly Pick<Quote, 'good'>[]): readonly QuoteColumn[] {
  const found = new Set(quotes.map(({ good }) => good));
  const goods = GOOD_IDS.filter((id) => found.has(id) || (found.size === 0 && id === 'token'));
  return [
    ...(goods.some((id) => id !== 'token') ? (['good'] as const) : []),
    ...(['seller', 'venue', 'model', 'region', 'service_tier', 'context_from'] as const),
    ...goods.flatMap((id): readonly QuoteColumn[] => GOODS[id].legs),
    ...(['currency', 'unit', 'effective_at', 'observed_at', 'valid_until'] as const),
    ...(['event', 'basis', 'window_utc', 'source'] as const),
  ];
}

export type QuoteColumn =
  | 'good'
  | (typeof GOODS)[GoodId]['legs'][number]
  | ('seller' | 'venue' | 'model' | 'region' | 'service_tier' | 'context_from')
  | ('currency' | 'unit' | 'effective_at' | 'observed_at' | 'valid_until')
  | ('event' | 'basis' | 'window_utc' | 'source');

type Cells<Column extends string> = Readonly<Record<Column, string>>;

/** Quotes as CSV (docs/formats.md), sorted, so that the order of a feed does not matter. */
export function quotesCsv(quotes: readonly Quote[]): Generator<string> {
  return csvText(quoteColumns(quotes), sorted(quotes.map((quote) => ({ quote }))).map(cellsOf));
}

/** Held quotes as CSV with the reason, for a person to decide on and import again. */
export function reviewCsv(held: readonly HeldQuote[]): Generator<string> {
  const rows = sorted(held).map(({ quote, code, reason }) => ({
    ...cellsOf({ quote }),
    ...{ code, reason, decision: '', decided_by: '', rationale: '' },
  }));
  const columns = quoteColumns(held.map(({ quote }) => quote));
  return csvText([...columns, ...DECISION_COLUMNS], rows);
}

/** The report of an import as a document: counts that add up, and every reason. */
export function reportDocument({ feed, documents, held, quotes, undone }: FeedImport) {
  return {
    schema: 'mtok.import/1',
    feed,
    quotes: quotes.length,
    held: held.map(({ quote, code, reason }) => ({ ...filled(cellsOf({ quote })), code, reason })),
    undone: undone.map(({ removedAt, returnedAt, ...batch }) => {
      return { ...batch, removed_at: removedAt, returned_at: returnedAt };
    }),
    documents: documents.map(({ observedAt, ...document }) => ({
      observed_at: observedAt,
      ...document,
      leftovers: document.leftovers.map(leftoverEntry),
    })),
  };
}

/** The same with the quotes themselves. */
export function importDocument(result: FeedImport) {
  const quotes = sorted(result.quotes.map((quote) => ({ quote })));
  return { ...reportDocument(result), quotes: quotes.map((one) => filled(cellsOf(one))) };
}

function leftoverEntry({ row, price, verdict }: Leftover) {
  const amount = price?.unit ? amountOf(price.literal, price.unit) : undefined;
  return {
    row: row.id,
    file: row.file,
    line: price?.line ?? row.line,
    ...(price ? { field: price.field, value: price.literal } : {}),
    ...(amount ? { price_per_mtok: toText(amount) } : {}),
    ...verdict,
  };
}

/** A quote as the text of its columns. */
export function cellsOf({ quote }: { readonly quote: Quote }): Cells<QuoteColumn> {
  const leg = (name: string) => {
    const price = quote.legs[name];
    return price ? toText(price) : '';
  };
  return {
    good: quote.good,
    seller: quote.seller,
    venue: quote.venue,
    model: quote.model,
    region: quote.region,
    service_tier: quote.serviceTier,
    context_from: String(quote.contextFrom),
    input: leg('input'),
    cached_input: leg('cached_input'),
    cache_write: leg('cache_write'),
    output: leg('output'),
    rate: leg('rate'),
    currency: quote.currency,
    unit: defaultUnit(GOODS[quote.good]),
    effective_at: formatMoment(quote.effectiveAtMs),
    observed_at: formatMoment(quote.observedAtMs),
    valid_until: quote.validUntilMs === null ? '' : formatMoment(quote.validUntilMs),
    event: quote.event,
    basis: quote.basis,
    window_utc: quote.windowUtc,
    source: quote.source,
  };
}

function filled(cells: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(cells).filter(([, text]) => text !== ''));
}

/** In the order of offers, then of time. */
export function sorted<Item extends { readonly quote: Quote }>(items: readonly Item[]): Item[] {
  return [...items].sort(
    ({ quote: a }, { quote: b }) =>
      byCodePoint(a.seller, b.seller) ||
      byCodePoint(a.model, b.model) ||
      byCodePoint(a.venue, b.venue) ||
      byCodePoint(a.region, b.region) ||
      byCodePoint(a.serviceTier, b.serviceTier) ||
      a.contextFrom - b.contextFrom ||
      byCodePoint(a.windowUtc, b.windowUtc) ||
      a.effectiveAtMs - b.effectiveAtMs ||
      a.observedAtMs - b.observedAtMs,
  );
}
