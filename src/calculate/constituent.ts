import type { Day } from '../domain/dates.ts';
import type { Decimal } from '../domain/decimal.ts';
import { type Legs, TOKEN } from '../domain/good.ts';
import { byCodePoint, groupBy } from '../domain/group.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { StandingQuote } from '../normalize/corrections.ts';
import { toUsd } from '../normalize/currency.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from '../select/in-force.ts';
import type { Candidate } from '../select/scope.ts';
import { type Exclusion, type SellerQuote, sellerQuotes } from '../select/seller-quotes.ts';
import { workloadLegs, workloadPrice } from './blend.ts';
import { mean, median } from './estimators.ts';
import { madScreen } from './screen.ts';

/** What a constituent's price rests on. */
export type EvidenceKind = 'observed' | 'held' | 'carried_forward' | 'imputed';

/** A seller's quote in US dollars, complete in the legs of the workload. */
export interface SellerPrice {
  readonly seller: string;
  readonly owner: string;
  readonly lab: string;
  readonly venue: string;
  readonly quotedAs: string;
  readonly held: boolean;
  readonly quote: StandingQuote;
  readonly legs: Legs<Decimal>;
  readonly price: Decimal;
}

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

/**
 * One price from several sellers, and the sellers that it rests on.
 *
 * @param leaveOut is told of each seller that the rule does not use.
 */
export function combineSellers(
  sellers: readonly SellerPrice[],
  rules: RulebookRules,
  leaveOut: (seller: SellerPrice, reason: string) => void,
): { legs: Legs<Decimal>; sellers: readonly SellerPrice[] } | undefined {
  const kept = screened(sellers, rules, leaveOut);
  const used = byPreference(kept, rules);
  for (const seller of kept) if (!used.includes(seller)) leaveOut(seller, 'not_first_party');
  if (used.length === 0) return undefined;
  const combine = rules.price.sellers === 'mean' ? mean : median;
  return { legs: byLeg(ownerVotes(used), combine), sellers: used };
}

function byPreference(sellers: readonly SellerPrice[], rules: RulebookRules) {
  const method = rules.price.sellers;
  if (method === 'median' || method === 'mean') return sellers;
  const own = sellers.filter(({ seller, lab }) => seller === lab);
  return own.length > 0 || method === 'first_party' ? own : sellers;
}

/** A seller that is out on one leg is out on all. Owners are screened, not their many names. */
function screened(
  sellers: readonly SellerPrice[],
  { price: { screen } }: RulebookRules,
  leaveOut: (seller: SellerPrice, reason: string) => void,
): readonly SellerPrice[] {
  if (screen.method === 'none') return sellers;
  const votes = [...groupBy(sellers, ({ owner }) => owner)];
  const legs = votes.map(([, ofOwner]) =>
    byLeg(
      ofOwner.map((seller) => seller.legs),
      median,
    ),
  );
  const out = new Set<string>();
  for (const leg of TOKEN.valueLegs) {
    const values = legs.map((vote) => vote[leg]).filter((value) => value !== undefined);
    madScreen(values, screen.sigma, screen.ratio).forEach((isOut, index) => {
      const owner = votes[index]?.[0];
      if (isOut && owner !== undefined) out.add(owner);
    });
  }
  for (const seller of sellers) if (out.has(seller.owner)) leaveOut(seller, 'screened');
  return sellers.filter(({ owner }) => !out.has(owner));
}

/** One owner has one vote: the median of its sellers, leg by leg. */
function ownerVotes(sellers: readonly SellerPrice[]): Legs<Decimal>[] {
  return [...groupBy(sellers, ({ owner }) => owner).values()].map((ofOwner) =>
    byLeg(
      ofOwner.map((seller) => seller.legs),
      median,
    ),
  );
}

function byLeg(
  votes: readonly Legs<Decimal>[],
  combine: (values: readonly Decimal[]) => Decimal,
): Legs<Decimal> {
  const legs: Record<string, Decimal> = {};
  for (const leg of TOKEN.valueLegs) {
    legs[leg] = combine(votes.map((vote) => vote[leg]).filter((value) => value !== undefined));
  }
  return legs;
}
