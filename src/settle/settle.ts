import type { Contract } from '../domain/contract.ts';
import { addDays, parseMoment } from '../domain/dates.ts';
import type { Decimal } from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import type { CalendarDay, FxRate } from '../domain/rows.ts';
import type { Settlement } from '../domain/settlement.ts';
import { type Calendar, calendarsOf } from '../normalize/calendars.ts';
import { type Assessment, assess, canBeFinal, type Terms } from './assess.ts';
import { documentOf, type SettlementRows, settlementRows } from './document.ts';
import { exchangeOf } from './exchange.ts';
import { endOf } from './ladder.ts';
import { momentsOf, type Period, scheduleOf } from './period.ts';
import { type PublishedFixing, printsOf } from './prints.ts';

/** What a settlement may rest on, as it was published. */
export interface SettlementInputs {
  /** Of the contract's index, and of those that its ladder names; in any order. */
  readonly fixings: readonly PublishedFixing[];
  readonly fx: readonly FxRate[];
  readonly calendars: readonly CalendarDay[];
}

export interface SettlementOptions {
  /** What was known at a moment; without it, when the last of the fixings was known. */
  readonly knownAtMs?: number;
  /** The settlement before, for a tie that settles nearer to it. */
  readonly prior?: Decimal;
  /** The SHA-256 of the settlement document that this one takes over from. */
  readonly supersedes?: string;
}

export type SettlementResult =
  | {
      readonly settlement: Settlement;
      readonly terms: Terms;
      readonly assessment: Assessment;
      /** What it has the digests of. */
      readonly rows: SettlementRows;
    }
  | {
      readonly settlement?: undefined;
      readonly none: { readonly code: 'before_first_day' | 'no_fixings'; readonly message: string };
    };

/**
 * Settles a contract for a period, from published fixings alone: whoever has these settles at the
 * same bytes. It is final from the first moment at which every day is settled on final fixings, and
 * at the deadline on what is final by then; nothing that is known later changes it.
 *
 * @returns the document, undetermined ones too, or why the period can have none.
 * @throws {MtokError} where two fixings contradict each other, or the calendar is not known.
 * @example settle(contract, { fixings, fx: [], calendars: [] }, { id: '2026-07', from, to })
 */
export function settle(
  contract: Contract,
  inputs: SettlementInputs,
  period: Period,
  options: SettlementOptions = {},
): SettlementResult {
  if (period.from < contract.first_day) {
    const message = `${contract.contract} settles from ${contract.first_day} on: not ${period.id}`;
    return { none: { code: 'before_first_day', message } };
  }
  const terms = termsOf(contract, inputs, period);
  const atMs = options.knownAtMs ?? lastKnownMs(contract, inputs.fixings);
  if (atMs === undefined) {
    const message = `no fixing of ${contract.index} is given: ${period.id} cannot be settled`;
    return { none: { code: 'no_fixings', message } };
  }
  const final = finalOf(terms, atMs);
  const assessment = final ?? assess(terms, { atMs, finalOnly: false });
  const parts = { terms, assessment, period, calendars: inputs.calendars };
  const settlement = documentOf({ ...parts, options, isFinal: final !== undefined });
  return { settlement, terms, assessment, rows: settlementRows(parts) };
}

/** The calendar that a contract names. */
export function contractCalendar(
  { calendar: name, contract }: Contract,
  days: readonly CalendarDay[],
): Calendar {
  const calendar = calendarsOf(days)(name);
  if (calendar) return calendar;
  const expected = `expected a file calendars/${name}.csv in the book`;
  throw new MtokError('data', `${contract} names the calendar ${name}: ${expected}`);
}

function termsOf(contract: Contract, inputs: SettlementInputs, period: Period): Terms {
  const calendar = contractCalendar(contract, inputs.calendars);
  const schedule = scheduleOf(contract, period, calendar);
  const lastDay = schedule.at(-1)?.day ?? period.to;
  return {
    ...{ contract, schedule, moments: momentsOf(contract, lastDay, calendar) },
    prints: printsOf(contract, inputs.fixings, endOf(lastDay)),
    exchange: exchangeOf(contract, inputs.fx),
  };
}

function lastKnownMs({ index }: Contract, fixings: readonly PublishedFixing[]): number | undefined {
  let last: number | undefined;
  for (const { fixing, publishedAtMs = 0 } of fixings) {
    if (fixing.index !== index) continue;
    const ms = Math.max(parseMoment(fixing.known_at) ?? 0, publishedAtMs);
    if (last === undefined || ms > last) last = ms;
  }
  return last;
}

/**
 * The first moment, up to the horizon, at which the settlement is final. Only the coming of a
 * fixing, its finality and the end of a day can make it so.
 */
function finalOf(terms: Terms, atMs: number): Assessment | undefined {
  const { fromMs, deadlineMs, deadlineDay } = terms.moments;
  const moments = new Set([fromMs, ...terms.prints.moments]);
  const last = terms.schedule.at(-1)?.day ?? deadlineDay;
  for (let day = last; day <= deadlineDay; day = addDays(day, 1)) moments.add(endOf(day));
  const inTime = [...moments].filter((ms) => ms >= fromMs && ms < deadlineMs && ms <= atMs);
  for (const ms of inTime.sort((a, b) => a - b)) {
    const assessment = assess(terms, { atMs: ms, finalOnly: false });
    if (canBeFinal(assessment)) return assessment;
  }
  return atMs < deadlineMs ? undefined : assess(terms, { atMs: deadlineMs, finalOnly: true });
}
