import type { Day } from '../domain/dates.ts';
import type { Decimal } from '../domain/decimal.ts';
import { groupBy } from '../domain/group.ts';
import { sameLegs } from '../domain/offer.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from '../select/in-force.ts';
import type { Candidate } from '../select/scope.ts';
import { type SellerSays, sellerSays } from '../select/seller-quotes.ts';
import type { Rates } from './asks.ts';
import { workloadPrice } from './blend.ts';
import { type Priced, type Pricing, priceConstituent, pricingOf, quotedBy } from './constituent.ts';
import {
  BLEND,
  dollarsPerUnit,
  isFirstParty,
  isPlain,
  type Listing,
  type NearAsk,
  nearAsk,
  type PlainPrice,
  plainPrice,
  refusalOf,
} from './plain-price.ts';
import type { SellerPrice } from './sellers.ts';

/** A moment at which a constituent is looked at, after another. */
export interface Look {
  readonly day: Day;
  readonly horizon: Horizon;
  readonly rates: Rates;
  /** The rates of the look before. */
  readonly ratesBefore: Rates;
  /** Its price on the day before, which a screen may compare with. */
  readonly before: Priced | undefined;
}

/** Which sellers may say something else than at the look before: some places, or all. */
export type MaySay = Iterable<number> | 'all';

/** Prices one constituent again and again, from what has changed since the look before. */
export interface Repricing {
  readonly candidate: Candidate;
  /** Whether one of its sellers asks one of some currencies. */
  asksIn(currencies: ReadonlySet<string>): boolean;
  /** The same object as the look before where nothing is said anew. */
  at(look: Look, maySay: MaySay): Pricing;
}

/**
 * Remembers what each seller said: a seller is asked again where its own quotes, names or decisions
 * turn. A plain price is carried where what changed lies to one side of it before and after.
 */
export function repricingOf(
  candidate: Candidate,
  rules: RulebookRules,
  evidence: Evidence,
): Repricing {
  const isPlainly = isPlain(rules);
  const places = candidate.sellers.map((_, place) => place);
  const ownerAt = (place: number) => evidence.ownerOf(candidate.sellers[place]?.seller ?? '');
  const owners = [...groupBy(places, ownerAt).values()];
  const isAlone = places.map((place) =>
    owners.some(([one, two]) => one === place && two === undefined),
  );
  let listing: Listing = { says: [], asks: [], owners };
  let foreign: readonly number[] = [];
  let plain: PlainPrice | undefined;
  let pricing: Pricing | undefined;

  return {
    candidate,
    asksIn: (currencies) => foreign.some((place) => currencies.has(currencyAt(place))),
    at: (look, maySay) => {
      // What changes within a day is no state that one could go on from.
      if (rules.price.time_of_day === 'time_weighted') {
        const { day, horizon, before } = look;
        const now = priceConstituent(candidate, day, horizon, rules, evidence, before);
        pricing = pricing && isSame(pricing, now) ? pricing : now;
        return pricing;
      }
      const before = listing;
      const changed = listen(look.horizon, pricing ? maySay : 'all');
      for (const place of foreign) if (isRateChanged(place, look)) changed.add(place);
      pricing = isPlainly ? plainly(look, before, changed) : exactly(look);
      return pricing;
    },
  };

  function isRateChanged(place: number, { rates, ratesBefore }: Look): boolean {
    return rates(currencyAt(place)) !== ratesBefore(currencyAt(place));
  }

  function currencyAt(place: number): string {
    return listing.says[place]?.quote?.quote.currency ?? 'USD';
  }

  /** Asks sellers again, and tells which of them say something else. */
  function listen(horizon: Horizon, maySay: MaySay): Set<number> {
    const changed = new Set<number>();
    let says: SellerSays[] | undefined;
    let asks: (NearAsk | undefined)[] | undefined;
    for (const place of maySay === 'all' ? places : maySay) {
      const seller = candidate.sellers[place];
      if (!seller) continue;
      const now = sellerSays(candidate, seller, horizon, rules, evidence);
      const then = listing.says[place];
      if (then && saysTheSame(then, now)) continue;
      changed.add(place);
      says ??= [...listing.says];
      asks ??= [...listing.asks];
      says[place] = now;
      asks[place] = isPlainly && now.quote ? nearAsk(now.quote, rules) : undefined;
    }
    if (!says || !asks) return changed;
    listing = { says, asks, owners };
    const isForeign = (place: number) => currencyAt(place) !== 'USD';
    if ([...changed].some((place) => isForeign(place) !== foreign.includes(place))) {
      foreign = places.filter(isForeign);
    }
    return changed;
  }

  function exactly(look: Look): Pricing {
    const quoted = quotedBy(listing.says, look.rates, rules);
    const now = pricingOf(candidate, quoted, look.horizon, rules, look.before);
    return pricing && isSame(pricing, now) ? pricing : now;
  }

  function plainly(look: Look, before: Listing, changed: ReadonlySet<number>): Pricing {
    if (pricing && changed.size === 0) return pricing;
    const effects = [...changed].map((place) => effectOf(place, look, before));
    if (pricing?.priced && plain && !effects.includes('moves')) {
      if (!effects.includes('shows')) return pricing;
      const { price } = pricing.priced;
      return withDetails(plain, price, look);
    }
    plain = plainPrice(listing, look.rates, rules);
    return plain ? withDetails(plain, workloadPrice(plain.legs, rules), look) : exactly(look);
  }

  /** What a seller's change does: it may move the price, show in its details alone, or nowhere. */
  function effectOf(place: number, look: Look, before: Listing): 'moves' | 'shows' | 'none' {
    const [then, now] = [before.says[place], listing.says[place]];
    if (!plain || !then || !now) return 'moves';
    const was = dollarsPerUnit(then.quote, look.ratesBefore);
    const is = dollarsPerUnit(now.quote, look.rates);
    const unseen =
      tellsTheSame(then, now) &&
      refusalOf(then.quote, look.ratesBefore) === refusalOf(now.quote, look.rates)
        ? 'none'
        : 'shows';
    if (was === undefined && is === undefined) return unseen;
    const isOwn = [then, now].some(({ quote }) => quote && isFirstParty(quote));
    if (plain.isOwn && !isOwn) return unseen;
    const ask = (of: Listing, leg: number, dollars = 0) => (of.asks[place]?.[leg] ?? 0) * dollars;
    const { cheapest, middles } = plain;
    if (cheapest !== undefined) {
      const isDearer = is === undefined || ask(listing, BLEND, is) > (middles[0]?.high ?? 0);
      return isDearer && place !== cheapest ? unseen : 'moves';
    }
    if (was === undefined || is === undefined || !isAlone[place]) return 'moves';
    if (then.quote?.lab !== now.quote?.lab) return 'moves';
    const stays = middles.every(({ low, high }, leg) => {
      const [from, to] = [ask(before, leg, was), ask(listing, leg, is)];
      return (from < low && to < low) || (from > high && to > high);
    });
    return stays ? 'shows' : 'moves';
  }

  /** A plain price with what stands behind it, which is formed when somebody looks at it. */
  function withDetails(of: PlainPrice, price: Decimal, { horizon, rates }: Look): Pricing {
    const { id } = candidate;
    const { says } = listing;
    const { legs, lab, sellerCount } = of;
    let found: Pricing | undefined;
    const details = () => {
      found ??= pricingOf(candidate, quotedBy(says, rates, rules), horizon, rules, undefined);
      return found;
    };
    const priced: Priced = {
      ...{ id, lab, class: candidate.class, price, legs },
      get sellers() {
        return details().priced?.sellers ?? [];
      },
      ...{ sellerCount, evidence: 'observed' },
    };
    return {
      ...{ id, priced, withdrawn: false },
      get excluded() {
        return details().excluded;
      },
      get outside() {
        return details().outside;
      },
      get decisions() {
        return details().decisions;
      },
    };
  }
}

function saysTheSame(then: SellerSays, now: SellerSays): boolean {
  return (
    then.quote?.quote === now.quote?.quote &&
    then.quote?.held === now.quote?.held &&
    then.standing === now.standing &&
    tellsTheSame(then, now)
  );
}

/** All that a seller says but its quote. */
function tellsTheSame(then: SellerSays, now: SellerSays): boolean {
  return (
    then.quote?.quotedAs === now.quote?.quotedAs &&
    ((isQuiet(then) && isQuiet(now)) || toldBy(then) === toldBy(now))
  );
}

function isQuiet({ excluded, outside, decisions }: SellerSays): boolean {
  return excluded.length === 0 && outside.length === 0 && decisions.length === 0;
}

function toldBy({ excluded, outside, decisions }: SellerSays): string {
  return JSON.stringify([excluded, outside, decisions]);
}

/** Whether a constituent that was looked at again is just as it was. */
function isSame(before: Pricing, now: Pricing): boolean {
  if (saidOf(before) !== saidOf(now)) return false;
  const then = before.priced?.sellers ?? [];
  return then.every((seller, index) => asksTheSame(seller, now.priced?.sellers[index]));
}

/** All of a pricing but what its sellers ask. */
function saidOf({ priced, withdrawn, excluded, outside, decisions }: Pricing): string {
  const said = [withdrawn, priced?.evidence, priced?.sellers.length, excluded, outside, decisions];
  return JSON.stringify(said);
}

/** The same quote need not give the same legs on the day after a change within a day. */
function asksTheSame(before: SellerPrice, now: SellerPrice | undefined): boolean {
  return (
    before.quote === now?.quote &&
    before.rateDate === now.rateDate &&
    sameLegs(before.legs, now.legs)
  );
}
