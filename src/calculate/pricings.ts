import type { Day } from '../domain/dates.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from '../select/in-force.ts';
import type { Candidate } from '../select/scope.ts';
import { type Asks, type Rates, ratesOn } from './asks.ts';
import type { Priced, Pricing } from './constituent.ts';
import { goesBack, type Hearing, type Voice } from './hearing.ts';
import { isPlain } from './plain-price.ts';
import { plainRepricing } from './plain-repricing.ts';
import { dayRepricing, exactRepricing, type Repricing } from './repricing.ts';

/** A constituent with the price that it has at the moment. */
export interface Tag {
  readonly id: string;
  readonly pricing: () => Pricing;
  /** A follower is told each time that the pricing is another. */
  readonly follow: (follower: () => void) => void;
}

/** Constituents that are priced by the same rules, moved from day to day for all who look. */
export interface Pricings {
  /**
   * The same constituent with the same sellers has one tag, whichever index asks for it.
   *
   * @param rules of the index: its universe may differ from that of the others.
   */
  tagOf(candidate: Candidate, rules: RulebookRules): Tag;
  /** Days in order are cheap: priced again is what may have changed. */
  moveTo(day: Day, horizon: Horizon): void;
}

/** The rules that decide a price, beside those by which sellers are heard. */
export function pricingRules({ workload, price, fx }: RulebookRules) {
  return { workload, price, fx };
}

interface Kept {
  readonly candidate: Candidate;
  readonly repricing: Repricing;
  /** From when its price can change from day to day without a new quote or rate. */
  readonly restlessFromMs: number | undefined;
  readonly followers: (() => void)[];
  pricing: Pricing | undefined;
}

/**
 * Begins to price, nothing yet.
 *
 * @param before what was priced on the day before the first, which a screen may compare with.
 */
export function pricingsOf(
  rules: RulebookRules,
  evidence: Evidence,
  hearing: Hearing,
  asks: Asks,
  before?: ReadonlyMap<string, Priced>,
): Pricings {
  const all: Kept[] = [];
  const tags = new Map<string, Tag>();
  const restless: Kept[] = [];
  /** Of these a seller says something else, or nobody has looked at them. */
  const fresh = new Set<Kept>();
  // A screen that looks back moves on the day after a price moved, too.
  const looksBack = rules.price.screen.method === 'previous';
  let moved: readonly Kept[] = [];
  let last: { readonly day: Day; readonly horizon: Horizon; readonly rates: Rates } | undefined;

  return {
    tagOf: (candidate, ofIndex) => {
      const voices = candidate.sellers.map((one) => hearing.voiceOf(candidate, one, ofIndex));
      const key = `${candidate.id}\u0000${voices.map(({ number }) => number).join()}`;
      const known = tags.get(key);
      if (known) return known;
      const kept: Kept = {
        ...{ candidate, followers: [], pricing: undefined },
        repricing: repricingOf(candidate, voices, ofIndex, evidence, asks),
        restlessFromMs: restlessFrom(candidate, rules),
      };
      for (const voice of voices) voice.follow(() => fresh.add(kept));
      all.push(kept);
      fresh.add(kept);
      if (kept.restlessFromMs !== undefined) restless.push(kept);
      const tag = tagFor(kept);
      tags.set(key, tag);
      return tag;
    },
    moveTo: (day, horizon) => {
      hearing.moveTo(horizon);
      const isAgain = last?.day === day && isSameMoment(last.horizon, horizon);
      if (isAgain && fresh.size === 0 && moved.length === 0) return;
      const rates = ratesOn(day, horizon, rules, evidence);
      const from = last ?? { day, horizon, rates };
      last = { day, horizon, rates };
      const due = dueAt(day, horizon, rates, from);
      fresh.clear();
      const changed = due.filter((kept) => {
        const { candidate, repricing, pricing } = kept;
        const priced = pricing ? pricing.priced : before?.get(candidate.id);
        const look = { day, horizon, rates, ratesBefore: from.rates, before: priced };
        kept.pricing = repricing.at(look);
        return kept.pricing !== pricing;
      });
      if (looksBack) moved = changed;
      for (const { followers } of changed) for (const follower of followers) follower();
    },
  };

  /** What may have another price than at the look before. */
  function dueAt(
    day: Day,
    horizon: Horizon,
    rates: Rates,
    from: { readonly day: Day; readonly horizon: Horizon; readonly rates: Rates },
  ): readonly Kept[] {
    if (day < from.day || goesBack(from.horizon, horizon)) return all;
    const due = new Set(fresh);
    for (const kept of moved) due.add(kept);
    const currencies = [...evidence.fx.keys()].filter((one) => rates(one) !== from.rates(one));
    if (currencies.length > 0) {
      const moving = new Set(currencies);
      for (const kept of all) if (kept.repricing.asksIn(moving)) due.add(kept);
    }
    for (const kept of restless) {
      if ((kept.restlessFromMs ?? 0) <= horizon.cutoffMs) due.add(kept);
    }
    return [...due];
  }
}

function repricingOf(
  candidate: Candidate,
  voices: readonly Voice[],
  rules: RulebookRules,
  evidence: Evidence,
  asks: Asks,
): Repricing {
  if (rules.price.time_of_day === 'time_weighted') return dayRepricing(candidate, rules, evidence);
  return isPlain(rules)
    ? plainRepricing(candidate, voices, rules, evidence)
    : exactRepricing(candidate, voices, asks, rules);
}

function isSameMoment(a: Horizon, b: Horizon): boolean {
  return (
    a.cutoffMs === b.cutoffMs &&
    a.knownAtMs === b.knownAtMs &&
    a.usageKnownAtMs === b.usageKnownAtMs &&
    a.reviewedByMs === b.reviewedByMs
  );
}

function tagFor(kept: Kept): Tag {
  return {
    id: kept.candidate.id,
    pricing: () => {
      if (!kept.pricing) throw new RangeError('expected a constituent that was looked at');
      return kept.pricing;
    },
    follow: (follower) => kept.followers.push(follower),
  };
}

/** Where ages and hours within the day count, from the first quote on. */
function restlessFrom({ offers }: Candidate, { price }: RulebookRules): number | undefined {
  if (price.time_of_day !== 'time_weighted' && price.confirm_within_hours === null) {
    return undefined;
  }
  const starts = offers.flatMap(({ quotes: [first] }) => (first ? [first.effectiveAtMs] : []));
  return starts.length === 0 ? undefined : Math.min(...starts);
}
