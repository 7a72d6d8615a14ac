import { expect } from 'vitest';
import { addDays } from '../../src/domain/dates.ts';
import {
  BILATERAL_FORMULAS,
  chainedSeries,
  compare,
  type Decimal,
  decimal,
  divide,
  type Fixing,
  fisher,
  geks,
  laspeyres,
  laspeyresContributions,
  type Matched,
  mean,
  median,
  multiply,
  paasche,
  panelOf,
  previousPriceScreen,
  roundToTick,
  subtract,
  sum,
  toText,
  weightedMean,
  weightedMedian,
} from '../../src/index.ts';
import { evidence, fixingOn, fixings, revision, rulebook } from '../fix/small-book.ts';

/** A value of a case: an exact fraction of integers. */
export interface Fraction {
  readonly fraction: string;
}

/** |actual − n/d| ≤ tolerance · |n/d|, in integers; without a tolerance, equal. */
export function expectFraction(actual: Decimal, { fraction }: Fraction, tolerance: string): void {
  const [n = 0n, d = 1n] = fraction.split('/').map(BigInt);
  const off = subtract(multiply(actual, decimal(d)), decimal(n));
  const distance = { ...off, digits: off.digits < 0n ? -off.digits : off.digits };
  const number = /(\d+e-\d+) relative/.exec(tolerance)?.[1];
  const allowed = multiply(decimal(number ?? 0), decimal(n < 0n ? -n : n));
  const within = compare(distance, allowed) <= 0;
  expect(within, `${JSON.stringify(actual.digits.toString())} is not ${fraction}`).toBe(true);
}

// biome-ignore lint/suspicious/noExplicitAny: each case has a shape of its own
export type Inputs = any;
type Run = (one: { inputs: Inputs; expected: Inputs; tolerance: string }) => void;

/** Cases that need more than one rule: whole days of the engine, or several library functions. */
export const CALCULATED: Readonly<Record<string, Run>> = {
  'chain/drift-bouncing-price': ({ inputs, expected, tolerance }) => {
    const panel = panelOf(
      inputs.prices.map((prices: Record<string, string>, index: number) =>
        Object.fromEntries(
          Object.entries(prices).map(([id, p]) => [id, { p, q: inputs.quantities[index][id] }]),
        ),
      ),
    );
    const [first, last] = [panel[0]!, panel[2]!];
    const direct: Matched = {
      ...{ p0: valuesOf(first, 'p'), p1: valuesOf(last, 'p') },
      ...{ q0: valuesOf(first, 'q'), q1: valuesOf(last, 'q') },
    };
    expectFraction(chainedSeries(panel, laspeyres).at(-1)!, expected.chainedLaspeyres, tolerance);
    expectFraction(chainedSeries(panel, paasche).at(-1)!, expected.chainedPaasche, tolerance);
    const one = { fraction: '1/1' };
    expect([expected.directLaspeyres, expected.directPaasche]).toEqual(['1', '1']);
    for (const formula of [laspeyres, paasche]) expectFraction(formula(direct), one, 'exact');
    expect(expected.geksFisherFullWindowLastPeriod).toBe('1');
    expectFraction(geks(fisher)(panel).at(-1)!, one, tolerance);
  },

  // The case leaves a stale price out and chains what is left; DESIGN imputes it by its peers, which
  // gives the same level on that day, and lets the level catch up when it is quoted again.
  'stale/limit-2': ({ inputs, expected, tolerance }) => {
    const days = engineDays(staleLines(inputs.quotes), {
      mode: 'settlement',
      fallback: `[{ rule: carry_forward, max_days: ${inputs.maxAgeDays} }]`,
      weights: `{ method: fixed, fixed: ${JSON.stringify(inputs.weights)} }`,
    });
    const price = (index: number) => decimal(days[index]!.value!.price);
    for (const index of [0, 1, 2, 3, 5]) {
      expectFraction(price(index), expected.days[index].referencePrice, tolerance);
    }
    for (const index of [0, 1, 2, 3, 4]) {
      const level = decimal(days[index]!.level!);
      expectFraction(level, expected.days[index].matchedChainLevel, '1e-15 relative');
    }
    // 10 · (0.3·4 + 0.2·2) / (0.3·4 + 0.2·2): the price of the basket stays, not 3.2.
    expectFraction(price(4), { fraction: '33/5' }, tolerance);
    // 100 · 6.06/6.6
    expectFraction(decimal(days[5]!.level!), { fraction: '1010/11' }, '1e-15 relative');
    const labels: Readonly<Record<string, string>> = {
      ...{ observed: 'observed', carried: 'carried_forward', stale: 'imputed' },
    };
    for (const [index, day] of days.entries()) {
      const status: readonly string[] = Object.values(expected.days[index].status);
      expect(day.constituents.map((one) => one.evidence)).toEqual(
        status.map((text) => labels[text.replace(/\(.*/, '')]),
      );
    }
  },

  'outlier/band-40pct-boundary-kept': ({ inputs, expected, tolerance }) => {
    const ids = Object.keys(inputs.prices);
    const values = ids.map((id) => decimal(inputs.prices[id]));
    const centre = median(values);
    const margin = multiply(centre, decimal(inputs.band));
    const isOut = values.map((value) => {
      const off = subtract(value, centre);
      const distance = { ...off, digits: off.digits < 0n ? -off.digits : off.digits };
      return compare(distance, margin) > 0;
    });
    expectFraction(centre, expected.median, tolerance);
    expectFraction(subtract(centre, margin), expected.lower, tolerance);
    expectFraction(sum([centre, margin]), expected.upper, tolerance);
    expect(ids.filter((_, index) => isOut[index])).toEqual(expected.excluded);
    expectFraction(
      mean(values.filter((_, index) => !isOut[index])),
      expected.meanOfKept,
      tolerance,
    );
  },

  'outlier/previous-level-factor-3-sources': (one) => previousBand(one),
  'outlier/previous-level-factor-2-sources-rule-off': (one) => previousBand(one),

  'partition/12x5min-one-empty': ({ inputs, expected, tolerance }) => {
    const medians = inputs.partitions.map((trades: { price: string; size: string }[]) =>
      trades.length === 0
        ? undefined
        : weightedMedian(trades.map(({ price, size }) => [decimal(size), decimal(price)])),
    );
    const full: Decimal[] = medians.filter((one: Decimal | undefined) => one !== undefined);
    expectFraction(mean(full), expected.excludeEmpty, tolerance);
    expectFraction(mean(carriedOn(medians)), expected.carry, tolerance);
    const published = roundToTick(mean(full), decimal('0.01'), 'half_even');
    expect(toText(published)).toBe(expected['published0.01HalfEven']);
  },

  'partition/exponential-bins-two-empty': ({ inputs, expected, tolerance }) => {
    // Bin 1 is the newest: an empty one takes the price of the older one after it.
    const oldestFirst = [...inputs.binPrices].reverse();
    const filled = carriedOn(
      oldestFirst.map((text) => (text === null ? undefined : decimal(text))),
    );
    const weights = [...inputs.binWeightsPercent].reverse().map((text: string) => decimal(text));
    const rate = weightedMean(filled.map((price, index) => [weights[index]!, price]));
    expectFraction(rate, expected.rate, tolerance);
  },

  'fixing/intraday-time-weighted': ({ inputs, expected, tolerance }) => {
    const [first, second] = inputs.segments;
    const hour = String(first.hours).padStart(2, '0');
    const lines = [`${BASE} x/a ${first.price}`, `${dayAt(1)}T${hour}:00:00Z x/a ${second.price}`];
    const price = '{ time_of_day: time_weighted }';
    const [, day] = engineDays(lines, { price }, 1);
    expectFraction(decimal(day!.value!.price), expected.value, tolerance);
  },

  'restate/chain': ({ inputs, expected, tolerance }) => {
    const prices: readonly string[] = inputs.referencePrices;
    const lines = prices.map((price, day) => `${dayAt(day)} x/a ${price}`);
    const late = `${dayAt(inputs.correctedDay)} x/a ${inputs.correctedPrice} observed=${dayAt(9)}`;
    const revised = [revision(`TEST ${dayAt(inputs.correctedDay)} 1 ${dayAt(10)}`)];
    const levels = (revisions: typeof revised) =>
      engineDays([...lines, late], {}, prices.length - 1, { revisions }).map(levelOf);
    const [original, restated] = [levels([]), levels(revised)];
    original.forEach((level, day) => {
      expectFraction(level, expected.original[day], tolerance);
      expectFraction(restated[day]!, expected.restated[day], tolerance);
    });
    const changed = original.flatMap((level, day) =>
      compare(level, restated[day]!) === 0 ? [] : [String(day)],
    );
    expect(changed).toEqual(expected.changedDays);
    // A frozen level is never linked from with a corrected price: the case shows what that does.
    const { levelOnDay, nextDayIfLinkedFromFrozenLevelWithCorrectedPrice: wrong } =
      expected.frozenNoRestate;
    const frozen = original[inputs.correctedDay]!;
    expectFraction(frozen, levelOnDay, tolerance);
    const next = decimal(prices[inputs.correctedDay + 1]!);
    const linked = divide(multiply(frozen, next), decimal(inputs.correctedPrice));
    expectFraction(linked, wrong, tolerance);
    expect(compare(linked, restated[inputs.correctedDay + 1]!)).not.toBe(0);
  },

  'restate/on-link-day': ({ inputs, expected, tolerance }) => {
    const { day: linkDay, id, price } = inputs.corrected;
    const lines = inputs.prices.flatMap((prices: Record<string, string>, day: number) =>
      Object.entries(prices).map(([model, at]) => `${dayAt(day)} x/${model} ${at}`),
    );
    const late = `${dayAt(linkDay)} x/${id} ${price} observed=${dayAt(9)}`;
    const shares = (weights: object) => ({
      formula: 'young',
      weights: `{ method: fixed, fixed: ${JSON.stringify(weights)} }`,
    });
    // New weights from the day after the link: a version, which links after that day's close.
    const next = { version: '2.0.0', effective_from: dayAt(inputs.linkAfterCloseOf + 1) };
    const rules = [
      rulebook({ ...FINE, ...shares(inputs.weightsBefore) }),
      rulebook({ ...FINE, ...shares(inputs.weightsAfter), ...next }),
    ];
    const levels = (revisions: ReturnType<typeof revision>[]) =>
      fixings(rules, evidence([...lines, late], { revisions }), BASE, dayAt(3)).map(levelOf);
    const original = levels([]);
    const restated = levels([revision(`TEST ${dayAt(linkDay)} 1 ${dayAt(10)}`)]);
    original.forEach((level, day) => {
      expectFraction(level, expected.original[day], tolerance);
      expectFraction(restated[day]!, expected.restated[day], tolerance);
    });
    const changed = original.flatMap((level, day) =>
      compare(level, restated[day]!) === 0 ? [] : [String(day)],
    );
    expect(changed).toEqual(expected.changedDays);
  },

  'wmedian/volume-and-inverse-variance': ({ inputs, expected, tolerance }) => {
    type Trade = { readonly price: string; readonly size: string };
    const markets = Object.entries(inputs.trades as Record<string, Trade[]>);
    const centre = mean(markets.flatMap(([, all]) => all.map(({ price }) => decimal(price))));
    const volumes = markets.map(([, all]) => sum(all.map(({ size }) => decimal(size))));
    const inverse = markets.map(([, all]) => {
      const squares = all.map(({ price }) => {
        const off = subtract(decimal(price), centre);
        return multiply(off, off);
      });
      return divide(decimal(1), mean(squares));
    });
    const weights = markets.map((_, index) => {
      const shares = [volumes, inverse].map((all) => divide(all[index]!, sum(all)));
      return divide(sum(shares), decimal(2));
    });
    markets.forEach(([name], index) => {
      expectFraction(weights[index]!, expected.weights[name], tolerance);
    });
    const last = markets.map(
      ([name], index) => [weights[index]!, decimal(inputs.lastTrade[name])] as const,
    );
    expectFraction(weightedMedian(last), expected.rate, tolerance);
  },

  'attribution/arithmetic-chain-link': ({ inputs, expected, tolerance }) => {
    const ids = Object.keys(inputs.weights);
    const of = (values: Record<string, string>) => ids.map((id) => decimal(values[id]!));
    const p0 = of(inputs.pricesAtLink);
    // Value shares at the link through the Young link: q = w/p.
    const q0 = of(inputs.weights).map((share, index) => divide(share, p0[index]!));
    const parts = laspeyresContributions({ p0, p1: of(inputs.pricesNow), q0, q1: q0 });
    ids.forEach((id, index) => {
      expectFraction(parts[index]!, expected.contributions[id], tolerance);
    });
    expectFraction(sum(parts), expected.total, tolerance);
  },

  'guard/nonpositive-price': ({ inputs, expected }) => {
    const prices: string[][] = Object.values(inputs.prices);
    const at = (day: number) => prices.map((list) => decimal(list[day]!));
    const matched = { p0: at(0), p1: at(1), q0: [decimal(1), decimal(1)], q1: at(0) };
    for (const name of Object.keys(expected) as (keyof typeof BILATERAL_FORMULAS)[]) {
      expect(expected[name]).toEqual({ error: true });
    }
    // DESIGN refuses under every formula what is no price.
    for (const formula of Object.values(BILATERAL_FORMULAS)) {
      expect(() => formula(matched)).toThrow(RangeError);
    }
  },

  'fallback/min-contributors-previous-fixing': ({ inputs, expected, tolerance }) => {
    const contributions: (string | null)[][] = inputs.contributions;
    const lines = contributions.flatMap((prices, day) =>
      prices.flatMap((price, seller) =>
        price === null ? [] : [`${dayAt(day)} s${seller}/a ${price} until=${dayAt(day + 1)}`],
      ),
    );
    const keys = {
      price: '{ sellers: median }',
      gates: `{ min_sellers: ${inputs.minContributors} }`,
      on_withheld: '{ previous: 1 }',
    };
    const days = engineDays(lines, keys, contributions.length - 1);
    days.forEach((day, index) => {
      const { fixing, status } = expected.days[index];
      expectFraction(decimal(day.value!.price), fixing, tolerance);
      expect(day.repeats).toBe(status === 'determined' ? undefined : dayAt(index - 1));
    });
    // With no previous fixing, none is published.
    const few = rulebook({ ...keys, gates: '{ min_sellers: 9 }' });
    expect(fixingOn(few, evidence(lines), BASE).value).toBeNull();
  },
};

const BASE = '2026-07-01';
const dayAt = (index: number) => addDays(BASE, index);
const FINE = { rounding: '{ price: 30, level: 30 }' };

function engineDays(
  lines: readonly string[],
  keys: Readonly<Record<string, string>>,
  last = 5,
  rows: Parameters<typeof evidence>[1] = {},
): Fixing[] {
  return fixings(rulebook({ ...FINE, ...keys }), evidence(lines, rows), BASE, dayAt(last));
}

const levelOf = ({ level }: Fixing) => decimal(level!);

function valuesOf(period: ReturnType<typeof panelOf>[number], of: 'p' | 'q'): Decimal[] {
  return [...period.values()].map((one) => one[of]);
}

/** A day's price where there is one, and on which days there is none. */
function staleLines(quotes: Readonly<Record<string, readonly (string | null)[]>>): string[] {
  return Object.entries(quotes).flatMap(([model, prices]) =>
    prices.flatMap((price, day) =>
      price === null ? [] : [`${dayAt(day)} x-${model}/${model} ${price} until=${dayAt(day + 1)}`],
    ),
  );
}

/** Values in which an empty one is that before it; first ones that are empty take the next. */
function carriedOn(values: readonly (Decimal | undefined)[]): Decimal[] {
  return values.map((value, index) => {
    const before = values.slice(0, index + 1).findLast((one) => one !== undefined);
    const found = value ?? before ?? values.find((one) => one !== undefined);
    if (!found) throw new RangeError('expected at least one value');
    return found;
  });
}

const previousBand: Run = ({ inputs, expected, tolerance }) => {
  const ids = Object.keys(inputs.prices);
  const values = ids.map((id) => decimal(inputs.prices[id]));
  const out = previousPriceScreen(values, decimal(inputs.previousLevel), decimal(inputs.A));
  expect(out.map((isOut) => (isOut ? '0' : '1'))).toEqual(ids.map((id) => expected.factors[id]));
  const kept = ids.flatMap((id, index) =>
    out[index] ? [] : [[decimal(inputs.volumes[id]), values[index]!] as const],
  );
  expectFraction(weightedMean(kept), expected.price, tolerance);
};
