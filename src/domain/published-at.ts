import { HOUR_MS, parseMoment } from './dates.ts';
import type { FixingRow } from './publication.ts';
import type { RulebookRules } from './rulebook.ts';

/**
 * When a fixing was published, in epoch milliseconds. Its row says from when it is final, which is
 * its rulebook's hours of finality after its publication; the log has the rulebook's digest.
 */
export function publishedAtMs(
  { final_from }: Pick<FixingRow, 'final_from'>,
  { finality }: Pick<RulebookRules, 'finality'>,
): number {
  const finalFromMs = parseMoment(final_from);
  if (finalFromMs === undefined) throw new RangeError(`expected a moment, found ${final_from}`);
  return finalFromMs - finality.hours * HOUR_MS;
}
