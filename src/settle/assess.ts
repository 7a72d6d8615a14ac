import type { Contract } from '../domain/contract.ts';
import type { Day } from '../domain/dates.ts';
import { type Decimal, multiply, ONE, sum } from '../domain/decimal.ts';
import type { Settlement, SettlementEvent, SettlementReason } from '../domain/settlement.ts';
import {
  ceasedAfter,
  eventOf,
  ownPrints,
  rolls,
  rulebookChanges,
  suspendedDays,
  type Taken,
} from './events.ts';
import type { DayRate, Exchange } from './exchange.ts';
import { previousPrint, type Step, stepDown, taking } from './ladder.ts';
import type { Moments, Observation } from './period.ts';
import type { Horizon, Print, Prints } from './prints.ts';

/** What a settlement is made from: nothing here looks anywhere else. */
export interface Terms {
  readonly contract: Contract;
  readonly schedule: readonly Observation[];
  readonly moments: Moments;
  readonly prints: Prints;
  readonly exchange: Exchange | undefined;
}

/** A scheduled day with its rate, where the contract converts each day. */
export interface AssessedDay extends Taken {
  readonly rate?: DayRate;
}

/** A settlement as far as it is known at a horizon. */
export interface Assessment {
  readonly horizon: Horizon;
  readonly days: readonly AssessedDay[];
  readonly prints: readonly Print[];
  readonly events: readonly SettlementEvent[];
  readonly reasons: readonly SettlementReason[];
  readonly observations: Settlement['observations'];
  /** Σ of the days' values in the contract's currency, and how many they are: none, no mean. */
  readonly total: Decimal;
  readonly count: number;
  /** The rate at which the mean is converted, where the contract converts once. */
  readonly settledAt?: DayRate;
}

/** Walks the scheduled days at a horizon: the rung of each, what happened, and what is missing. */
export function assess(terms: Terms, horizon: Horizon): Assessment {
  const { contract, schedule, prints, exchange } = terms;
  const { events: rules, min_observations: least } = contract;
  const first = schedule.map(({ day, observed }) => ({
    ...{ day, observed },
    step: stepDown(contract, prints, observed, horizon, terms.moments.deadlineMs),
  }));
  const lastObserved = schedule.at(-1)?.observed ?? '';
  const { deadlineMs } = terms.moments;
  const ceased = ceasedAfter(prints, lastObserved, horizon, deadlineMs);
  const isCeased = ({ observed }: Taken) => ceased !== undefined && observed > ceased;
  const suspended = suspendedDays(
    first.filter((one) => !isCeased(one)),
    contract,
  );
  const taken = first.map((one): Taken => {
    if (one.step.own.value) return one;
    if (isCeased(one) && rules.cessation === 'last_print') {
      return { ...one, step: lastPrint(one, prints, horizon) };
    }
    const leaves = suspended.has(one.observed) && rules.suspension.action === 'leave_out';
    return leaves ? { ...one, step: { rung: 'left_out', own: one.step.own, restsOn: [] } } : one;
  });
  const days = taken.map((one): AssessedDay => {
    const eachDay = exchange?.terms.on === 'each_day' && one.step.value !== undefined;
    return eachDay ? { ...one, rate: exchange.on(one.day, horizon.atMs) } : one;
  });
  const used = ownPrints(taken, contract);
  const inside = used.filter(
    ({ published: { fixing } }) => fixing.date >= (schedule[0]?.day ?? ''),
  );
  const events = [
    ...eventOf('rulebook_change', rulebookChanges(inside), rules.rulebook_change),
    ...eventOf('roll', rolls(inside), rules.roll),
    ...eventOf('suspension', suspended, rules.suspension.action),
    ...eventOf(
      'cessation',
      taken.filter(isCeased).map(({ observed }) => observed),
      rules.cessation,
    ),
  ];
  const observations = observationsOf(taken, least);
  const valued = days.filter(({ step }) => step.value !== undefined);
  const lastValued = valued.at(-1)?.day;
  const once = exchange?.terms.on === 'last_day' && lastValued !== undefined;
  const settledAt = once ? exchange.on(lastValued, horizon.atMs) : undefined;
  return {
    ...{ horizon, days, prints: used, events, observations },
    reasons: [
      ...noValue(taken),
      ...tooFew(observations),
      ...events.filter(({ action }) => action === 'undetermined').map(undeterminedBy),
      ...noRate(days, contract),
      ...(settledAt && lastValued ? rateReason(settledAt, [lastValued], contract) : []),
    ],
    total: sum(valued.map(({ step, rate }) => multiply(step.value ?? ONE, rate?.rate ?? ONE))),
    count: valued.length,
    ...(settledAt ? { settledAt } : {}),
  };
}

/** Every scheduled day is settled on fixings that are final, its own among them. */
export function canBeFinal({ days, horizon }: Assessment): boolean {
  const isFinal = (print: Print) => print.finalFromMs <= horizon.atMs;
  return days.every(({ step }) => {
    if (step.rung === 'pending' || !step.own.print) return false;
    return isFinal(step.own.print) && step.restsOn.every(isFinal);
  });
}

/** However old it is: what has ceased gives no other. */
const ANY_AGE_DAYS = 400;

function lastPrint({ observed, step }: Taken, prints: Prints, horizon: Horizon): Step {
  const found = previousPrint(prints, observed, ANY_AGE_DAYS, horizon);
  return found ? { ...taking('last_print', found), own: step.own } : step;
}

function observationsOf(taken: readonly Taken[], least: number): Settlement['observations'] {
  const isActual = ({ day, observed, step }: Taken) =>
    day === observed && step.own.value !== undefined && !step.own.print.published.fixing.repeats;
  return {
    scheduled: taken.length,
    actual: taken.filter(isActual).length,
    pending: taken.filter(({ step }) => step.rung === 'pending').length,
    least,
  };
}

function noValue(taken: readonly Taken[]): SettlementReason[] {
  const days = taken.filter(({ step }) => step.rung === 'none').map(({ day }) => day);
  const detail = 'no fixing, and no rung of the ladder gives a value';
  return days.length === 0 ? [] : [{ code: 'no_value', days, detail }];
}

function tooFew({ actual, pending, least }: Settlement['observations']): SettlementReason[] {
  if (actual + pending >= least) return [];
  const detail = `${actual} of the days have a fixing of their own: at least ${least} must`;
  return [{ code: 'too_few_observations', days: [], detail }];
}

const HAPPENED = {
  rulebook_change: 'the rulebook changed',
  roll: 'the index went over to another series',
  suspension: 'the index was suspended',
  cessation: 'the index ceased',
} as const;

function undeterminedBy({ event, days }: SettlementEvent): SettlementReason {
  const detail = `${HAPPENED[event]}: the contract is then undetermined`;
  return { code: event, days, detail };
}

function noRate(days: readonly AssessedDay[], contract: Contract): SettlementReason[] {
  const without = days.filter(({ rate }) => rate?.fault !== undefined);
  const last = without.at(-1)?.rate;
  return last
    ? rateReason(
        last,
        without.map(({ day }) => day),
        contract,
      )
    : [];
}

function rateReason(rate: DayRate, days: readonly Day[], contract: Contract): SettlementReason[] {
  if (rate.fault === undefined) return [];
  const { currency, fx } = contract;
  const detail =
    rate.last === undefined
      ? `no rate of USD/${currency} from the contract's sources is known`
      : `the last rate of USD/${currency} is of ${rate.last}: ` +
        `the contract takes one at most ${fx?.max_age_days} days old`;
  return [{ code: rate.fault, days: [...days], detail }];
}
