import { type Day, HOUR_MS } from '../domain/dates.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { Legs } from '../domain/good.ts';
import { byCodePoint } from '../domain/group.ts';
import type { HoldDecision } from '../domain/rows.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { toUsd } from '../normalize/currency.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { type Horizon, usageKnownAtMs } from '../select/in-force.ts';
import type { Candidate } from '../select/scope.ts';
import { type Exclusion, type SellerQuote, sellerQuotes } from '../select/seller-quotes.ts';
import { workloadLegs, workloadPrice } from './blend.ts';
import { combineSellers, type SellerPrice } from './sellers.ts';
import { overTheDay, type QuotedPrices } from './time-weighted.ts';

/** What a constituent's price rests on. */
export type EvidenceKind =
  | 'observed'
  | 'unconfirmed'
  | 'held'
  | 'carried_forward'
  | 'other_venue'
  | 'judgement'
  | 'imputed';

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
  /** Of people, as far as they bear on its sellers' quotes. */
  readonly decisions: readonly HoldDecision[];
}

/**
 * Prices a constituent from its sellers: quotes in force, converted, completed, one vote per
 * owner, screened, combined leg by leg, and blended (methodology, 4).
 *
 * @param before its price on the day before, which a screen may compare with.
 */
export function priceConstituent(
  candidate: Candidate,
  day: Day,
  horizon: Horizon,
  rules: RulebookRules,
  evidence: Evidence,
  before?: Priced,
): Pricing {
  const quoted = quotedPrices(candidate, day, horizon, rules, evidence);
  const excluded = [...quoted.excluded];
  const votes = combineSellers(quoted.prices, rules, before?.legs, (seller, reason) =>
    excluded.push({ seller: seller.seller, quotedAs: seller.quotedAs, reason }),
  );
  const { id } = candidate;
  const { withdrawn, outside, decisions } = quoted;
  if (!votes) return { id, priced: undefined, withdrawn, excluded, outside, decisions };
  const { legs, sellers } = votes;
  const lab = sellers.map((seller) => seller.lab).sort(byCodePoint)[0] ?? '';
  const priced: Priced = {
    id,
    lab,
    class: candidate.class,
    price: workloadPrice(legs, rules),
    legs,
    sellers,
    evidence: evidenceKind(sellers, horizon, rules),
  };
  return { id, priced, withdrawn: false, excluded, outside, decisions };
}

/** Seen lately enough, where the rulebook asks for it: one quote that was not says otherwise. */
function evidenceKind(
  sellers: readonly SellerPrice[],
  { cutoffMs, knownAtMs }: Horizon,
  { price: { confirm_within_hours } }: RulebookRules,
): EvidenceKind {
  if (sellers.some(({ held }) => held)) return 'held';
  if (confirm_within_hours === null) return 'observed';
  const latestMs = Math.min(cutoffMs, knownAtMs);
  const earliestMs = cutoffMs - confirm_within_hours * HOUR_MS;
  const isConfirmed = ({ quote: { seenAtMs } }: SellerPrice) =>
    seenAtMs.some((ms) => earliestMs <= ms && ms <= latestMs);
  return sellers.every(isConfirmed) ? 'observed' : 'unconfirmed';
}

function quotedPrices(
  candidate: Candidate,
  day: Day,
  horizon: Horizon,
  rules: RulebookRules,
  evidence: Evidence,
): QuotedPrices {
  const at = (quotesAtMs: number, hoursAtMs: number): QuotedPrices => {
    const moment = { ...horizon, cutoffMs: quotesAtMs };
    const selection = sellerQuotes(candidate, moment, rules, evidence, hoursAtMs);
    const excluded = [...selection.excluded];
    const prices = selection.quotes.flatMap((quote): SellerPrice[] => {
      const price = inDollars(quote, day, horizon, rules, evidence);
      if (typeof price !== 'string') return [price];
      excluded.push({ seller: quote.seller, quotedAs: quote.quotedAs, reason: price });
      return [];
    });
    const { outside, withdrawn, decisions } = selection;
    return { prices, excluded, outside, withdrawn, decisions };
  };
  if (rules.price.time_of_day === 'at_cutoff') return at(horizon.cutoffMs, horizon.cutoffMs);
  return overTheDay(candidate, day, horizon, rules, at);
}

/** A seller's quote in dollars, or why it cannot be converted. */
function inDollars(
  quote: SellerQuote,
  day: Day,
  horizon: Horizon,
  rules: RulebookRules,
  evidence: Evidence,
): SellerPrice | string {
  const native = workloadLegs(quote.quote.legs, rules);
  const { currency } = quote.quote;
  if (currency === 'USD') return { ...quote, legs: native, price: workloadPrice(native, rules) };
  const legs: Record<string, Decimal> = {};
  let rateDate = day;
  const knownAtMs = usageKnownAtMs(horizon);
  for (const [leg, amount] of Object.entries(native)) {
    const converted = toUsd(amount, currency, day, evidence.fx, rules.fx.max_age_days, knownAtMs);
    if (!converted.usd) return converted.reason;
    legs[leg] = converted.usd;
    rateDate = converted.rateDate;
  }
  return { ...quote, legs, rateDate, price: workloadPrice(legs, rules) };
}
