import type { Contract } from '../domain/contract.ts';
import { type Day, daysBetween, wallClockToMs } from '../domain/dates.ts';
import { type Decimal, divideToPlaces, toFixedText } from '../domain/decimal.ts';
import type { FxRate } from '../domain/rows.ts';
import type { Settlement } from '../domain/settlement.ts';
import { type CanonicalRows, canonicalRates, digestOf } from '../fix/canonical-rows.ts';
import { fxTable } from '../normalize/currency.ts';

type Terms = NonNullable<Contract['fx']>;

/** The exchange rate of a day: units of the contract's currency for one US dollar, or why none. */
export type DayRate =
  | { readonly rate: Decimal; readonly date: Day; readonly fault?: undefined }
  | { readonly rate?: undefined; readonly fault: 'no_fx_rate' | 'fx_rate_too_old'; last?: Day };

export interface Exchange {
  readonly terms: Terms;
  readonly on: (day: Day, atMs: number) => DayRate;
  /** The rates of these dates, as canonical rows. */
  readonly rows: (dates: readonly Day[]) => CanonicalRows;
}

/**
 * The exchange rate fixings that a contract pins: of its sources, each rounded once, half-even, to
 * the contract's places. `undefined` for a contract in US dollars.
 */
export function exchangeOf(
  { fx: terms, currency }: Contract,
  rates: readonly FxRate[],
): Exchange | undefined {
  if (!terms) return undefined;
  const ofSource = rates.filter(({ source }) => terms.sources.includes(source));
  const found = fxTable(ofSource).get(currency) ?? [];
  return {
    terms,
    on: (day, atMs) => {
      const known = found.filter(
        ({ date, knownAtMs }) =>
          date <= day && wallClockToMs(date, terms) <= atMs && knownAtMs <= atMs,
      );
      const last = known.at(-1);
      if (!last) return { fault: 'no_fx_rate' };
      if (daysBetween(last.date, day) > terms.max_age_days) {
        return { fault: 'fx_rate_too_old', last: last.date };
      }
      const rate = divideToPlaces(last.units, last.usd, terms.places, 'half_even');
      return { rate, date: last.date };
    },
    rows: (dates) => {
      const used = new Set(dates);
      return canonicalRates(ofSource.filter(({ date }) => used.has(date)));
    },
  };
}

export function rateText({ date, rate }: { date: Day; rate: Decimal }, { places }: Terms) {
  return { date, rate: toFixedText(rate, places) };
}

/** What the document says of the exchange rate. */
export function fxDocument(
  { terms, rows }: Exchange,
  currency: string,
  dates: readonly Day[],
  settledAt: { date: Day; rate: Decimal } | undefined,
): Settlement['fx'] {
  return {
    pair: `USD/${currency}`,
    ...{ sources: terms.sources, time: terms.time, zone: terms.zone, on: terms.on },
    ...(settledAt ? { settled_at: rateText(settledAt, terms) } : {}),
    ...digestOf(rows(dates)),
  };
}
