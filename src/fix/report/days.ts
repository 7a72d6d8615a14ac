import { calendarOf } from '../../calculate/regime.ts';
import { addDays, type Day } from '../../domain/dates.ts';
import { compare, type Decimal, decimal } from '../../domain/decimal.ts';
import type { Fixing } from '../../domain/fixing.ts';
import { byCodePoint, groupBy } from '../../domain/group.ts';
import { versionOn } from '../../domain/versions.ts';
import { isPublic, lastRevisions, type YearInputs } from './inputs.ts';

/** What came of the scheduled days. `null`: the calendar was not published, so nobody can tell. */
export interface DayCounts {
  readonly scheduled: number;
  /** With a value of the day's own. */
  readonly published: number;
  /** With the last print again (`on_withheld`). */
  readonly repeated: number;
  readonly withheld: number;
  /** On the calendar, and without any fixing. */
  readonly missing: number | null;
  /** Of all fixings: made on their day, or later. */
  readonly live: number;
  readonly reconstructed: number;
}

export interface ReasonCount {
  readonly reason: string;
  readonly days: number;
}

/** Days in a row without a value of their own, for the same reasons. */
export interface Exception {
  readonly from: Day;
  readonly to: Day;
  readonly days: number;
  readonly status: 'repeated' | 'withheld' | 'missing';
  readonly reasons: readonly string[];
}

/** How near a gate came to its threshold. */
export interface GateYear {
  readonly name: string;
  /** One for each version that had another. */
  readonly thresholds: readonly string[];
  readonly measured_days: number;
  readonly failed_days: number;
  /** The least of a floor, the most of a ceiling; `null` where nothing was measured. */
  readonly nearest: string | null;
  readonly nearest_on: Day | null;
}

export interface ScheduledDay {
  readonly date: Day;
  readonly status: 'published' | Exception['status'];
  readonly fixing: Fixing | undefined;
}

/** Each scheduled day with the last revision of its fixing, and what it comes to. */
export function scheduledDays(inputs: YearInputs): ScheduledDay[] {
  const fixings = lastRevisions(inputs.fixings);
  const days = new Set(fixings.keys());
  if (isPublic(inputs, ['calendars'])) for (const day of calendarDays(inputs)) days.add(day);
  return [...days].sort(byCodePoint).map((date) => {
    const fixing = fixings.get(date);
    return { date, status: statusOf(fixing), fixing };
  });
}

function* calendarDays({ versions, evidence, from, to }: YearInputs): Generator<Day> {
  const calendars = new Map(versions.map((rules) => [rules, calendarOf(rules, evidence)]));
  for (let day = from; day <= to; day = addDays(day, 1)) {
    if (calendars.get(versionOn(versions, day))?.isOpen(day)) yield day;
  }
}

function statusOf(fixing: Fixing | undefined): ScheduledDay['status'] {
  if (!fixing) return 'missing';
  if (fixing.status === 'withheld') return 'withheld';
  return fixing.repeats === undefined ? 'published' : 'repeated';
}

export function countDays(days: readonly ScheduledDay[], inputs: YearInputs): DayCounts {
  const count = (status: ScheduledDay['status']) =>
    days.filter((day) => day.status === status).length;
  const live = days.filter(({ fixing }) => fixing?.basis === 'live').length;
  const missing = count('missing');
  return {
    scheduled: days.length,
    ...{ published: count('published'), repeated: count('repeated'), withheld: count('withheld') },
    missing: isPublic(inputs, ['calendars']) ? missing : null,
    ...{ live, reconstructed: days.length - missing - live },
  };
}

/** On how many days each reason spoke against a value of the day's own, the most frequent first. */
export function reasonsOf(days: readonly ScheduledDay[]): ReasonCount[] {
  const counts = new Map<string, number>();
  for (const { fixing } of days) {
    for (const reason of new Set(fixing?.withheld)) {
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([reason, count]) => ({ reason, days: count }))
    .sort((a, b) => b.days - a.days || byCodePoint(a.reason, b.reason));
}

/** Every run of scheduled days that was not as it should be. */
export function exceptionsOf(days: readonly ScheduledDay[]): Exception[] {
  const runs: Exception[] = [];
  let isOpen = false;
  for (const { date, status, fixing } of days) {
    if (status === 'published') {
      isOpen = false;
      continue;
    }
    const reasons = fixing ? [...new Set(fixing.withheld)] : ['not_published'];
    const last = runs.at(-1);
    const goesOn =
      isOpen && last?.status === status && last.reasons.join('\n') === reasons.join('\n');
    if (last && goesOn) runs[runs.length - 1] = { ...last, to: date, days: last.days + 1 };
    else runs.push({ from: date, to: date, days: 1, status, reasons });
    isOpen = true;
  }
  return runs;
}

/** Each gate through the year, by name. */
export function gatesOf(days: readonly ScheduledDay[]): GateYear[] {
  const measured = days.flatMap(({ date, fixing }) =>
    (fixing?.gates ?? []).map((gate): Measured => ({ date, ...gate })),
  );
  return [...groupBy(measured, ({ name }) => name)]
    .sort(([a], [b]) => byCodePoint(a, b))
    .map(([name, measures]) => gateYear(name, measures));
}

type Measured = Fixing['gates'][number] & { readonly date: Day };

function gateYear(name: string, measures: readonly Measured[]): GateYear {
  const known = measures.flatMap(({ date, measured }) =>
    measured === null ? [] : [{ date, text: measured, value: decimal(measured) }],
  );
  const isNearer = (a: Decimal, b: Decimal) =>
    name.startsWith('min_') ? compare(a, b) < 0 : compare(a, b) > 0;
  const [first, ...rest] = known;
  const nearest =
    first && rest.reduce((best, one) => (isNearer(one.value, best.value) ? one : best), first);
  return {
    ...{ name, thresholds: [...new Set(measures.map(({ threshold }) => threshold))] },
    measured_days: known.length,
    failed_days: measures.filter(({ pass }) => !pass).length,
    ...{ nearest: nearest?.text ?? null, nearest_on: nearest?.date ?? null },
  };
}
