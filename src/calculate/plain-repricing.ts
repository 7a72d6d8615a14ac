import type { Decimal } from '../domain/decimal.ts';
import { groupBy } from '../domain/group.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Candidate } from '../select/scope.ts';
import { type SellerSays, tellsTheSame } from '../select/seller-quotes.ts';
import { askOf } from './asks.ts';
import { workloadPrice } from './blend.ts';
import { type Priced, type Pricing, pricingOf, quotedBy } from './constituent.ts';
import type { Voice } from './hearing.ts';
import {
  askAt,
  dollarsPerUnit,
  emptyListing,
  enter,
  type PlainPrice,
  plainPrice,
  refusalOf,
} from './plain-price.ts';
import type { Look, Repricing } from './repricing.ts';
import { isSame } from './same-pricing.ts';

/** What a seller said, before it said something else or its currency had another rate. */
interface Change {
  readonly place: number;
  readonly says: SellerSays;
  readonly currency: string | undefined;
  readonly ask: readonly number[];
}

/** What stays of a look with a price; the look itself holds the price before it. */
type Moment = Pick<Look, 'rates' | 'horizon'>;

/**
 * Prices a constituent under plain rules: its price is carried where what its sellers say anew lies
 * to one side of it before and after.
 */
export function plainRepricing(
  candidate: Candidate,
  voices: readonly Voice[],
  rules: RulebookRules,
  evidence: Evidence,
): Repricing {
  const places = voices.map((_, place) => place);
  const ownerAt = (place: number) => evidence.ownerOf(candidate.sellers[place]?.seller ?? '');
  const owners = [...groupBy(places, ownerAt).values()];
  const shared = new Set(owners.filter(({ length }) => length > 1).flat());
  const listing = emptyListing(owners, rules);
  const { currencies } = listing;
  const news = new Map<number, Change>();
  let foreign: readonly number[] = [];
  let plain: PlainPrice | undefined;
  let pricing: Pricing | undefined;

  for (const [place, voice] of voices.entries()) {
    voice.follow((before) => {
      if (!news.has(place)) news.set(place, changeAt(place, before));
    });
  }

  return {
    asksIn: (wanted) => foreign.some((place) => wanted.has(currencies[place] ?? '')),
    at: (look) => {
      pricing = pricing ? again(pricing, look) : anew(look);
      return pricing;
    },
  };

  function again(before: Pricing, look: Look): Pricing {
    const changes = takeNews(look);
    if (changes.length === 0) return before;
    if (!before.priced || !plain) return formed(look);
    const effects = changes.map((change) => effectOf(change, look));
    if (effects.includes('moves')) return formed(look);
    return effects.includes('shows') ? withDetails(plain, before.priced.price, look) : before;
  }

  function anew(look: Look): Pricing {
    news.clear();
    listing.says = voices.map((voice) => voice.says());
    for (const place of places) enter(listing, place, listing.says[place]?.quote, rules);
    foreign = places.filter(isForeign);
    return formed(look);
  }

  /** What sellers say or ask anew since the look before. */
  function takeNews(look: Look): Change[] {
    const moved = foreign.filter((place) => {
      const currency = currencies[place] ?? '';
      return !news.has(place) && look.rates(currency) !== look.ratesBefore(currency);
    });
    const changes = moved.flatMap((place) => {
      const says = listing.says[place];
      return says ? [changeAt(place, says)] : [];
    });
    if (news.size === 0) return changes;
    // Those who look at a price later look at what was said then.
    const says = [...listing.says];
    for (const change of news.values()) {
      const now = voices[change.place]?.says();
      if (now) says[change.place] = now;
      enter(listing, change.place, now?.quote, rules);
      changes.push(change);
    }
    listing.says = says;
    if (changes.some(({ place }) => isForeign(place) !== foreign.includes(place))) {
      foreign = places.filter(isForeign);
    }
    news.clear();
    return changes;
  }

  function isForeign(place: number): boolean {
    return (currencies[place] ?? 'USD') !== 'USD';
  }

  function changeAt(place: number, says: SellerSays): Change {
    const ask = listing.legs.map((_, leg) => askAt(listing, place, leg));
    return { place, says, currency: currencies[place], ask };
  }

  function formed(look: Look): Pricing {
    plain = plainPrice(listing, look.rates, rules);
    if (plain) return withDetails(plain, workloadPrice(plain.legs, rules), look);
    const now = detailed(listing.says, look);
    return pricing && isSame(pricing, now) ? pricing : now;
  }

  function detailed(says: readonly SellerSays[], { rates, horizon }: Moment): Pricing {
    const quoted = quotedBy(says, (quote) => askOf(quote, rates, rules));
    return pricingOf(candidate, quoted, horizon, rules, undefined);
  }

  /** What a seller's change does: it may move the price, show in its details alone, or nowhere. */
  function effectOf(
    { place, says: then, currency, ask }: Change,
    look: Look,
  ): 'moves' | 'shows' | 'none' {
    const now = listing.says[place];
    if (!plain || !now) return 'moves';
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
  function withDetails(of: PlainPrice, price: Decimal, { rates, horizon }: Moment): Pricing {
    const { id } = candidate;
    const { says } = listing;
    const { legs, lab, sellerCount } = of;
    let found: Pricing | undefined;
    const details = () => {
      found ??= detailed(says, { rates, horizon });
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
