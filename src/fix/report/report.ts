import type { Day } from '../../domain/dates.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import { latestOf } from '../../domain/versions.ts';
import type { InputKind } from '../inputs.ts';
import type { Sensitivity } from '../sensitivity.ts';
import {
  type Concentration,
  concentrationOf,
  coverageOf,
  type EvidenceShare,
  type Exclusion,
  evidenceMix,
  exclusionsOf,
  type Rebalance,
  type RulebookYear,
  rebalancesOf,
  rulebooksOf,
} from './basket.ts';
import {
  countDays,
  type DayCounts,
  type Exception,
  exceptionsOf,
  type GateYear,
  gatesOf,
  type ReasonCount,
  reasonsOf,
  scheduledDays,
} from './days.ts';
import {
  type CorrectionYear,
  correctionsOf,
  type DecisionYear,
  decisionsOf,
  type JudgementCounts,
  judgementsOf,
  type Restatement,
  restatementsOf,
} from './decisions.ts';
import type { Distribution } from './distribution.ts';
import { type HoldCounts, holdsOf } from './holds.ts';
import { lastRevisions, type YearInputs } from './inputs.ts';
import { type ApprovalYear, approvalsOf, type NoticeYear, noticesOf } from './records.ts';

/**
 * The account of one index over a year. Of a day that was revised the last revision counts; what
 * it took the place of is under `restatements`. Decimals are text.
 */
export interface YearReport {
  readonly schema: 'mtok.report/1';
  readonly index: string;
  readonly title: string;
  /** Of prices. */
  readonly unit: string;
  readonly year: number;
  /** The days that are accounted for. */
  readonly from: Day;
  readonly to: Day;
  /** Of the first and the last of them that were not withheld; `null` without one. */
  readonly first: Print | null;
  readonly last: Print | null;
  readonly days: DayCounts;
  readonly reasons: readonly ReasonCount[];
  readonly exceptions: readonly Exception[];
  readonly gates: readonly GateYear[];
  readonly holds: HoldCounts;
  readonly decisions: readonly DecisionYear[];
  readonly judgements: JudgementCounts;
  /** `null` where the rows were not published. */
  readonly corrections: readonly CorrectionYear[] | null;
  readonly restatements: readonly Restatement[];
  /** What users were told, and who approved; `null` for a book, which has no log. */
  readonly notices: readonly NoticeYear[] | null;
  readonly approvals: readonly ApprovalYear[] | null;
  readonly coverage: Distribution;
  readonly concentration: Concentration;
  readonly evidence: readonly EvidenceShare[];
  readonly exclusions: readonly Exclusion[];
  readonly sensitivities: readonly Sensitivity[];
  readonly rulebooks: readonly RulebookYear[];
  readonly rebalances: readonly Rebalance[];
  /** Kinds of rows that were not published. */
  readonly kept_back: readonly InputKind[];
}

export interface Print {
  readonly date: Day;
  readonly price: string;
  readonly level: string;
}

/**
 * Accounts for the fixings of an index over a year. Pure: the same fixings and rows give the same
 * report, from a publication as from the book that it was made from.
 *
 * @throws {RangeError} without any fixing.
 */
export function yearReport(inputs: YearInputs): YearReport {
  const days = scheduledDays(inputs);
  const fixings = [...lastRevisions(inputs.fixings).values()];
  const last = fixings.at(-1);
  if (!last) throw new RangeError('expected at least one fixing');
  const { year, from, to, before, sensitivities, keptBack } = inputs;
  const prints = fixings.flatMap(({ date, value, level }): Print[] =>
    value && level !== null ? [{ date, price: value.price, level }] : [],
  );
  return {
    schema: 'mtok.report/1',
    ...{ index: last.index, title: titleOf(inputs.versions), unit: last.unit, year, from, to },
    ...{ first: prints[0] ?? null, last: prints.at(-1) ?? null },
    days: countDays(days, inputs),
    reasons: reasonsOf(days),
    exceptions: exceptionsOf(days),
    gates: gatesOf(days),
    holds: holdsOf(fixings, inputs),
    decisions: decisionsOf(fixings),
    judgements: judgementsOf(fixings, inputs),
    corrections: correctionsOf(inputs),
    restatements: restatementsOf(inputs),
    notices: noticesOf(inputs.records),
    approvals: approvalsOf(inputs.records),
    coverage: coverageOf(fixings),
    concentration: concentrationOf(fixings),
    evidence: evidenceMix(fixings),
    exclusions: exclusionsOf(fixings),
    sensitivities,
    rulebooks: rulebooksOf(fixings),
    rebalances: rebalancesOf(fixings, before),
    kept_back: keptBack,
  };
}

function titleOf(versions: readonly Rulebook[]): string {
  return latestOf(versions).title;
}
