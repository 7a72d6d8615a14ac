import type { Day } from '../../domain/dates.ts';
import { byCodePoint } from '../../domain/group.ts';
import type { NoticeRecord } from '../../domain/records.ts';

/** What a log records of an index beside its fixings. A book has none. */
export interface YearRecords {
  /** Dated in the days of the report. */
  readonly notices: readonly NoticeRecord[];
  /** Of each fixing that was approved, the names of those who signed it. */
  readonly approvals: readonly (readonly string[])[];
}

/** What users were told. */
export interface NoticeYear {
  readonly dated: Day;
  readonly notice: NoticeRecord['subject']['notice'];
  readonly text: string;
}

export interface ApprovalYear {
  readonly name: string;
  /** That it signed, revisions too. */
  readonly fixings: number;
}

/** The notices of the year, the earliest first; `null` where there is no log. */
export function noticesOf(records: YearRecords | null): NoticeYear[] | null {
  if (records === null) return null;
  return records.notices
    .map(({ dated, subject, text }) => ({ dated, notice: subject.notice, text }))
    .sort((a, b) => byCodePoint(a.dated, b.dated) || byCodePoint(a.notice, b.notice));
}

/** Who approved how many fixings, by name; `null` where there is no log. */
export function approvalsOf(records: YearRecords | null): ApprovalYear[] | null {
  if (records === null) return null;
  const counts = new Map<string, number>();
  for (const name of records.approvals.flat()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, fixings]) => ({ name, fixings }))
    .sort((a, b) => byCodePoint(a.name, b.name));
}
