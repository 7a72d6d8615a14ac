import type { Day } from '../domain/dates.ts';
import { needsCurrentWeights } from '../domain/formulas.ts';
import type { Legs } from '../domain/good.ts';
import { once } from '../domain/once.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { inOrder, type OneOrMore } from '../domain/versions.ts';
import { nextOpenDay } from '../normalize/calendars.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from '../select/in-force.ts';
import { announcedOn, isRebalanceDay } from '../weigh/schedule.ts';
import { type Ratio, ratioOf } from './aggregate.ts';
import { type Basket, type BasketFault, type BasketResult, currentQuantities } from './basket.ts';
import { workloadPrice } from './blend.ts';
import type { Board } from './board.ts';
import type { Prices, StandingPrice } from './fallback.ts';
import { horizonOf } from './horizon.ts';
import { completePrices } from './impute.ts';
import { type Markets, marketsOf } from './market.ts';
import { basketFor, dueBasket, eligible } from './rebalance.ts';
import { type Regime, type Regimes, regimesOf } from './regime.ts';
import {
  legsOf,
  levelOf,
  linkAfterClose,
  linkAtFixing,
  priceOf,
  type Series,
  standingOf,
} from './series.ts';

/** Why a day has no fixing although the chain runs through it. */
export type WithheldReason = BasketFault | 'no_matched_price';

/** One day of the chain: what the fixing of that day is made from. */
export interface ChainDay {
  readonly day: Day;
  readonly horizon: Horizon;
  /** The version in force, and those before it. */
  readonly regime: Regime;
  readonly earlier: readonly Regime[];
  /** The series that the day is calculated on. */
  readonly series: Series;
  readonly board: Board;
  /** Of every constituent with a price, and of every member. */
  readonly prices: Prices;
  /** Another day with this board and series has these prices again. */
  readonly settled: boolean;
  readonly withheld: readonly WithheldReason[];
  /** The members' prices, in their order. */
  readonly standing: () => readonly StandingPrice[];
  /** Reference price and level, exact. */
  readonly price: () => Ratio;
  readonly legs: () => Legs<Ratio>;
  readonly level: () => Ratio;
  /** The level of the calendar day before; none on the base date. */
  readonly levelBefore: (() => Ratio) | undefined;
}

/** A chain of days, or why its first basket cannot be formed. */
export type Chain =
  | { readonly days: () => Generator<ChainDay>; readonly fault?: undefined }
  | { readonly days?: undefined; readonly fault: BasketFault };

export interface ChainOptions {
  /** Replaces each day's own horizon: what was known at that moment. */
  readonly knownAtMs?: number;
  /** The series that is frozen: it goes on being priced, and is never rebalanced. */
  readonly series?: number;
}

/** What every day of a chain is calculated with. */
interface Run {
  readonly regimes: Regimes;
  readonly evidence: Evidence;
  readonly options: ChainOptions;
}

/**
 * Runs an index from its base date: each day's prices, imputation, and at each rebalance the next
 * basket, linked so that the level is continuous, across versions of the rulebook too. The chain
 * runs through days whose fixing is withheld. Lazy in the levels, which only published days and
 * links need.
 *
 * @param rules one version of a rulebook, or all of them.
 * @param until the last day, inclusive.
 * @param markets of all indices that are calculated together.
 * @throws {MtokError} where a calendar is not in the book.
 */
export function chain(
  rules: OneOrMore<Rulebook>,
  evidence: Evidence,
  until: Day,
  options: ChainOptions = {},
  markets: Markets = marketsOf(evidence),
): Chain {
  const regimes = regimesOf(inOrder(rules), evidence, markets);
  const run = { regimes, evidence, options };
  const { first: regime } = regimes;
  const day = regime.rules.base.date;
  const { horizon, board } = lookAt(day, regime, run);
  const { prices } = board;
  const formed = basketFor(day, { horizon, prices, regime }, evidence);
  if (!formed.basket) return { fault: formed.fault };
  const { basket } = formed;
  const standing = once(() => standingOf(basket, prices));
  const price = priceOf(basket, standing(), regime.rules);
  const link = { day, level: regime.rules.base.level, price, prices };
  const first: ChainDay = {
    ...{ day, horizon, regime, earlier: [], board, prices, settled: true, withheld: [] },
    series: { number: 1, firstDay: day, basket, link, rollSpread: undefined, replaced: [] },
    standing,
    price: () => price,
    legs: once(() => legsOf(basket, standing(), regime.rules)),
    level: () => ratioOf(link.level),
    levelBefore: undefined,
  };
  return { days: () => daysFrom(first, run, until) };
}

/** The state of a chain between two days. */
interface Before extends Omit<ChainDay, 'horizon' | 'withheld' | 'levelBefore'> {
  /** Its series begins on the next day: price and level are those of the one before. */
  readonly isLinked?: true;
}

/** A day that is over. */
type Closed = Before & Pick<ChainDay, 'horizon'>;

function* daysFrom(first: ChainDay, run: Run, until: Day): Generator<ChainDay> {
  const { evidence } = run;
  const announced = new Map<Day, BasketResult>();
  // A basket that was due and could not be formed withholds fixings until one is.
  let overdue: BasketFault | undefined;
  if (first.day <= until) yield first;
  let { before, due: opened } = closeOf(first, undefined, run);
  if (opened) overdue = opened.fault;
  announce(before, announced, run);
  for (let day = dayAfter(first, run); day <= until; day = dayAfter(before, run)) {
    const { regime } = before;
    const { rules } = regime;
    const { horizon, board } = lookAt(day, regime, run);
    const completed = pricesOn(day, horizon, board, before, run);
    const { prices } = completed;
    const due =
      !isFrozen(before, run) && isRebalanceDay(day, before.day, rules, regime.calendar)
        ? dueBasket(day, announced, { horizon, prices, board, regime }, evidence)
        : undefined;
    const atFixing = rules.rebalance.effective === 'at_fixing';
    let { series } = before;
    if (due && atFixing) {
      overdue = due.fault;
      const then = { level: before.level(), prices: before.prices };
      const link = { day, horizon, prices };
      if (due.basket) series = linkAtFixing(series, due.basket, link, then, rules, evidence);
    }
    const today = chainDay(
      {
        ...{ day, horizon, regime, earlier: before.earlier, series, board, prices },
        // Today's prices were completed for the basket of yesterday.
        settled: completed.settled && series === before.series,
        withheld: [...(overdue ? [overdue] : []), ...unmatchedIn(series, completed.unmatched)],
      },
      before,
      run,
    );
    yield today;
    ({ before, due: opened } = closeOf(today, atFixing ? undefined : due, run));
    if (opened) overdue = opened.fault;
    if (before.regime.market !== regime.market) announced.clear();
    announce(before, announced, run);
  }
}

/** A frozen series is never rebalanced, and stays under its version. */
function isFrozen({ series }: Pick<ChainDay, 'series'>, { options }: Run): boolean {
  return series.number === options.series;
}

/** The next calendar day; of a frozen series by its own version's calendar. */
function dayAfter(today: Pick<ChainDay, 'day' | 'series' | 'regime'>, run: Run): Day {
  const { day, regime } = today;
  return isFrozen(today, run) ? nextOpenDay(day, regime.calendar.isOpen) : run.regimes.next(day);
}

/**
 * The close of a day: what the next one is calculated from. A basket is due where a version comes
 * into force that does more than clarify, or where the day is a rebalance after the close.
 */
function closeOf(
  today: ChainDay,
  due: BasketResult | undefined,
  run: Run,
): { before: Before; due: BasketResult | undefined } {
  const { regime } = today;
  const tomorrow = dayAfter(today, run);
  const next = isFrozen(today, run) ? regime : run.regimes.on(tomorrow, regime, today.prices);
  if (next.market !== regime.market) return underVersion(today, next, tomorrow, run);
  const passed = run.regimes.passed(regime, next);
  const earlier = next === regime ? today.earlier : [...today.earlier, regime, ...passed];
  const before = { ...today, regime: next, earlier };
  return { before: due?.basket ? linked(before, due.basket, tomorrow, run) : before, due };
}

/** The board of a day, at its horizon. */
function lookAt(day: Day, { rules, market }: Regime, { evidence, options }: Run) {
  const horizon = horizonOf(day, rules, evidence, options.knownAtMs);
  return { horizon, board: market.at(day, horizon) };
}

function pricesOn(day: Day, horizon: Horizon, board: Board, before: Before, { evidence }: Run) {
  const { regime, series, prices } = before;
  if (board === before.board && before.settled) return { prices, unmatched: [], settled: true };
  const today = {
    ...{ day, horizon, quoted: board.prices },
    isWithdrawn: (id: string) => board.pricings.get(id)?.withdrawn ?? false,
    elsewhere: (id: string) => regime.elsewhere(id, day, horizon),
  };
  return completePrices(series.basket, today, before, regime.rules, evidence);
}

function unmatchedIn({ basket }: Series, unmatched: readonly string[]): readonly WithheldReason[] {
  if (unmatched.length === 0) return [];
  const held = new Set(basket.members.map(({ id }) => id));
  return unmatched.some((id) => held.has(id)) ? ['no_matched_price'] : [];
}

function chainDay(
  today: Omit<ChainDay, 'standing' | 'price' | 'legs' | 'level' | 'levelBefore'>,
  before: Before,
  { evidence }: Run,
): ChainDay {
  const { series, prices, day, horizon, regime } = today;
  const { rules, market } = regime;
  const needsCurrent = needsCurrentWeights(rules.formula);
  const unchanged = series === before.series && prices === before.prices;
  const same = unchanged && !before.isLinked && !needsCurrent;
  const standing = same ? before.standing : once(() => standingOf(series.basket, prices));
  const price = same ? before.price : once(() => priceOf(series.basket, standing(), rules));
  const legs = same ? before.legs : once(() => legsOf(series.basket, standing(), rules));
  const current = needsCurrent
    ? currentQuantities(series.basket, { day, horizon, prices }, market.candidates, rules, evidence)
    : undefined;
  const level = same ? before.level : once(() => levelOf(series, price(), prices, rules, current));
  const short: readonly WithheldReason[] = needsCurrent && !current ? ['short_usage'] : [];
  const withheld = [...new Set([...today.withheld, ...short])];
  return { ...today, withheld, standing, price, legs, level, levelBefore: before.level };
}

/** The close of a rebalance day: the new basket applies from the next day. */
function linked(today: Closed, basket: Basket, tomorrow: Day, { evidence }: Run): Before {
  const { rules } = today.regime;
  const series = linkAfterClose(today.series, basket, tomorrow, closing(today), rules, evidence);
  return { ...today, series, isLinked: true };
}

function closing({ day, level, price, prices, horizon }: Closed) {
  return { day, level: level(), price: price(), prices, horizon };
}

/** Forms the baskets that are announced on a day, from what is known then. */
function announce(today: Before, announced: Map<Day, BasketResult>, run: Run): void {
  const { day, regime, prices, board } = today;
  const { rules, calendar, from } = regime;
  if (rules.rebalance.announce_days === 0 || isFrozen(today, run)) return;
  for (const rebalanceDay of announcedOn(day, dayAfter(today, run), rules, calendar, from)) {
    if (announced.has(rebalanceDay)) continue;
    const horizon = horizonOf(day, rules, run.evidence, run.options.knownAtMs);
    const occasion = { horizon, prices: eligible(prices, board), regime };
    announced.set(rebalanceDay, basketFor(rebalanceDay, occasion, run.evidence));
  }
}

/**
 * The close of the last day before a version comes into force: its prices under that version, and
 * the new basket linked to the old one. A basket that cannot be formed leaves the old one in the
 * chain, relinked at its prices under the new version.
 */
function underVersion(
  today: ChainDay,
  regime: Regime,
  tomorrow: Day,
  run: Run,
): { before: Before; due: BasketResult } {
  const { rules } = regime;
  const { horizon, board } = lookAt(today.day, regime, run);
  const prices = new Map<string, StandingPrice>(board.prices);
  const admitted = new Map<string, StandingPrice>(board.prices);
  for (const { id } of today.series.basket.members) {
    const standing = today.prices.get(id);
    if (prices.has(id) || !standing) continue;
    const price = workloadPrice(standing.legs, rules);
    const restated = { ...standing, price, sellers: [], sellerCount: 0 };
    // It keeps its place where it was without a quote before, and the new universe may hold it.
    const wasQuoted = today.board.prices.has(id);
    if (regime.market.candidates.has(id) && !wasQuoted) admitted.set(id, restated);
    prices.set(id, wasQuoted ? { ...restated, evidence: 'imputed' } : restated);
  }
  const occasion = { horizon, prices: eligible(admitted, board), regime };
  const due = basketFor(today.day, occasion, run.evidence);
  const basket = due.basket ?? today.series.basket;
  const close = { ...closing(today), prices, horizon };
  const opened = linkAfterClose(today.series, basket, tomorrow, close, rules, run.evidence);
  const series = due.basket ? opened : { ...today.series, link: opened.link };
  const earlier = [...today.earlier, today.regime, ...run.regimes.passed(today.regime, regime)];
  const state = { ...today, regime, earlier, board, prices, series };
  return { before: { ...state, settled: false, isLinked: true }, due };
}
