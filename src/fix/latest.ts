import { DAY_MS, type Day, dayOf } from '../domain/dates.ts';
import type { GoodId } from '../domain/goods.ts';
import type { Evidence } from '../normalize/evidence.ts';

/**
 * The last day of which the evidence knows anything of each good that is asked for: the latest
 * observation of a quote, also where it only repeats what was known, or the last day that usage
 * covers. `undefined` where there is no evidence.
 *
 * @param about rulebooks of the goods that are asked for: all, where it is left out.
 */
export function latestDay(
  evidence: Evidence,
  about?: Iterable<{ readonly good: GoodId }>,
): Day | undefined {
  const latest = new Map<GoodId, number>();
  const see = (good: GoodId, ms: number) =>
    latest.set(good, Math.max(latest.get(good) ?? Number.NEGATIVE_INFINITY, ms));
  for (const { good, observedAtMs } of evidence.rows.quotes) see(good, observedAtMs);
  for (const { endMs } of evidence.usage) see('token', endMs - DAY_MS);
  const asked = about ? new Set([...about].map(({ good }) => good)) : new Set(latest.keys());
  const known = [...latest].flatMap(([good, ms]) => (asked.has(good) ? [ms] : []));
  return known.length > 0 ? dayOf(Math.min(...known)) : undefined;
}
