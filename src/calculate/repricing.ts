import type { Day } from '../domain/dates.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from '../select/in-force.ts';
import type { Candidate } from '../select/scope.ts';
import type { SellerSays } from '../select/seller-quotes.ts';
import type { Ask, Asks, Rates } from './asks.ts';
import { type Priced, type Pricing, priceConstituent, pricingOf, quotedBy } from './constituent.ts';
import type { Voice } from './hearing.ts';
import { isSame } from './same-pricing.ts';

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

/** Prices one constituent again and again. */
export interface Repricing {
  /** Whether one of its sellers asks one of some currencies. */
  asksIn(currencies: ReadonlySet<string>): boolean;
  /** The same object as the look before where nothing is said anew. */
  at(look: Look): Pricing;
}

/** Prices a constituent from what its sellers say and ask: asked again is who says it anew. */
export function exactRepricing(
  candidate: Candidate,
  voices: readonly Voice[],
  asks: Asks,
  rules: RulebookRules,
): Repricing {
  const says: SellerSays[] = [];
  const asked: (Ask | undefined)[] = [];
  const currencies: (string | undefined)[] = [];
  let pricing: Pricing | undefined;
  return {
    asksIn: (wanted) => currencies.some((one) => isForeign(one) && wanted.has(one)),
    at: ({ horizon, rates, before }) => {
      hear(rates);
      const quoted = quotedBy(says, (_, place) => asked[place]);
      const now = pricingOf(candidate, quoted, horizon, rules, before);
      if (!pricing || !isSame(pricing, now)) pricing = now;
      return pricing;
    },
  };

  function hear(rates: Rates): void {
    for (let place = 0; place < voices.length; place += 1) {
      const voice = voices[place];
      const said = voice?.says();
      // What is quoted in dollars is asked again only where it is said anew.
      if (!voice || !said || (said === says[place] && !isForeign(currencies[place]))) continue;
      says[place] = said;
      asked[place] = asks(voice, rates);
      currencies[place] = said.quote?.quote.currency;
    }
  }
}

function isForeign(currency: string | undefined): currency is string {
  return currency !== undefined && currency !== 'USD';
}

/** Prices a constituent over the day: what changes within it is no state to go on from. */
export function dayRepricing(
  candidate: Candidate,
  rules: RulebookRules,
  evidence: Evidence,
): Repricing {
  let pricing: Pricing | undefined;
  return {
    asksIn: () => true,
    at: ({ day, horizon, before }) => {
      const now = priceConstituent(candidate, day, horizon, rules, evidence, before);
      if (!pricing || !isSame(pricing, now)) pricing = now;
      return pricing;
    },
  };
}
