import type { Day } from '../domain/dates.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from '../select/in-force.ts';
import type { Candidate } from '../select/scope.ts';
import type { Asks, Rates } from './asks.ts';
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

/** Prices a constituent from what its sellers say and ask at the moment. */
export function exactRepricing(
  candidate: Candidate,
  voices: readonly Voice[],
  asks: Asks,
  rules: RulebookRules,
): Repricing {
  let foreign: readonly string[] = [];
  let pricing: Pricing | undefined;
  return {
    asksIn: (wanted) => foreign.some((currency) => wanted.has(currency)),
    at: ({ horizon, rates, before }) => {
      const says = voices.map((voice) => voice.says());
      foreign = says.flatMap(({ quote }) => foreignOf(quote?.quote.currency));
      const askAt = (_: unknown, place: number) => {
        const voice = voices[place];
        return voice && asks(voice, rates);
      };
      const now = pricingOf(candidate, quotedBy(says, askAt), horizon, rules, before);
      if (!pricing || !isSame(pricing, now)) pricing = now;
      return pricing;
    },
  };
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

function foreignOf(currency: string | undefined): readonly string[] {
  return currency === undefined || currency === 'USD' ? NONE : [currency];
}

const NONE: readonly string[] = [];
