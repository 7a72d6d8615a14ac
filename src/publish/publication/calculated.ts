import type { Day } from '../../domain/dates.ts';
import { MtokError } from '../../domain/failure.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import type { OneOrMore } from '../../domain/versions.ts';
import { resultsOn } from '../../fix/backfill.ts';
import { canonicalText } from '../../fix/canonical-rows.ts';
import { fixingOf } from '../../fix/fixing.ts';
import type { Evidence } from '../../normalize/evidence.ts';
import type { FixingDraft } from './plan.ts';

/** Calculates the fixings of a range of days, each with the canonical rows that it rests on. */
export function* calculated(
  rules: OneOrMore<Rulebook>,
  evidence: Evidence,
  from: Day,
  to: Day,
): Generator<FixingDraft> {
  const run = resultsOn(rules, evidence, to, (day) => day >= from);
  if (!run.items) throw new MtokError('data', run.none.message);
  for (const result of run.items) {
    const { fixing, inputs } = fixingOf(result, evidence, {});
    yield {
      fixing,
      finalityHours: Number(result.rules.finality.hours),
      input: (kind) => canonicalText(inputs[kind]),
    };
  }
}
