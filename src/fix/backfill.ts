import { chain } from '../calculate/chain.ts';
import type { Market } from '../calculate/market.ts';
import type { Day } from '../domain/dates.ts';
import { toFixedText } from '../domain/decimal.ts';
import type { Fixing } from '../domain/fixing.ts';
import { TOKEN } from '../domain/good.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { type FixingOptions, fixingOf, type NoFixing, noFirstBasket } from './fixing.ts';
import { type DayResult, resultOf } from './result.ts';

/** The columns of a series, in their order. */
export const SERIES_COLUMNS = [
  ...(['date', 'index', 'status', 'basis', 'series'] as const),
  ...(['price', 'input', 'cached_input', 'output', 'level', 'constituents', 'coverage'] as const),
];

/** One day of a series. Withheld values are empty. */
export type SeriesRow = Readonly<Record<(typeof SERIES_COLUMNS)[number], string>>;

const COVERAGE_PLACES = 4;

/** What a range of days gives, or why the index has no first basket. */
export type Backfill<Item> =
  | { readonly items: Generator<Item>; readonly none?: undefined }
  | { readonly items?: undefined; readonly none: NoFixing };

/**
 * Calculates every fixing of a range, from one pass over the days. Each is the same document as
 * `calculateFixing` gives for its date alone; days before the base date or off the calendar have
 * none.
 */
export function backfill(
  rulebook: Rulebook,
  evidence: Evidence,
  from: Day,
  to: Day,
  options: FixingOptions = {},
): Backfill<Fixing> {
  return range(rulebook, evidence, from, to, options, (result, market) =>
    fixingOf(result, rulebook, evidence, market),
  );
}

/** The same range as rows of a series, without the documents. */
export function series(
  rulebook: Rulebook,
  evidence: Evidence,
  from: Day,
  to: Day,
  options: FixingOptions = {},
): Backfill<SeriesRow> {
  return range(rulebook, evidence, from, to, options, (result) => rowOf(result, rulebook));
}

/** The decided days of a range that are asked for: one pass, and only those are decided. */
export function resultsOn(
  rulebook: Rulebook,
  evidence: Evidence,
  to: Day,
  wanted: (day: Day) => boolean,
  options: FixingOptions = {},
): Backfill<{ readonly result: DayResult; readonly market: Market }> {
  const run = chain(rulebook, evidence, to, options.knownAtMs);
  if (!run.days) return { none: noFirstBasket(rulebook, run.fault) };
  const { days, market } = run;
  return { items: each() };

  function* each() {
    for (const day of days())
      if (wanted(day.day)) yield { result: resultOf(day, rulebook), market };
  }
}

function* map<From, To>(items: Iterable<From>, make: (item: From) => To): Generator<To> {
  for (const item of items) yield make(item);
}

function range<Item>(
  rulebook: Rulebook,
  evidence: Evidence,
  from: Day,
  to: Day,
  options: FixingOptions,
  make: (result: DayResult, market: Market) => Item,
): Backfill<Item> {
  const run = resultsOn(rulebook, evidence, to, (day) => day >= from, options);
  if (!run.items) return run;
  return { items: map(run.items, ({ result, market }) => make(result, market)) };
}

export function rowOf(
  { day, basis, value, level, coverage, withheld, held }: DayResult,
  rules: Rulebook,
): SeriesRow {
  const published = withheld.length === 0;
  const { price: places, level: levelPlaces } = rules.rounding;
  const legs = published ? value.legs() : {};
  const [input, cached, output] = TOKEN.valueLegs.map((leg) => {
    const price = legs[leg];
    return price ? toFixedText(price, places) : '';
  });
  return {
    date: day.day,
    index: rules.index,
    status: published ? 'published' : 'withheld',
    basis,
    series: String(day.series.number),
    price: published ? toFixedText(value.price, places) : '',
    ...{ input: input ?? '', cached_input: cached ?? '', output: output ?? '' },
    level: published ? toFixedText(level, levelPlaces) : '',
    constituents: String(held.length),
    coverage: toFixedText(coverage, COVERAGE_PLACES),
  };
}
