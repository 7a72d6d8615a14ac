import { DAY_MS } from '../domain/dates.ts';
import { add, type Decimal, decimal, divide, multiply, subtract, ZERO } from '../domain/decimal.ts';
import type { Usage } from '../domain/rows.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';

/** Tokens by leg; where only totals are known, by the rulebook's split. */
export interface UsageTotals {
  readonly input: Decimal;
  readonly cached: Decimal;
  readonly output: Decimal;
  readonly total: Decimal;
}

/** Usage in a window of whole UTC days. */
export interface UsageWindow {
  readonly startMs: number;
  readonly endMs: number;
  /** By constituent. */
  readonly totals: ReadonlyMap<string, UsageTotals>;
  /** By name where the catalogue maps it to no constituent of this index. */
  readonly unmatched: ReadonlyMap<string, Decimal>;
  /** Distinct days of the window that any row covers. */
  readonly daysCovered: number;
}

/** The window of a rebalance: `[day − lag − window, day − lag)`. */
export function usageWindowBounds(dayMs: number, rules: RulebookRules): [number, number] {
  const endMs = dayMs - rules.weights.lag_days * DAY_MS;
  return [endMs - rules.weights.window_days * DAY_MS, endMs];
}

/**
 * Sums the usage of a window, pro rata by time where a period overlaps its edge, from what was
 * published by a moment; of several figures for one period the last published counts.
 *
 * @param idOf the constituent of a model at a seller, where the index has one.
 */
export function usageIn(
  evidence: Evidence,
  rules: RulebookRules,
  dayMs: number,
  knownAtMs: number,
  idOf: (model: string, seller: string) => string | undefined,
): UsageWindow {
  const [startMs, endMs] = usageWindowBounds(dayMs, rules);
  const sums = new Map<string, Counted>();
  const unmatched = new Map<string, Counted>();
  const covered = new Set<number>();
  for (const period of evidence.usage) {
    if (period.startMs >= endMs) break;
    if (period.endMs <= startMs) continue;
    const row = period.figures.findLast((figure) => figure.publishedAtMs <= knownAtMs);
    if (!row) continue;
    const from = Math.max(period.startMs, startMs);
    const until = Math.min(period.endMs, endMs);
    for (let day = Math.floor(from / DAY_MS); day * DAY_MS < until; day += 1) covered.add(day);
    const id = idOf(period.model, period.seller);
    const known = id === undefined ? unmatched : sums;
    const key = id ?? period.name;
    known.set(key, plus(known.get(key) ?? NOTHING, row, until - from));
  }
  return {
    ...{ startMs, endMs, daysCovered: covered.size },
    totals: new Map([...sums].map(([id, counted]) => [id, byLeg(counted, rules)])),
    unmatched: new Map(
      [...unmatched].map(([name, counted]) => [name, byLeg(counted, rules).total]),
    ),
  };
}

/** Tokens as they were counted: by leg, and those of which only totals are known. */
interface Counted {
  readonly input: Decimal;
  readonly cached: Decimal;
  readonly output: Decimal;
  readonly unsplit: Decimal;
}

const NOTHING: Counted = { input: ZERO, cached: ZERO, output: ZERO, unsplit: ZERO };

function plus(sum: Counted, row: Usage, overlapMs: number): Counted {
  const periodMs = row.periodEndMs - row.periodStartMs;
  const part = (tokens: bigint) =>
    overlapMs === periodMs
      ? decimal(tokens)
      : divide(decimal(tokens * BigInt(overlapMs)), decimal(periodMs));
  const { tokens } = row;
  if (tokens.kind === 'total') return { ...sum, unsplit: add(sum.unsplit, part(tokens.total)) };
  return {
    input: add(sum.input, part(tokens.input)),
    cached: add(sum.cached, part(tokens.cached)),
    output: add(sum.output, part(tokens.output)),
    unsplit: sum.unsplit,
  };
}

/** Splits totals as the rulebook says. Cached tokens are part of the input, and billed apart. */
function byLeg(counted: Counted, { weights, workload }: RulebookRules): UsageTotals {
  const output = weights.split?.output ?? workload.shares.output ?? ZERO;
  const split = multiply(counted.unsplit, output);
  return {
    input: add(counted.input, subtract(counted.unsplit, split)),
    cached: counted.cached,
    output: add(counted.output, split),
    total: add(add(counted.input, counted.output), counted.unsplit),
  };
}
