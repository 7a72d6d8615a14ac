import type { Day } from '../domain/dates.ts';
import {
  compare,
  type Decimal,
  decimal,
  divide,
  isPositive,
  ONE,
  ZERO,
} from '../domain/decimal.ts';
import type { Legs } from '../domain/good.ts';
import { goodOf } from '../domain/goods.ts';
import { byCodePoint, groupBy } from '../domain/group.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { StandingQuote } from '../normalize/corrections.ts';
import { capShares } from '../weigh/caps.ts';
import { mean, median, trimmedMean, weightedMean, weightedMedian } from './estimators.ts';
import { madScreen, previousPriceScreen } from './screen.ts';

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
  /** Of the rate that it was converted at; none for US dollars. */
  readonly rateDate?: Day;
}

/**
 * One price from several sellers, and the sellers that it rests on.
 *
 * @param before the constituent's legs on the day before, which a screen may compare with.
 * @param leaveOut is told of each seller that the rule does not use.
 */
export function combineSellers(
  sellers: readonly SellerPrice[],
  rules: RulebookRules,
  before: Legs<Decimal> | undefined,
  leaveOut: (seller: SellerPrice, reason: string) => void,
): { legs: Legs<Decimal>; sellers: readonly SellerPrice[] } | undefined {
  const kept = screened(sellers, rules, before, leaveOut);
  const used = byPreference(kept, rules);
  if (used !== kept) {
    for (const seller of kept) if (!used.includes(seller)) leaveOut(seller, 'not_first_party');
  }
  if (used.length === 0) return undefined;
  if (rules.price.sellers === 'min') return cheapest(used, leaveOut);
  const legs = combineVotes(votesOf(used, rules), rules);
  return legs && { legs, sellers: used };
}

/** The seller with the lowest price of the workload, whole; ties go to the smaller id. */
function cheapest(
  sellers: readonly SellerPrice[],
  leaveOut: (seller: SellerPrice, reason: string) => void,
): { legs: Legs<Decimal>; sellers: readonly SellerPrice[] } | undefined {
  const [first, ...dearer] = [...sellers].sort(
    (a, b) => compare(a.price, b.price) || byCodePoint(a.seller, b.seller),
  );
  for (const seller of dearer) leaveOut(seller, 'not_the_cheapest');
  return first && { legs: first.legs, sellers: [first] };
}

function byPreference(sellers: readonly SellerPrice[], rules: RulebookRules) {
  // Under `first_party` no other seller is in scope.
  if (rules.price.sellers !== 'first_party_else_median') return sellers;
  const own = sellers.filter(({ seller, lab }) => seller === lab);
  return own.length > 0 ? own : sellers;
}

/** A seller that is out on one leg is out on all. Owners are screened, not their many names. */
function screened(
  sellers: readonly SellerPrice[],
  rules: RulebookRules,
  before: Legs<Decimal> | undefined,
  leaveOut: (seller: SellerPrice, reason: string) => void,
): readonly SellerPrice[] {
  const { screen } = rules.price;
  if (screen.method === 'none') return sellers;
  const isOut = (values: readonly Decimal[], leg: string) =>
    screen.method === 'mad'
      ? madScreen(values, screen.sigma, screen.ratio)
      : previousPriceScreen(values, before?.[leg], screen.ratio);
  const votes = votesOf(sellers, rules);
  const flags = goodOf(rules).valueLegs.map((leg) => isOut(legOf(votes, leg), leg));
  const beyond = votes.filter((_, index) => flags.some((ofLeg) => ofLeg[index]));
  if (beyond.length === 0) return sellers;
  const out = new Set(beyond.map(({ owner }) => owner));
  for (const seller of sellers) if (out.has(seller.owner)) leaveOut(seller, 'screened');
  return sellers.filter(({ owner }) => !out.has(owner));
}

/** One owner's say: the median of its sellers leg by leg, with the weight of its best basis. */
interface Vote {
  readonly owner: string;
  readonly legs: Legs<Decimal>;
  readonly weight: Decimal;
}

/** In the order in which the owners appear. */
function votesOf(sellers: readonly SellerPrice[], { price }: RulebookRules): readonly Vote[] {
  const weightOf = ({ quote }: SellerPrice) => price.basis_weights[quote.basis] ?? ONE;
  const voteOf = (one: SellerPrice): Vote => {
    return { owner: one.owner, legs: one.legs, weight: weightOf(one) };
  };
  const areApart = new Set(sellers.map(({ owner }) => owner)).size === sellers.length;
  if (areApart) return sellers.map(voteOf);
  return [...groupBy(sellers, ({ owner }) => owner)].map(([owner, own]) => {
    const [first = ONE] = own.map(weightOf).sort((a, b) => compare(b, a));
    const [only] = own;
    if (only && own.length === 1) return voteOf(only);
    return { owner, legs: byLeg(own, median), weight: first };
  });
}

/** Leg by leg; `undefined` where no vote has a weight under a weighted method. */
function combineVotes(votes: readonly Vote[], rules: RulebookRules): Legs<Decimal> | undefined {
  const { sellers: method, trim } = rules.price;
  if (method === 'mean') return byLeg(votes, mean);
  if (method !== 'weighted_mean' && method !== 'weighted_median' && method !== 'trimmed_mean') {
    return byLeg(votes, median);
  }
  const weights = cappedVotes(votes, rules);
  if (!weights) return undefined;
  const weighted = (values: readonly Decimal[]) =>
    values.map((value, index) => [weights[index] ?? ZERO, value] as const);
  return byLeg(votes, (values) => {
    if (method === 'weighted_mean') return weightedMean(weighted(values));
    return method === 'weighted_median'
      ? weightedMedian(weighted(values))
      : trimmedMean(weighted(values), trim);
  });
}

/** The weights of the votes under the seller cap, which n equal votes can always meet. */
function cappedVotes(
  votes: readonly Vote[],
  { price: { seller_cap } }: RulebookRules,
): readonly Decimal[] | undefined {
  const weights = votes.map(({ weight }) => weight);
  const voters = weights.filter(isPositive).length;
  if (voters === 0) return undefined;
  if (seller_cap === null) return weights;
  const equal = divide(ONE, decimal(voters));
  // 1/n rounded down by a digit would be a cap that n votes cannot meet.
  if (compare(seller_cap, equal) <= 0) return weights.map((one) => (isPositive(one) ? ONE : ZERO));
  return capShares(weights, seller_cap).shares;
}

function byLeg(
  votes: readonly Pick<Vote, 'legs'>[],
  combine: (values: readonly Decimal[]) => Decimal,
): Legs<Decimal> {
  const combined: Record<string, Decimal> = {};
  for (const leg of Object.keys(votes[0]?.legs ?? {})) {
    // A leg that nobody offers is another leg, of each of them.
    const twin = Object.keys(combined).find((other) =>
      votes.every(({ legs }) => legs[leg] === legs[other]),
    );
    const known = twin === undefined ? undefined : combined[twin];
    combined[leg] = known ?? combine(legOf(votes, leg));
  }
  return combined;
}

/** What each says of a leg: all are complete in those of the workload. */
function legOf(votes: readonly Pick<Vote, 'legs'>[], leg: string): Decimal[] {
  return votes.map(({ legs }) => legs[leg] ?? ZERO);
}
