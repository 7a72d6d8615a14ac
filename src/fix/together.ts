import { chain } from '../calculate/chain.ts';
import { type Markets, marketsOf } from '../calculate/market.ts';
import { addDays, type Day } from '../domain/dates.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestOf, type OneOrMore } from '../domain/versions.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { type FixingOptions, type NoFixing, noFirstBasket } from './fixing.ts';
import { type DayResult, deciding } from './result.ts';

/** An index that is calculated together with others. */
export interface Wanted {
  /** One version of its rulebook, or all of them. */
  readonly rules: OneOrMore<Rulebook>;
  /** The days that are decided. */
  readonly isOn: (day: Day) => boolean;
}

/** What a day gives an index, or why the index has no first basket. */
export type Step = {
  /** The place of the index among those that are calculated. */
  readonly place: number;
} & (
  | { readonly result: DayResult; readonly none?: undefined }
  | { readonly result?: undefined; readonly none: NoFixing }
);

/**
 * Calculates several indices in one pass over the days, so that what their rulebooks say alike is
 * done once. Each day of each index is the same as when the index is calculated alone. Days come in
 * their order, and the indices of a day in the order in which they are given; an index may be some
 * days ahead that are off its calendar.
 */
export function* resultsTogether(
  indices: readonly Wanted[],
  evidence: Evidence,
  to: Day,
  options: FixingOptions = {},
): Generator<Step> {
  const markets = marketsOf(evidence);
  let walks = indices.map((index, place) => ({
    // Nothing is calculated before the base date.
    day: addDays(latestOf(index.rules).base.date, -1),
    paces: pacesOf(place, index, { evidence, to, options, markets }),
  }));
  while (walks.length > 0) {
    const [first] = walks.map(({ day }) => day).sort();
    const under: typeof walks = [];
    for (const walk of walks) {
      if (walk.day !== first) {
        under.push(walk);
        continue;
      }
      const { value: pace } = walk.paces.next();
      if (!pace) continue;
      if (pace.step) yield pace.step;
      under.push({ ...walk, day: pace.day });
    }
    walks = under;
  }
}

/** A day that an index has come to, with what it gives where it is wanted. */
interface Pace {
  readonly day: Day;
  readonly step: Step | undefined;
}

interface Range {
  readonly evidence: Evidence;
  readonly to: Day;
  readonly options: FixingOptions;
  readonly markets: Markets;
}

function* pacesOf(
  place: number,
  { rules, isOn }: Wanted,
  { evidence, to, options, markets }: Range,
): Generator<Pace, undefined> {
  const run = chain(rules, evidence, to, options, markets);
  if (!run.days) {
    yield { day: to, step: { place, none: noFirstBasket(latestOf(rules), run.fault) } };
    return;
  }
  const decide = deciding(isOn);
  for (const day of run.days()) {
    const result = decide(day);
    const isOfSeries = options.series === undefined || day.series.number === options.series;
    yield { day: day.day, step: result && isOfSeries ? { place, result } : undefined };
  }
}
