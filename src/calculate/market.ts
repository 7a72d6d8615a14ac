import { type Day, HOUR_MS } from '../domain/dates.ts';
import { sameLegs } from '../domain/offer.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { releasedAtMs } from '../select/holds.ts';
import { decidedByMs, type Horizon } from '../select/in-force.ts';
import { type Candidate, candidatesOf } from '../select/scope.ts';
import { type Priced, type Pricing, priceConstituent } from './constituent.ts';
import type { SellerPrice } from './sellers.ts';

/** Every constituent that the universe could hold, as it is priced on one day. */
export interface Board {
  readonly pricings: ReadonlyMap<string, Pricing>;
  /** Of those that have a price. */
  readonly prices: ReadonlyMap<string, Priced>;
}

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

/**
 * A view of the evidence through one rulebook's universe and prices.
 *
 * @param before what was priced on the day before the first, which a screen may compare with.
 */
export function marketOf(
  rules: RulebookRules,
  evidence: Evidence,
  before?: ReadonlyMap<string, Priced>,
): Market {
  const candidates = candidatesOf(rules, evidence);
  const points = [...candidates.values()]
    .flatMap((candidate) => turningPoints(candidate, rules, evidence))
    .sort((a, b) => a.atMs - b.atMs);
  // Hours of the day and exchange rates change without a new quote.
  const restless = [...candidates.values()].map((candidate) => {
    return { id: candidate.id, fromMs: restlessFrom(candidate, rules) };
  });
  let board: Board = { pricings: new Map(), prices: new Map() };
  // A screen that looks back moves on the day after a price moved, too.
  const looksBack = rules.price.screen.method === 'previous';
  let moved: readonly string[] = [];
  let last: Horizon | undefined;

  return {
    candidates,
    at: (day, horizon) => {
      const changed: Pricing[] = [];
      for (const id of changedSince(last, horizon)) {
        const candidate = candidates.get(id);
        if (!candidate) continue;
        const last = board.prices.get(id) ?? before?.get(id);
        const pricing = priceConstituent(candidate, day, horizon, rules, evidence, last);
        if (!saysTheSame(board.pricings.get(id), pricing)) changed.push(pricing);
      }
      last = horizon;
      if (looksBack) moved = changed.map(({ id }) => id);
      // The same board is returned where nothing changed, so that its readers can see that.
      if (changed.length > 0) board = withChanges(board, changed);
      return board;
    },
  };

  function changedSince(from: Horizon | undefined, to: Horizon): Iterable<string> {
    if (!from || to.cutoffMs < from.cutoffMs || to.knownAtMs < from.knownAtMs) {
      return candidates.keys();
    }
    return new Set([
      ...moved,
      ...restless.filter(({ fromMs }) => fromMs <= to.cutoffMs).map(({ id }) => id),
      ...between(points, from.cutoffMs, to.cutoffMs),
      ...between(points, from.knownAtMs, to.knownAtMs),
      ...between(points, decidedByMs(from), decidedByMs(to)),
    ]);
  }
}

function withChanges(board: Board, changed: readonly Pricing[]): Board {
  const [pricings, prices] = [new Map(board.pricings), new Map(board.prices)];
  for (const pricing of changed) {
    pricings.set(pricing.id, pricing);
    if (pricing.priced) prices.set(pricing.id, pricing.priced);
    else prices.delete(pricing.id);
  }
  return { pricings, prices };
}

/** Whether a constituent that was looked at again is just as it was. */
function saysTheSame(before: Pricing | undefined, now: Pricing): boolean {
  if (!before || saidOf(before) !== saidOf(now)) return false;
  const then = before.priced?.sellers ?? [];
  return then.every((seller, index) => asksTheSame(seller, now.priced?.sellers[index]));
}

/** All of a pricing but what its sellers ask. */
function saidOf({ priced, withdrawn, excluded, outside, decisions }: Pricing): string {
  const said = [withdrawn, priced?.evidence, priced?.sellers.length, excluded, outside, decisions];
  return JSON.stringify(said);
}

/** The same quote need not give the same legs on the day after a change within a day. */
function asksTheSame(before: SellerPrice, now: SellerPrice | undefined): boolean {
  return (
    before.quote === now?.quote &&
    before.rateDate === now.rateDate &&
    sameLegs(before.legs, now.legs)
  );
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
      quote.validUntilMs ?? quote.observedAtMs,
      quote.rejectedAtMs ?? quote.observedAtMs,
      ...quote.decisions.map(({ decidedAtMs }) => decidedAtMs),
      ...(rules.hold === null ? [] : [releasedAtMs(quote, rules.hold.max_hours)]),
    ]),
  ]);
  return moments.map((atMs) => ({ atMs, id: candidate.id }));
}

/** From when a constituent's price can change from day to day without a new quote, if ever. */
function restlessFrom({ offers }: Candidate, { price }: RulebookRules): number {
  const ages = price.time_of_day === 'time_weighted' || price.confirm_within_hours !== null;
  const moments = offers.flatMap((offer) =>
    offer.quotes
      .filter(({ currency }) => ages || offer.windowUtc !== '' || currency !== 'USD')
      .map(({ effectiveAtMs }) => effectiveAtMs),
  );
  return Math.min(...moments);
}
