import { DAY_MS, type Day, dayOf, dayToMs } from '../domain/dates.ts';
import { nextOpenDay } from '../normalize/calendars.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from '../select/in-force.ts';
import { announcedOn, isRebalanceDay } from '../weigh/schedule.ts';
import { usageWindowBounds } from '../weigh/usage.ts';
import { atLink, type BasketResult, formBasket } from './basket.ts';
import type { Board } from './board.ts';
import type { Priced } from './constituent.ts';
import type { Prices } from './fallback.ts';
import { horizonOf } from './horizon.ts';
import { marketOf } from './market.ts';
import type { Regime } from './regime.ts';

/** What a basket is formed from. */
export interface Occasion {
  readonly horizon: Horizon;
  readonly prices: ReadonlyMap<string, Priced>;
  readonly regime: Regime;
}

/** The basket of a rebalance day or base date. */
export function basketFor(
  day: Day,
  { horizon, prices, regime }: Occasion,
  evidence: Evidence,
): BasketResult {
  const reference = referencePrices(day, horizon, regime, evidence);
  const { rules, market } = regime;
  const occasion = { day, horizon, prices, reference };
  return formBasket(occasion, market.candidates, rules, evidence);
}

/** The Young formula weighs by values at the prices of the day on which the usage window ends. */
function referencePrices(day: Day, { knownAtMs }: Horizon, { rules }: Regime, evidence: Evidence) {
  const { method, measure } = rules.weights;
  if (rules.formula !== 'young' || method !== 'usage' || measure === 'spend') return undefined;
  const [, endMs] = usageWindowBounds(dayToMs(day), rules);
  const lastDay = dayOf(endMs - DAY_MS);
  const horizon = { ...horizonOf(lastDay, rules, evidence, undefined), knownAtMs };
  return marketOf(rules, evidence).at(lastDay, horizon).prices;
}

/** The basket of a rebalance day: formed from its prices, or announced before it. */
export function dueBasket(
  day: Day,
  announced: Map<Day, BasketResult>,
  { board, ...today }: Occasion & { readonly board: Board },
  evidence: Evidence,
): BasketResult {
  const prices = eligible(today.prices, board);
  const before = announced.get(day);
  if (!before) return basketFor(day, { ...today, prices }, evidence);
  announced.delete(day);
  return before.basket ? atLink(before.basket, prices, today.regime.rules) : before;
}

/**
 * A withdrawn constituent is imputed until the next rebalance, and leaves there; one that is
 * compared with its successor makes way for it.
 */
export function eligible(prices: Prices, board: Board): Prices {
  return new Map(
    [...prices].filter(
      ([id, { successor }]) =>
        successor === undefined && !(board.pricings.get(id)?.withdrawn ?? false),
    ),
  );
}

/** A calendar without a rebalance for so long has none. */
const LONGEST_PERIOD_DAYS = 400;

/** The first rebalance day after a day, by the rules of the day; none where there is none. */
export function nextRebalanceDay(day: Day, { rules, calendar }: Regime): Day | undefined {
  let before = day;
  for (let count = 0; count < LONGEST_PERIOD_DAYS; count += 1) {
    const next = nextOpenDay(before, calendar.isOpen);
    if (isRebalanceDay(next, before, rules, calendar)) return next;
    before = next;
  }
  return undefined;
}

/** Whether the basket of a rebalance day is announced on a day. */
export function announces(day: Day, rebalanceDay: Day, regime: Regime): boolean {
  const { rules, calendar, from } = regime;
  const next = nextOpenDay(day, calendar.isOpen);
  return announcedOn(day, next, rules, calendar, from).includes(rebalanceDay);
}
