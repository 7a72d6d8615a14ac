import { type Day, HOUR_MS } from '../domain/dates.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { type Horizon, releasedAtMs } from '../select/in-force.ts';
import { type Candidate, candidatesOf } from '../select/scope.ts';
import { type Pricing, priceConstituent } from './constituent.ts';

/** Every constituent that the universe could hold, as it is priced on one day. */
export type Board = ReadonlyMap<string, Pricing>;

/** Prices the constituents day by day. */
export interface Market {
  readonly candidates: ReadonlyMap<string, Candidate>;
  /** The board of a day. Days in order are cheap: only what changed is priced again. */
  at(day: Day, horizon: Horizon): Board;
}

interface TurningPoint {
  readonly atMs: number;
  readonly id: string;
}

/** A view of the evidence through one rulebook's universe and prices. */
export function marketOf(rules: RulebookRules, evidence: Evidence): Market {
  const candidates = candidatesOf(rules, evidence);
  const points = [...candidates.values()]
    .flatMap((candidate) => turningPoints(candidate, rules, evidence))
    .sort((a, b) => a.atMs - b.atMs);
  // Hours of the day and exchange rates change without a new quote.
  const restless = [...candidates.values()].filter(isRestless).map(({ id }) => id);
  let board: Board = new Map();
  let last: Horizon | undefined;

  return {
    candidates,
    at: (day, horizon) => {
      const changed = [...changedSince(last, horizon)];
      last = horizon;
      // The same board is returned where nothing changed, so that its readers can see that.
      if (changed.length === 0) return board;
      const next = new Map(board);
      for (const id of changed) {
        const candidate = candidates.get(id);
        if (candidate) next.set(id, priceConstituent(candidate, day, horizon, rules, evidence));
      }
      board = next;
      return board;
    },
  };

  function changedSince(from: Horizon | undefined, to: Horizon): Iterable<string> {
    if (!from || to.cutoffMs < from.cutoffMs || to.knownAtMs < from.knownAtMs) {
      return candidates.keys();
    }
    return new Set([
      ...restless,
      ...between(points, from.cutoffMs, to.cutoffMs),
      ...between(points, from.knownAtMs, to.knownAtMs),
    ]);
  }
}

/** The ids whose turning points lie after one moment and at or before another. */
function between(points: readonly TurningPoint[], afterMs: number, untilMs: number): string[] {
  const ids: string[] = [];
  for (let index = firstAfter(points, afterMs); index < points.length; index += 1) {
    const point = points[index];
    if (!point || point.atMs > untilMs) break;
    ids.push(point.id);
  }
  return ids;
}

function firstAfter(points: readonly TurningPoint[], ms: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle]?.atMs ?? 0) <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The moments at which a constituent's price may change. */
function turningPoints(
  candidate: Candidate,
  rules: RulebookRules,
  evidence: Evidence,
): TurningPoint[] {
  const waitMs = rules.price.min_hours_in_force * HOUR_MS;
  const moments = candidate.offers.flatMap((offer) => [
    ...evidence.catalogue.turningPoints(offer.seller, offer.model),
    ...offer.quotes.flatMap((quote) => [
      quote.effectiveAtMs + waitMs,
      quote.observedAtMs,
      ...(quote.validUntilMs === null ? [] : [quote.validUntilMs]),
      ...(quote.rejectedAtMs === null ? [] : [quote.rejectedAtMs]),
      ...(rules.hold === null ? [] : [releasedAtMs(quote, rules.hold.max_hours)]),
    ]),
  ]);
  return moments.map((atMs) => ({ atMs, id: candidate.id }));
}

function isRestless({ offers }: Candidate): boolean {
  return offers.some(
    (offer) => offer.windowUtc !== '' || offer.quotes.some(({ currency }) => currency !== 'USD'),
  );
}
