import { type Day, formatMoment, parseMoment, wallClockToMs } from '../../domain/dates.ts';
import type { Fixing } from '../../domain/fixing.ts';
import { byCodePoint } from '../../domain/group.ts';
import { offerKey } from '../../domain/offer.ts';
import type { HoldDecision } from '../../domain/rows.ts';
import type { Rulebook, RulebookRules } from '../../domain/rulebook.ts';
import { momentsOfDay } from '../../domain/schedule.ts';
import { versionOn } from '../../domain/versions.ts';
import { decisionOn, type Suspicion } from '../../select/holds.ts';
import { type Horizon, inForce } from '../../select/in-force.ts';
import { type Found, waitingOn } from '../review.ts';
import { isPublic, type YearInputs } from './inputs.ts';

/**
 * How a hold ended: people released or rejected the quote; an independent venue said the same
 * (`confirmed`); nobody decided within `max_hours` (`expired`); another quote took its place, or
 * its own time was over (`replaced`); a new rulebook holds nothing. `waiting`: it has not ended.
 */
export type HoldOutcome =
  | 'released'
  | 'rejected'
  | 'confirmed'
  | 'expired'
  | 'replaced'
  | 'rule_changed'
  | 'waiting';

/** A quote that was held at the cut-off of a fixing, until it was not. */
export interface HoldYear {
  readonly constituent: string;
  readonly seller: string;
  readonly quoted_as: string;
  readonly venue: string;
  readonly effective_at: string;
  readonly since: string;
  /** Of the first fixing that it was held at. */
  readonly suspicions: readonly Suspicion[];
  /** Fixings of the year at which it was held. */
  readonly first_day: Day;
  readonly last_day: Day;
  readonly fixings: number;
  /** Of those, how many had the constituent in the basket. */
  readonly in_basket: number;
  readonly outcome: HoldOutcome;
  /** Where people decided: who, when and why; else empty and `null`. */
  readonly by: readonly string[];
  readonly decided_at: string | null;
  readonly rationale: string | null;
}

export interface HoldCounts {
  /** Fixings with a price that stood because a quote was held. */
  readonly fixings_with_held_prices: number;
  /** `null` where the rows that say so were not published. */
  readonly holds: readonly HoldYear[] | null;
  readonly outcomes: Readonly<Partial<Record<HoldOutcome, number>>> | null;
}

/** The moment of a fixing, and the rules that judged its quotes. */
interface Moment {
  readonly fixing: Fixing;
  readonly rules: Rulebook;
  readonly horizon: Horizon;
}

/** Replays what waited at each fixing, and says how it ended. */
export function holdsOf(fixings: readonly Fixing[], inputs: YearInputs): HoldCounts {
  const fixings_with_held_prices = fixings.filter(({ constituents }) =>
    constituents.some(({ evidence }) => evidence === 'held'),
  ).length;
  if (!isPublic(inputs, ['quotes', 'holds', 'models', 'sellers', 'corrections'])) {
    return { fixings_with_held_prices, holds: null, outcomes: null };
  }
  const moments = fixings.map((fixing) => momentOf(fixing, inputs));
  const holds = runsOf(moments, inputs).map((run) => describe(run, moments));
  const outcomes: Partial<Record<HoldOutcome, number>> = {};
  for (const { outcome } of holds) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return { fixings_with_held_prices, holds, outcomes };
}

function momentOf(fixing: Fixing, { versions }: YearInputs): Moment {
  const rules = versionOn(versions, fixing.date);
  const cutoffMs = wallClockToMs(fixing.date, rules.cutoff);
  const knownAtMs = parseMoment(fixing.known_at) ?? cutoffMs;
  const { reviewByMs } = momentsOfDay(rules, fixing.date);
  const review = reviewByMs === undefined ? {} : { reviewedByMs: reviewByMs };
  const horizon = { cutoffMs, knownAtMs, usageKnownAtMs: cutoffMs, ...review };
  return { fixing, rules, horizon };
}

/** A quote that was held at fixings in a row: the places of the first and of the last. */
interface Run {
  readonly found: Found;
  readonly first: number;
  readonly last: number;
  readonly inBasket: number;
}

function runsOf(moments: readonly Moment[], { evidence }: YearInputs): Run[] {
  const runs: Run[] = [];
  let open = new Map<string, Run>();
  for (const [at, { fixing, rules, horizon }] of moments.entries()) {
    const now = new Map<string, Run>();
    const waiting = rules.hold === null ? [] : waitingOn(rules, evidence, horizon);
    const members = new Set(fixing.constituents.map(({ id }) => id));
    for (const found of waiting) {
      const key = JSON.stringify([
        found.constituent,
        offerKey(found.offer),
        found.state.quote.effectiveAtMs,
      ]);
      const before = open.get(key);
      const inBasket = (before?.inBasket ?? 0) + (members.has(found.constituent) ? 1 : 0);
      now.set(key, {
        found: before?.found ?? found,
        first: before?.first ?? at,
        last: at,
        inBasket,
      });
    }
    for (const [key, run] of open) if (!now.has(key)) runs.push(run);
    open = now;
  }
  const all = [...runs, ...open.values()];
  const key = ({ found }: Run) =>
    [found.constituent, found.offer.seller, found.offer.model, found.offer.venue].join('\u0000');
  return all.sort((a, b) => a.first - b.first || byCodePoint(key(a), key(b)));
}

function describe({ found, first, last, inBasket }: Run, moments: readonly Moment[]): HoldYear {
  const { constituent, offer, state } = found;
  const { outcome, decision } = outcomeOf(found, moments[last + 1]);
  const dayAt = (at: number) => moments[at]?.fixing.date ?? '';
  return {
    ...{ constituent, seller: offer.seller, quoted_as: offer.model, venue: offer.venue },
    effective_at: formatMoment(state.quote.effectiveAtMs),
    since: formatMoment(state.sinceMs),
    suspicions: state.suspicions,
    ...{ first_day: dayAt(first), last_day: dayAt(last), fixings: last - first + 1 },
    ...{ in_basket: inBasket, outcome },
    by: decision ? [...decision.approvers].sort(byCodePoint) : [],
    decided_at: decision ? formatMoment(decision.decidedAtMs) : null,
    rationale: decision?.rationale ?? null,
  };
}

interface Ending {
  readonly outcome: HoldOutcome;
  readonly decision?: HoldDecision;
}

/** How a hold ended, as the first fixing that it was not held at knows it. */
function outcomeOf({ offer, elsewhere, state }: Found, next: Moment | undefined): Ending {
  if (!next) return { outcome: 'waiting' };
  const { rules, horizon } = next;
  if (rules.hold === null) return { outcome: 'rule_changed' };
  const { effectiveAtMs, event } = state.quote;
  const decision = offer.quotes
    .filter((quote) => quote.effectiveAtMs === effectiveAtMs)
    .map((quote) => decisionOn(quote, horizon))
    .findLast((found) => found !== undefined);
  if (decision?.decision === 'release') return { outcome: 'released', decision };
  if (decision?.decision === 'reject') return { outcome: 'rejected', decision };
  const stands = (judgedBy: RulebookRules) => {
    const now = inForce(offer, horizon, judgedBy, elsewhere);
    return event === 'withdrawn'
      ? now.kind === 'withdrawn' && now.sinceMs === effectiveAtMs
      : now.kind === 'quoted' && now.quote.effectiveAtMs === effectiveAtMs;
  };
  if (!stands(rules)) return { outcome: 'replaced' };
  // Under a rule that never gives up, what another venue has confirmed stands all the same.
  const patient = { ...rules, hold: { ...rules.hold, max_hours: NEVER_HOURS } };
  return { outcome: stands(patient) ? 'confirmed' : 'expired' };
}

const NEVER_HOURS = 1_000_000_000;
