import { type Day, parseMoment } from '../domain/dates.ts';
import type { Fixing } from '../domain/fixing.ts';
import type { BookRows } from '../domain/rows.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestOf, type OneOrMore } from '../domain/versions.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { type Backfill, backfill } from './backfill.ts';

/**
 * The fixings of a range with all their revisions, each as it came out on its day: a revision that
 * was made later had no part in the days that were fixed before it.
 *
 * @param series a frozen series, instead of the index itself.
 * @returns them in the order of their revisions, or why there is no first basket.
 */
export function asPublished(
  rules: OneOrMore<Rulebook>,
  rows: BookRows,
  from: Day,
  to: Day,
  series?: number,
): Backfill<Fixing> {
  const { index, base } = latestOf(rules);
  if (to < base.date) return { items: ofList([]) };
  const own = rows.revisions.filter((revision) => revision.index === index);
  const starts = [...new Set([Number.NEGATIVE_INFINITY, ...own.map((row) => row.knownAtMs)])];
  const items: Fixing[] = [];
  for (const [place, startMs] of starts.sort((a, b) => a - b).entries()) {
    const endMs = starts[place + 1] ?? Number.POSITIVE_INFINITY;
    const revisions = rows.revisions.filter(({ knownAtMs }) => knownAtMs <= startMs);
    const options = series === undefined ? {} : { series };
    const run = backfill(rules, evidenceOf({ ...rows, revisions }), from, to, options);
    if (!run.items) return run;
    for (const fixing of run.items) {
      const knownAtMs = parseMoment(fixing.known_at) ?? Number.NaN;
      if (knownAtMs >= startMs && knownAtMs < endMs) items.push(fixing);
    }
  }
  return { items: ofList(items) };
}

function* ofList<Item>(items: readonly Item[]): Generator<Item> {
  yield* items;
}
