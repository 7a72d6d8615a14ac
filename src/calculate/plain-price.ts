import { compare, type Decimal, near, ZERO } from '../domain/decimal.ts';
import type { Legs } from '../domain/good.ts';
import { goodOf } from '../domain/goods.ts';
import { byCodePoint } from '../domain/group.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { atRate } from '../normalize/currency.ts';
import type { SellerQuote, SellerSays } from '../select/seller-quotes.ts';
import type { Rates } from './asks.ts';
import { workloadLeg, workloadPrice } from './blend.ts';
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

/**
 * What the sellers of a constituent say, and what they ask, nearly: the legs of the workload and
 * their blend, in the currency of each. Side by side, because they are looked at every day.
 */
export interface Listing {
  readonly legs: readonly string[];
  says: readonly SellerSays[];
  /** `undefined` where a seller says no quote. */
  readonly currencies: (string | undefined)[];
  readonly isOwn: boolean[];
  /** Of each seller the legs, then the blend. */
  readonly asks: Float64Array;
  /** The places of the sellers, by owner: one owner has one vote. */
  readonly owners: readonly (readonly number[])[];
}

export function emptyListing(owners: Listing['owners'], rules: RulebookRules): Listing {
  const legs = goodOf(rules).valueLegs;
  const currencies = owners.flat().map(() => undefined);
  const asks = new Float64Array(currencies.length * (legs.length + 1));
  return { legs, says: [], currencies, isOwn: currencies.map(() => false), asks, owners };
}

/** What a seller asks for a leg, nearly; for the workload at the place after the legs. */
export function askAt({ legs, asks }: Listing, place: number, leg: number): number {
  return asks[place * (legs.length + 1) + leg] ?? 0;
}

/** Enters what a seller says at its place; not into `says`, which is a state of its own. */
export function enter(
  { legs, currencies, isOwn, asks }: Listing,
  place: number,
  quote: SellerQuote | undefined,
  rules: RulebookRules,
): void {
  currencies[place] = quote?.quote.currency;
  isOwn[place] = quote !== undefined && quote.seller === quote.lab;
  if (!quote) return;
  const first = place * (legs.length + 1);
  let blend = 0;
  for (const [leg, name] of legs.entries()) {
    const price = near(workloadLeg(quote.quote.legs, name, rules));
    asks[first + leg] = price;
    blend += price * near(rules.workload.shares[name] ?? ZERO);
  }
  asks[first + legs.length] = blend;
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

/** Dollars for one unit of a currency, nearly; `undefined` where there are none. */
export function dollarsPerUnit(currency: string | undefined, rates: Rates): number | undefined {
  if (currency === 'USD') return 1;
  if (currency === undefined) return undefined;
  const rate = rates(currency);
  return typeof rate === 'string' ? undefined : rate.near;
}

/** The price of a constituent under plain rules; `undefined` where nobody asks one. */
export function plainPrice(
  listing: Listing,
  rates: Rates,
  rules: RulebookRules,
): PlainPrice | undefined {
  const { legs: names, says, currencies, isOwn: own, owners } = listing;
  const { sellers: method } = rules.price;
  const dollars = new Float64Array(currencies.length).fill(Number.NaN);
  let isOwn = false;
  for (let place = 0; place < dollars.length; place += 1) {
    const each = dollarsPerUnit(currencies[place], rates);
    if (each === undefined) continue;
    dollars[place] = each;
    isOwn ||= method === 'first_party_else_median' && own[place] === true;
  }
  const places: number[] = [];
  for (let place = 0; place < dollars.length; place += 1) {
    if (isOwn && !own[place]) dollars[place] = Number.NaN;
    if (!Number.isNaN(dollars[place])) places.push(place);
  }
  const [first] = places;
  if (first === undefined) return undefined;
  const at = (place: number, leg: number) => askAt(listing, place, leg) * (dollars[place] ?? 0);
  const exact = (place: number, leg: string) => legInDollars(says[place]?.quote, leg, rates, rules);
  if (method === 'min') {
    const legsAt = (place: number) =>
      Object.fromEntries(names.map((leg) => [leg, exact(place, leg)]));
    const cheapest = cheapestOf(places, (place) => at(place, names.length), legsAt, rules);
    const price = at(cheapest, names.length);
    const lab = says[cheapest]?.quote?.lab ?? '';
    const middles = [{ low: belowOf(price), high: aboveOf(price) }];
    return { legs: legsAt(cheapest), lab, sellerCount: 1, isOwn, middles, cheapest };
  }
  const votes: (readonly number[])[] = [];
  for (const owned of owners) {
    const vote =
      owned.length === 1 ? owned : owned.filter((place) => !Number.isNaN(dollars[place]));
    if (vote[0] !== undefined && !Number.isNaN(dollars[vote[0]])) votes.push(vote);
  }
  const middles = names.map((leg, index) => {
    const values = new Float64Array(votes.length);
    for (let vote = 0; vote < votes.length; vote += 1) {
      const of = votes[vote] ?? [];
      values[vote] =
        of.length === 1 ? at(of[0] ?? 0, index) : middleValue(of.map((place) => at(place, index)));
    }
    return middleOf(values, (vote) => {
      const of = votes[vote] ?? [];
      return of.length === 1 ? exact(of[0] ?? 0, leg) : median(of.map((one) => exact(one, leg)));
    });
  });
  const legs = Object.fromEntries(names.map((leg, index) => [leg, middles[index]?.value ?? ZERO]));
  let lab = says[first]?.quote?.lab ?? '';
  for (const place of places) {
    const one = says[place]?.quote?.lab ?? '';
    if (one !== lab && byCodePoint(one, lab) < 0) lab = one;
  }
  return { legs, lab, sellerCount: places.length, isOwn, middles };
}

/** Why a quote cannot be converted, where it cannot. */
export function refusalOf(currency: string | undefined, rates: Rates): string | undefined {
  const rate = currency === undefined || currency === 'USD' ? undefined : rates(currency);
  return typeof rate === 'string' ? rate : undefined;
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

function legInDollars(
  quote: SellerQuote | undefined,
  leg: string,
  rates: Rates,
  rules: RulebookRules,
): Decimal {
  if (!quote) throw new RangeError('expected a quote of a seller that counts');
  const { legs, currency } = quote.quote;
  const native = workloadLeg(legs, leg, rules);
  const rate = currency === 'USD' ? undefined : rates(currency);
  return rate === undefined || typeof rate === 'string' ? native : atRate(native, rate);
}
