import type { Day } from '../domain/dates.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { momentsOfDay } from '../domain/schedule.ts';
import type { Evidence } from '../normalize/evidence.ts';
import type { Horizon } from '../select/in-force.ts';

/**
 * The cut-off of a day, and what is known of it: by the cut-off, or by its last revision, which
 * brings in prices that were true by then and no usage; or by a moment that is asked for. What
 * people decide of it counts up to the end of the review.
 */
export function horizonOf(
  day: Day,
  rules: Rulebook,
  evidence: Evidence,
  knownAtMs: number | undefined,
): Horizon {
  const { cutoffMs, reviewByMs } = momentsOfDay(rules, day);
  if (knownAtMs !== undefined) return { cutoffMs, knownAtMs };
  const review = reviewByMs === undefined ? {} : { reviewedByMs: reviewByMs };
  const revision = evidence.revisionOf(rules.index, day);
  if (!revision) return { cutoffMs, knownAtMs: cutoffMs, ...review };
  // A revision adds to what was known, and takes nothing away.
  const knownAt = Math.max(revision.knownAtMs, cutoffMs);
  return { cutoffMs, knownAtMs: knownAt, usageKnownAtMs: cutoffMs, ...review };
}
