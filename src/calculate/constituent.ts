import { type Day, HOUR_MS } from '../domain/dates.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { Legs } from '../domain/good.ts';
import { byCodePoint } from '../domain/group.ts';
import type { HoldDecision } from '../domain/rows.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from '../select/in-force.ts';
import type { Candidate } from '../select/scope.ts';
import {
  type Exclusion,
  type SellerQuote,
  type SellerSays,
  sellerSays,
  toldBySellers,
} from '../select/seller-quotes.ts';
import { type Ask, askOf, ratesOn } from './asks.ts';
import { workloadPrice } from './blend.ts';
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
  readonly sellerCount: number;
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
  const rates = ratesOn(day, horizon, rules, evidence);
  const askedAt = (quotesAtMs: number, hoursAtMs: number): QuotedPrices => {
    const moment = { ...horizon, cutoffMs: quotesAtMs };
    const says = candidate.sellers.map((seller) =>
      sellerSays(candidate, seller, moment, rules, evidence, hoursAtMs),
    );
    return quotedBy(says, (quote) => askOf(quote, rates, rules));
  };
  const quoted =
    rules.price.time_of_day === 'at_cutoff'
      ? askedAt(horizon.cutoffMs, horizon.cutoffMs)
      : overTheDay(candidate, day, horizon, rules, askedAt);
  return pricingOf(candidate, quoted, horizon, rules, before);
}

/** What sellers say and ask, in US dollars: of each quote its ask, with its place among them. */
export function quotedBy(
  says: readonly SellerSays[],
  askOf: (quote: SellerQuote, place: number) => Ask | undefined,
): QuotedPrices {
  const prices: SellerPrice[] = [];
  const refused: Exclusion[] = [];
  for (let place = 0; place < says.length; place += 1) {
    const quote = says[place]?.quote;
    const ask = quote && askOf(quote, place);
    if (ask?.price) prices.push(ask.price);
    else if (ask) refused.push(ask.refused);
  }
  const { excluded, outside, withdrawn, decisions } = toldBySellers(says);
  const left = refused.length === 0 ? excluded : [...excluded, ...refused];
  // A list that has grown is larger than what it holds, and this one is kept.
  return { prices: [...prices], excluded: left, outside, withdrawn, decisions };
}

/** The price that what its sellers ask gives a constituent. */
export function pricingOf(
  candidate: Candidate,
  quoted: QuotedPrices,
  horizon: Horizon,
  rules: RulebookRules,
  before: Priced | undefined,
): Pricing {
  const leftOut: Exclusion[] = [];
  const votes = combineSellers(quoted.prices, rules, before?.legs, ({ seller, quotedAs }, reason) =>
    leftOut.push({ seller, quotedAs, reason }),
  );
  const excluded = leftOut.length === 0 ? quoted.excluded : [...quoted.excluded, ...leftOut];
  const { id } = candidate;
  const { withdrawn, outside, decisions } = quoted;
  if (!votes) return { id, priced: undefined, withdrawn, excluded, outside, decisions };
  const { legs, sellers } = votes;
  const priced: Priced = {
    id,
    lab: smallestLab(sellers),
    class: candidate.class,
    price: workloadPrice(legs, rules),
    legs,
    sellers,
    sellerCount: sellers.length,
    evidence: evidenceKind(sellers, horizon, rules),
  };
  return { id, priced, withdrawn: false, excluded, outside, decisions };
}

function smallestLab([first, ...others]: readonly SellerPrice[]): string {
  let smallest = first?.lab ?? '';
  for (const { lab } of others) {
    if (lab !== smallest && byCodePoint(lab, smallest) < 0) smallest = lab;
  }
  return smallest;
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
