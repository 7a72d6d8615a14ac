import type { Day } from '../../domain/dates.ts';
import type { Fixing } from '../../domain/fixing.ts';
import { byCodePoint } from '../../domain/group.ts';
import type { Rulebook } from '../../domain/rulebook.ts';
import type { Evidence } from '../../normalize/evidence.ts';
import type { InputKind } from '../inputs.ts';
import type { Sensitivity } from '../sensitivity.ts';
import type { YearRecords } from './records.ts';

/** What the report of a year is made from: one index, as it was published. */
export interface YearInputs {
  readonly year: number;
  /** The days that are accounted for, both inclusive. */
  readonly from: Day;
  readonly to: Day;
  /** In the order in which they come into force. */
  readonly versions: readonly Rulebook[];
  /** Every fixing of those days with its revisions, in any order; at least one. */
  readonly fixings: readonly Fixing[];
  /** The last fixing before them, where there is one. */
  readonly before: Fixing | undefined;
  /** The rows that the last of them rests on, with what people decided of all of them. */
  readonly evidence: Evidence;
  /** Kinds of rows that were not published: what needs them is not reported. */
  readonly keptBack: readonly InputKind[];
  readonly sensitivities: readonly Sensitivity[];
  /** `null` where the fixings are of a book, which has no log. */
  readonly records: YearRecords | null;
}

/** The last revision of each day, by day. */
export function lastRevisions(fixings: readonly Fixing[]): ReadonlyMap<Day, Fixing> {
  const sorted = [...fixings].sort(
    (a, b) => byCodePoint(a.date, b.date) || a.revision - b.revision,
  );
  return new Map(sorted.map((fixing) => [fixing.date, fixing]));
}

/** Whether all rows of some kinds were published. */
export function isPublic({ keptBack }: YearInputs, kinds: readonly InputKind[]): boolean {
  return !kinds.some((kind) => keptBack.includes(kind));
}
