import { z } from 'zod';
import { isDay } from '../domain/dates.ts';
import { decimal } from '../domain/decimal.ts';
import { byCodePoint } from '../domain/group.ts';
import type { CalendarDay, HoldDecision, Judgement, Revision, Succession } from '../domain/rows.ts';
import { CellFault, cell, moment, name, oneOf, optionalCell, price, text } from './cells.ts';
import { legColumns, legsIn, requiredLegColumns } from './leg-cells.ts';
import type { Table } from './table.ts';

/** What people decided (docs/formats.md): each file of decisions, and who stands for them. */

const FEWEST_APPROVERS = 2;

/** Names with semicolons between them: nobody approves alone, or twice. */
function approvers(cellText: string): readonly string[] | CellFault {
  const people = cellText.split(';').map((person) => person.trim().replace(/\s+/g, ' '));
  const different = new Set(people.map((person) => person.toLowerCase()));
  const fault = people.some((person) => person === '' || name(person) instanceof CellFault);
  if (fault || different.size !== people.length || different.size < FEWEST_APPROVERS) {
    return new CellFault('missing_approver', 'at least two different people: a. smith; b. jones');
  }
  // Who signs first does not matter.
  return people.sort(byCodePoint);
}

function day(cellText: string): string | CellFault {
  return isDay(cellText) ? cellText : new CellFault('bad_date', 'a day that exists, YYYY-MM-DD');
}

function wording(cellText: string): string | CellFault {
  return cellText.trim() === '' ? new CellFault('missing_value', 'a reason in words') : cellText;
}

const trueOrFalse = oneOf(['true', 'false'], 'bad_value');

const holdCells = z.object({
  seller: cell(name),
  model: cell(name),
  venue: optionalCell(name, ''),
  effective_at: cell(moment),
  decision: cell(oneOf(['hold', 'release', 'reject'], 'bad_decision')),
  rationale: cell(wording),
  approvers: cell(approvers),
  decided_at: cell(moment),
});

/** Decisions on quotes that are held, or should be. */
export const HOLDS: Table<HoldDecision> = {
  kind: 'holds',
  columns: Object.keys(holdCells.shape),
  required: Object.keys(holdCells.shape).filter((column) => column !== 'venue'),
  aliases: { vendor: 'seller' },
  schema: holdCells.transform(({ effective_at, decided_at, ...row }) => ({
    ...row,
    effectiveAtMs: effective_at,
    decidedAtMs: decided_at,
  })),
};

const judgementCells = z.object({
  constituent: cell(name),
  from: cell(day),
  until: optionalCell(day, null),
  ...legColumns(''),
  rationale: cell(wording),
  approvers: cell(approvers),
  decided_at: cell(moment),
});

/** Judged prices, in US dollars per unit of the good. */
export const JUDGEMENTS: Table<Judgement> = {
  kind: 'judgements',
  columns: Object.keys(judgementCells.shape),
  required: ['constituent', 'from', 'rationale', 'approvers', 'decided_at'],
  requiredGroups: requiredLegColumns(''),
  aliases: {},
  schema: judgementCells.transform((row, context): Judgement => {
    if (row.until !== null && row.until <= row.from) {
      const params = { code: 'ends_before_it_begins' };
      context.addIssue({ code: 'custom', path: ['until'], message: 'a day after from', params });
    }
    const { constituent, from, until, rationale } = row;
    return {
      ...{ constituent, from, until, rationale, approvers: row.approvers },
      legs: legsIn(row, '', context),
      decidedAtMs: row.decided_at,
    };
  }),
};

const successionCells = z.object({
  predecessor: cell(name),
  successor: cell(name),
  comparable: cell(trueOrFalse),
  factor: optionalCell(price, decimal('1')),
  effective_at: cell(moment),
  evidence: cell(wording),
  approvers: cell(approvers),
});

/** Models that take another's place. */
export const SUCCESSION: Table<Succession> = {
  kind: 'succession',
  columns: Object.keys(successionCells.shape),
  required: ['predecessor', 'successor', 'comparable', 'effective_at', 'evidence', 'approvers'],
  aliases: {},
  schema: successionCells
    .refine((row) => row.predecessor !== row.successor, {
      path: ['successor'],
      message: 'a model other than the predecessor',
      params: { code: 'succeeds_itself' },
    })
    .transform(({ comparable, effective_at, ...row }) => ({
      ...row,
      comparable: comparable === 'true',
      effectiveAtMs: effective_at,
    })),
};

const revisionCells = z.object({
  index: cell(name),
  date: cell(day),
  revision: cell(revisionNumber),
  known_at: cell(moment),
  reason: cell(text),
});

function revisionNumber(cellText: string): number | CellFault {
  return /^[1-9]\d{0,3}$/.test(cellText)
    ? Number(cellText)
    : new CellFault('not_a_number', 'a whole number above 0');
}

/** Fixings that were made again, from what was known later. */
export const REVISIONS: Table<Revision> = {
  kind: 'revisions',
  columns: Object.keys(revisionCells.shape),
  required: Object.keys(revisionCells.shape),
  aliases: {},
  schema: revisionCells.transform(({ known_at, ...row }) => ({ ...row, knownAtMs: known_at })),
};

const calendarCells = z.object({
  calendar: optionalCell(name, ''),
  date: cell(day),
  status: optionalCell(oneOf(['closed', 'open'], 'bad_value'), 'closed' as const),
  name: optionalCell(text, ''),
});

/** Holidays and make-up days of a calendar; its name is the file's unless a row says it. */
export const CALENDAR: Table<CalendarDay> = {
  kind: 'calendars',
  columns: Object.keys(calendarCells.shape),
  required: ['date'],
  aliases: {},
  schema: calendarCells.transform(({ calendar, date, status }) => ({
    ...{ calendar, date },
    isOpen: status === 'open',
  })),
};
