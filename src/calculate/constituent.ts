import type { Day } from '../domain/dates.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { Legs } from '../domain/good.ts';
import { byCodePoint } from '../domain/group.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { toUsd } from '../normalize/currency.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from '../select/in-force.ts';
import type { Candidate } from '../select/scope.ts';
import { type Exclusion, type SellerQuote, sellerQuotes } from '../select/seller-quotes.ts';
import { workloadLegs, workloadPrice } from './blend.ts';
import { combineSellers, type SellerPrice } from './sellers.ts';

/** What a constituent's price rests on. */
export type EvidenceKind = 'observed' | 'held' | 'carried_forward' | 'imputed';

/** A constituent with a price on a day. */
export interface Priced {
  readonly id: string;
  readonly lab: string;
  readonly class: string;
  readonly price: Decimal;
  readonly legs: Legs<Decimal>;
  readonly sellers: readonly SellerPrice[];
  readonly evidence: EvidenceKind;
}

/** A constituent on a day, priced or not. */
export interface Pricing {
  readonly id: string;
  readonly priced: Priced | undefined;
  readonly withdrawn: boolean;
  readonly excluded: readonly Exclusion[];
  readonly outside: readonly string[];
}

/**
 * Prices a constituent from its sellers: quotes in force, converted, completed, one vote per
 * owner, screened, combined leg by leg, and blended (methodology, 4).
 */
export function priceConstituent(
  candidate: Candidate,
  day: Day,
  horizon: Horizon,
  rules: RulebookRules,
  evidence: Evidence,
): Pricing {
  const selection = sellerQuotes(candidate, horizon, rules, evidence);
  const excluded = [...selection.excluded];
  const converted = selection.quotes.flatMap((quote): SellerPrice[] => {
    const price = convert(quote, day, rules, evidence);
    if (typeof price !== 'string') return [price];
    excluded.push({ seller: quote.seller, quotedAs: quote.quotedAs, reason: price });
    return [];
  });
  const votes = combineSellers(converted, rules, (seller, reason) =>
    excluded.push({ seller: seller.seller, quotedAs: seller.quotedAs, reason }),
  );
  const { id } = candidate;
  const { withdrawn, outside } = selection;
  if (!votes) return { id, priced: undefined, withdrawn, excluded, outside };
  const { legs, sellers } = votes;
  const lab = sellers.map((seller) => seller.lab).sort(byCodePoint)[0] ?? '';
  const held = sellers.some((seller) => seller.held);
  const priced: Priced = {
    id,
    lab,
    class: candidate.class,
    price: workloadPrice(legs, rules),
    legs,
    sellers,
    evidence: held ? 'held' : 'observed',
  };
  return { id, priced, withdrawn: false, excluded, outside };
}

function convert(
  quote: SellerQuote,
  day: Day,
  rules: RulebookRules,
  evidence: Evidence,
): SellerPrice | string {
  const native = workloadLegs(quote.quote.legs, rules);
  const { currency } = quote.quote;
  if (currency === 'USD') return { ...quote, legs: native, price: workloadPrice(native, rules) };
  const legs: Record<string, Decimal> = {};
  for (const [leg, amount] of Object.entries(native)) {
    const converted = toUsd(amount, currency, day, evidence.fx, rules.fx.max_age_days);
    if (!converted.usd) return converted.reason;
    legs[leg] = converted.usd;
  }
  return { ...quote, legs, price: workloadPrice(legs, rules) };
}
