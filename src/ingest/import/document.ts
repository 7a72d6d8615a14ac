import type { Reject } from '../../domain/failure.ts';
import { GOODS } from '../../domain/goods.ts';
import { offerKey } from '../../domain/offer.ts';
import type { Quote } from '../../domain/rows.ts';
import { type FeedDocument, type FeedFile, type FeedPage, pageOf } from '../documents/page.ts';
import type { Feed, FeedRow, LongContext, PageReading } from '../feeds/feed.ts';
import { duplicate, otherTier, unusedLeg, type Verdict } from '../feeds/verdicts.ts';
import { hasFloatNoise } from './amount.ts';
import { judge } from './guards.ts';
import type { Market } from './market.ts';
import { assembleOffers, legsOf, type Offer, pricesOf, readingsOf } from './offers.ts';
import { type Leftover, Outcomes, type TallyLine } from './outcomes.ts';
import type { Removals } from './removals.ts';
import type { HeldQuote } from './review.ts';

/** What became of a document: what is new of it, what waits, and a reason for the rest. */
export interface Taken {
  readonly faults: readonly Reject[];
  readonly fresh: readonly Quote[];
  readonly held: readonly HeldQuote[];
  readonly tally: readonly TallyLine[];
  readonly leftovers: readonly Leftover[];
  readonly warnings: readonly Reject[];
  readonly removed: number;
  readonly returned: number;
}

/** Takes one document into the market, where what came before it is known. */
export function takeDocument(
  feed: Feed,
  market: Market,
  removals: Removals,
  { pages, observedAtMs, fault }: FeedDocument,
  longContext: LongContext,
): Taken {
  const { rows, prices, warnings, faults } = readPages(feed, pages, longContext, fault);
  if (faults.length > 0) {
    const nothing = { fresh: [], held: [], tally: [], leftovers: [], removed: 0, returned: 0 };
    return { ...nothing, faults, warnings };
  }
  const outcomes = new Outcomes(rows, prices);
  const offers = sortedByStart(assembleOffers(prices, outcomes), observedAtMs);
  const companyOf = market.around(offers, observedAtMs);
  const file = withoutDirectory(pages[0]?.file ?? '');
  const seen = { offers, observedAtMs, partOf: feed.partOf, file };
  const { removed, returned, isNew } = removals.compare(seen);
  const fresh: Quote[] = [];
  const held: HeldQuote[] = [];
  for (const offer of offers) {
    const company = companyOf(offer);
    if (!isNew(offerKey(offer.terms)) && market.confirms(offer, company, observedAtMs)) {
      quotePrices(offer, outcomes, duplicate('unchanged', 'as it was seen before'));
      continue;
    }
    const verdict = judge(offer, company);
    if (!verdict) {
      quotePrices(offer, outcomes, tierOf(offer));
      for (const noise of noiseIn(offer)) warnings.push(noise);
      const quote = quoteOf(offer, legsOf(offer), observedAtMs);
      market.update(offer.key, quote);
      fresh.push(quote);
      continue;
    }
    for (const { price } of pricesOf(offer)) outcomes.settle(price, verdict);
    if (verdict.disposition !== 'held') continue;
    const { code, reason } = verdict;
    for (const legs of readingsOf(offer)) {
      const quote = quoteOf(offer, legs, observedAtMs);
      // Its start is missing: nobody can accept it before they have given one before its end.
      const validUntilMs = company.endedAtMs ?? quote.validUntilMs;
      held.push({ quote: { ...quote, validUntilMs }, code, reason });
    }
  }
  const [tally, leftovers] = [outcomes.tally(), outcomes.left()];
  return { faults, fresh, held, tally, leftovers, warnings, removed, returned };
}

/** The price that is replaced comes before the one that replaces it, and is what it moved from. */
function sortedByStart(offers: readonly Offer[], observedAtMs: number): Offer[] {
  const start = ({ terms }: Offer) => terms.effectiveAtMs ?? observedAtMs;
  return [...offers].sort((a, b) => start(a) - start(b));
}

/** The pages of one document together. A bad page makes the document incomplete. */
function readPages(
  feed: Feed,
  files: readonly FeedFile[],
  longContext: LongContext,
  fault: Reject | undefined,
) {
  const decoded = files.map(pageOf);
  const pages = new Map<string, FeedPage>();
  for (const { page } of decoded) if (page) pages.set(page.path, page);
  const context = { longContext, pages };
  const readings = decoded.map(
    ({ page, fault }): PageReading => (page ? feed.read(page, context) : { fault }),
  );
  const good = readings.filter((reading) => reading.fault === undefined);
  const prices = good.flatMap((reading) => reading.prices);
  return {
    rows: good.flatMap(({ rows }) => rows),
    prices: feed.settle ? feed.settle(prices) : prices,
    warnings: good.flatMap((reading) => reading.warnings),
    faults: [...(fault ? [fault] : []), ...readings.flatMap((reading) => reading.fault ?? [])],
  };
}

function tierOf({ terms: { good, serviceTier } }: Offer): Verdict | undefined {
  return serviceTier === GOODS[good].tiers[0]
    ? undefined
    : otherTier(serviceTier, `${serviceTier} price`);
}

/** Marks the prices that stand in a quote; a leg of 0 does not. */
function quotePrices(offer: Offer, outcomes: Outcomes, verdict: Verdict | undefined): void {
  for (const { price, amount } of pricesOf(offer)) {
    if (amount?.digits === 0n) {
      outcomes.settle(price, unusedLeg('zero_leg', 'a price of 0 is read as not offered'));
    } else outcomes.quoted(price, verdict);
  }
}

function noiseIn(offer: Offer): Reject[] {
  return pricesOf(offer)
    .filter(({ price }) => hasFloatNoise(price.literal))
    .map(({ price: { row, field, line, literal } }) => ({
      ...{ code: 'float_noise', file: row.file, line, column: `${row.id} ${field}` },
      value: literal,
      expected: 'fewer digits: these are kept as they are',
    }));
}

function quoteOf(offer: Offer, legs: Quote['legs'], observedAtMs: number): Quote {
  const { effectiveAtMs, ...terms } = offer.terms;
  const seenAtMs = Math.min(terms.observedAtMs ?? observedAtMs, observedAtMs);
  const rows = pricesOf(offer).map(({ price }) => price.row);
  return {
    lab: '',
    basis: 'list',
    ...terms,
    effectiveAtMs: effectiveAtMs ?? seenAtMs,
    observedAtMs: seenAtMs,
    isReconstructed: false,
    event: 'quote',
    legs,
    source: sourceOf(rows),
  };
}

/** Where an offer stands, and what a reader of it should know. */
function sourceOf(rows: readonly FeedRow[]): string {
  const [row] = rows;
  if (!row) return '';
  const notes = new Set(rows.flatMap(({ note }) => note ?? []));
  return [row.source ?? `${withoutDirectory(row.file)}:${row.line}`, ...notes].join(', ');
}

/** A book that is built in two places is the same in both. */
function withoutDirectory(file: string): string {
  return file.split(/[\\/]/).at(-1) ?? file;
}
