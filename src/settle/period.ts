import type { Contract } from '../domain/contract.ts';
import { addDays, type Day, daysBetween, isDay, wallClockToMs } from '../domain/dates.ts';
import type { Calendar } from '../normalize/calendars.ts';

/** What a contract settles for: a month, or the days between its two dates. */
export interface Period {
  /** `2026-08`, or `2026-08-03/2026-08-14`. */
  readonly id: string;
  readonly from: Day;
  /** Inclusive. */
  readonly to: Day;
}

/** A scheduled day, and the day whose fixing counts for it. */
export interface Observation {
  readonly day: Day;
  readonly observed: Day;
}

export type Periods =
  | { readonly periods: readonly Period[]; readonly expected?: undefined }
  | { readonly periods?: undefined; readonly expected: string };

/**
 * The periods that a name stands for: a month is one, a year is the twelve of a strip. An average
 * between two dates has these alone, and needs no name.
 */
export function periodsOf(contract: Contract, name: string | undefined): Periods {
  const { averaging, period, contract: id } = contract;
  if (averaging.method === 'twap') {
    const { from, to } = averaging;
    const only = { id: `${from}/${to}`, from, to };
    if (name === undefined || name === only.id) return { periods: [only] };
    return { expected: `${only.id}, the only period of ${id}` };
  }
  if (name !== undefined && /^\d{4}-\d{2}$/.test(name) && isDay(`${name}-01`)) {
    return { periods: [monthOf(name)] };
  }
  if (period === 'month') return { expected: 'a month: 2026-08' };
  if (name === undefined || !/^[1-8]\d{3}$/.test(name)) {
    return { expected: 'a year, or a month of it: 2026, 2026-08' };
  }
  const months = Array.from({ length: 12 }, (_, month) => String(month + 1).padStart(2, '0'));
  return { periods: months.map((month) => monthOf(`${name}-${month}`)) };
}

function monthOf(id: string): Period {
  const from = `${id}-01`;
  const next = `${addDays(from, 31).slice(0, 7)}-01`;
  return { id, from, to: addDays(next, -1) };
}

/** The scheduled days of a period, in their order. */
export function scheduleOf(
  { averaging }: Contract,
  { from, to }: Period,
  calendar: Calendar,
): readonly Observation[] {
  const days = Array.from({ length: daysBetween(from, to) + 1 }, (_, index) =>
    addDays(from, index),
  );
  const business = days.filter(calendar.isBusinessDay).map((day) => ({ day, observed: day }));
  switch (averaging.method) {
    case 'business_days':
      return business;
    case 'last_fixing':
      return business.slice(-1);
    case 'last_days':
      return business.slice(-averaging.days);
    default:
      return days.map((day) => ({ day, observed: openDay(day, calendar) }));
  }
}

/** Beyond it there is nothing to carry: a calendar that never opens gives no fixing. */
const LONGEST_CLOSURE_DAYS = 60;

/** The day itself, or the last open one before it. */
function openDay(day: Day, calendar: Calendar): Day {
  let open = day;
  for (let back = 0; back < LONGEST_CLOSURE_DAYS; back += 1) {
    if (calendar.isOpen(open)) return open;
    open = addDays(open, -1);
  }
  return day;
}

/** When a settlement may be final, and by when it must be. */
export interface Moments {
  readonly fromMs: number;
  readonly deadlineMs: number;
  readonly deadlineDay: Day;
}

/** Business days are counted from the last scheduled day. */
export function momentsOf({ final }: Contract, lastDay: Day, calendar: Calendar): Moments {
  const at = (businessDays: number) => {
    let day = lastDay;
    const limit = addDays(lastDay, LONGEST_CLOSURE_DAYS + businessDays * 7);
    for (let left = businessDays; left > 0 && day < limit; ) {
      day = addDays(day, 1);
      if (calendar.isBusinessDay(day)) left -= 1;
    }
    return day;
  };
  const deadlineDay = at(final.deadline_day);
  return {
    fromMs: wallClockToMs(at(final.from_day), final),
    deadlineMs: wallClockToMs(deadlineDay, final),
    deadlineDay,
  };
}
