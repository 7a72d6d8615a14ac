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
  askAt,
  dollarsPerUnit,
  emptyListing,
  enter,
  isPlain,
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

/** What a seller said, before it said something else or its currency had another rate. */
interface Change {
  readonly place: number;
  readonly says: SellerSays | undefined;
  readonly currency: string | undefined;
  readonly ask: readonly number[];
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
  const shared = new Set(owners.filter(({ length }) => length > 1).flat());
  const listing = emptyListing(owners, rules);
  const { currencies } = listing;
  let foreign: readonly number[] = [];
  let plain: PlainPrice | undefined;
  let pricing: Pricing | undefined;

  return {
    candidate,
    asksIn: (wanted) => foreign.some((place) => wanted.has(currencies[place] ?? '')),
    at: (look, maySay) => {
      // What changes within a day is no state that one could go on from.
      if (rules.price.time_of_day === 'time_weighted') {
        const { day, horizon, before } = look;
        const now = priceConstituent(candidate, day, horizon, rules, evidence, before);
        pricing = pricing && isSame(pricing, now) ? pricing : now;
        return pricing;
      }
      const changes = listen(look, pricing ? maySay : 'all');
      pricing = isPlainly ? plainly(look, changes) : exactly(look);
      return pricing;
    },
  };

  /** Asks sellers again, and tells which of them say something else, or ask another price. */
  function listen(look: Look, maySay: MaySay): Change[] {
    const changes: Change[] = [];
    const isAsked = new Set<number>();
    for (const place of foreign) {
      const currency = currencies[place] ?? '';
      if (look.rates(currency) === look.ratesBefore(currency)) continue;
      isAsked.add(place);
      changes.push(changeAt(place));
    }
    let says: SellerSays[] | undefined;
    for (const place of maySay === 'all' ? places : maySay) {
      const seller = candidate.sellers[place];
      if (!seller) continue;
      const now = sellerSays(candidate, seller, look.horizon, rules, evidence);
      const then = listing.says[place];
      if (then && saysTheSame(then, now)) continue;
      if (!isAsked.has(place)) changes.push(changeAt(place));
      says ??= [...listing.says];
      says[place] = now;
      enter(listing, place, now.quote, rules);
    }
    if (!says) return changes;
    listing.says = says;
    const isForeign = (place: number) => (currencies[place] ?? 'USD') !== 'USD';
    if (changes.some(({ place }) => isForeign(place) !== foreign.includes(place))) {
      foreign = places.filter(isForeign);
    }
    return changes;
  }

  function changeAt(place: number): Change {
    const ask = listing.legs.map((_, leg) => askAt(listing, place, leg));
    return { place, says: listing.says[place], currency: currencies[place], ask };
  }

  function exactly(look: Look): Pricing {
    const quoted = quotedBy(listing.says, look.rates, rules);
    const now = pricingOf(candidate, quoted, look.horizon, rules, look.before);
    return pricing && isSame(pricing, now) ? pricing : now;
  }

  function plainly(look: Look, changes: readonly Change[]): Pricing {
    if (pricing && changes.length === 0) return pricing;
    if (pricing?.priced && plain) {
      const effects = changes.map((change) => effectOf(change, look));
      if (!effects.includes('moves')) {
        return effects.includes('shows') ? withDetails(plain, pricing.priced.price, look) : pricing;
      }
    }
    plain = plainPrice(listing, look.rates, rules);
    return plain ? withDetails(plain, workloadPrice(plain.legs, rules), look) : exactly(look);
  }

  /** What a seller's change does: it may move the price, show in its details alone, or nowhere. */
  function effectOf(
    { place, says: then, currency, ask }: Change,
    look: Look,
  ): 'moves' | 'shows' | 'none' {
    const now = listing.says[place];
    if (!plain || !then || !now) return 'moves';
    const was = dollarsPerUnit(currency, look.ratesBefore);
    const is = dollarsPerUnit(currencies[place], look.rates);
    const isUnseen = () =>
      (then === now || tellsTheSame(then, now)) &&
      refusalOf(currency, look.ratesBefore) === refusalOf(currencies[place], look.rates);
    const unused = () => (isUnseen() ? 'none' : 'shows');
    if (was === undefined && is === undefined) return unused();
    const { cheapest, middles } = plain;
    if (plain.isOwn && !listing.isOwn[place] && then.quote?.seller !== then.quote?.lab) {
      return unused();
    }
    const asked = (leg: number) => askAt(listing, place, leg) * (is ?? 0);
    if (cheapest !== undefined) {
      const isDearer = is === undefined || asked(listing.legs.length) > (middles[0]?.high ?? 0);
      return isDearer && place !== cheapest ? unused() : 'moves';
    }
    if (was === undefined || is === undefined || shared.has(place)) return 'moves';
    if (then !== now && then.quote?.lab !== now.quote?.lab) return 'moves';
    for (let leg = 0; leg < middles.length; leg += 1) {
      const { low = 0, high = 0 } = middles[leg] ?? {};
      const [from, to] = [(ask[leg] ?? 0) * was, asked(leg)];
      if (!((from < low && to < low) || (from > high && to > high))) return 'moves';
    }
    return 'shows';
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
