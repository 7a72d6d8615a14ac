import { DAY_MS } from '../domain/dates.ts';
import { add, type Decimal, decimal, divide, multiply, subtract, ZERO } from '../domain/decimal.ts';
import { groupBy } from '../domain/group.ts';
import type { TokenCounts, Usage } from '../domain/rows.ts';
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
  const totals = new Map<string, UsageTotals>();
  const unmatched = new Map<string, Decimal>();
  const covered = new Set<number>();
  for (const row of latestFigures(evidence.usage, startMs, endMs, knownAtMs)) {
    const from = Math.max(row.periodStartMs, startMs);
    const until = Math.min(row.periodEndMs, endMs);
    for (let day = Math.floor(from / DAY_MS); day * DAY_MS < until; day += 1) covered.add(day);
    const model = evidence.catalogue.resolve(row.seller, row.model, row.periodStartMs);
    const tokens = prorated(row, until - from, rules);
    const id = idOf(model, row.seller);
    if (id === undefined) {
      unmatched.set(row.model, add(unmatched.get(row.model) ?? ZERO, tokens.total));
    } else {
      const known = totals.get(id);
      totals.set(id, known ? plus(known, tokens) : tokens);
    }
  }
  return { startMs, endMs, totals, unmatched, daysCovered: covered.size };
}

function latestFigures(
  rows: readonly Usage[],
  startMs: number,
  endMs: number,
  knownAtMs: number,
): Usage[] {
  const known = rows.filter(
    (row) =>
      row.publishedAtMs <= knownAtMs && row.periodStartMs < endMs && row.periodEndMs > startMs,
  );
  const figures = groupBy(known, ({ model, seller, periodStartMs, periodEndMs }) =>
    JSON.stringify([model, seller, periodStartMs, periodEndMs]),
  );
  return [...figures.values()].map((versions) =>
    versions.reduce((last, row) => (row.publishedAtMs > last.publishedAtMs ? row : last)),
  );
}

function prorated(row: Usage, overlapMs: number, rules: RulebookRules): UsageTotals {
  const whole = byLeg(row.tokens, rules);
  const periodMs = row.periodEndMs - row.periodStartMs;
  if (overlapMs === periodMs) return whole;
  const part = (value: Decimal) => divide(multiply(value, decimal(overlapMs)), decimal(periodMs));
  const { input, cached, output, total } = whole;
  return { input: part(input), cached: part(cached), output: part(output), total: part(total) };
}

/** Splits tokens into billed legs: cached tokens are part of the input, and billed apart. */
function byLeg(tokens: TokenCounts, { weights, workload }: RulebookRules): UsageTotals {
  if (tokens.kind === 'split') {
    const input = decimal(tokens.input);
    const output = decimal(tokens.output);
    return { input, cached: decimal(tokens.cached), output, total: add(input, output) };
  }
  const total = decimal(tokens.total);
  const split = weights.split ?? {
    input: subtract(decimal('1'), workload.output),
    output: workload.output,
  };
  const [input, output] = [multiply(total, split.input), multiply(total, split.output)];
  return { input, cached: ZERO, output, total };
}

function plus(a: UsageTotals, b: UsageTotals): UsageTotals {
  return {
    input: add(a.input, b.input),
    cached: add(a.cached, b.cached),
    output: add(a.output, b.output),
    total: add(a.total, b.total),
  };
}
