import type { Contract } from '../domain/contract.ts';
import { addDays, type Day, formatMoment } from '../domain/dates.ts';
import {
  type Decimal,
  decimal,
  divide,
  multiply,
  ONE,
  subtract,
  toFixedText,
  toText,
} from '../domain/decimal.ts';
import type { CalendarDay } from '../domain/rows.ts';
import {
  SETTLEMENT_ENGINE,
  type Settlement,
  type SettlementDay,
  type SettlementReason,
} from '../domain/settlement.ts';
import { canonicalCalendars } from '../fix/canonical-decisions.ts';
import { type CanonicalRows, digestOf } from '../fix/canonical-rows.ts';
import type { AssessedDay, Assessment, Terms } from './assess.ts';
import { rulebooksOf } from './events.ts';
import { fxDocument, rateText } from './exchange.ts';
import type { Period } from './period.ts';
import { refOf } from './prints.ts';
import { toTick } from './tick.ts';

interface Parts {
  readonly terms: Terms;
  readonly assessment: Assessment;
  readonly period: Period;
  readonly isFinal: boolean;
  readonly calendars: readonly CalendarDay[];
  readonly options: { readonly prior?: Decimal; readonly supersedes?: string };
}

/** The settlement document of an assessment. */
export function documentOf(parts: Parts): Settlement {
  const { terms, assessment, period, options } = parts;
  const { contract, moments } = terms;
  const { observations, days } = assessment;
  const outcome = outcomeOf(contract, assessment, options.prior);
  const prints = assessment.prints.map(({ published }) => published.fixing);
  return {
    schema: 'mtok.settlement/1',
    contract: {
      ...{ id: contract.contract, version: contract.version, sha256: contract.sha256 },
      title: contract.title,
    },
    period: { id: period.id, from: period.from, to: period.to },
    status: statusOf(parts, outcome.reasons),
    reasons: [...outcome.reasons],
    illustrative: days.some(({ step }) =>
      [...(step.own.value ? [step.own.print] : []), ...step.restsOn].some(
        ({ published: { fixing } }) => fixing.basis === 'reconstructed',
      ),
    ),
    index: contract.index,
    value: contract.value,
    series: [...new Set(prints.map(({ series }) => series.number))].sort((a, b) => a - b),
    rulebooks: rulebooksOf(assessment.prints),
    averaging: averagingText(contract),
    calendar: { name: contract.calendar, ...digestOf(calendarRows(parts)) },
    observations,
    days: days.map((day) => dayOf(day, terms, assessment)),
    events: [...assessment.events],
    unrounded: outcome.unrounded,
    tick: toText(contract.tick),
    tie: {
      ...{ rule: contract.tie, applied: outcome.isTie },
      prior: options.prior ? toText(options.prior) : null,
    },
    settled: outcome.settled,
    unit: contract.unit,
    multiplier: { size: toText(contract.multiplier.size), unit: contract.multiplier.unit },
    currency: contract.currency,
    cash: outcome.cash,
    fx: fxOf(terms, assessment),
    final_from: formatMoment(moments.fromMs),
    deadline: formatMoment(moments.deadlineMs),
    supersedes: options.supersedes ?? null,
    engine: SETTLEMENT_ENGINE,
    known_at: formatMoment(assessment.horizon.atMs),
  };
}

function statusOf(
  { assessment, isFinal }: Parts,
  reasons: readonly SettlementReason[],
): Settlement['status'] {
  if (reasons.length > 0) return 'undetermined';
  if (isFinal) return 'final';
  return assessment.observations.pending > 0 ? 'indicative' : 'preliminary';
}

interface Outcome extends Pick<Settlement, 'unrounded' | 'settled' | 'cash'> {
  readonly reasons: readonly SettlementReason[];
  readonly isTie: boolean;
}

/** The mean of the days, rounded once to the tick, and the money that it comes to. */
function outcomeOf(contract: Contract, assessment: Assessment, prior?: Decimal): Outcome {
  const { reasons, total, count, settledAt } = assessment;
  const nothing = { unrounded: null, settled: null, cash: null, isTie: false };
  if (reasons.length > 0 || count === 0) return { ...nothing, reasons };
  const converted = multiply(total, settledAt?.rate ?? ONE);
  const unrounded = toText(divide(converted, decimal(count)));
  const ticked = toTick(converted, decimal(count), contract.tick, contract.tie, prior);
  if (!ticked) {
    const detail = `${unrounded} lies between two ticks: the settlement before decides`;
    const reason: SettlementReason = { code: 'no_prior_settlement', days: [], detail };
    return { ...nothing, unrounded, isTie: true, reasons: [reason] };
  }
  const settled = toFixedText(ticked.settled, Math.max(0, placesOf(contract.tick)));
  return {
    reasons,
    unrounded,
    settled,
    cash: cashOf(contract, ticked.settled),
    isTie: ticked.isTie,
  };
}

/** A future is worth its settlement price; a swap pays the difference to the payer of the fixed. */
function cashOf({ cash, multiplier }: Contract, settled: Decimal): Settlement['cash'] {
  if (cash.kind === 'settled_value') {
    return { kind: cash.kind, amount: toText(multiply(settled, multiplier.size)) };
  }
  const amount = multiply(subtract(settled, cash.fixed), multiplier.size);
  return { kind: cash.kind, fixed: toText(cash.fixed), amount: toText(amount) };
}

function placesOf(tick: Decimal): number {
  return toText(tick).split('.')[1]?.length ?? 0;
}

function dayOf(
  { day, observed, step, rate }: AssessedDay,
  { exchange }: Terms,
  { horizon }: Assessment,
): SettlementDay {
  const { print, why } = step.own;
  return {
    ...{ day, observed, rung: step.rung, why },
    ...(why === 'withheld' ? { withheld: print?.published.fixing.withheld ?? [] } : {}),
    fixing: print ? refOf(print) : null,
    final: print !== undefined && print.finalFromMs <= horizon.atMs,
    rests_on: step.restsOn.map(refOf),
    value: step.text ?? null,
    ...(rate?.rate && exchange ? { fx: rateText(rate, exchange.terms) } : {}),
  };
}

function averagingText({ averaging }: Contract): string {
  switch (averaging.method) {
    case 'last_days':
      return `last_days ${averaging.days}`;
    case 'twap':
      return `twap ${averaging.from} ${averaging.to}`;
    default:
      return averaging.method;
  }
}

/** Days before a period may be carried into it. */
const CALENDAR_BEFORE_DAYS = 31;

/** The days that the calendar states around the period: those of other years change nothing. */
function calendarRows({ terms, period, calendars }: RowParts): CanonicalRows {
  const from = addDays(period.from, -CALENDAR_BEFORE_DAYS);
  const until = terms.moments.deadlineDay;
  const { calendar: name } = terms.contract;
  const stated = calendars.filter(
    ({ calendar, date }) => calendar === name && date >= from && date <= until,
  );
  return canonicalCalendars(stated);
}

function fxOf({ contract, exchange }: Terms, assessment: Assessment): Settlement['fx'] {
  if (!exchange) return null;
  const { settledAt } = assessment;
  const once = settledAt?.rate ? settledAt : undefined;
  return fxDocument(exchange, contract.currency, rateDates(assessment), once);
}

/** The dates of the rates that are used. */
function rateDates({ days, settledAt }: Assessment): Day[] {
  const rates = [...days.map(({ rate }) => rate), settledAt];
  return rates.flatMap((rate) => (rate?.rate ? [rate.date] : []));
}

type RowParts = Pick<Parts, 'terms' | 'period' | 'calendars'>;

/** The rows that the document has the digests of: with the fixings they give it again. */
export function settlementRows(parts: RowParts & Pick<Parts, 'assessment'>): SettlementRows {
  const { exchange } = parts.terms;
  return {
    calendar: calendarRows(parts),
    ...(exchange ? { fx: exchange.rows(rateDates(parts.assessment)) } : {}),
  };
}

export interface SettlementRows {
  readonly calendar: CanonicalRows;
  readonly fx?: CanonicalRows;
}
