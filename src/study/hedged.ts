import { sampleStandardDeviation } from 'simple-statistics';
import { type Decimal, divide, subtract, toText } from '../domain/decimal.ts';
import { type Month, monthAfter } from './months.ts';
import { isFlat, type Line, lineThrough, movesIn } from './regression.ts';

/** A cost and a contract over the months of both, and what one says of the other. */
export interface Hedged {
  readonly changes: readonly HedgedChange[];
  readonly line: Line | undefined;
  readonly verdict: Verdict;
  /** Standard deviation of the monthly changes, without and with the hedge. */
  readonly unhedged: number | null;
  readonly hedged: number | null;
  /** The month in which the cost rose most, without and with the hedge. */
  readonly worst: HedgedChange | undefined;
  readonly worstHedged: HedgedChange | undefined;
}

export interface HedgedChange {
  readonly month: Month;
  /** Shares: what the cost and the contract changed by since the month before. */
  readonly cost: number;
  readonly contract: number;
  /** The cost's, less what the hedge pays: cost − ratio · contract; the cost's own without a ratio. */
  readonly hedged: number;
}

/** Whether the contract hedges the cost, and why. */
export type Verdict =
  | { readonly kind: 'hedges' | 'covers_a_part' }
  | { readonly kind: 'does_nothing' | 'undefined'; readonly why: string };

/** Below it a hedge leaves most of what it should take away. */
export const LEAST_R_SQUARED = 0.25;
/** From it on little is left. */
export const GOOD_R_SQUARED = 0.8;
/** Fewer changes say nothing. */
export const FEWEST_CHANGES = 6;

/**
 * Least squares of the monthly changes of a cost on those of a contract. The slope is the hedge
 * ratio: by how many percent the cost changes where the contract changes by one.
 *
 * @param cost by month, in any unit.
 * @param contract its settlement values by month.
 */
export function hedgeOf(
  cost: ReadonlyMap<Month, Decimal>,
  contract: ReadonlyMap<Month, Decimal>,
): Hedged {
  const both = [...cost.keys()].filter((month) => contract.has(month)).sort();
  const pairs = both.flatMap((month) => {
    const before = monthAfter(month, -1);
    const of = (values: ReadonlyMap<Month, Decimal>) =>
      changeOf(values.get(before), values.get(month));
    const [own, other] = [of(cost), of(contract)];
    return own === undefined || other === undefined ? [] : [{ month, cost: own, contract: other }];
  });
  const [x, y] = [pairs.map((one) => one.contract), pairs.map((one) => one.cost)];
  const line = lineThrough(x, y);
  const verdict = verdictOf(x, y, line);
  const changes = pairs.map((one) => ({
    ...one,
    hedged: one.cost - (line?.slope ?? 0) * one.contract,
  }));
  const spread = (values: readonly number[]) =>
    values.length < 2 ? null : sampleStandardDeviation([...values]);
  return {
    ...{ changes, line, verdict, unhedged: spread(y) },
    hedged: line ? spread(changes.map(({ hedged }) => hedged)) : null,
    worst: largest(changes, ({ cost: own }) => own),
    worstHedged: line ? largest(changes, ({ hedged }) => hedged) : undefined,
  };
}

function changeOf(from: Decimal | undefined, to: Decimal | undefined): number | undefined {
  return from && to ? Number(toText(divide(subtract(to, from), from))) : undefined;
}

function largest(
  changes: readonly HedgedChange[],
  of: (change: HedgedChange) => number,
): HedgedChange | undefined {
  let found: HedgedChange | undefined;
  for (const change of changes) if (!found || of(change) > of(found)) found = change;
  return found;
}

function verdictOf(x: readonly number[], y: readonly number[], line: Line | undefined): Verdict {
  const months = `${x.length} monthly ${x.length === 1 ? 'change' : 'changes'}`;
  if (x.length < FEWEST_CHANGES) {
    return {
      kind: 'undefined',
      why: `${months} are too few: at least ${FEWEST_CHANGES} are asked`,
    };
  }
  if (isFlat(x) && x[0] === 0) {
    const why = `the contract did not move in ${months}: of a step that did not come nothing can be said`;
    return { kind: 'undefined', why };
  }
  if (isFlat(y) && y[0] === 0) {
    const why = `what is hedged did not move in ${months}, while the contract moved in ${movesIn(x)}`;
    return { kind: 'does_nothing', why };
  }
  if (!line) return { kind: 'undefined', why: `one of the two changed alike in all of ${months}` };
  // Of unrelated changes R² is above 4/n about one time in twenty.
  const least = Math.max(LEAST_R_SQUARED, 4 / x.length);
  if (line.rSquared < least) {
    const share = `${(line.rSquared * 100).toFixed(0)}% of the variance`;
    const why = `the contract explains ${share} of ${months}, where ${(least * 100).toFixed(0)}% is the least that is no accident`;
    return { kind: 'does_nothing', why };
  }
  return { kind: line.rSquared < GOOD_R_SQUARED ? 'covers_a_part' : 'hedges' };
}
