import {
  add,
  type Decimal,
  decimal,
  divide,
  isPositive,
  multiply,
  ONE,
  subtract,
  sum,
  ZERO,
} from '../domain/decimal.ts';
import { isGeometricFormula } from '../domain/formulas.ts';
import type { Legs } from '../domain/good.ts';
import { groupBy } from '../domain/group.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { type CappedShares, capWithLabs } from './caps.ts';
import type { UsageTotals } from './usage.ts';

/** A constituent that is to be weighed, with its price at the link. */
export interface Weighable {
  readonly id: string;
  readonly lab: string;
  readonly price: Decimal;
  readonly legs: Legs<Decimal>;
  readonly usage: UsageTotals | undefined;
  /** Its price when the usage window ended, under a formula that weighs by values of then. */
  readonly referencePrice?: Decimal | undefined;
}

/** Weights in the order of the constituents, or why there are none. */
export type Weights =
  | {
      readonly weights: readonly Decimal[];
      /** The shares of value that the weights were formed from, where they were. */
      readonly valueShares: readonly Decimal[] | null;
    }
  | { readonly weights?: undefined; readonly reason: 'infeasible_caps' };

/** True for formulas whose weights are exponents: shares of value, never divided by a price. */
export function isGeometric(rules: RulebookRules): boolean {
  return isGeometricFormula(rules.formula);
}

/**
 * Weighs a basket: quantities for an arithmetic formula, exponents for a geometric one, normalized
 * to 1 and capped (methodology, 5). Shares, quantities and normalized weights are each
 * rounded half-even to 40 digits when formed.
 */
export function weigh(members: readonly Weighable[], rules: RulebookRules): Weights {
  const { caps } = rules.weights;
  const raw = rawWeights(members, rules);
  if (isGeometric(rules)) {
    const exponents = raw.kind === 'value' || rules.weights.method === 'fixed';
    const shares = normalized(exponents ? raw.weights : values(raw.weights, members));
    const result = caps ? capped(shares, members, rules) : { shares };
    if (!result.shares) return INFEASIBLE;
    return { weights: result.shares, valueShares: result.shares };
  }
  if (caps?.of === 'quantity') {
    const quantities =
      raw.kind === 'value' ? perPrice(normalized(raw.weights), members) : raw.weights;
    const result = capped(normalized(quantities), members, rules);
    return result.shares ? { weights: result.shares, valueShares: null } : INFEASIBLE;
  }
  if (!caps && raw.kind === 'quantity') {
    return { weights: normalized(raw.weights), valueShares: null };
  }
  const uncapped = normalized(raw.kind === 'value' ? raw.weights : values(raw.weights, members));
  const { shares } = caps ? capped(uncapped, members, rules) : { shares: uncapped };
  if (!shares) return INFEASIBLE;
  return { weights: normalized(perPrice(shares, members)), valueShares: shares };
}

const INFEASIBLE: Weights = { reason: 'infeasible_caps' };

/** Formulas that weigh relatives, so that equal weights are equal shares of value. */
const SHARES_OF_VALUE: ReadonlySet<string> = new Set(['young', 'carli', 'harmonic']);

type RawWeights = {
  /** `value`: shares of the basket's value; `quantity`: of its tokens. */
  readonly kind: 'value' | 'quantity';
  readonly weights: readonly Decimal[];
};

function rawWeights(members: readonly Weighable[], rules: RulebookRules): RawWeights {
  const { method, fixed } = rules.weights;
  const shared = isGeometric(rules) || SHARES_OF_VALUE.has(rules.formula);
  switch (method) {
    case 'equal':
      return { kind: shared ? 'value' : 'quantity', weights: members.map(() => ONE) };
    case 'equal_value':
      return { kind: 'value', weights: members.map(() => ONE) };
    case 'equal_by_lab':
      return { kind: 'value', weights: equalByLab(members) };
    case 'fixed':
      return {
        kind: rules.formula === 'young' ? 'value' : 'quantity',
        weights: members.map(({ id }) => fixed[id] ?? ZERO),
      };
    case 'usage':
      return byUsage(members, rules);
  }
}

/** Each lab the same share of value, and within a lab each constituent the same. */
function equalByLab(members: readonly Weighable[]): Decimal[] {
  const labs = groupBy(members, ({ lab }) => lab);
  const sizes = [...labs.values()].map((ofLab) => BigInt(ofLab.length));
  // In whole numbers, so that the shares are rounded once, when they are normalized.
  const common = sizes.reduce((multiple, size) => (multiple / gcd(multiple, size)) * size, 1n);
  return members.map(({ lab }) => decimal(common / BigInt(labs.get(lab)?.length ?? 1)));
}

function gcd(a: bigint, b: bigint): bigint {
  return b === 0n ? a : gcd(b, a % b);
}

function byUsage(members: readonly Weighable[], rules: RulebookRules): RawWeights {
  const { measure } = rules.weights;
  const weights = members.map((member) => measured(member, measure));
  if (rules.formula === 'young' && measure !== 'spend') {
    const then = members.map(({ price, referencePrice }) => referencePrice ?? price);
    const ofThen = weights.map((tokens, index) => multiply(tokens, then[index] ?? ZERO));
    return { kind: 'value', weights: ofThen };
  }
  return { kind: measure === 'spend' ? 'value' : 'quantity', weights };
}

/** What a constituent's usage counts for; 0 where there is none. */
export function measured(
  { usage, legs }: Pick<Weighable, 'usage' | 'legs'>,
  measure: RulebookRules['weights']['measure'],
): Decimal {
  if (!usage) return ZERO;
  switch (measure) {
    case 'tokens':
      return usage.total;
    case 'input_tokens':
      return usage.input;
    case 'output_tokens':
      return usage.output;
    case 'spend': {
      const { input = ZERO, cached_input: cached = ZERO, output = ZERO } = legs;
      const fresh = multiply(subtract(usage.input, usage.cached), input);
      return add(add(fresh, multiply(usage.cached, cached)), multiply(usage.output, output));
    }
  }
}

/** v = q·p */
function values(quantities: readonly Decimal[], members: readonly Weighable[]): Decimal[] {
  return quantities.map((quantity, index) => multiply(quantity, members[index]?.price ?? ZERO));
}

/** q = v/p */
function perPrice(shares: readonly Decimal[], members: readonly Weighable[]): Decimal[] {
  return shares.map((share, index) => divide(share, members[index]?.price ?? ONE));
}

function capped(
  shares: readonly Decimal[],
  members: readonly Weighable[],
  { weights: { caps } }: RulebookRules,
): CappedShares {
  const labelled = members.map(({ lab }, index) => ({ lab, share: shares[index] ?? ZERO }));
  return capWithLabs(labelled, caps?.constituent ?? null, caps?.lab ?? null);
}

/** Shares that sum to 1, to 40 digits each. */
export function normalized(weights: readonly Decimal[]): Decimal[] {
  const total = sum(weights);
  if (!isPositive(total)) throw new RangeError('expected at least one weight above 0');
  return weights.map((weight) => divide(weight, total));
}
