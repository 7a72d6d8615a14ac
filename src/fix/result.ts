import { type Ratio, toPlaces } from '../calculate/aggregate.ts';
import type { ChainDay } from '../calculate/chain.ts';
import { coverageOf, type Gate, measureGates } from '../calculate/gates.ts';
import { type Holding, holdings, type Influence, influenceOf } from '../calculate/influence.ts';
import { type Decimal, isPositive } from '../domain/decimal.ts';
import type { Fixing } from '../domain/fixing.ts';
import type { Legs } from '../domain/good.ts';
import type { RulebookRules } from '../domain/rulebook.ts';

/** A day of an index, decided: what is published, and what it rests on. */
export interface DayResult {
  readonly day: ChainDay;
  readonly basis: Fixing['basis'];
  readonly held: readonly Holding[];
  readonly influence: () => Influence;
  readonly gates: readonly Gate[];
  readonly coverage: Decimal;
  /** Empty where the fixing is published. */
  readonly withheld: readonly string[];
  readonly price: Ratio;
  /** Published values, rounded once. The legs are formed when they are asked for. */
  readonly value: { readonly price: Decimal; readonly legs: () => Legs<Decimal> };
  readonly level: Decimal;
}

/** Measures the gates of a day and rounds what is to be published. */
export function resultOf(day: ChainDay, rules: RulebookRules): DayResult {
  const { basket } = day.series;
  const held = holdings(basket, day.prices, day.price(), rules);
  const influence = () => influenceOf(held);
  const gates = measureGates(held, day.level, day.levelBefore, rules);
  const failed = gates.filter(({ pass }) => !pass).map(({ name }) => name);
  const { price: places, level: levelPlaces, mode } = rules.rounding;
  const legs = () =>
    Object.fromEntries(
      Object.entries(day.legs()).map(([leg, ratio]) => [leg, toPlaces(ratio, places, mode)]),
    );
  const level = toPlaces(day.level(), levelPlaces, mode);
  if (!isPositive(day.price().numerator)) throw new RangeError('expected a price above 0');
  return {
    ...{ day, held, influence, gates, level },
    basis: basisOf(day, held, rules),
    coverage: coverageOf(held),
    withheld: [...day.withheld, ...failed],
    price: day.price(),
    value: { price: toPlaces(day.price(), places, mode), legs },
  };
}

/** Live is made from what was seen by its day: a quote that nobody saw is no evidence. */
function basisOf(
  { day }: ChainDay,
  held: readonly Holding[],
  { live_from }: RulebookRules,
): Fixing['basis'] {
  if (live_from === null || day < live_from) return 'reconstructed';
  const seen = held.every(({ standing }) =>
    standing.sellers.every(({ quote }) => !quote.isReconstructed),
  );
  return seen ? 'live' : 'reconstructed';
}
