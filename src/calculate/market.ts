import { DAY_MS, type Day, HOUR_MS } from '../domain/dates.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { releasedAtMs } from '../select/holds.ts';
import { decidedByMs, type Horizon } from '../select/in-force.ts';
import { type Candidate, type CandidateSeller, candidatesOf } from '../select/scope.ts';
import { type Rates, ratesOn } from './asks.ts';
import type { Priced, Pricing } from './constituent.ts';
import { type Look, type MaySay, type Repricing, repricingOf } from './repricing.ts';

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

/** A moment at which a seller may say something else of a constituent. */
interface TurningPoint {
  readonly atMs: number;
  readonly repricing: Repricing;
  readonly place: number;
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
  const repricings = [...candidates.values()].map((one) => repricingOf(one, rules, evidence));
  const turning = calendarOf(repricings, rules, evidence);
  // Hours of the day change without a new quote, and so does the age of a sighting.
  const restless = repricings.flatMap((repricing) => {
    const fromMs = restlessFrom(repricing.candidate, rules);
    return fromMs === undefined ? [] : [{ repricing, fromMs }];
  });
  let board: Board = { pricings: new Map(), prices: new Map() };
  // A screen that looks back moves on the day after a price moved, too.
  const looksBack = rules.price.screen.method === 'previous';
  let moved: readonly Repricing[] = [];
  let last: { readonly horizon: Horizon; readonly rates: Rates } | undefined;

  return {
    candidates,
    at: (day, horizon) => {
      const rates = ratesOn(day, horizon, rules, evidence);
      const ratesBefore = last?.rates ?? rates;
      const lookAt = (id: string): Look => {
        const priced = board.prices.get(id) ?? before?.get(id);
        return { day, horizon, rates, ratesBefore, before: priced };
      };
      const changed: [Repricing, Pricing][] = [];
      for (const [repricing, maySay] of changedSince(horizon, moving(rates, ratesBefore))) {
        const { id } = repricing.candidate;
        const pricing = repricing.at(lookAt(id), maySay);
        if (board.pricings.get(id) !== pricing) changed.push([repricing, pricing]);
      }
      last = { horizon, rates };
      if (looksBack) moved = changed.map(([repricing]) => repricing);
      // The same board is returned where nothing changed, so that its readers can see that.
      if (changed.length > 0)
        board = withChanges(
          board,
          changed.map(([, pricing]) => pricing),
        );
      return board;
    },
  };

  /** Whom to look at, and which of their sellers may say something else than at the last look. */
  function changedSince(
    to: Horizon,
    currencies: ReadonlySet<string>,
  ): Iterable<readonly [Repricing, MaySay]> {
    const from = last?.horizon;
    if (!from || to.cutoffMs < from.cutoffMs || to.knownAtMs < from.knownAtMs) {
      return repricings.map((repricing) => [repricing, 'all'] as const);
    }
    const found = new Map<Repricing, Set<number> | 'all'>();
    for (const repricing of moved) found.set(repricing, new Set());
    if (currencies.size > 0) {
      for (const repricing of repricings) {
        if (repricing.asksIn(currencies)) found.set(repricing, new Set());
      }
    }
    const spans = [
      [from.cutoffMs, to.cutoffMs],
      [from.knownAtMs, to.knownAtMs],
      [decidedByMs(from), decidedByMs(to)],
    ] as const;
    for (const [afterMs, untilMs] of spans) {
      for (const { repricing, place } of turning(afterMs, untilMs)) {
        const places = found.get(repricing);
        if (places instanceof Set) places.add(place);
        else found.set(repricing, new Set([place]));
      }
    }
    for (const { repricing, fromMs } of restless) {
      if (fromMs <= to.cutoffMs) found.set(repricing, 'all');
    }
    return found;
  }

  /** The currencies whose rate is another than at the last look. */
  function moving(rates: Rates, ratesBefore: Rates): ReadonlySet<string> {
    const all = [...evidence.fx.keys()];
    return new Set(all.filter((currency) => rates(currency) !== ratesBefore(currency)));
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

/** Finds the turning points that lie after one moment and at or before another. */
function calendarOf(repricings: readonly Repricing[], rules: RulebookRules, evidence: Evidence) {
  const days = new Map<number, TurningPoint[]>();
  for (const repricing of repricings) {
    for (const [place, seller] of repricing.candidate.sellers.entries()) {
      for (const atMs of turningMoments(seller, rules, evidence)) {
        const day = Math.floor(atMs / DAY_MS);
        const ofDay = days.get(day);
        if (ofDay) ofDay.push({ atMs, repricing, place });
        else days.set(day, [{ atMs, repricing, place }]);
      }
    }
  }
  return function* turning(afterMs: number, untilMs: number): Generator<TurningPoint> {
    const [first, final] = [Math.floor(afterMs / DAY_MS), Math.floor(untilMs / DAY_MS)];
    const isLong = final - first > days.size;
    const within = isLong
      ? days.keys()
      : Array.from({ length: final - first + 1 }, (_, index) => first + index);
    for (const day of within) {
      for (const point of days.get(day) ?? []) {
        if (afterMs < point.atMs && point.atMs <= untilMs) yield point;
      }
    }
  };
}

/** The moments at which what a seller says may change. */
function turningMoments(
  { seller, offers }: CandidateSeller,
  rules: RulebookRules,
  evidence: Evidence,
): ReadonlySet<number> {
  const waitMs = rules.price.min_hours_in_force * HOUR_MS;
  const moments = new Set<number>();
  for (const { model, quotes } of offers) {
    for (const atMs of evidence.catalogue.turningPoints(seller, model)) moments.add(atMs);
    for (const quote of quotes) {
      moments.add(quote.effectiveAtMs + waitMs).add(quote.observedAtMs);
      if (quote.validUntilMs !== null) moments.add(quote.validUntilMs);
      if (quote.rejectedAtMs !== null) moments.add(quote.rejectedAtMs);
      for (const { decidedAtMs } of quote.decisions) moments.add(decidedAtMs);
      if (rules.hold) moments.add(releasedAtMs(quote, rules.hold.max_hours));
    }
  }
  return moments;
}

/** From when a constituent's price can change from day to day without a new quote or rate. */
function restlessFrom({ offers }: Candidate, { price }: RulebookRules): number | undefined {
  const ages = price.time_of_day === 'time_weighted' || price.confirm_within_hours !== null;
  let fromMs: number | undefined;
  for (const { windowUtc, quotes } of offers) {
    const [first] = quotes;
    if (!first || (!ages && windowUtc === '')) continue;
    fromMs = Math.min(fromMs ?? first.effectiveAtMs, first.effectiveAtMs);
  }
  return fromMs;
}
