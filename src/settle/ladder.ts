import type { Contract, Rung } from '../domain/contract.ts';
import { addDays, DAY_MS, type Day, dayToMs } from '../domain/dates.ts';
import { type Decimal, divide, multiply, toText } from '../domain/decimal.ts';
import type { SettlementDay } from '../domain/settlement.ts';
import type { Horizon, Look, Print, Prints } from './prints.ts';

/** What a day settles on: the rung of the ladder that gave its value, and the fixings behind it. */
export interface Step {
  readonly rung: SettlementDay['rung'];
  readonly value?: Decimal;
  /** The value as it was published, or in 40 digits. */
  readonly text?: string;
  /** The fixing of the day itself, and why it does not count. */
  readonly own: Look;
  readonly restsOn: readonly Print[];
}

/**
 * The value of a day: its fixing, else the contract's rungs in their order. A day that has not
 * ended, or whose fixing may still come or change before the deadline, is pending where no rung
 * gives a value.
 */
export function stepDown(
  contract: Contract,
  prints: Prints,
  day: Day,
  horizon: Horizon,
  deadlineMs: number,
): Step {
  const own = prints.own(day, horizon);
  if (own.value) return { rung: 'fixing', value: own.value, text: own.text, own, restsOn: [] };
  if (!own.print && horizon.atMs < endOf(day)) return { rung: 'pending', own, restsOn: [] };
  for (const rung of contract.ladder) {
    const step = tryRung(rung, prints, day, horizon, deadlineMs);
    if (step) return { ...step, own };
  }
  const mayChange = !own.print || own.print.finalFromMs > horizon.atMs;
  const isPending = mayChange && horizon.atMs < deadlineMs;
  return { rung: isPending ? 'pending' : 'none', own, restsOn: [] };
}

/** The latest print of an index before a day, at most so many days before. */
export function previousPrint(
  prints: Prints,
  day: Day,
  maxDays: number,
  horizon: Horizon,
): Extract<Look, { why: null }> | undefined {
  for (let back = 1; back <= maxDays; back += 1) {
    const look = prints.own(addDays(day, -back), horizon);
    if (look.value) return look;
  }
  return undefined;
}

/** A step on the print of another day. */
export function taking(
  rung: Step['rung'],
  { value, text, print }: Extract<Look, { why: null }>,
): Omit<Step, 'own'> {
  return { rung, value, text, restsOn: [print] };
}

/** A day is over at 24:00 UTC. */
export function endOf(day: Day): number {
  return dayToMs(day) + DAY_MS;
}

function tryRung(
  rung: Rung,
  prints: Prints,
  day: Day,
  horizon: Horizon,
  deadlineMs: number,
): Omit<Step, 'own'> | undefined {
  switch (rung.rule) {
    case 'previous': {
      const found = previousPrint(prints, day, rung.max_days, horizon);
      return found && taking('previous', found);
    }
    case 'other_index':
      return otherIndex(rung.index, rung.max_days, prints, day, horizon);
    case 'postpone':
      return postponed(rung.max_days, prints, day, horizon, deadlineMs);
  }
}

/** Another index's level of the day, times the ratio of the last day on which both had a value. */
function otherIndex(
  index: string,
  maxDays: number,
  prints: Prints,
  day: Day,
  horizon: Horizon,
): Omit<Step, 'own'> | undefined {
  const now = prints.other(index, day, horizon);
  if (!now.value) return undefined;
  for (let back = 1; back <= maxDays; back += 1) {
    const before = addDays(day, -back);
    const [own, other] = [prints.own(before, horizon), prints.other(index, before, horizon)];
    if (!own.value || !other.value) continue;
    const value = divide(multiply(now.value, own.value), other.value);
    const restsOn = [now.print, own.print, other.print];
    return { rung: 'other_index', value, text: toText(value), restsOn };
  }
  return undefined;
}

/** The next print, at most so many days after. */
function postponed(
  maxDays: number,
  prints: Prints,
  day: Day,
  horizon: Horizon,
  deadlineMs: number,
): Omit<Step, 'own'> | undefined {
  for (let ahead = 1; ahead <= maxDays; ahead += 1) {
    const later = addDays(day, ahead);
    const look = prints.own(later, horizon);
    if (look.value) return taking('postponed', look);
    const mayCome = horizon.atMs < Math.min(endOf(later), deadlineMs);
    if (!look.print && mayCome) return { rung: 'pending', restsOn: [] };
  }
  return undefined;
}
