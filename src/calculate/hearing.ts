import { DAY_MS, HOUR_MS } from '../domain/dates.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { releasedAtMs } from '../select/holds.ts';
import { decidedByMs, type Horizon } from '../select/in-force.ts';
import type { Candidate, CandidateSeller } from '../select/scope.ts';
import { type SellerSays, saysTheSame, sellerSays } from '../select/seller-quotes.ts';

/** A seller of a model, as it is heard from one moment to the next. */
export interface Voice {
  /** No other voice has it. */
  readonly number: number;
  /** What it says at the moment of the hearing. */
  readonly says: () => SellerSays;
  /** Each time that it says something else, a follower is told what it said before. */
  readonly follow: (follower: (before: SellerSays) => void) => void;
}

/** What sellers say, moved from one moment to the next for all who listen. */
export interface Hearing {
  /** A seller that the universe holds whole is one voice, whichever index asks for it. */
  voiceOf(candidate: Candidate, seller: CandidateSeller, rules: RulebookRules): Voice;
  /** Moments in order are cheap: asked again is who may say something else. */
  moveTo(horizon: Horizon): void;
}

/** The rules that decide what a seller says, but for the universe that it has to be of. */
export function hearingRules({ good, workload, universe, price, hold }: RulebookRules) {
  const { tier, size } = workload;
  const { venues, min_hours_in_force } = price;
  const { regions } = universe;
  return { good, tier, size, regions, venues, min_hours_in_force, hold };
}

interface Speaker {
  readonly voice: Voice;
  /** From when it may say something else at another hour, without a new quote. */
  readonly restlessFromMs: number | undefined;
  says: SellerSays | undefined;
  readonly ask: (horizon: Horizon) => SellerSays;
  readonly followers: ((before: SellerSays) => void)[];
}

/** Begins to listen, to nobody yet. */
export function hearingOf(evidence: Evidence): Hearing {
  const all: Speaker[] = [];
  const whole = new Map<string, Voice>();
  /** By day of the epoch, moments and whose they are, side by side. */
  const calendar = new Map<number, { atMs: number[]; speakers: Speaker[] }>();
  const restless: Speaker[] = [];
  let unheard: Speaker[] = [];
  let last: Horizon | undefined;

  return {
    voiceOf: (candidate, seller, rules) => {
      const key = `${seller.seller}\u0000${candidate.model}`;
      const known = seller.isWhole ? whole.get(key) : undefined;
      if (known) return known;
      const { voice } = enter(candidate, seller, rules);
      if (seller.isWhole) whole.set(key, voice);
      return voice;
    },
    moveTo: (horizon) => {
      const from = last;
      last = horizon;
      if (from) for (const speaker of mayDiffer(from, horizon)) heard(speaker, horizon);
      for (const speaker of unheard) speaker.says = speaker.ask(horizon);
      unheard = [];
    },
  };

  function enter(candidate: Candidate, seller: CandidateSeller, rules: RulebookRules): Speaker {
    const followers: Speaker['followers'] = [];
    const speaker: Speaker = {
      voice: {
        number: all.length,
        says: () => {
          if (!speaker.says) throw new RangeError('expected a voice that was heard');
          return speaker.says;
        },
        follow: (follower) => followers.push(follower),
      },
      ...{ restlessFromMs: hoursFrom(seller), says: undefined, followers },
      ask: (horizon) => sellerSays(candidate, seller, horizon, rules, evidence),
    };
    all.push(speaker);
    unheard.push(speaker);
    if (speaker.restlessFromMs !== undefined) restless.push(speaker);
    for (const atMs of turningMoments(seller, rules, evidence)) {
      const day = Math.floor(atMs / DAY_MS);
      const ofDay = calendar.get(day) ?? { atMs: [], speakers: [] };
      ofDay.atMs.push(atMs);
      ofDay.speakers.push(speaker);
      calendar.set(day, ofDay);
    }
    return speaker;
  }

  /** Who was heard and may say something else at another moment. */
  function mayDiffer(from: Horizon, to: Horizon): Iterable<Speaker> {
    if (goesBack(from, to)) return all;
    const found = new Set<Speaker>();
    const ofHorizon = [
      (one: Horizon) => one.cutoffMs,
      (one: Horizon) => one.knownAtMs,
      decidedByMs,
    ];
    // Mostly all three are one moment.
    const spans = new Map(
      ofHorizon.map((at) => [at(from), at(to)] as const).map((span) => [span.join(), span]),
    );
    for (const [afterMs, untilMs] of spans.values()) {
      addTurning(found, afterMs, untilMs);
    }
    if (from.cutoffMs === to.cutoffMs || restless.length === 0) return found;
    for (const speaker of restless) {
      if ((speaker.restlessFromMs ?? 0) <= to.cutoffMs) found.add(speaker);
    }
    return found;
  }

  /** Those with a turning point after one moment and at or before another. */
  function addTurning(found: Set<Speaker>, afterMs: number, untilMs: number): void {
    const [first, final] = [Math.floor(afterMs / DAY_MS), Math.floor(untilMs / DAY_MS)];
    const within =
      final - first > calendar.size
        ? calendar.keys()
        : Array.from({ length: final - first + 1 }, (_, index) => first + index);
    for (const day of within) {
      const { atMs = [], speakers = [] } = calendar.get(day) ?? {};
      for (const [place, ms] of atMs.entries()) {
        const speaker = speakers[place];
        if (speaker && afterMs < ms && ms <= untilMs) found.add(speaker);
      }
    }
  }
}

/** Whether a moment is before another, or knows less. */
export function goesBack(from: Horizon, to: Horizon): boolean {
  return (
    to.cutoffMs < from.cutoffMs ||
    to.knownAtMs < from.knownAtMs ||
    decidedByMs(to) < decidedByMs(from)
  );
}

function heard(speaker: Speaker, horizon: Horizon): void {
  const before = speaker.says;
  if (!before) return;
  const now = speaker.ask(horizon);
  if (saysTheSame(before, now)) return;
  speaker.says = now;
  for (const follower of speaker.followers) follower(before);
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

/** From when a seller's price can be that of other hours; `undefined` where all hours are one. */
function hoursFrom({ offers }: CandidateSeller): number | undefined {
  const starts = offers.flatMap(({ windowUtc, quotes: [first] }) =>
    first && windowUtc !== '' ? [first.effectiveAtMs] : [],
  );
  return starts.length === 0 ? undefined : Math.min(...starts);
}
