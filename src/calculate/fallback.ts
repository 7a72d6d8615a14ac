import { type Day, daysBetween } from '../domain/dates.ts';
import { type Decimal, multiply, ONE, roundToDigits } from '../domain/decimal.ts';
import { goodOf } from '../domain/goods.ts';
import type { Judgement } from '../domain/rows.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { type Horizon, judgedByMs } from '../select/in-force.ts';
import type { Basket, Member } from './basket.ts';
import { scaledLegs, workloadLegs, workloadPrice } from './blend.ts';
import type { EvidenceKind, Priced } from './constituent.ts';

/** A price that stands on a day, and what it rests on where no seller asks it. */
export interface StandingPrice extends Priced {
  /** The day on which a price that is carried forward was last quoted. */
  readonly quotedOn?: Day;
  /** The successor that it is compared with directly. */
  readonly successor?: string;
}

export type Prices = ReadonlyMap<string, StandingPrice>;

/** A day on which prices are missing. */
export interface Today {
  readonly day: Day;
  readonly horizon: Horizon;
  /** Of constituents that are quoted. */
  readonly quoted: ReadonlyMap<string, Priced>;
  readonly isWithdrawn: (id: string) => boolean;
  /** What other sellers and venues ask for a constituent that none of its own do. */
  readonly elsewhere: (id: string) => Priced | undefined;
}

/**
 * The first price that a list of fallbacks gives a member without one; in settlement mode only,
 * and for an absent member: a withdrawn one has no price that could be missing.
 *
 * @param last its price on the calendar day before.
 */
export function fallbackPrice(
  member: Member,
  last: StandingPrice | undefined,
  lastDay: Day,
  today: Today,
  rules: RulebookRules,
  evidence: Evidence,
): StandingPrice | undefined {
  if (!last || today.isWithdrawn(member.id)) return undefined;
  const quotedOn = last.quotedOn ?? lastDay;
  for (const { rule, max_days } of rules.fallback) {
    if (max_days !== null && daysBetween(quotedOn, today.day) > max_days) continue;
    const found = APPLY[rule](member, last, today, rules, evidence);
    if (found) return { ...found, quotedOn };
  }
  return undefined;
}

type Rule = RulebookRules['fallback'][number]['rule'];

type Fallback = (
  member: Member,
  last: StandingPrice,
  today: Today,
  rules: RulebookRules,
  evidence: Evidence,
) => StandingPrice | undefined;

/** What may be carried forward: what other fallbacks gave is no quote of the day that it names. */
const QUOTED: ReadonlySet<EvidenceKind> = new Set([
  ...(['observed', 'unconfirmed', 'held', 'carried_forward'] as const),
]);

const APPLY: Readonly<Record<Rule, Fallback>> = {
  carry_forward: (_, last) =>
    QUOTED.has(last.evidence) ? { ...last, evidence: 'carried_forward' } : undefined,
  other_venue: ({ id, lab }, _, { elsewhere }) => {
    const priced = elsewhere(id);
    return priced && { ...priced, lab, evidence: 'other_venue' };
  },
  judgement: ({ id, lab }, last, { day, horizon }, rules, evidence) => {
    const judged = judgementOn(id, day, judgedByMs(horizon), evidence.rows.judgements);
    // One of another good is none: its legs are not those of the workload.
    if (!judged || !goodOf(rules).requiredLegs.every((leg) => judged.legs[leg])) return undefined;
    const legs = workloadLegs(judged.legs, rules);
    const price = workloadPrice(legs, rules);
    const judgedPrice = { id, lab, class: last.class, price, legs };
    return { ...judgedPrice, sellers: [], sellerCount: 0, evidence: 'judgement' };
  },
};

/** The judgement on a constituent that holds on a day: the last that was made by a moment. */
export function judgementOn(
  id: string,
  day: Day,
  decidedByMs: number,
  judgements: readonly Judgement[],
): Judgement | undefined {
  return judgements
    .filter(
      ({ constituent, from, until, decidedAtMs }) =>
        constituent === id &&
        from <= day &&
        (until === null || day < until) &&
        decidedAtMs <= decidedByMs,
    )
    .sort((a, b) => b.decidedAtMs - a.decidedAtMs || (a.from < b.from ? 1 : -1))[0];
}

/**
 * The price of a member's comparable successor, times the factor: the two are compared directly,
 * and the member keeps its place until the next rebalance.
 */
export function successorPrice(
  { id, lab }: Member,
  { quoted, horizon }: Today,
  rules: RulebookRules,
  evidence: Evidence,
): StandingPrice | undefined {
  const found = successorOf(id, quoted, horizon, evidence);
  if (!found) return undefined;
  const { priced, factor } = found;
  const legs = scaledLegs(priced.legs, (value) => roundToDigits(multiply(value, factor)));
  const price = workloadPrice(legs, rules);
  return { ...priced, id, lab, price, legs, successor: priced.id };
}

/** The successor that is quoted, through others that are not, with the product of the factors. */
function successorOf(
  id: string,
  quoted: ReadonlyMap<string, Priced>,
  horizon: Horizon,
  evidence: Evidence,
): { readonly priced: Priced; readonly factor: Decimal } | undefined {
  let factor = ONE;
  const passed = new Set([id]);
  for (let name = id; ; ) {
    const row = evidence.rows.succession
      .filter(
        ({ predecessor, comparable, effectiveAtMs }) =>
          comparable && predecessor === name && effectiveAtMs <= horizon.cutoffMs,
      )
      .sort((a, b) => b.effectiveAtMs - a.effectiveAtMs)[0];
    if (!row || passed.has(row.successor)) return undefined;
    factor = multiply(factor, row.factor);
    const priced = quoted.get(row.successor);
    if (priced) return { priced, factor };
    name = row.successor;
    passed.add(name);
  }
}

/** A fallback or a successor may give another price tomorrow, without a new quote. */
export function mayChange(rules: RulebookRules, evidence: Evidence): boolean {
  return rules.fallback.length > 0 || evidence.rows.succession.length > 0;
}

/** The members of a basket that are not quoted on a day. */
export function missingFrom({ members }: Basket, { quoted }: Today): Member[] {
  return members.filter(({ id }) => !quoted.has(id));
}
