import { chain } from '../calculate/chain.ts';
import type { Day } from '../domain/dates.ts';
import { toFixedText } from '../domain/decimal.ts';
import type { Fixing } from '../domain/fixing.ts';
import { TOKEN } from '../domain/goods/token.ts';
import { GOODS, type GoodId } from '../domain/goods.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestOf, type OneOrMore } from '../domain/versions.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { type FixingOptions, fixingOf, type NoFixing, noFirstBasket } from './fixing.ts';
import { type DayResult, decided } from './result.ts';

const FIRST_COLUMNS = ['date', 'index', 'status', 'basis', 'series', 'price'] as const;
const LAST_COLUMNS = ['level', 'constituents', 'coverage'] as const;

/** The columns of a series of tokens, and of one with indices of several goods. */
export const SERIES_COLUMNS = [...FIRST_COLUMNS, ...TOKEN.valueLegs, ...LAST_COLUMNS] as const;

export type SeriesColumn = (typeof SERIES_COLUMNS)[number];

/** One day of a series. Withheld values are empty, and so are legs that a good does not have. */
export type SeriesRow = Readonly<Record<SeriesColumn, string>>;

/** The columns for indices of some goods: of a good with one leg the price is that leg. */
export function seriesColumns(goods: Iterable<GoodId>): readonly SeriesColumn[] {
  const hasLegs = [...goods].some((good) => GOODS[good].valueLegs.length > 1);
  return hasLegs ? SERIES_COLUMNS : [...FIRST_COLUMNS, ...LAST_COLUMNS];
}

const COVERAGE_PLACES = 4;

/** What a range of days gives, or why the index has no first basket. */
export type Backfill<Item> =
  | { readonly items: Generator<Item>; readonly none?: undefined }
  | { readonly items?: undefined; readonly none: NoFixing };

/**
 * Calculates every fixing of a range, from one pass over the days. Each is the same document as
 * `calculateFixing` gives for its date alone; days before the base date or off the calendar have
 * none.
 *
 * @param rules one version of a rulebook, or all of them.
 */
export function backfill(
  rules: OneOrMore<Rulebook>,
  evidence: Evidence,
  from: Day,
  to: Day,
  options: FixingOptions = {},
): Backfill<Fixing> {
  return range(
    rules,
    evidence,
    from,
    to,
    options,
    (result) => fixingOf(result, evidence, options).fixing,
  );
}

/** The same range as rows of a series, without the documents. */
export function series(
  rules: OneOrMore<Rulebook>,
  evidence: Evidence,
  from: Day,
  to: Day,
  options: FixingOptions = {},
): Backfill<SeriesRow> {
  return range(rules, evidence, from, to, options, rowOf);
}

/** The decided days of a range that are asked for: one pass, and only those are decided. */
export function resultsOn(
  rules: OneOrMore<Rulebook>,
  evidence: Evidence,
  to: Day,
  wanted: (day: Day) => boolean,
  options: FixingOptions = {},
): Backfill<DayResult> {
  const run = chain(rules, evidence, to, options);
  if (!run.days) return { none: noFirstBasket(latestOf(rules), run.fault) };
  const results = decided(run.days(), wanted);
  return { items: options.series === undefined ? results : ofSeries(results, options.series) };
}

/** A frozen series has days from its first on. */
function* ofSeries(results: Iterable<DayResult>, number: number): Generator<DayResult> {
  for (const result of results) if (result.day.series.number === number) yield result;
}

function* map<From, To>(items: Iterable<From>, make: (item: From) => To): Generator<To> {
  for (const item of items) yield make(item);
}

function range<Item>(
  rules: OneOrMore<Rulebook>,
  evidence: Evidence,
  from: Day,
  to: Day,
  options: FixingOptions,
  make: (result: DayResult) => Item,
): Backfill<Item> {
  const run = resultsOn(rules, evidence, to, (day) => day >= from, options);
  if (!run.items) return run;
  return { items: map(run.items, make) };
}

export function rowOf({ day, rules, basis, print, coverage }: DayResult): SeriesRow {
  const legs = print?.legs() ?? {};
  const [input, cached, output] = TOKEN.valueLegs.map((leg) => {
    const price = legs[leg];
    return print && price ? toFixedText(price, print.places.price) : '';
  });
  return {
    date: day.day,
    index: rules.index,
    status: print ? 'published' : 'withheld',
    basis,
    series: String(day.series.number),
    price: print ? toFixedText(print.price, print.places.price) : '',
    ...{ input: input ?? '', cached_input: cached ?? '', output: output ?? '' },
    level: print ? toFixedText(print.level, print.places.level) : '',
    constituents: String(day.series.basket.members.length),
    coverage: toFixedText(coverage, COVERAGE_PLACES),
  };
}
