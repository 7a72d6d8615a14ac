import { toDecimal } from '../calculate/aggregate.ts';
import { type Cause, type Part, partsOf, unsplit } from '../calculate/attribution.ts';
import { type ChainDay, chain } from '../calculate/chain.ts';
import type { Day } from '../domain/dates.ts';
import {
  absolute,
  add,
  compare,
  type Decimal,
  decimal,
  divideToPlaces,
  isZero,
  multiply,
  roundToPlaces,
  subtract,
  sum,
  toFixedText,
  toText,
  ZERO,
} from '../domain/decimal.ts';
import { byCodePoint } from '../domain/group.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestOf, type OneOrMore } from '../domain/versions.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { cannotFix, type FixingOptions, type NoFixing, noFirstBasket } from './fixing.ts';
import { type DayResult, decided } from './result.ts';

/** Why an index moved between two fixings. Decimals are text; the parts sum to the change. */
export interface Explanation {
  readonly schema: 'mtok.explanation/1';
  readonly index: string;
  /** Of prices: USD/MTok, USD/GPU-hour. */
  readonly unit: string;
  readonly from: Day;
  readonly to: Day;
  /** The raw reference price: composition moves it too. */
  readonly price: Change;
  /** The matched level: composition does not move it. */
  readonly level: Change;
  /** What cannot be split, and so has no parts; `null` where it can. */
  readonly unsplit: string | null;
  /** The largest of the price first. */
  readonly parts: readonly ExplainedPart[];
  /** What rounding for publication leaves: it closes to the published difference. */
  readonly rounding: { readonly price: string; readonly level: string };
  /** Where an aggregate has no parts: constituents that passed the middle. */
  readonly crossed: readonly Crossing[];
  /** Both series, 100 on the first day, on every published day. */
  readonly days: readonly { readonly date: Day; readonly raw: string; readonly matched: string }[];
}

export interface Change {
  readonly from: string;
  readonly to: string;
  readonly change: string;
  /** Of the first value, in percent. */
  readonly percent: string;
}

export interface ExplainedPart {
  readonly cause: Cause;
  /** Empty for what is of no constituent. */
  readonly constituent: string;
  readonly price: string;
  /** Points of the level. */
  readonly level: string;
}

/** A constituent that is on another side of the middle price than it was. */
export interface Crossing {
  readonly constituent: string;
  readonly from: string;
  readonly to: string;
  /** Where its price stands to the value of the index. */
  readonly side_from: Side;
  readonly side_to: Side;
}

type Side = 'above' | 'at' | 'below';

export type ExplanationResult =
  | { readonly explanation: Explanation; readonly none?: undefined }
  | { readonly explanation?: undefined; readonly none: NoFixing };

/** Places of the parts: what they leave of the change is the rounding line. */
const PART_PLACES = 12;
const PERCENT_PLACES = 4;

/**
 * Splits the move of an index between two published fixings into what its constituents, exchange
 * rates, sellers, weights, entries and exits, and versions of the rulebook did, day by day. The
 * parts and the rounding line sum exactly to the published difference, in the unit of the price
 * and in points.
 *
 * @returns the explanation, or why one of the days has no value of its own.
 * @example explain(rulebook, evidenceOf(rows), '2026-07-21', '2026-08-21')
 */
export function explain(
  rules: OneOrMore<Rulebook>,
  evidence: Evidence,
  from: Day,
  to: Day,
  options: FixingOptions = {},
): ExplanationResult {
  const none = cannotFix(rules, evidence, from) ?? cannotFix(rules, evidence, to);
  if (none) return { none };
  const run = chain(rules, evidence, to, options);
  if (!run.days) return { none: noFirstBasket(latestOf(rules), run.fault) };
  const results = [...decided(run.days(), (day) => from <= day)];
  const [first, last] = [results[0], results.at(-1)];
  if (!first || !last) throw new RangeError(`expected the chain to reach ${to}`);
  for (const {
    day,
    withheld,
    rules: { index },
  } of [first, last]) {
    if (withheld.length === 0) continue;
    const message = `${index} has no value of its own on ${day.day}: ${withheld.join(', ')}`;
    return { none: { code: 'withheld', message } };
  }
  return { explanation: explanationOf(results, first, last, evidence) };
}

function explanationOf(
  results: readonly DayResult[],
  first: DayResult,
  last: DayResult,
  evidence: Evidence,
): Explanation {
  const days = results.map(({ day }) => day);
  const obstacle = days.map(unsplit).find((why) => why !== undefined);
  const parts = obstacle === undefined ? summed(days, evidence) : [];
  const price = changeOf(first.own.price, last.own.price, last.rules.rounding.price);
  const level = changeOf(first.own.level, last.own.level, last.rules.rounding.level);
  const left = (change: string, values: readonly Decimal[]) =>
    toText(subtract(decimal(change), sum(values)));
  return {
    schema: 'mtok.explanation/1',
    ...{ index: last.rules.index, unit: last.rules.unit },
    ...{ from: first.day.day, to: last.day.day, price, level, unsplit: obstacle ?? null },
    parts: parts.map(({ cause, id, ...part }) => ({
      ...{ cause, constituent: id, price: toText(part.price), level: toText(part.level) },
    })),
    rounding: {
      price: left(
        obstacle === undefined ? price.change : '0',
        parts.map((part) => part.price),
      ),
      level: left(
        obstacle === undefined ? level.change : '0',
        parts.map((part) => part.level),
      ),
    },
    crossed: obstacle === undefined ? [] : crossings(first, last),
    days: results.flatMap(({ day: { day }, print }) =>
      print
        ? [
            {
              date: day,
              raw: of100(print.price, first.own.price),
              matched: of100(print.level, first.own.level),
            },
          ]
        : [],
    ),
  };
}

/** The parts of all days by cause and constituent, rounded once. */
function summed(days: readonly ChainDay[], evidence: Evidence): Part[] {
  const sums = new Map<string, Part>();
  for (const [index, today] of days.entries()) {
    const before = days[index - 1];
    if (!before) continue;
    for (const part of partsOf(before, today, evidence)) {
      const key = `${part.cause} ${part.id}`;
      const { price, level } = sums.get(key) ?? { price: ZERO, level: ZERO };
      sums.set(key, { ...part, price: add(price, part.price), level: add(level, part.level) });
    }
  }
  return [...sums.values()]
    .map((part) => ({
      ...part,
      price: roundToPlaces(part.price, PART_PLACES, 'half_even'),
      level: roundToPlaces(part.level, PART_PLACES, 'half_even'),
    }))
    .filter(({ price, level }) => !isZero(price) || !isZero(level))
    .sort(
      (a, b) =>
        compare(absolute(b.price), absolute(a.price)) ||
        byCodePoint(`${a.cause} ${a.id}`, `${b.cause} ${b.id}`),
    );
}

function changeOf(from: Decimal, to: Decimal, places: number): Change {
  const change = subtract(to, from);
  return {
    from: toFixedText(from, places),
    to: toFixedText(to, places),
    change: toFixedText(change, places),
    percent: toFixedText(
      divideToPlaces(multiply(change, decimal(100)), from, PERCENT_PLACES, 'half_even'),
      PERCENT_PLACES,
    ),
  };
}

function of100(value: Decimal, first: Decimal): string {
  const shown = divideToPlaces(multiply(value, decimal(100)), first, PERCENT_PLACES, 'half_even');
  return toFixedText(shown, PERCENT_PLACES);
}

/** Constituents of both days whose price passed the value of the index, by id. */
function crossings(first: DayResult, last: DayResult): Crossing[] {
  const sideOf = (price: Decimal, { price: middle }: DayResult): Side => {
    const order = compare(price, toDecimal(middle));
    return order === 0 ? 'at' : order > 0 ? 'above' : 'below';
  };
  const before = new Map(first.held.map(({ id, standing }) => [id, standing.price]));
  return last.held.flatMap(({ id, standing: { price } }): Crossing[] => {
    const then = before.get(id);
    if (!then) return [];
    const [side_from, side_to] = [sideOf(then, first), sideOf(price, last)];
    if (side_from === side_to) return [];
    return [{ constituent: id, from: toText(then), to: toText(price), side_from, side_to }];
  });
}
