import { groupBy } from '../../domain/group.ts';
import { offerKey } from '../../domain/offer.ts';
import { type FeedPrice, type LegPrice, strayOf, type Terms } from './feed.ts';
import { held } from './verdicts.ts';

/** Nobody sets a price as often; without a limit a hostile file would be worked on for hours. */
const MOST_DATES = 100;

/**
 * Settles the dates of offers whose legs are published one by one, each with dates of its own (AWS
 * by SKU, Azure by meter). A quote counts from the latest date of its rows. Where a row ends or is
 * followed by another one, the next quote begins, and what did not change stands in both.
 *
 * Rows of one field are successive prices; rows of different fields are in force side by side, and
 * have to agree.
 */
export function settleDates(prices: readonly FeedPrice[]): FeedPrice[] {
  const legs = prices.filter((price) => price.kind === 'leg');
  const strays = prices.filter((price) => price.kind !== 'leg');
  const offers = groupBy(legs, ({ terms }) => offerKey(terms));
  return [...strays, ...[...offers.values()].flatMap(settleOffer)];
}

/** A row's price for as long as it is in force. */
interface Tranche {
  readonly price: LegPrice;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** What is in force in one stretch of time, and from when it counts. */
interface Stretch {
  readonly tranches: readonly Tranche[];
  readonly effectiveAtMs: number;
}

function settleOffer(prices: readonly LegPrice[]): FeedPrice[] {
  const dates = new Set(
    prices.flatMap(({ terms: { effectiveAtMs, validUntilMs } }) => [effectiveAtMs, validUntilMs]),
  );
  if (dates.size > MOST_DATES) {
    const verdict = held('too_many_dates', `the offer has more than ${MOST_DATES} dates`);
    return prices.map((price) => strayOf(price, verdict));
  }
  const tranches = [...groupBy(prices, ({ leg, field }) => `${leg} ${field}`).values()].flatMap(
    tranchesOf,
  );
  const placed = new Map<LegPrice, Terms[]>();
  const whole = stretchesOf(tranches).filter((stretch) => hasBothSides(stretch.tranches));
  for (const { tranches: inForce, effectiveAtMs } of whole) {
    const dates = { effectiveAtMs: finite(effectiveAtMs), validUntilMs: endOf(inForce) };
    for (const { price } of inForce) {
      const known = placed.get(price) ?? [];
      placed.set(price, known);
      known.push({ ...price.terms, ...dates });
    }
  }
  return prices.map((price) => {
    // With no other side beside it at any time: for the guards to refuse.
    const [terms = price.terms, ...alsoFor] = placed.get(price) ?? [];
    return { ...price, terms, alsoFor };
  });
}

/** Rows of one field from the first to the last: each is in force until the next one begins. */
function tranchesOf(prices: readonly LegPrice[]): Tranche[] {
  const sorted = prices
    .map((price) => ({ price, fromMs: startOf(price.terms) }))
    .sort((a, b) => a.fromMs - b.fromMs);
  const starts = [...new Set(sorted.map(({ fromMs }) => fromMs))];
  return sorted.map(({ price, fromMs }) => {
    const next = starts[starts.indexOf(fromMs) + 1] ?? Number.POSITIVE_INFINITY;
    const stated = price.terms.validUntilMs ?? Number.POSITIVE_INFINITY;
    return { price, fromMs, untilMs: Math.min(next, stated) };
  });
}

/** Until a row ends, the rows that have begun one after the other are one quote of the latest. */
function stretchesOf(tranches: readonly Tranche[]): Stretch[] {
  const ends = tranches.map(({ untilMs }) => untilMs).filter(Number.isFinite);
  const firstEnd = Math.min(...ends, Number.POSITIVE_INFINITY);
  const early = tranches.filter(({ fromMs }) => fromMs < firstEnd);
  const latest = early.reduce((last, { fromMs }) => Math.max(last, fromMs), early[0]?.fromMs ?? 0);
  const points = [...new Set(tranches.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]))]
    .filter((point) => point >= firstEnd && Number.isFinite(point))
    .sort((a, b) => a - b);
  return [
    { tranches: early, effectiveAtMs: latest },
    ...points.map((point) => ({
      tranches: tranches.filter(({ fromMs, untilMs }) => fromMs <= point && point < untilMs),
      effectiveAtMs: point,
    })),
  ];
}

function hasBothSides(tranches: readonly Tranche[]): boolean {
  const has = (leg: LegPrice['leg']) => tranches.some(({ price }) => price.leg === leg);
  return has('input') && has('output');
}

/** The end that the vendor states; that another price follows says its own date. */
function endOf(tranches: readonly Tranche[]): number | null {
  const stated = tranches
    .filter(({ price: { leg } }) => leg === 'input' || leg === 'output')
    .flatMap(({ price: { terms } }) => terms.validUntilMs ?? []);
  return stated.length > 0 ? stated.reduce((first, end) => Math.min(first, end)) : null;
}

/** A row without a date was there before all that have one. */
function startOf({ effectiveAtMs }: Terms): number {
  return effectiveAtMs ?? Number.NEGATIVE_INFINITY;
}

function finite(ms: number): number | null {
  return Number.isFinite(ms) ? ms : null;
}
