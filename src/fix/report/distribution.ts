import { quantileSorted } from 'simple-statistics';
import type { Day } from '../../domain/dates.ts';
import { compare, type Decimal, decimal, divide, sum, toFixedText } from '../../domain/decimal.ts';

/** How a figure lay through the days of a year. Decimals are text, to six places. */
export interface Distribution {
  readonly days: number;
  readonly least: string;
  readonly least_on: Day;
  readonly lower_quartile: string;
  readonly median: string;
  readonly upper_quartile: string;
  readonly most: string;
  readonly most_on: Day;
  readonly mean: string;
}

export const SHARE_PLACES = 6;

/** A figure on a day. */
export interface Dated {
  readonly date: Day;
  readonly value: Decimal;
}

/**
 * Describes the values of a year: the least, the most and the mean are exact until they are
 * printed, quartiles are for people (linear between neighbours).
 *
 * @param dated at least one, in the order of the days; of equal values the first day is named.
 */
export function distributionOf(dated: readonly Dated[]): Distribution {
  const [first] = dated;
  if (!first) throw new RangeError('expected a value on at least one day');
  const extreme = (isMore: (order: number) => boolean) =>
    dated.reduce((found, one) => (isMore(compare(one.value, found.value)) ? one : found), first);
  const [least, most] = [extreme((order) => order < 0), extreme((order) => order > 0)];
  const sorted = dated.map(({ value }) => Number(shown(value))).sort((a, b) => a - b);
  const quantile = (share: number) => quantileSorted(sorted, share).toFixed(SHARE_PLACES);
  return {
    days: dated.length,
    ...{ least: shown(least.value), least_on: least.date },
    ...{ lower_quartile: quantile(0.25), median: quantile(0.5), upper_quartile: quantile(0.75) },
    ...{ most: shown(most.value), most_on: most.date },
    mean: shown(meanOf(dated.map(({ value }) => value))),
  };
}

/** @param values at least one */
export function meanOf(values: readonly Decimal[]): Decimal {
  return divide(sum(values), decimal(values.length));
}

export function shown(value: Decimal): string {
  return toFixedText(value, SHARE_PLACES);
}
