import { addDays, type Day, wallClockToMs } from './dates.ts';
import type { RulebookRules } from './rulebook.ts';

/** The moments of a day of an index, in epoch milliseconds. */
export interface DayMoments {
  readonly cutoffMs: number;
  /** By when its prices are to be collected; `undefined` where the rulebook does not say. */
  readonly collectByMs: number | undefined;
  readonly reviewByMs: number | undefined;
  readonly publishByMs: number | undefined;
}

/** Review and publication that are before the cut-off on the clock are of the next day. */
export function momentsOfDay(
  { cutoff, schedule }: Pick<RulebookRules, 'cutoff' | 'schedule'>,
  date: Day,
): DayMoments {
  const cutoffMs = wallClockToMs(date, cutoff);
  const at = (time: string | undefined, day: Day) =>
    time === undefined ? undefined : wallClockToMs(day, { ...cutoff, time });
  const after = (time: string | undefined) =>
    at(time, time !== undefined && time < cutoff.time ? addDays(date, 1) : date);
  return {
    ...{ cutoffMs, collectByMs: at(schedule.collect_by, date) },
    ...{ reviewByMs: after(schedule.review_by), publishByMs: after(schedule.publish_by) },
  };
}
