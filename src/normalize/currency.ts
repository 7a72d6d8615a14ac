import { type Day, daysBetween } from '../domain/dates.ts';
import { type Decimal, divide, multiply, near, ONE } from '../domain/decimal.ts';
import { byCodePoint, groupBy } from '../domain/group.ts';
import type { FxRate } from '../domain/rows.ts';

/** A currency's rate to the US dollar on a date: 1 unit = `usd / units` dollars. */
export interface DollarRate {
  readonly date: Day;
  /** Later than its date where a rate behind it says so. */
  readonly knownAtMs: number;
  readonly usd: Decimal;
  readonly units: Decimal;
  /** Dollars for a unit, nearly: to look for what is then compared exactly. */
  readonly near: number;
}

/** The rate of a day, or why there is none. */
export type RateFound = DollarRate | 'no_fx_rate' | 'fx_rate_too_old';

/** Rates to the US dollar of each currency, in the order of their dates. */
export type FxTable = ReadonlyMap<string, readonly DollarRate[]>;

/** A converted amount with the date of its rate, or why there is none. */
export type Conversion =
  | { readonly usd: Decimal; readonly rateDate: Day }
  | { readonly usd?: undefined; readonly reason: 'no_fx_rate' | 'fx_rate_too_old' };

/**
 * Finds the rate to the US dollar of each currency on each date: direct, else inverse, else across
 * one common base of the same date (the base first in code-point order).
 */
export function fxTable(rates: readonly FxRate[]): FxTable {
  const byDate = groupBy([...rates].sort(byPlace), (rate) => rate.date);
  const table = new Map<string, DollarRate[]>();
  for (const [date, ofDate] of byDate) {
    const currencies = new Set(ofDate.flatMap((rate) => [rate.base, rate.quote]));
    currencies.delete('USD');
    for (const currency of currencies) {
      const found = dollarRate(currency, ofDate);
      if (!found) continue;
      const known = table.get(currency) ?? [];
      known.push({ date, ...found, near: near(found.usd) / near(found.units) });
      table.set(currency, known);
    }
  }
  return table;
}

/**
 * Converts an amount into US dollars at the latest rate dated on or before a day, never later, that
 * was known. Rounded half-even to 40 digits.
 *
 * @param maxAgeDays how old the rate may be on the day, inclusive.
 * @param knownAtMs a rate that was published later does not count.
 */
export function toUsd(
  amount: Decimal,
  currency: string,
  day: Day,
  table: FxTable,
  maxAgeDays: number,
  knownAtMs = Number.POSITIVE_INFINITY,
): Conversion {
  if (currency === 'USD') return { usd: amount, rateDate: day };
  const rate = rateOn(currency, day, table, maxAgeDays, knownAtMs);
  if (typeof rate === 'string') return { reason: rate };
  return { usd: atRate(amount, rate), rateDate: rate.date };
}

/** The latest rate of a currency dated on or before a day that was known, and is not too old. */
export function rateOn(
  currency: string,
  day: Day,
  table: FxTable,
  maxAgeDays: number,
  knownAtMs: number,
): RateFound {
  const rate = table
    .get(currency)
    ?.findLast((known) => known.date <= day && known.knownAtMs <= knownAtMs);
  if (!rate) return 'no_fx_rate';
  return daysBetween(rate.date, day) > maxAgeDays ? 'fx_rate_too_old' : rate;
}

/** An amount in US dollars, rounded half-even to 40 digits. */
export function atRate(amount: Decimal, { usd, units }: DollarRate): Decimal {
  return divide(multiply(amount, usd), units);
}

function dollarRate(
  currency: string,
  rates: readonly FxRate[],
): Omit<DollarRate, 'date' | 'near'> | undefined {
  const find = (base: string, quote: string) =>
    rates.find((rate) => rate.base === base && rate.quote === quote);
  const known = (...used: readonly FxRate[]) =>
    Math.max(...used.map(({ knownAtMs }) => knownAtMs ?? Number.NEGATIVE_INFINITY));
  const direct = find(currency, 'USD');
  if (direct) return { usd: direct.rate, units: ONE, knownAtMs: known(direct) };
  const inverse = find('USD', currency);
  if (inverse) return { usd: ONE, units: inverse.rate, knownAtMs: known(inverse) };
  for (const { base } of rates) {
    const [usd, units] = [find(base, 'USD'), find(base, currency)];
    if (usd && units) return { usd: usd.rate, units: units.rate, knownAtMs: known(usd, units) };
  }
  return undefined;
}

function byPlace(a: FxRate, b: FxRate): number {
  return byCodePoint(`${a.date},${a.base},${a.quote}`, `${b.date},${b.base},${b.quote}`);
}
