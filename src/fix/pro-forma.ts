import { toDecimal } from '../calculate/aggregate.ts';
import { atLink, type Basket, type BasketResult } from '../calculate/basket.ts';
import { type ChainDay, chain } from '../calculate/chain.ts';
import { announces, basketFor, eligible, nextRebalanceDay } from '../calculate/rebalance.ts';
import { priceOf, standingOf } from '../calculate/series.ts';
import type { Day } from '../domain/dates.ts';
import { type Decimal, roundToDigits, subtract, toText } from '../domain/decimal.ts';
import { byCodePoint } from '../domain/group.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestOf, type OneOrMore } from '../domain/versions.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { cannotFix, type FixingOptions, type NoFixing, noFirstBasket } from './fixing.ts';

/** The basket that the next rebalance would form from what is known on a day. Decimals are text. */
export interface ProForma {
  readonly schema: 'mtok.pro-forma/1';
  readonly index: string;
  readonly date: Day;
  /** `null` where the rulebook never rebalances. */
  readonly rebalance_day: Day | null;
  /** Frozen already: announced on or before the date. */
  readonly announced: boolean;
  /** Why no basket could be formed; `null` where one can. */
  readonly fault: string | null;
  readonly members: readonly ProFormaMember[];
  /** Reference price of the basket that stands and of the next one today, USD/MTok. */
  readonly price: { readonly now: string; readonly next: string | null };
  /** The step from one to the other: no level moves by it. */
  readonly roll_spread: string | null;
}

export interface ProFormaMember {
  readonly id: string;
  readonly lab: string;
  readonly change: 'enters' | 'leaves' | 'stays';
  /** Share of quantity; exponent under a geometric formula; `null` where it is no member. */
  readonly weight_now: string | null;
  readonly weight_next: string | null;
  /** Share of the next basket's value at its link. */
  readonly share_next: string | null;
}

export type ProFormaResult =
  | { readonly proForma: ProForma; readonly none?: undefined }
  | { readonly proForma?: undefined; readonly none: NoFixing };

/**
 * The pro-forma basket of the next rebalance: formed from what is known on a date, or as it has
 * been announced.
 *
 * @example proForma(rulebook, evidenceOf(rows), '2026-08-21')
 */
export function proForma(
  rules: OneOrMore<Rulebook>,
  evidence: Evidence,
  date: Day,
  options: FixingOptions = {},
): ProFormaResult {
  const none = cannotFix(rules, evidence, date);
  if (none) return { none };
  const run = chain(rules, evidence, date, options);
  if (!run.days) return { none: noFirstBasket(latestOf(rules), run.fault) };
  const days = [...run.days()];
  const today = days.at(-1);
  if (!today) throw new RangeError(`expected the chain to reach ${date}`);
  const rebalanceDay = nextRebalanceDay(date, today.regime);
  if (rebalanceDay === undefined) {
    return { proForma: documentOf(today, null, false, undefined) };
  }
  const announcement = days.find(({ day, regime }) => announces(day, rebalanceDay, regime));
  const formed = basketOn(announcement ?? today, rebalanceDay, evidence);
  const basket =
    announcement && formed.basket
      ? atLink(formed.basket, eligible(today.prices, today.board), today.regime.rules)
      : formed;
  return { proForma: documentOf(today, rebalanceDay, announcement !== undefined, basket) };
}

function basketOn(
  { horizon, prices, board, regime }: ChainDay,
  day: Day,
  evidence: Evidence,
): BasketResult {
  return basketFor(day, { horizon, prices: eligible(prices, board), regime }, evidence);
}

function documentOf(
  today: ChainDay,
  rebalanceDay: Day | null,
  announced: boolean,
  formed: BasketResult | undefined,
): ProForma {
  const { series, prices, regime } = today;
  const now = toDecimal(today.price());
  const basket = formed?.basket;
  const next = basket && toDecimal(priceOf(basket, standingOf(basket, prices), regime.rules));
  return {
    schema: 'mtok.pro-forma/1',
    index: regime.rules.index,
    date: today.day,
    rebalance_day: rebalanceDay,
    announced,
    fault: formed?.fault ?? null,
    members: membersOf(series.basket, formed?.basket),
    price: { now: toText(now), next: next ? toText(next) : null },
    roll_spread: next ? toText(roundToDigits(subtract(next, now))) : null,
  };
}

function membersOf(old: Basket, next: Basket | undefined): ProFormaMember[] {
  const [before, after] = [membersById(old), next && membersById(next)];
  const ids = [...new Set([...before.keys(), ...(after?.keys() ?? [])])].sort(byCodePoint);
  const text = (value: Decimal | undefined) => (value ? toText(value) : null);
  return ids.map((id) => {
    const [then, now] = [before.get(id), after?.get(id)];
    return {
      id,
      lab: (now ?? then)?.lab ?? '',
      change: then ? (now || !after ? 'stays' : 'leaves') : 'enters',
      weight_now: text(then?.weight),
      weight_next: text(now?.weight),
      share_next: text(now?.linkShare),
    };
  });
}

function membersById({ members }: Basket) {
  return new Map(members.map((member) => [member.id, member]));
}
