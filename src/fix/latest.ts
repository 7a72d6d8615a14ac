import { DAY_MS, type Day, dayOf } from '../domain/dates.ts';
import type { Evidence } from '../normalize/evidence.ts';

/**
 * The last day of which the evidence knows anything: the latest observation of a quote, also where
 * it only repeats what was known, or the last day that usage covers. `undefined` where there is no
 * evidence.
 */
export function latestDay(evidence: Evidence): Day | undefined {
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const { observedAtMs } of evidence.rows.quotes) latestMs = Math.max(latestMs, observedAtMs);
  for (const { endMs } of evidence.usage) latestMs = Math.max(latestMs, endMs - DAY_MS);
  return Number.isFinite(latestMs) ? dayOf(latestMs) : undefined;
}
