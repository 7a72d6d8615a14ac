import type { Day } from '../domain/dates.ts';
import { once } from '../domain/once.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { rulesText } from '../domain/rules-text.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from '../select/in-force.ts';
import { type Candidate, candidatesOf } from '../select/scope.ts';
import { type Asks, asksOf } from './asks.ts';
import { type Board, boardOf } from './board.ts';
import type { Priced, Pricing } from './constituent.ts';
import { type Hearing, hearingOf, hearingRules } from './hearing.ts';
import { type Pricings, pricingRules, pricingsOf, type Tag } from './pricings.ts';

/** Prices the constituents day by day. */
export interface Market {
  readonly candidates: ReadonlyMap<string, Candidate>;
  /** The board of a day. Days in order are cheap: only what changed is priced again. */
  at(day: Day, horizon: Horizon): Board;
}

/** The markets of one or several indices. What their rules say alike is done once. */
export interface Markets {
  /**
   * A view of the evidence through one rulebook's universe and prices.
   *
   * @param before what was priced on the day before the first, which a screen may compare with.
   */
  of(rules: RulebookRules, before?: ReadonlyMap<string, Priced>): Market;
}

/**
 * Markets that share what sellers say, what they ask, and the prices of constituents, each where
 * the rules that it depends on are the same. They have to be looked at together, day by day: one
 * that is behind the others gives the same boards, and slowly.
 */
export function marketsOf(evidence: Evidence): Markets {
  const hearings = new Map<string, Hearing>();
  const conversions = new Map<string, Asks>();
  const priced = new Map<string, Pricings>();
  return {
    of: (rules, before) => {
      const moments = momentsOf(rules, evidence);
      const heard = rulesText([moments, hearingRules(rules)]);
      const hearing = kept(hearings, heard, () => hearingOf(evidence));
      const { workload, fx } = rules;
      const asks = kept(conversions, rulesText([heard, workload, fx]), () => asksOf(rules));
      const begin = () => pricingsOf(rules, evidence, hearing, asks, before);
      // What a screen looks back at is a market's own.
      const isOwn = rules.price.screen.method === 'previous';
      const key = rulesText([heard, pricingRules(rules)]);
      const pricings = isOwn ? begin() : kept(priced, key, begin);
      const tagOf = (candidate: Candidate) => pricings.tagOf(candidate, rules);
      return viewOf(candidatesOf(rules, evidence), tagOf, pricings.moveTo);
    },
  };
}

/** The market of one index alone. */
export function marketOf(
  rules: RulebookRules,
  evidence: Evidence,
  before?: ReadonlyMap<string, Priced>,
): Market {
  return marketsOf(evidence).of(rules, before);
}

/** Which moments an index looks at: each day of its calendar, and those that were revised later. */
function momentsOf({ index, cutoff, schedule, calendar }: RulebookRules, { rows }: Evidence) {
  const isRevised = rows.revisions.some((row) => row.index === index);
  const { review_by = null } = schedule;
  return { cutoff, calendar, review_by, revised: isRevised ? index : null };
}

function kept<Value>(known: Map<string, Value>, key: string, begin: () => Value): Value {
  const found = known.get(key) ?? begin();
  known.set(key, found);
  return found;
}

/** One index's part of what is priced. */
function viewOf(
  candidates: ReadonlyMap<string, Candidate>,
  tagOf: (candidate: Candidate) => Tag,
  moveTo: Pricings['moveTo'],
): Market {
  const changed = new Set<number>();
  // Nobody is heard before somebody looks.
  const begin = once(() => {
    const tags = [...candidates.values()].map(tagOf);
    for (const [place, tag] of tags.entries()) {
      changed.add(place);
      tag.follow(() => changed.add(place));
    }
    return tags;
  });
  const places = new Map([...candidates.keys()].map((id, place) => [id, place]));
  let pricings: readonly Pricing[] = [];
  let board = boardOf(pricings, places);
  return {
    candidates,
    at: (day, horizon) => {
      const tags = begin();
      moveTo(day, horizon);
      let now: Pricing[] | undefined;
      let isMoved = false;
      for (const place of changed) {
        const pricing = tags[place]?.pricing();
        if (!pricing || pricing === pricings[place]) continue;
        now ??= [...pricings];
        now[place] = pricing;
        isMoved ||= pricing.priced !== pricings[place]?.priced;
      }
      changed.clear();
      // The same board is returned where nothing changed, so that its readers can see that.
      if (!now) return board;
      pricings = now;
      board = isMoved ? boardOf(now, places) : boardOf(now, places, board.prices);
      return board;
    },
  };
}
