import type { Day } from '../domain/dates.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { atRate, type RateFound, rateOn } from '../normalize/currency.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { type Horizon, usageKnownAtMs } from '../select/in-force.ts';
import type { Exclusion, SellerQuote } from '../select/seller-quotes.ts';
import { scaledLegs, workloadLegs, workloadPrice } from './blend.ts';
import type { Voice } from './hearing.ts';
import type { SellerPrice } from './sellers.ts';

/** The rates of a day by currency; dollars have none. */
export type Rates = (currency: string) => RateFound;

/** What a seller asks in US dollars, or that its quote cannot be converted. */
export type Ask =
  | { readonly price: SellerPrice; readonly refused?: undefined }
  | { readonly price?: undefined; readonly refused: Exclusion };

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

/** Converts a quote, in the legs of the workload. */
export function askOf(quote: SellerQuote, rates: Rates, rules: RulebookRules): Ask {
  return asked(quote, rateOf(quote, rates), rules);
}

/** What voices ask at the rates of a day: the same object as before where both are as before. */
export type Asks = (voice: Voice, rates: Rates) => Ask | undefined;

/** Converts what voices say, once for all indices of the same workload. */
export function asksOf(rules: RulebookRules): Asks {
  const known: { quote: SellerQuote; rate: RateFound | undefined; ask: Ask }[] = [];
  return (voice, rates) => {
    const { quote } = voice.says();
    if (!quote) return undefined;
    const rate = rateOf(quote, rates);
    const before = known[voice.number];
    if (before && before.quote === quote && before.rate === rate) return before.ask;
    const ask = asked(quote, rate, rules);
    known[voice.number] = { quote, rate, ask };
    return ask;
  };
}

function rateOf({ quote: { currency } }: SellerQuote, rates: Rates): RateFound | undefined {
  return currency === 'USD' ? undefined : rates(currency);
}

function asked(quote: SellerQuote, rate: RateFound | undefined, rules: RulebookRules): Ask {
  const { seller, owner, lab, venue, quotedAs, held } = quote;
  if (typeof rate === 'string') return { refused: { seller, quotedAs, reason: rate } };
  const native = workloadLegs(quote.quote.legs, rules);
  const legs = rate ? scaledLegs(native, (amount) => atRate(amount, rate)) : native;
  const price = workloadPrice(legs, rules);
  const asking = { seller, owner, lab, venue, quotedAs, held, quote: quote.quote, legs, price };
  return { price: rate ? { ...asking, rateDate: rate.date } : asking };
}
