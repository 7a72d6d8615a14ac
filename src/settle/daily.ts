import type { Contract } from '../domain/contract.ts';
import { addDays, type Day, dayOf, parseMoment } from '../domain/dates.ts';
import { endOf } from './ladder.ts';
import { type Period, scheduleOf } from './period.ts';
import { contractCalendar, type SettlementInputs } from './settle.ts';

/**
 * The ends of the scheduled days of a period that are over: at each the contract has an indicative
 * settlement. The last one is that of the horizon itself.
 *
 * @param knownAtMs without it, the day of the last fixing counts as over.
 */
export function dailyHorizons(
  contract: Contract,
  inputs: SettlementInputs,
  period: Period,
  knownAtMs?: number,
): number[] {
  const calendar = contractCalendar(contract, inputs.calendars);
  const horizon = knownAtMs ?? endOf(lastDay(contract, inputs) ?? addDays(period.from, -1));
  const ends = scheduleOf(contract, period, calendar).map(({ day }) => endOf(day));
  return ends.filter((end) => end <= horizon);
}

function lastDay({ index }: Contract, { fixings }: SettlementInputs): Day | undefined {
  const own = fixings.filter(({ fixing }) => fixing.index === index);
  const moments = own.map(({ fixing }) => parseMoment(fixing.known_at) ?? 0);
  return own.length === 0 ? undefined : dayOf(Math.max(...moments));
}
