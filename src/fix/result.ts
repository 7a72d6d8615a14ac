import { type Ratio, toPlaces } from '../calculate/aggregate.ts';
import type { ChainDay } from '../calculate/chain.ts';
import { coverageOf, type Gate, measureGates } from '../calculate/gates.ts';
import { type Holding, holdings, type Influence, influenceOf } from '../calculate/influence.ts';
import type { Day } from '../domain/dates.ts';
import { type Decimal, isPositive } from '../domain/decimal.ts';
import type { Fixing } from '../domain/fixing.ts';
import type { Legs } from '../domain/good.ts';
import { once } from '../domain/once.ts';
import type { Rulebook } from '../domain/rulebook.ts';

/** A day of an index, decided: what is published, and what it rests on. */
export interface DayResult {
  readonly day: ChainDay;
  readonly rules: Rulebook;
  readonly basis: Fixing['basis'];
  readonly held: readonly Holding[];
  readonly influence: () => Influence;
  readonly gates: readonly Gate[];
  readonly coverage: Decimal;
  /** Why the day has no print of its own; empty where it has. */
  readonly withheld: readonly string[];
  readonly price: Ratio;
  /** The values of the day, rounded once, whether they are published or not. */
  readonly own: Print;
  /** What is published: its own values, or the last print again; none where withheld. */
  readonly print: Print | undefined;
}

/** Published values. The legs are formed when they are asked for. */
export interface Print {
  /** The day whose values they are. */
  readonly date: Day;
  readonly price: Decimal;
  readonly legs: () => Legs<Decimal>;
  readonly level: Decimal;
  /** By the rulebook of its day: a print is repeated as it was printed. */
  readonly places: { readonly price: number; readonly level: number };
}

/**
 * Decides the days of a chain that are wanted, one after the other: gates, and where they fail the
 * last print again for as many days as the rulebook allows (`on_withheld`), then suspension.
 */
export function* decided(
  days: Iterable<ChainDay>,
  wanted: (day: Day) => boolean,
): Generator<DayResult> {
  const decide = deciding(wanted);
  for (const day of days) {
    const result = decide(day);
    if (result) yield result;
  }
}

/** The same one day at a time, each after the one before it. */
export function deciding(wanted: (day: Day) => boolean): (day: ChainDay) => DayResult | undefined {
  const recent: ChainDay[] = [];
  return (day) => {
    const { on_withheld: rule } = day.regime.rules;
    const own = wanted(day.day) ? resultOf(day) : undefined;
    const result = !own || own.print || rule === 'none' ? own : repeated(own, recent);
    if (rule !== 'none') {
      recent.unshift(day);
      recent.length = Math.min(recent.length, rule.previous);
    }
    return result;
  };
}

/** A day without a print of its own, with the last one before it, the latest day first. */
function repeated(result: DayResult, recent: readonly ChainDay[]): DayResult {
  for (const day of recent) {
    const { print } = resultOf(day);
    if (print) return { ...result, print };
  }
  return { ...result, withheld: [...result.withheld, 'suspended'] };
}

/** Measures the gates of a day and rounds what is to be published. */
function resultOf(day: ChainDay): DayResult {
  const { rules } = day.regime;
  const { basket } = day.series;
  const held = once(() => holdings(basket, day.standing(), day.price(), rules));
  const gates = measureGates(held, day, rules);
  const failed = gates.filter(({ pass }) => !pass).map(({ name }) => name);
  const { price: places, level: levelPlaces, mode } = rules.rounding;
  const legs = () =>
    Object.fromEntries(
      Object.entries(day.legs()).map(([leg, ratio]) => [leg, toPlaces(ratio, places, mode)]),
    );
  if (!isPositive(day.price().numerator)) throw new RangeError('expected a price above 0');
  const price = toPlaces(day.price(), places, mode);
  const level = toPlaces(day.level(), levelPlaces, mode);
  const own = { date: day.day, price, legs, level, places: rules.rounding };
  const withheld = [...day.withheld, ...failed];
  return {
    ...{ day, rules, gates, withheld, own, price: day.price() },
    get held() {
      return held();
    },
    influence: () => influenceOf(held(), rules),
    basis: basisOf(day, rules),
    get coverage() {
      return coverageOf(basket, day.standing());
    },
    print: withheld.length === 0 ? own : undefined,
  };
}

/** Live is made from what was seen by its day: a quote that nobody saw is no evidence. */
function basisOf({ day, standing }: ChainDay, { live_from }: Rulebook): Fixing['basis'] {
  if (live_from === null || day < live_from) return 'reconstructed';
  const seen = standing().every(({ sellers }) =>
    sellers.every(({ quote }) => !quote.isReconstructed),
  );
  return seen ? 'live' : 'reconstructed';
}
