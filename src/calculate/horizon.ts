import { type Day, wallClockToMs } from '../domain/dates.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from '../select/in-force.ts';

/**
 * The cut-off of a day, and what is known of it: by the cut-off, or by its last revision, which
 * brings in prices that were true by then and no usage; or by a moment that is asked for.
 */
export function horizonOf(
  day: Day,
  { index, cutoff }: Rulebook,
  evidence: Evidence,
  knownAtMs: number | undefined,
): Horizon {
  const cutoffMs = wallClockToMs(day, cutoff);
  if (knownAtMs !== undefined) return { cutoffMs, knownAtMs };
  const revision = evidence.revisionOf(index, day);
  if (!revision) return { cutoffMs, knownAtMs: cutoffMs };
  // A revision adds to what was known, and takes nothing away.
  const knownAt = Math.max(revision.knownAtMs, cutoffMs);
  return { cutoffMs, knownAtMs: knownAt, usageKnownAtMs: cutoffMs };
}
