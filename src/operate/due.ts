import { calendarOf } from '../calculate/regime.ts';
import { addDays, DAY_MS, type Day, dayOf } from '../domain/dates.ts';
import type { Contents, FixingRow } from '../domain/publication.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { type DayMoments, momentsOfDay } from '../domain/schedule.ts';
import { inOrder, latestOf, versionOn } from '../domain/versions.ts';
import type { Evidence } from '../normalize/evidence.ts';

/** A day of an index with its moments. */
export interface ScheduledDay extends DayMoments {
  readonly index: string;
  readonly date: Day;
  readonly rules: Rulebook;
}

function scheduled(rules: Rulebook, date: Day): ScheduledDay {
  return { index: rules.index, date, rules, ...momentsOfDay(rules, date) };
}

/**
 * The days of an index that are to be fixed: those after its last published one whose cut-off has
 * passed. Where nothing is published yet they begin with its first live day, else with the latest.
 *
 * @param lastDay the last day that it will have, where its end is announced.
 */
export function dueDays(
  versions: readonly Rulebook[],
  evidence: Evidence,
  contents: Contents | undefined,
  nowMs: number,
  lastDay?: Day,
): ScheduledDay[] {
  const ordered = inOrder(versions);
  const until = dayOf(nowMs + DAY_MS);
  const due: ScheduledDay[] = [];
  for (let date = firstDue(ordered, contents, nowMs); date <= until; date = addDays(date, 1)) {
    if (lastDay !== undefined && date > lastDay) break;
    const rules = versionOn(ordered, date);
    if (!calendarOf(rules, evidence).isOpen(date)) continue;
    const day = scheduled(rules, date);
    if (day.cutoffMs > nowMs) break;
    due.push(day);
  }
  const isNew = lastPublished(contents, latestOf(ordered).index) === undefined;
  return isNew && firstLive(ordered) === null ? due.slice(-1) : due;
}

/** The first open day of an index whose cut-off has not passed. */
export function nextDay(
  versions: readonly Rulebook[],
  evidence: Evidence,
  nowMs: number,
): ScheduledDay | undefined {
  const ordered = inOrder(versions);
  const { base } = latestOf(ordered);
  const today = dayOf(nowMs - DAY_MS);
  const start = today < base.date ? base.date : today;
  for (let ahead = 0; ahead < LONGEST_CLOSURE_DAYS; ahead += 1) {
    const date = addDays(start, ahead);
    const rules = versionOn(ordered, date);
    const day = scheduled(rules, date);
    if (day.cutoffMs > nowMs && calendarOf(rules, evidence).isOpen(date)) return day;
  }
  return undefined;
}

const LONGEST_CLOSURE_DAYS = 40;

/** The row of the last day that is published of an index. */
export function lastPublished(
  contents: Contents | undefined,
  index: string,
): FixingRow | undefined {
  // Rows are in the order of indices, dates and revisions.
  return contents?.fixings.findLast((row) => row.index === index);
}

function firstDue(
  versions: readonly Rulebook[],
  contents: Contents | undefined,
  nowMs: number,
): Day {
  const { index, base } = latestOf(versions);
  const last = lastPublished(contents, index);
  if (last) return addDays(last.date, 1);
  const live = firstLive(versions);
  const start = live ?? addDays(dayOf(nowMs), -LONGEST_CLOSURE_DAYS);
  return start < base.date ? base.date : start;
}

function firstLive(versions: readonly Rulebook[]): Day | null {
  const days = versions.flatMap(({ live_from }) => (live_from === null ? [] : [live_from]));
  return days.sort()[0] ?? null;
}
