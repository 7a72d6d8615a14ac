import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import {
  type Decimal,
  decimal,
  multiply,
  type RoundingMode,
  roundToTick,
  subtract,
  sum,
  type TieRule,
  toText,
  toTick,
} from '../../src/index.ts';
import { fixing, settled } from '../settle/small-contract.ts';

/** Settlements calculated by hand elsewhere, each with its arithmetic in the file. */
interface Mean {
  readonly fraction: string;
}
interface Case {
  readonly name: string;
  readonly inputs: {
    readonly tick?: string;
    readonly priorSettlement?: string;
    readonly dailyFixings?: readonly string[];
    readonly fixings?: readonly { date: string; fixing: string | null }[];
    readonly unroundedFixings?: readonly string[];
    readonly publishTick?: string;
    readonly settleTick?: string;
  };
  readonly expected: Readonly<Record<string, string>> & {
    readonly mean: Mean;
    readonly published: readonly string[];
    readonly meanOfPublished: Mean;
    readonly meanOfUnrounded: Mean;
    readonly businessDays: Mean;
    readonly calendarDays: Mean;
  };
}

const { cases } = JSON.parse(readFileSync(new URL('settlement.json', import.meta.url), 'utf8')) as {
  cases: readonly Case[];
};

const TIES: readonly (readonly [string, TieRule])[] = [
  ['halfEven', 'half_even'],
  ['halfUp', 'half_up'],
  ['nearerPrior', 'nearer_prior'],
];

/** Σ / n is a fraction: compared in integers. */
function expectMean(total: Decimal, count: number, { fraction }: Mean): void {
  const [n = '0', d = '1'] = fraction.split('/');
  const off = subtract(multiply(total, decimal(d)), decimal(BigInt(n) * BigInt(count)));
  expect(off.digits).toBe(0n);
}

/** The same numbers as a month of fixings under a contract: through documents, by their text. */
function throughContract(values: readonly string[], tick: string, tie: string, prior?: string) {
  const days = values.map((value, index) => {
    const day = `2026-01-${String(index + 1).padStart(2, '0')}`;
    return `${day} ${value}`;
  });
  const averaging = `{ method: twap, from: 2026-01-01, to: ${days.at(-1)?.slice(0, 10)} }`;
  const terms = { averaging, tick: `"${tick}"`, tie, calendar: 'every_day' };
  return settled({
    ...{ terms, fixings: days },
    period: `2026-01-01/${days.at(-1)?.slice(0, 10)}`,
    ...(prior === undefined ? {} : { prior: decimal(prior) }),
  });
}

const run: Readonly<Record<string, (one: Case) => void>> = {
  dailyFixings: ({ inputs, expected }) => {
    const { dailyFixings = [], tick = '', priorSettlement = '' } = inputs;
    const [total, n] = [sum(dailyFixings.map(decimal)), dailyFixings.length];
    expectMean(total, n, expected.mean);
    for (const [name, rule] of TIES) {
      const prior = decimal(priorSettlement);
      const found = toTick(total, decimal(n), decimal(tick), rule, prior);
      expect(toText(found!.settled), name).toBe(expected[name]);
      const document = throughContract(dailyFixings, tick, rule, priorSettlement);
      expect(toText(decimal(document.settled!)), name).toBe(expected[name]);
      expect(document.tie.applied).toBe(found!.isTie);
    }
  },

  fixings: ({ inputs, expected }) => {
    const { fixings = [], tick = '' } = inputs;
    const lines = fixings.flatMap(({ date, fixing: value }) => (value ? [`${date} ${value}`] : []));
    // The days without a fixing are those off the calendar: a weekend, here as in the case.
    const calendars = fixings.map(({ date, fixing: value }) => ({
      ...{ calendar: 'case', date, isOpen: value !== null },
    }));
    const at = (method: 'business_days' | 'calendar_days') => {
      const [from, to] = [fixings[0]!.date, fixings.at(-1)!.date];
      const averaging =
        method === 'business_days'
          ? `{ method: last_days, days: ${lines.length} }`
          : `{ method: twap, from: ${from}, to: ${to} }`;
      // A month of business days would go on after the case: the rest of it is closed.
      const rest = Array.from({ length: 24 }, (_, day) => ({
        ...{ calendar: 'case', date: `2026-01-${String(day + 8).padStart(2, '0')}`, isOpen: false },
      }));
      return settled({
        terms: { averaging, tick: `"${tick}"`, calendar: 'case' },
        fixings: lines,
        calendars: [...calendars, ...rest],
        period: method === 'business_days' ? '2026-01' : `${from}/${to}`,
      });
    };
    for (const [name, method] of [
      ['businessDays', 'business_days'],
      ['calendarDays', 'calendar_days'],
    ] as const) {
      const { days, settled: price } = at(method);
      expectMean(sum(days.map(({ value }) => decimal(value!))), days.length, expected[name]);
      expect(toText(decimal(price!))).toBe(expected[`${name}Settle`]);
    }
  },

  unroundedFixings: ({ inputs, expected }) => {
    const { unroundedFixings = [], publishTick = '', settleTick = '' } = inputs;
    const mode: RoundingMode = 'half_even';
    const published = unroundedFixings.map((value) =>
      toText(roundToTick(decimal(value), decimal(publishTick), mode)),
    );
    expect(published).toEqual(expected.published);
    expectMean(sum(published.map(decimal)), published.length, expected.meanOfPublished);
    const exact = sum(unroundedFixings.map(decimal));
    expectMean(exact, unroundedFixings.length, expected.meanOfUnrounded);
    const document = throughContract(published, settleTick, mode);
    expect(toText(decimal(document.settled!))).toBe(expected.settleFromPublished);
    const other = toTick(exact, decimal(published.length), decimal(settleTick), mode);
    expect(toText(other!.settled)).toBe(expected.settleFromUnrounded);
    // A document holds what was published: what it was rounded from is nowhere in it.
    expect(fixing(`2026-01-01 ${published[0]}`).fixing.level).toBe(published[0]);
  },
};

it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
  const kind = Object.keys(run).find((key) => key in one.inputs);
  run[kind!]!(one);
});

it('has all six', () => {
  expect(cases.map(({ name }) => name)).toEqual([
    ...['settle/tie-0.001', 'settle/no-tie-22-days', 'settle/tie-even-below'],
    ...['settle/binary-trap-1.005', 'settle/published-vs-unrounded'],
    'settle/business-days-vs-calendar-days',
  ]);
});
