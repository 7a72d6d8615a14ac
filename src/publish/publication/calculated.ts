import type { Day } from '../../domain/dates.ts';
import { MtokError } from '../../domain/failure.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { resultsOn } from '../../fix/backfill.ts';
import { canonicalText } from '../../fix/canonical-rows.ts';
import { fixingOf } from '../../fix/fixing.ts';
import { type CanonicalInputs, canonicalInputs } from '../../fix/inputs.ts';
import type { Evidence } from '../../normalize/evidence.ts';
import type { FixingDraft } from './plan.ts';

/** Calculates the fixings of a range of days, each with the canonical rows that it rests on. */
export function* calculated(
  rulebook: Rulebook,
  evidence: Evidence,
  from: Day,
  to: Day,
): Generator<FixingDraft> {
  const run = resultsOn(rulebook, evidence, to, (day) => day >= from);
  if (!run.items) throw new MtokError('data', run.none.message);
  for (const { result, market } of run.items) {
    const { day, horizon } = result.day;
    let inputs: CanonicalInputs | undefined;
    yield {
      fixing: fixingOf(result, rulebook, evidence, market),
      finalityHours: Number(rulebook.finality.hours),
      // Most days rest on rows that are published already: they are listed when they are asked for.
      input: (kind) => {
        inputs ??= canonicalInputs(rulebook, evidence, market.candidates, day, horizon);
        return canonicalText(inputs[kind]);
      },
    };
  }
}
