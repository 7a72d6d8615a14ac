import { sampleCorrelation, sampleStandardDeviation } from 'simple-statistics';
import { type Part, partsOf, unsplit } from '../calculate/attribution.ts';
import type { ChainDay } from '../calculate/chain.ts';
import type { Day } from '../domain/dates.ts';
import {
  absolute,
  add,
  type Decimal,
  decimal,
  divide,
  divideToPlaces,
  multiply,
  ONE,
  compare as order,
  subtract,
  sum,
  toFixedText,
  toText,
  ZERO,
} from '../domain/decimal.ts';
import { byCodePoint } from '../domain/group.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { ln } from '../domain/transcendental.ts';
import { latestOf, type OneOrMore } from '../domain/versions.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { isGeometric } from '../weigh/weights.ts';
import { resultsOn } from './backfill.ts';
import type { NoFixing } from './fixing.ts';
import type { DayResult } from './result.ts';

/** Two rulebooks over one history: what a change of methodology would have done. */
export interface Comparison {
  readonly schema: 'mtok.comparison/1';
  readonly from: Day;
  readonly to: Day;
  readonly a: Side;
  readonly b: Side;
  /** Of monthly changes of the level; `null` with fewer than three months. */
  readonly correlation: string | null;
  /** The days on which the levels moved most differently, the largest difference first. */
  readonly differences: readonly DayDifference[];
}

/** One rulebook over the history. Percentages are text with two places. */
export interface Side {
  readonly index: string;
  readonly unit: string;
  readonly version: string;
  readonly first: Print | null;
  readonly last: Print | null;
  readonly change_percent: string | null;
  /** Standard deviation of monthly logarithmic changes, times √12. */
  readonly volatility_percent: string | null;
  /** The deepest fall of the level from a day to a later one. */
  readonly drawdown: { readonly from: Day; readonly to: Day; readonly percent: string } | null;
  readonly rebalances: number;
  /** Half the sum of changes in shares of value at a rebalance. */
  readonly turnover_percent: { readonly mean: string; readonly largest: string } | null;
  readonly published: number;
  readonly withheld: number;
}

export interface Print {
  readonly date: Day;
  readonly price: string;
  readonly level: string;
}

export interface DayDifference {
  readonly date: Day;
  readonly a_percent: string;
  readonly b_percent: string;
  /** a − b, in percentage points. */
  readonly points: string;
  /** What moved each level most, in its points. */
  readonly a_causes: readonly LevelCause[];
  readonly b_causes: readonly LevelCause[];
}

export interface LevelCause {
  readonly cause: string;
  readonly constituent: string;
  readonly points: string;
}

export type ComparisonResult =
  | { readonly comparison: Comparison; readonly none?: undefined }
  | { readonly comparison?: undefined; readonly none: NoFixing };

const PLACES = 2;
const MOST_DIFFERENCES = 5;
const MOST_CAUSES = 3;
const HUNDRED = decimal(100);

/**
 * Compares two rulebooks, or two versions of one, over the same days and rows: level, volatility,
 * drawdown, turnover, and the days on which they differ most with their causes. It is the impact
 * report of a consultation. Statistics are floats, taken from exact levels at the very end.
 *
 * @example compareRulebooks(first, second, evidenceOf(rows), '2026-01-01', '2026-08-21')
 */
export function compareRulebooks(
  a: OneOrMore<Rulebook>,
  b: OneOrMore<Rulebook>,
  evidence: Evidence,
  from: Day,
  to: Day,
): ComparisonResult {
  const [ofA, ofB] = [a, b].map((rules) => resultsOn(rules, evidence, to, (day) => day >= from));
  if (!ofA?.items) return { none: ofA?.none ?? missing };
  if (!ofB?.items) return { none: ofB?.none ?? missing };
  const [historyA, historyB] = [[...ofA.items], [...ofB.items]];
  const [monthsA, monthsB] = [monthly(historyA), monthly(historyB)];
  return {
    comparison: {
      schema: 'mtok.comparison/1',
      ...{ from, to },
      a: sideOf(latestOf(a), historyA, monthsA),
      b: sideOf(latestOf(b), historyB, monthsB),
      correlation: correlationOf(monthsA, monthsB),
      differences: differencesOf(historyA, historyB, evidence),
    },
  };
}

const missing: NoFixing = { code: 'before_base', message: 'expected two rulebooks' };

function sideOf(
  { index, unit, version }: Rulebook,
  history: readonly DayResult[],
  months: ReadonlyMap<string, number>,
): Side {
  const prints = history.flatMap(printedOn);
  const [first, last] = [prints[0], prints.at(-1)];
  const turnover = turnoverOf(history);
  const changes = [...months.values()];
  return {
    ...{ index, unit, version },
    first: first?.shown ?? null,
    last: last?.shown ?? null,
    change_percent: first && last ? changePercent(first.level, last.level) : null,
    volatility_percent:
      changes.length < 2
        ? null
        : (sampleStandardDeviation(changes) * ROOT_OF_12 * 100).toFixed(PLACES),
    drawdown: drawdownOf(prints),
    rebalances: turnover.length,
    turnover_percent: turnover.length === 0 ? null : turnoverSummary(turnover),
    published: prints.length,
    withheld: history.length - prints.length,
  };
}

const ROOT_OF_12 = 3.4641016151377544;

/** What was published on a day: a print that is repeated counts at what it was. */
interface Printed {
  readonly date: Day;
  readonly level: Decimal;
  readonly shown: Print;
}

function printedOn({ day: { day: date }, print }: DayResult): Printed[] {
  if (!print) return [];
  const { level, places } = print;
  const price = toFixedText(print.price, places.price);
  return [{ date, level, shown: { date, price, level: toFixedText(level, places.level) } }];
}

function changePercent(from: Decimal, to: Decimal): string {
  return percentOf(divide(subtract(to, from), from));
}

function percentOf(share: Decimal): string {
  return toFixedText(divideToPlaces(multiply(share, HUNDRED), ONE, PLACES, 'half_even'), PLACES);
}

/** Logarithmic changes of the level from month end to month end, by month. */
function monthly(history: readonly DayResult[]): Map<string, number> {
  const ends = new Map<string, Decimal>();
  for (const { day, print } of history) if (print) ends.set(day.day.slice(0, 7), print.level);
  const changes = new Map<string, number>();
  let before: Decimal | undefined;
  for (const [month, level] of ends) {
    if (before) changes.set(month, Number(toText(ln(divide(level, before)))));
    before = level;
  }
  return changes;
}

function correlationOf(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): string | null {
  const common = [...a.keys()].filter((month) => b.has(month));
  const valuesOf = (of: ReadonlyMap<string, number>) => common.map((month) => of.get(month) ?? 0);
  const [valuesA, valuesB] = [valuesOf(a), valuesOf(b)];
  const isFlat = (values: readonly number[]) => values.every((value) => value === values[0]);
  if (common.length < 2 || isFlat(valuesA) || isFlat(valuesB)) return null;
  return sampleCorrelation(valuesA, valuesB).toFixed(PLACES);
}

function drawdownOf(prints: readonly Printed[]): Side['drawdown'] {
  let peak: Printed | undefined;
  let deepest: { from: Day; to: Day; fall: Decimal } | undefined;
  for (const print of prints) {
    if (!peak || order(print.level, peak.level) >= 0) peak = print;
    const fall = divide(subtract(peak.level, print.level), peak.level);
    if (order(fall, deepest?.fall ?? ZERO) > 0) {
      deepest = { from: peak.date, to: print.date, fall };
    }
  }
  return deepest ? { from: deepest.from, to: deepest.to, percent: percentOf(deepest.fall) } : null;
}

/** Of each rebalance in a history: half the sum of changes in shares of value at its link. */
function turnoverOf(history: readonly DayResult[]): Decimal[] {
  return history.flatMap(({ day }, index): Decimal[] => {
    const before = history[index - 1]?.day;
    if (!before || before.series === day.series) return [];
    const old = sharesAtLink(before, day);
    const now = new Map(day.series.basket.members.map(({ id, linkShare }) => [id, linkShare]));
    const ids = new Set([...old.keys(), ...now.keys()]);
    const changes = [...ids].map((id) =>
      absolute(subtract(now.get(id) ?? ZERO, old.get(id) ?? ZERO)),
    );
    return [divide(sum(changes), decimal(2))];
  });
}

/** Shares of value of the basket that a link ends, at the prices of the link. */
function sharesAtLink({ series: { basket } }: ChainDay, { series, regime }: ChainDay) {
  const values = basket.members.map(({ id, weight }) => {
    const price = series.link.prices.get(id)?.price ?? ZERO;
    return [id, isGeometric(regime.rules) ? weight : multiply(weight, price)] as const;
  });
  const total = sum(values.map(([, value]) => value));
  return new Map(values.map(([id, value]) => [id, divide(value, total)]));
}

function turnoverSummary(turnover: readonly Decimal[]): { mean: string; largest: string } {
  const mean = divide(sum(turnover), decimal(turnover.length));
  const [largest = ZERO] = [...turnover].sort((a, b) => order(b, a));
  return { mean: percentOf(mean), largest: percentOf(largest) };
}

/** The days on which both have a print and one of the day before, with unlike moves. */
function differencesOf(
  a: readonly DayResult[],
  b: readonly DayResult[],
  evidence: Evidence,
): DayDifference[] {
  const movesB = new Map(movesOf(b).map((move) => [move.date, move]));
  return movesOf(a)
    .flatMap((moveA) => {
      const moveB = movesB.get(moveA.date);
      if (!moveB) return [];
      const points = subtract(moveA.change, moveB.change);
      return points.digits === 0n ? [] : [{ moveA, moveB, points }];
    })
    .sort(
      (one, other) =>
        order(absolute(other.points), absolute(one.points)) ||
        byCodePoint(one.moveA.date, other.moveA.date),
    )
    .slice(0, MOST_DIFFERENCES)
    .map(({ moveA, moveB, points }) => ({
      date: moveA.date,
      a_percent: percentOf(moveA.change),
      b_percent: percentOf(moveB.change),
      points: percentOf(points),
      a_causes: causesOf(moveA, evidence),
      b_causes: causesOf(moveB, evidence),
    }));
}

interface DayMove {
  readonly date: Day;
  readonly change: Decimal;
  readonly before: ChainDay;
  readonly today: ChainDay;
}

function movesOf(history: readonly DayResult[]): DayMove[] {
  return history.flatMap(({ day: today, print }, index): DayMove[] => {
    const last = history[index - 1];
    // A repeated print moves nothing, and what moved in the chain is not its cause.
    if (!print || !last?.print || print.date !== today.day || last.print.date !== last.day.day) {
      return [];
    }
    const change = divide(subtract(print.level, last.print.level), last.print.level);
    return [{ date: today.day, change, before: last.day, today }];
  });
}

function causesOf({ before, today }: DayMove, evidence: Evidence): LevelCause[] {
  if (unsplit(today) !== undefined) return [];
  const sums = new Map<string, Part>();
  for (const part of partsOf(before, today, evidence)) {
    const key = `${part.cause} ${part.id}`;
    sums.set(key, { ...part, level: add(part.level, sums.get(key)?.level ?? ZERO) });
  }
  return [...sums.values()]
    .filter(({ level }) => level.digits !== 0n)
    .sort((a, b) => order(absolute(b.level), absolute(a.level)) || byCodePoint(a.id, b.id))
    .slice(0, MOST_CAUSES)
    .map(({ cause, id, level }) => ({
      ...{ cause, constituent: id },
      points: toFixedText(divideToPlaces(level, ONE, 4, 'half_even'), 4),
    }));
}
