import { DAY_MS, type Day, dayToMs, HOUR_MS } from '../domain/dates.ts';
import { type Decimal, decimal, ZERO } from '../domain/decimal.ts';
import type { Legs } from '../domain/good.ts';
import { byCodePoint } from '../domain/group.ts';
import type { HoldDecision } from '../domain/rows.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { parseWindow } from '../domain/window.ts';
import { releasedAtMs } from '../select/holds.ts';
import type { Horizon } from '../select/in-force.ts';
import type { Candidate } from '../select/scope.ts';
import type { Exclusion } from '../select/seller-quotes.ts';
import { workloadPrice } from './blend.ts';
import { weightedMean } from './estimators.ts';
import type { SellerPrice } from './sellers.ts';

/** What the sellers of a constituent ask, in US dollars, and what is left out. */
export interface QuotedPrices {
  readonly prices: readonly SellerPrice[];
  readonly excluded: readonly Exclusion[];
  readonly outside: readonly string[];
  readonly withdrawn: boolean;
  readonly decisions: readonly HoldDecision[];
}

/** What sellers ask by the quotes in force at one moment, at the hours of another. */
type AskedAt = (quotesAtMs: number, hoursAtMs: number) => QuotedPrices;

/**
 * Each seller's price as its mean over the UTC day of the fixing, weighted by time: what it asks at
 * other hours, and what it asked before a change on that day. What is in force at the cut-off
 * stands for the rest of the day; a seller that asks nothing then at any hour is out.
 */
export function overTheDay(
  candidate: Candidate,
  day: Day,
  horizon: Horizon,
  rules: RulebookRules,
  askedAt: AskedAt,
): QuotedPrices {
  const { cutoffMs } = horizon;
  const atCutoff = askedAt(cutoffMs, cutoffMs);
  const startMs = dayToMs(day);
  const edges = edgesOf(candidate, startMs, cutoffMs, rules);
  // What changes between the end of the day and a later cut-off is no price of the day.
  if (edges.length === 1 && cutoffMs <= startMs + DAY_MS) return atCutoff;
  const standing = new Map<string, SellerPrice>();
  for (const fromMs of [cutoffMs, ...edges]) {
    for (const price of askedAt(cutoffMs, fromMs).prices) {
      if (!standing.has(price.seller)) standing.set(price.seller, price);
    }
  }
  const asked = new Map<string, (readonly [Decimal, SellerPrice])[]>();
  edges.forEach((fromMs, index) => {
    const lastsMs = (edges[index + 1] ?? startMs + DAY_MS) - fromMs;
    for (const price of askedAt(Math.min(fromMs, cutoffMs), fromMs).prices) {
      const before = asked.get(price.seller) ?? [];
      asked.set(price.seller, [...before, [decimal(lastsMs), price]]);
    }
  });
  const prices = [...standing.values()]
    .map((price) => {
      const legs = meanLegs(asked.get(price.seller) ?? [[decimal(1), price]]);
      return { ...price, legs, price: workloadPrice(legs, rules) };
    })
    .sort((a, b) => byCodePoint(a.seller, b.seller));
  const outside = atCutoff.outside.filter((reason) => reason !== 'other_hours');
  return { ...atCutoff, prices, outside };
}

function meanLegs(terms: readonly (readonly [Decimal, SellerPrice])[]): Legs<Decimal> {
  const legs = Object.keys(terms[0]?.[1].legs ?? {});
  return Object.fromEntries(
    legs.map((leg) => [
      leg,
      weightedMean(terms.map(([lastsMs, price]) => [lastsMs, price.legs[leg] ?? ZERO])),
    ]),
  );
}

/** The moments of a day, its start first, from which a seller may ask something else. */
function edgesOf(
  { offers }: Candidate,
  startMs: number,
  cutoffMs: number,
  { price, hold }: RulebookRules,
): number[] {
  const endMs = startMs + DAY_MS;
  const edges = new Set([startMs]);
  for (const offer of offers) {
    const hours = parseWindow(offer.windowUtc);
    for (const edge of hours?.ranges.flat() ?? []) edges.add(startMs + (edge % DAY_MS));
    for (const quote of offer.quotes) {
      const changes = [
        quote.effectiveAtMs + price.min_hours_in_force * HOUR_MS,
        quote.validUntilMs ?? startMs,
        hold ? releasedAtMs(quote, hold.max_hours) : startMs,
      ];
      for (const atMs of changes) if (atMs <= cutoffMs) edges.add(atMs);
    }
  }
  return [...edges].filter((ms) => ms >= startMs && ms < endMs).sort((a, b) => a - b);
}
