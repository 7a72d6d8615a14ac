import type { Day } from '../domain/dates.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { Legs } from '../domain/good.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { atRate, type DollarRate, type RateFound, rateOn } from '../normalize/currency.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { type Horizon, usageKnownAtMs } from '../select/in-force.ts';
import type { Exclusion, SellerQuote, SellerSays } from '../select/seller-quotes.ts';
import { scaledLegs, workloadLegs, workloadPrice } from './blend.ts';
import type { SellerPrice } from './sellers.ts';

/** The rates of a day by currency; dollars have none. */
export type Rates = (currency: string) => RateFound;

/** What sellers ask in US dollars, and whose quotes cannot be converted. */
export interface Asked {
  readonly prices: readonly SellerPrice[];
  readonly excluded: readonly Exclusion[];
}

/** The rates that a day may be converted at, each looked up once. */
export function ratesOn(
  day: Day,
  horizon: Horizon,
  { fx: { max_age_days } }: RulebookRules,
  { fx }: Evidence,
): Rates {
  const found = new Map<string, RateFound>();
  return (currency) => {
    const known = found.get(currency);
    if (known) return known;
    const rate = rateOn(currency, day, fx, max_age_days, usageKnownAtMs(horizon));
    found.set(currency, rate);
    return rate;
  };
}

/** Converts what sellers say, each in the legs of the workload. */
export function askedBy(says: readonly SellerSays[], rates: Rates, rules: RulebookRules): Asked {
  const prices: SellerPrice[] = [];
  const excluded: Exclusion[] = [];
  for (const { quote } of says) {
    if (!quote) continue;
    const rate = quote.quote.currency === 'USD' ? undefined : rates(quote.quote.currency);
    if (typeof rate === 'string') {
      excluded.push({ seller: quote.seller, quotedAs: quote.quotedAs, reason: rate });
    } else prices.push(inDollars(quote, rate, rules));
  }
  return { prices, excluded };
}

/** A seller's quote in dollars. It is converted when somebody looks at its legs. */
function inDollars(
  quote: SellerQuote,
  rate: DollarRate | undefined,
  rules: RulebookRules,
): SellerPrice {
  let legs: Legs<Decimal> | undefined;
  let price: Decimal | undefined;
  return {
    ...quote,
    get legs() {
      if (legs) return legs;
      const native = workloadLegs(quote.quote.legs, rules);
      legs = rate ? scaledLegs(native, (amount) => atRate(amount, rate)) : native;
      return legs;
    },
    ...(rate ? { rateDate: rate.date } : {}),
    get price() {
      price ??= workloadPrice(this.legs, rules);
      return price;
    },
  };
}
