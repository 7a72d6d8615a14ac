import { type Day, daysBetween } from '../domain/dates.ts';
import {
  absolute,
  compare,
  type Decimal,
  decimal,
  divide,
  ONE,
  roundToDigits,
  subtract,
  sum,
  ZERO,
} from '../domain/decimal.ts';
import { once } from '../domain/once.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { chained, type Ratio, toDecimal } from './aggregate.ts';
import type { Basket } from './basket.ts';
import { dispersion } from './estimators.ts';
import type { StandingPrice } from './fallback.ts';
import { type Holding, shareOf, singleSellerShare } from './influence.ts';
import type { SellerPrice } from './sellers.ts';
import type { Series } from './series.ts';

/** A condition to publish, with what it was measured at. */
export interface Gate {
  readonly name: string;
  readonly threshold: Decimal;
  /** `null` where there is nothing to measure: then the gate passes. */
  readonly measured: Decimal | null;
  readonly pass: boolean;
}

/**
 * Measures the rulebook's gates. Constituents, labs and coverage count what is quoted or carried,
 * not what is imputed; coverage is by value at the link. They decide on publication only.
 */
export function measureGates(
  all: () => readonly Holding[],
  { day, series, standing, level, levelBefore }: Measured,
  { gates }: RulebookRules,
): Gate[] {
  if (Object.values(gates).every((threshold) => threshold === null)) return [];
  const held = all();
  const priced = held.filter(({ standing }) => standing.evidence !== 'imputed');
  const atLeast = (name: string, threshold: Decimal | number | null, measure: Measure): Gate[] =>
    gate(name, threshold, measure, (value, limit) => compare(value, limit) >= 0);
  const atMost = (name: string, threshold: Decimal | number | null, measure: Measure): Gate[] =>
    gate(name, threshold, measure, (value, limit) => compare(value, limit) <= 0);
  const quoted = once(() => priced.flatMap(({ standing }) => standing.sellers));
  const count = (names: readonly string[]) => decimal(new Set(names).size);
  return [
    ...atLeast('min_constituents', gates.min_constituents, () => decimal(priced.length)),
    ...atLeast('min_labs', gates.min_labs, () => count(priced.map(({ lab }) => lab))),
    ...atLeast('min_sellers', gates.min_sellers, () => count(quoted().map(({ owner }) => owner))),
    ...atLeast('min_venues', gates.min_venues, () => count(quoted().map(({ venue }) => venue))),
    ...atLeast('min_coverage', gates.min_coverage, () => coverageOf(series.basket, standing())),
    ...atLeast('min_confirmed', gates.min_confirmed, () => confirmedShare(held)),
    ...atMost('max_single_seller', gates.max_single_seller, () => singleSellerShare(held)),
    ...atMost('max_dispersion', gates.max_dispersion, () => widestDispersion(held)),
    ...atMost('max_move', gates.max_move, () => levelBefore && moveOf(level(), levelBefore())),
    ...atMost('max_fx_age_days', gates.max_fx_age_days, () => oldestRate(quoted(), day)),
  ];
}

/** What the gates of a day look at beside its constituents. */
export interface Measured {
  readonly day: Day;
  readonly series: Pick<Series, 'basket'>;
  readonly standing: () => readonly StandingPrice[];
  readonly level: () => Ratio;
  readonly levelBefore: (() => Ratio) | undefined;
}

/** Age in days of the oldest exchange rate behind a price; none where all are in US dollars. */
function oldestRate(quoted: readonly SellerPrice[], day: Day): Decimal | undefined {
  const ages = quoted.flatMap(({ rateDate }) => (rateDate ? [daysBetween(rateDate, day)] : []));
  return ages.length === 0 ? undefined : decimal(Math.max(...ages));
}

/** Share of the basket's value at the series' link prices that is quoted or carried today. */
export function coverageOf({ members }: Basket, standing: readonly StandingPrice[]): Decimal {
  const isPriced = (index: number) => standing[index]?.evidence !== 'imputed';
  // Nothing missing is exactly 1, whatever the shares were rounded to.
  if (members.every((_, index) => isPriced(index))) return ONE;
  const priced = members.filter((_, index) => isPriced(index));
  return divide(
    sum(priced.map(({ linkShare }) => linkShare)),
    sum(members.map(({ linkShare }) => linkShare)),
  );
}

function confirmedShare(held: readonly Holding[]): Decimal {
  const confirmed = held.filter(({ standing }) => standing.evidence === 'observed');
  return confirmed.length === held.length ? ONE : shareOf(confirmed);
}

function widestDispersion(held: readonly Holding[]): Decimal {
  return held.reduce((widest, { standing }) => {
    if (standing.sellerCount < 2) return widest;
    const one = dispersion(standing.sellers.map(({ price }) => price));
    return compare(one, widest) > 0 ? one : widest;
  }, ZERO);
}

function moveOf(level: Ratio, before: Ratio): Decimal {
  const relative = toDecimal(chained(level, { numerator: ONE, denominator: ONE }, before));
  return roundToDigits(absolute(subtract(relative, ONE)));
}

/** Only what has a gate is measured. */
type Measure = () => Decimal | undefined;

function gate(
  name: string,
  threshold: Decimal | number | null,
  measure: Measure,
  passes: (measured: Decimal, limit: Decimal) => boolean,
): Gate[] {
  if (threshold === null) return [];
  const measured = measure() ?? null;
  const limit = typeof threshold === 'number' ? decimal(threshold) : threshold;
  return [{ name, threshold: limit, measured, pass: measured === null || passes(measured, limit) }];
}
