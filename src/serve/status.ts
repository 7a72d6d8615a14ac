import type { ApiIndexStatus } from '../domain/api.ts';
import { addDays, type Day, dayOf, formatMoment } from '../domain/dates.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { momentsOfDay } from '../domain/schedule.ts';
import { inOrder, versionOn } from '../domain/versions.ts';
import { type Calendar, nextOpenDay } from '../normalize/calendars.ts';
import type { SeenRow } from './horizon.ts';

/** What the status of an index follows from. */
export interface StatusInput {
  readonly index: string;
  /** The versions under which it was published. */
  readonly versions: readonly Rulebook[];
  /** Of the last of them; `undefined` where its rows are not published. */
  readonly calendar: Calendar | undefined;
  readonly latest: SeenRow;
  /** The latest fixing publishes an older day's values again. */
  readonly isRepeated: boolean;
  readonly nowMs: number;
}

/** A clock is not needed to look further back than this for a day of the calendar. */
const LONGEST_CLOSURE_DAYS = 400;

/**
 * Where the fixing of the day that counts now stands: the last day of the calendar whose cut-off is
 * over. Only a fixing of that very day is current, however recent an older one is.
 */
export function statusOf(input: StatusInput): ApiIndexStatus {
  const { index, calendar, latest, nowMs } = input;
  const { row, state } = latest;
  const shown = { date: row.date, revision: row.revision, status: row.status, state };
  const nothing = { day: null, cutoff: null, due_by: null, missing: 0, next_cutoff: null };
  if (!calendar) {
    const why = 'the rows of its calendar are not published';
    const of = { ...shown, is_current: false };
    return { index, status: 'unknown', ...nothing, latest: of, why };
  }
  const days = scheduleOf(input.versions, calendar);
  const over = days.lastOver(nowMs);
  if (over === undefined) {
    const why = 'no day of its calendar is over yet';
    return { index, status: 'unknown', ...nothing, latest: { ...shown, is_current: false }, why };
  }
  const isThere = row.date >= over;
  const day = isThere ? row.date : over;
  const missing = isThere ? [] : days.after(row.date, day);
  const dueByMs = days.dueMs(missing[0] ?? day);
  const isCurrent = isThere && row.status === 'published' && !input.isRepeated;
  return {
    index,
    status: isThere ? standing(latest, input.isRepeated) : nowMs >= dueByMs ? 'late' : 'due',
    day,
    cutoff: formatMoment(days.cutoffMs(day)),
    due_by: formatMoment(dueByMs),
    missing: missing.length,
    next_cutoff: formatMoment(days.cutoffMs(days.next(day))),
    latest: { ...shown, is_current: isCurrent },
  };
}

/** A repeated print is the answer of a day that was withheld. */
function standing({ row, state }: SeenRow, isRepeated: boolean): ApiIndexStatus['status'] {
  return row.status === 'withheld' || isRepeated ? 'withheld' : state;
}

interface Schedule {
  readonly lastOver: (nowMs: number) => Day | undefined;
  readonly next: (day: Day) => Day;
  readonly after: (day: Day, last: Day) => Day[];
  readonly cutoffMs: (day: Day) => number;
  readonly dueMs: (day: Day) => number;
}

function scheduleOf(rules: readonly Rulebook[], calendar: Calendar): Schedule {
  const versions = inOrder(rules);
  const cutoffMs = (day: Day) => momentsOfDay(versionOn(versions, day), day).cutoffMs;
  const next = (day: Day) => nextOpenDay(day, calendar.isOpen);
  const dueMs = (day: Day): number =>
    momentsOfDay(versionOn(versions, day), day).publishByMs ?? cutoffMs(next(day));
  return {
    cutoffMs,
    dueMs,
    next,
    lastOver: (nowMs) => {
      // A zone ahead of UTC is in the next day already.
      let day = addDays(dayOf(nowMs), 1);
      for (let back = 0; back < LONGEST_CLOSURE_DAYS; back += 1) {
        if (calendar.isOpen(day) && cutoffMs(day) <= nowMs) return day;
        day = addDays(day, -1);
      }
      return undefined;
    },
    after: (from, last) => {
      const days: Day[] = [];
      for (let day = next(from); day <= last; day = next(day)) days.push(day);
      return days;
    },
  };
}
