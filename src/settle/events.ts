import type { Contract } from '../domain/contract.ts';
import type { Day } from '../domain/dates.ts';
import type { Settlement, SettlementEvent } from '../domain/settlement.ts';
import { endOf, type Step } from './ladder.ts';
import type { Horizon, Print, Prints } from './prints.ts';

/** A scheduled day and what it settles on. */
export interface Taken {
  readonly day: Day;
  readonly observed: Day;
  readonly step: Step;
}

/** The prints of the contract's own index that the days rest on, in their order. */
export function ownPrints(taken: readonly Taken[], { index }: Contract): readonly Print[] {
  const prints = taken.flatMap(({ step }) => [
    ...(step.own.value ? [step.own.print] : []),
    ...step.restsOn.filter(({ published: { fixing } }) => fixing.index === index),
  ]);
  return [...new Set(prints)].sort((a, b) => (dateOf(a) < dateOf(b) ? -1 : 1));
}

/** The days on which the fixings go over to another series. */
export function rolls(prints: readonly Print[]): Day[] {
  return changes(prints, ({ published: { fixing } }) => String(fixing.series.number));
}

/** The days on which the fixings go over to another version of the rulebook. */
export function rulebookChanges(prints: readonly Print[]): Day[] {
  return changes(prints, ({ published: { fixing } }) => fixing.rulebook.sha256);
}

/** The rulebooks that the days span, in their order. */
export function rulebooksOf(prints: readonly Print[]): Settlement['rulebooks'] {
  const byHash = new Map(
    prints.map(({ published: { fixing } }) => [fixing.rulebook.sha256, fixing.rulebook.version]),
  );
  return [...byHash].map(([sha256, version]) => ({ version, sha256 }));
}

/**
 * Days without a fixing that are a suspension: those that the index itself calls suspended, and
 * runs of as many scheduled days as the contract says.
 */
export function suspendedDays(taken: readonly Taken[], { events }: Contract): Set<Day> {
  const found = new Set<Day>();
  let run = new Set<Day>();
  for (const { observed, step } of taken) {
    if (step.own.value || step.rung === 'pending') {
      run = new Set();
      continue;
    }
    run.add(observed);
    if (run.size >= events.suspension.days) for (const day of run) found.add(day);
    const withheld = step.own.print?.published.fixing.withheld ?? [];
    if (withheld.includes('suspended')) found.add(observed);
  }
  return found;
}

/**
 * The day after the last fixing of an index that has ceased: at the deadline nothing has come for
 * the last scheduled day or any day after it.
 */
export function ceasedAfter(
  prints: Prints,
  lastObserved: Day,
  horizon: Horizon,
  deadlineMs: number,
): Day | undefined {
  if (horizon.atMs < deadlineMs || horizon.atMs < endOf(lastObserved)) return undefined;
  const known = prints.all.filter(({ knownAtMs }) => knownAtMs <= horizon.atMs);
  const last = known.map(dateOf).sort().at(-1);
  return last !== undefined && last < lastObserved ? last : undefined;
}

export function eventOf(
  event: SettlementEvent['event'],
  days: Iterable<Day>,
  action: string,
): SettlementEvent[] {
  const list = [...days].sort();
  return list.length === 0 ? [] : [{ event, days: list, action }];
}

function changes(prints: readonly Print[], keyOf: (print: Print) => string): Day[] {
  return prints.flatMap((print, index) => {
    const before = prints[index - 1];
    return before && keyOf(before) !== keyOf(print) ? [dateOf(print)] : [];
  });
}

function dateOf({ published: { fixing } }: Print): Day {
  return fixing.date;
}
