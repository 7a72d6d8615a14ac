import { judgementOn } from '../../calculate/fallback.ts';
import { horizonOf } from '../../calculate/horizon.ts';
import { type Day, dayOf, formatMoment } from '../../domain/dates.ts';
import {
  absolute,
  compare,
  type Decimal,
  decimal,
  divideToPlaces,
  multiply,
  subtract,
  toFixedText,
  toText,
} from '../../domain/decimal.ts';
import type { Fixing } from '../../domain/fixing.ts';
import type { Legs } from '../../domain/good.ts';
import { byCodePoint, groupBy } from '../../domain/group.ts';
import type { Correction } from '../../domain/rows.ts';
import { versionOn } from '../../domain/versions.ts';
import { judgedByMs } from '../../select/in-force.ts';
import { isPublic, type YearInputs } from './inputs.ts';

/** A decision on a quote that at least one fixing printed. */
export interface DecisionYear {
  readonly constituent: string;
  readonly seller: string;
  readonly quoted_as: string;
  readonly effective_at: string;
  readonly decision: Fixing['decisions'][number]['decision'];
  readonly by: readonly string[];
  readonly decided_at: string;
  readonly rationale: string;
  /** That printed it. */
  readonly fixings: number;
}

/** A price that people judged, and where it stood. */
export interface JudgementYear {
  readonly constituent: string;
  readonly from: Day;
  readonly until: Day | null;
  /** USD/MTok */
  readonly legs: Readonly<Record<string, string>>;
  readonly by: readonly string[];
  readonly decided_at: string;
  readonly rationale: string;
  readonly fixings: number;
}

export interface JudgementCounts {
  /** Fixings with a judged price. */
  readonly fixings_with_judged_prices: number;
  /** `null` where the rows were not published. */
  readonly judgements: readonly JudgementYear[] | null;
}

/** A correction that became known in the year. */
export interface CorrectionYear {
  readonly seller: string;
  readonly quoted_as: string;
  readonly effective_at: string;
  readonly was: Readonly<Record<string, string>>;
  /** `null`: the quote was rejected. */
  readonly is: Readonly<Record<string, string>> | null;
  /** `null`: since the quote was known. */
  readonly known_since: string | null;
  readonly reason: string;
}

/** A new revision of a published fixing, and how far it moved it. */
export interface Restatement {
  readonly date: Day;
  readonly revision: number;
  readonly known_at: string;
  /** `null` where the row that says it was not published. */
  readonly reason: string | null;
  readonly price: Step;
  readonly level: Step;
  /** Whether price or level moved beyond `finality.restate_above`; `null` without two values. */
  readonly beyond_threshold: boolean | null;
  readonly threshold: string;
}

/** `null` where a fixing is withheld. The change is in percent of what was published. */
export interface Step {
  readonly before: string | null;
  readonly after: string | null;
  readonly percent: string | null;
}

/** Each decision that a fixing of the year printed, in the order in which they were made. */
export function decisionsOf(fixings: readonly Fixing[]): DecisionYear[] {
  const printed = fixings.flatMap(({ decisions }) => decisions);
  return [...groupBy(printed, (one) => JSON.stringify(one)).values()]
    .flatMap((same): DecisionYear[] => {
      const [one] = same;
      if (!one) return [];
      const { constituent, seller, quoted_as, effective_at, decision, decided_at } = one;
      return [
        {
          ...{ constituent, seller, quoted_as, effective_at, decision, decided_at },
          ...{ by: one.approvers, rationale: one.rationale, fixings: same.length },
        },
      ];
    })
    .sort((a, b) => byCodePoint(a.decided_at, b.decided_at) || byCodePoint(a.seller, b.seller));
}

/** The judged prices that stood in a fixing of the year. */
export function judgementsOf(fixings: readonly Fixing[], inputs: YearInputs): JudgementCounts {
  const judged = fixings.flatMap((fixing) =>
    fixing.constituents
      .filter(({ evidence }) => evidence === 'judgement')
      .map(({ id }) => ({ fixing, id })),
  );
  const fixings_with_judged_prices = new Set(judged.map(({ fixing }) => fixing)).size;
  if (!isPublic(inputs, ['judgements'])) return { fixings_with_judged_prices, judgements: null };
  const { judgements } = inputs.evidence.rows;
  const used = judged.flatMap(({ fixing, id }) => {
    const { date } = fixing;
    const rules = versionOn(inputs.versions, date);
    const horizon = horizonOf(date, rules, inputs.evidence, undefined);
    const found = judgementOn(id, date, judgedByMs(horizon), judgements);
    return found ? [found] : [];
  });
  const rows = [...new Set(used)].map(
    (row): JudgementYear => ({
      ...{ constituent: row.constituent, from: row.from, until: row.until },
      ...{ legs: legsText(row.legs), by: [...row.approvers].sort(byCodePoint) },
      ...{ decided_at: formatMoment(row.decidedAtMs), rationale: row.rationale },
      fixings: used.filter((one) => one === row).length,
    }),
  );
  return { fixings_with_judged_prices, judgements: rows };
}

/** The corrections that became known on the days of the report. */
export function correctionsOf(inputs: YearInputs): CorrectionYear[] | null {
  if (!isPublic(inputs, ['corrections'])) return null;
  const { from, to, evidence } = inputs;
  const since = (row: Correction) => row.knownSinceMs ?? row.effectiveAtMs;
  return evidence.rows.corrections
    .filter((row) => dayOf(since(row)) >= from && dayOf(since(row)) <= to)
    .sort((a, b) => since(a) - since(b) || byCodePoint(a.seller, b.seller))
    .map((row) => ({
      ...{ seller: row.seller, quoted_as: row.model },
      effective_at: formatMoment(row.effectiveAtMs),
      ...{ was: legsText(row.was), is: row.is && legsText(row.is), reason: row.reason },
      known_since: row.knownSinceMs === null ? null : formatMoment(row.knownSinceMs),
    }));
}

/** Every revision of a fixing of the year, against the one that it took the place of. */
export function restatementsOf(inputs: YearInputs): Restatement[] {
  const { fixings, evidence, versions } = inputs;
  return [...groupBy(fixings, ({ date }) => date)]
    .sort(([a], [b]) => byCodePoint(a, b))
    .flatMap(([date, all]) => {
      const ordered = [...all].sort((a, b) => a.revision - b.revision);
      return ordered.slice(1).map((after, at): Restatement => {
        const before = ordered[at];
        const { restate_above } = versionOn(versions, date).finality;
        const price = step(before?.value?.price, after.value?.price);
        const level = step(before?.level, after.level);
        const row = evidence.rows.revisions.find(
          (one) =>
            one.index === after.index && one.date === date && one.revision === after.revision,
        );
        return {
          ...{ date, revision: after.revision, known_at: after.known_at },
          ...{ reason: row?.reason ?? null, price, level, threshold: toText(restate_above) },
          beyond_threshold: isBeyond([price, level], restate_above),
        };
      });
    });
}

const PERCENT_PLACES = 4;

function step(before: string | null | undefined, after: string | null | undefined): Step {
  if (!before || !after) return { before: before ?? null, after: after ?? null, percent: null };
  const change = multiply(subtract(decimal(after), decimal(before)), decimal(100));
  const percent = divideToPlaces(change, decimal(before), PERCENT_PLACES, 'half_even');
  return { before, after, percent: toFixedText(percent, PERCENT_PLACES) };
}

function isBeyond(steps: readonly Step[], threshold: Decimal): boolean | null {
  const moves = steps.flatMap(({ before, after }) => {
    if (before === null || after === null) return [];
    const change = absolute(subtract(decimal(after), decimal(before)));
    return [compare(change, multiply(threshold, decimal(before))) > 0];
  });
  return moves.length === 0 ? null : moves.includes(true);
}

function legsText(legs: Legs<Decimal>): Record<string, string> {
  const known = Object.entries(legs).flatMap(([leg, price]): [string, string][] =>
    price ? [[leg, toText(price)]] : [],
  );
  return Object.fromEntries(known);
}
