import { compare, type Decimal, near, ZERO } from '../domain/decimal.ts';
import { type Legs, TOKEN } from '../domain/good.ts';
import { byCodePoint } from '../domain/group.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { atRate } from '../normalize/currency.ts';
import type { SellerQuote, SellerSays } from '../select/seller-quotes.ts';
import type { Rates } from './asks.ts';
import { workloadLegs, workloadPrice } from './blend.ts';
import { median } from './estimators.ts';
import { aboveOf, belowOf, type Middle, middleOf } from './middle.ts';

/**
 * Whether the price of a constituent is plainly the middle or the lowest of what is asked: nothing
 * is screened, weighed, held, or of another hour. Such a price stands as long as what changes stays
 * on its side of it, and most changes do.
 */
export function isPlain({ price, hold }: RulebookRules): boolean {
  return (
    PLAIN.has(price.sellers) &&
    price.screen.method === 'none' &&
    price.time_of_day === 'at_cutoff' &&
    price.confirm_within_hours === null &&
    hold === null
  );
}

const PLAIN: ReadonlySet<RulebookRules['price']['sellers']> = new Set([
  ...(['first_party', 'first_party_else_median', 'median', 'min'] as const),
]);

const LEGS = TOKEN.valueLegs;
/** The place of the blend, after the legs. */
export const BLEND = LEGS.length;

/** What a seller asks in its own currency, nearly: the legs of the workload, then their blend. */
export type NearAsk = Float64Array;

export function nearAsk({ quote }: SellerQuote, rules: RulebookRules): NearAsk {
  const legs = workloadLegs(quote.legs, rules);
  const ask = new Float64Array(BLEND + 1);
  let blend = 0;
  for (const [place, leg] of LEGS.entries()) {
    const price = near(legs[leg] ?? ZERO);
    ask[place] = price;
    blend += price * near(rules.workload[leg]);
  }
  ask[BLEND] = blend;
  return ask;
}

/** What the sellers of a constituent say, and ask. */
export interface Listing {
  readonly says: readonly SellerSays[];
  readonly asks: readonly (NearAsk | undefined)[];
  /** The places of the sellers, by owner: one owner has one vote. */
  readonly owners: readonly (readonly number[])[];
}

/** A plain price, and what has to be passed to change it. */
export interface PlainPrice {
  readonly legs: Legs<Decimal>;
  readonly lab: string;
  readonly sellerCount: number;
  /** First parties alone count. */
  readonly isOwn: boolean;
  /** Of each leg, or of the blend alone under `min`. */
  readonly middles: readonly Pick<Middle, 'low' | 'high'>[];
  /** The one that asks it, under `min`. */
  readonly cheapest?: number;
}

/** Dollars for one unit of what a seller asks, nearly; `undefined` where it asks nothing. */
export function dollarsPerUnit(quote: SellerQuote | undefined, rates: Rates): number | undefined {
  if (!quote) return undefined;
  const { currency } = quote.quote;
  if (currency === 'USD') return 1;
  const rate = rates(currency);
  return typeof rate === 'string' ? undefined : rate.near;
}

/** Why a quote cannot be converted, where it cannot. */
export function refusalOf(quote: SellerQuote | undefined, rates: Rates): string | undefined {
  const rate = quote && quote.quote.currency !== 'USD' ? rates(quote.quote.currency) : undefined;
  return typeof rate === 'string' ? rate : undefined;
}

export function isFirstParty({ seller, lab }: SellerQuote): boolean {
  return seller === lab;
}

/** The price of a constituent under plain rules; `undefined` where nobody asks one. */
export function plainPrice(
  { says, asks, owners }: Listing,
  rates: Rates,
  rules: RulebookRules,
): PlainPrice | undefined {
  const dollars = says.map(({ quote }) => dollarsPerUnit(quote, rates));
  const isOwn =
    rules.price.sellers === 'first_party_else_median' &&
    says.some(({ quote }, place) => quote && isFirstParty(quote) && dollars[place] !== undefined);
  const counts = (place: number) => {
    const quote = says[place]?.quote;
    return quote !== undefined && dollars[place] !== undefined && (!isOwn || isFirstParty(quote));
  };
  const places = says.flatMap((_, place) => (counts(place) ? [place] : []));
  if (places.length === 0) return undefined;
  const at = (place: number, leg: number) => (asks[place]?.[leg] ?? 0) * (dollars[place] ?? 0);
  const exact = (place: number) => legsInDollars(says[place]?.quote, rates, rules);
  if (rules.price.sellers === 'min') {
    const cheapest = cheapestOf(places, (place) => at(place, BLEND), exact, rules);
    const price = at(cheapest, BLEND);
    const lab = says[cheapest]?.quote?.lab ?? '';
    const middles = [{ low: belowOf(price), high: aboveOf(price) }];
    return { legs: exact(cheapest), lab, sellerCount: 1, isOwn, middles, cheapest };
  }
  const votes = owners.map((owned) => owned.filter(counts)).filter(({ length }) => length > 0);
  const middles = LEGS.map((leg, index) =>
    middleOf(
      Float64Array.from(votes, (vote) => middleValue(vote.map((place) => at(place, index)))),
      (vote) => median((votes[vote] ?? []).map((place) => exact(place)[leg] ?? ZERO)),
    ),
  );
  const legs = Object.fromEntries(LEGS.map((leg, index) => [leg, middles[index]?.value ?? ZERO]));
  const labs = places.map((place) => says[place]?.quote?.lab ?? '');
  const lab = labs.reduce((least, one) => (byCodePoint(one, least) < 0 ? one : least));
  return { legs, lab, sellerCount: places.length, isOwn, middles };
}

function middleValue(values: number[]): number {
  if (values.length === 1) return values[0] ?? 0;
  values.sort((a, b) => a - b);
  const [lower = 0, upper = 0] = [values[(values.length - 1) >> 1], values[values.length >> 1]];
  return (lower + upper) / 2;
}

/** Ties go to the smaller id, which comes first. */
function cheapestOf(
  places: readonly number[],
  at: (place: number) => number,
  exact: (place: number) => Legs<Decimal>,
  rules: RulebookRules,
): number {
  const lowest = aboveOf(Math.min(...places.map(at)));
  const [first, ...rest] = places.filter((place) => at(place) <= lowest);
  const price = (place: number) => workloadPrice(exact(place), rules);
  return rest.reduce(
    (least, place) => (compare(price(place), price(least)) < 0 ? place : least),
    first ?? 0,
  );
}

function legsInDollars(
  quote: SellerQuote | undefined,
  rates: Rates,
  rules: RulebookRules,
): Legs<Decimal> {
  if (!quote) throw new RangeError('expected a quote of a seller that counts');
  const native = workloadLegs(quote.quote.legs, rules);
  const { currency } = quote.quote;
  const rate = currency === 'USD' ? undefined : rates(currency);
  if (rate === undefined || typeof rate === 'string') return native;
  return Object.fromEntries(LEGS.map((leg) => [leg, atRate(native[leg] ?? ZERO, rate)]));
}
