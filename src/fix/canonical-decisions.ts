import { toText } from '../domain/decimal.ts';
import { GOODS, type GoodId } from '../domain/goods.ts';
import { byCodePoint } from '../domain/group.ts';
import type { CalendarDay, HoldDecision, Judgement, Revision, Succession } from '../domain/rows.ts';
import { type CanonicalRows, canonical, legCells, moment } from './canonical-rows.ts';

/** What people decided, as canonical rows. */

const HOLD_COLUMNS = [
  ...['seller', 'model', 'venue', 'effective_at', 'decision'],
  ...['rationale', 'approvers', 'decided_at'],
];

export function canonicalHolds(rows: readonly HoldDecision[]): CanonicalRows {
  return canonical(HOLD_COLUMNS, rows, (row) => [
    ...[row.seller, row.model, row.venue, moment(row.effectiveAtMs), row.decision],
    ...[row.rationale, signed(row), moment(row.decidedAtMs)],
  ]);
}

/** Who signed first does not matter. */
function signed({ approvers }: { readonly approvers: readonly string[] }): string {
  return [...approvers].sort(byCodePoint).join('; ');
}

/** Judged prices of one good. */
export function canonicalJudgements(rows: readonly Judgement[], good: GoodId): CanonicalRows {
  const names = GOODS[good].valueLegs;
  const columns = [
    ...['constituent', 'from', 'until', ...names],
    ...['rationale', 'approvers', 'decided_at'],
  ];
  return canonical(columns, rows, ({ legs, ...row }) => [
    ...[row.constituent, row.from, row.until ?? '', ...legCells(legs, names)],
    ...[row.rationale, signed(row), moment(row.decidedAtMs)],
  ]);
}

const SUCCESSION_COLUMNS = [
  ...['predecessor', 'successor', 'comparable', 'factor', 'effective_at', 'evidence', 'approvers'],
];

export function canonicalSuccession(rows: readonly Succession[]): CanonicalRows {
  return canonical(SUCCESSION_COLUMNS, rows, (row) => [
    ...[row.predecessor, row.successor, String(row.comparable), toText(row.factor)],
    ...[moment(row.effectiveAtMs), row.evidence, signed(row)],
  ]);
}

const REVISION_COLUMNS = ['index', 'date', 'revision', 'known_at', 'reason'];

export function canonicalRevisions(rows: readonly Revision[]): CanonicalRows {
  return canonical(REVISION_COLUMNS, rows, (row) => [
    ...[row.index, row.date, String(row.revision), moment(row.knownAtMs), row.reason],
  ]);
}

const CALENDAR_COLUMNS = ['calendar', 'date', 'status'];

export function canonicalCalendars(rows: readonly CalendarDay[]): CanonicalRows {
  return canonical(CALENDAR_COLUMNS, rows, ({ calendar, date, isOpen }) => [
    ...[calendar, date, isOpen ? 'open' : 'closed'],
  ]);
}
