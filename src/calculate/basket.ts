import type { Day } from '../domain/dates.ts';
import { dayToMs } from '../domain/dates.ts';
import { type Decimal, divide, isPositive, multiply, sum, ZERO } from '../domain/decimal.ts';
import { byCodePoint } from '../domain/group.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { type Horizon, usageKnownAtMs } from '../select/in-force.ts';
import { type Candidate, constituentId, isKnown } from '../select/scope.ts';
import { type Applicant, admit, type UniverseReason } from '../select/universe.ts';
import { type UsageWindow, usageIn } from '../weigh/usage.ts';
import { isGeometric, measured, normalized, type Weighable, weigh } from '../weigh/weights.ts';
import type { Priced } from './constituent.ts';

/** A constituent of a basket. */
export interface Member {
  readonly id: string;
  readonly lab: string;
  readonly class: string;
  /** Share of the basket's quantity; under a geometric formula the exponent. */
  readonly weight: Decimal;
  /** Share of the basket's value at the link; under a geometric formula the exponent. */
  readonly linkShare: Decimal;
}

/** Why a constituent that has a price is not in the basket. */
export type RefusalReason = UniverseReason | 'no_usage' | 'no_weight' | 'no_price_then';

/** The basket between two rebalances. */
export interface Basket {
  /** By id, in code-point order. */
  readonly members: readonly Member[];
  readonly refused: ReadonlyMap<string, RefusalReason>;
  readonly usage: UsageWindow | null;
  /** What the members' weights were before they were shares, where usage weighs. */
  readonly tokens: Decimal | null;
}

/** Why no basket could be formed. */
export type BasketFault = 'empty_basket' | 'infeasible_caps' | 'short_usage';

export type BasketResult =
  | { readonly basket: Basket; readonly fault?: undefined }
  | { readonly basket?: undefined; readonly fault: BasketFault };

/** What a basket is formed from. */
export interface Occasion {
  /** The rebalance day or base date that it is formed for. */
  readonly day: Day;
  /** What is known: of that day, or of the earlier one on which the basket is announced. */
  readonly horizon: Horizon;
  /** Of every constituent that has a price, the imputed prices of absent members included. */
  readonly prices: ReadonlyMap<string, Priced>;
  /** Prices of the day on which the usage window ends, for a formula that weighs by them. */
  readonly reference?: ReadonlyMap<string, Priced> | undefined;
}

/**
 * Forms the basket of a rebalance day or of the base date from the prices of that day: universe,
 * usage, weights, caps. Nothing is filled in: what cannot be weighed is a fault.
 */
export function formBasket(
  { day, horizon, prices, reference }: Occasion,
  candidates: ReadonlyMap<string, Candidate>,
  rules: RulebookRules,
  evidence: Evidence,
): BasketResult {
  const usage = usageFor(candidates, day, horizon, rules, evidence);
  if (usage && usage.daysCovered < rules.weights.min_days) return { fault: 'short_usage' };
  const refused = new Map<string, RefusalReason>();
  const applicants: (Applicant & Weighable & { readonly class: string })[] = [];
  for (const priced of prices.values()) {
    const { id, lab, price, legs } = priced;
    const referencePrice = reference?.get(id)?.price;
    const refusal =
      reference && !referencePrice ? 'no_price_then' : unweighed(priced, usage, rules);
    if (refusal) {
      refused.set(id, refusal);
      continue;
    }
    applicants.push({
      ...{ id, lab, price, legs, referencePrice, class: priced.class },
      model: candidates.get(id)?.model ?? id,
      tokens: usage ? (usage.totals.get(id)?.total ?? ZERO) : null,
      owners: () => new Set(priced.sellers.map(({ owner }) => owner)).size,
      usage: usage?.totals.get(id),
    });
  }
  const universe = admit(applicants, day, horizon, rules, evidence);
  for (const [id, reason] of universe.refused) refused.set(id, reason);
  const admitted = universe.admitted.sort((a, b) => byCodePoint(a.id, b.id));
  if (admitted.length === 0) return { fault: 'empty_basket' };
  const weighed = weigh(admitted, rules);
  if (!weighed.weights) return { fault: weighed.reason };
  const { weights } = weighed;
  const shares = weighed.valueShares ?? valueShares(admitted, weights);
  const members = admitted.map((priced, index) => ({
    id: priced.id,
    lab: priced.lab,
    class: priced.class,
    weight: weights[index] ?? ZERO,
    linkShare: shares[index] ?? ZERO,
  }));
  return { basket: { members, refused, usage, tokens: usage && tokensOf(admitted, rules) } };
}

/**
 * A basket that was announced earlier, at the prices of its link: the weights are frozen; what has
 * no price any more is left out, and the rest keep their proportions.
 */
export function atLink(
  announced: Basket,
  prices: ReadonlyMap<string, Priced>,
  rules: RulebookRules,
): BasketResult {
  const left = announced.members.filter(({ id }) => prices.has(id));
  if (left.length === 0) return { fault: 'empty_basket' };
  const frozen = left.map(({ weight }) => weight);
  const isWhole = left.length === announced.members.length;
  const weights = isWhole ? frozen : normalized(frozen);
  const values = left.map(({ id }, index) => {
    const weight = weights[index] ?? ZERO;
    return isGeometric(rules) ? weight : multiply(weight, prices.get(id)?.price ?? ZERO);
  });
  const total = sum(values);
  const members = left.map((member, index) => ({
    ...member,
    weight: weights[index] ?? ZERO,
    linkShare: divide(values[index] ?? ZERO, total),
  }));
  const tokens =
    announced.tokens && (isWhole ? announced.tokens : multiply(announced.tokens, sum(frozen)));
  return { basket: { ...announced, members, tokens } };
}

/**
 * The quantities of a basket's members that a rebalance on a day would give them, in tokens, for
 * formulas that compare the day with the link by them; `undefined` where usage gives none.
 */
export function currentQuantities(
  { members }: Basket,
  { day, horizon, prices }: Occasion,
  candidates: ReadonlyMap<string, Candidate>,
  rules: RulebookRules,
  evidence: Evidence,
): readonly Decimal[] | undefined {
  const usage = usageFor(candidates, day, horizon, rules, evidence);
  if (!usage || usage.daysCovered < rules.weights.min_days) return undefined;
  const weighables = members.flatMap(({ id, lab }): Weighable[] => {
    const priced = prices.get(id);
    if (!priced) return [];
    return [{ id, lab, price: priced.price, legs: priced.legs, usage: usage.totals.get(id) }];
  });
  const tokens = tokensOf(weighables, rules);
  if (!isPositive(tokens)) return undefined;
  return weigh(weighables, rules).weights?.map((weight) => multiply(weight, tokens));
}

/** What the members' usage is in tokens; spend is that over price. */
function tokensOf(members: readonly Weighable[], { weights }: RulebookRules): Decimal {
  const { measure } = weights;
  const tokens = members.map((member) => {
    const counted = measured(member, measure);
    return measure === 'spend' ? divide(counted, member.price) : counted;
  });
  return sum(tokens);
}

function usageFor(
  candidates: ReadonlyMap<string, Candidate>,
  day: Day,
  horizon: Horizon,
  rules: RulebookRules,
  evidence: Evidence,
): UsageWindow | null {
  if (rules.weights.method !== 'usage') return null;
  return usageIn(evidence, rules, dayToMs(day), usageKnownAtMs(horizon), (model, seller) => {
    const id = constituentId(rules, seller, model);
    const candidate = candidates.get(id);
    return candidate && isKnown(candidate, horizon) ? id : undefined;
  });
}

function unweighed(
  priced: Priced,
  usage: UsageWindow | null,
  { weights }: RulebookRules,
): RefusalReason | undefined {
  if (weights.method === 'fixed') {
    return isPositive(weights.fixed[priced.id] ?? ZERO) ? undefined : 'no_weight';
  }
  if (!usage) return undefined;
  const weighable = { legs: priced.legs, usage: usage.totals.get(priced.id) };
  return isPositive(measured(weighable, weights.measure)) ? undefined : 'no_usage';
}

/** Shares of the basket's value at the link, where the weights were not formed from them. */
function valueShares(members: readonly Weighable[], weights: readonly Decimal[]): Decimal[] {
  const values = members.map(({ price }, index) => multiply(weights[index] ?? ZERO, price));
  const total = sum(values);
  return values.map((value) => divide(value, total));
}
