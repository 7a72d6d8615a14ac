import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import {
  blend,
  capLargestAndOthers,
  capShares,
  chainLevels,
  type Decimal,
  decimal,
  displayShares,
  divide,
  dot,
  fxTable,
  madScreen,
  mean,
  median,
  medianAbsoluteDeviation,
  multiply,
  parseDecimal,
  perMtok,
  quantitiesOf,
  type Ratio,
  roundToTick,
  subtract,
  sum,
  toDecimal,
  toText,
  toUsd,
  trimmedMean,
  weightedMedian,
} from '../../src/index.ts';
import { CALCULATED, expectFraction } from './calculated.ts';

/**
 * Hand-computed values from elsewhere, each with its arithmetic in the file. Every case runs by
 * name; exact fractions are compared in integers.
 */
type Text = string;
type Prices = Record<string, Text>;
interface Case {
  readonly name: string;
  readonly topic: string;
  readonly tolerance: string;
  // biome-ignore lint/suspicious/noExplicitAny: each topic has a shape of its own
  readonly inputs: any;
  // biome-ignore lint/suspicious/noExplicitAny: each topic has a shape of its own
  readonly expected: any;
}

const { cases } = JSON.parse(
  readFileSync(new URL('methodology.json', import.meta.url), 'utf8'),
) as { cases: readonly Case[] };

let passed = 0;
/** Averages of published fixings for a contract come with settlement. */
const WITH_SETTLEMENT = 6;
afterAll(() => {
  const all = cases.length + WITH_SETTLEMENT;
  console.log(
    `oracle: ${passed} of ${all} methodology cases passed; the ${WITH_SETTLEMENT} of settlements have their own test`,
  );
});

/** What an operation gives, or that it refuses: by an exception, by nothing, or by a reason. */
function refuses(operation: () => unknown): boolean {
  try {
    const result = operation();
    return result === undefined || (typeof result === 'object' && 'reason' in (result ?? {}));
  } catch {
    return true;
  }
}

const decimals = (prices: Prices): Record<string, Decimal> =>
  Object.fromEntries(Object.entries(prices).map(([id, price]) => [id, decimal(price)]));

const weighted = (items: readonly { price: Text; weight: Text }[]) =>
  items.map(({ price, weight }) => [decimal(weight), decimal(price)] as const);

const UNIT_NAMES: Readonly<Record<string, string>> = {
  'per token': 'per_token',
  'per 1K tokens': 'per_1k',
  'per 1M tokens': 'per_mtok',
};

const run: Readonly<Record<string, (one: Case) => void>> = {
  blend: ({ inputs, expected, tolerance }) => {
    const blended = () => blend(decimals(inputs.pricesUsdPerMTok), decimals(inputs.blendWeights));
    if (expected.error) expect(refuses(blended)).toBe(true);
    else expectFraction(blended(), expected.blended, tolerance);
  },

  unit: ({ inputs, expected, tolerance }) => {
    const unit = UNIT_NAMES[inputs.unit] ?? inputs.unit;
    const price = perMtok(decimal(inputs.amount), unit);
    if (expected.error) expect(price).toBeUndefined();
    else expectFraction(price!, expected.usdPerMTok, tolerance);
  },

  fx: ({ inputs, expected, tolerance }) => {
    if (inputs.pricesEur) {
      const converted = inputs.pricesEur.map((price: Text, index: number) =>
        usd(price, 'EUR', 'EURUSD', inputs.eurusd[index]),
      );
      expectFraction(mean(converted), expected.convertThenAverage, tolerance);
      const other = multiply(
        mean(inputs.pricesEur.map(decimal)),
        mean(inputs.eurusd.map((rate: Text) => decimal(rate))),
      );
      expectFraction(other, expected.averageThenConvert, tolerance);
      return;
    }
    const price = usd(inputs.amount, inputs.currency, inputs.pair, inputs.fxFixing);
    expectFraction(price, expected.usdPerMTok, tolerance);
    const published = roundToTick(price, decimal(inputs.publishTick), 'half_even');
    expect(toText(published)).toBe(toText(decimal(expected.published)));
  },

  capping: ({ inputs, expected, tolerance }) => {
    const shares = inputs.rawWeights.map((weight: Text) => decimal(weight));
    const result =
      inputs.cap === undefined
        ? capLargestAndOthers(shares, decimal(inputs.capLargest), decimal(inputs.capOthers))
        : capShares(shares, decimal(inputs.cap));
    if (expected.error) {
      expect(result).toEqual({ reason: expected.reason });
      return;
    }
    const weights = result.shares!;
    expect(weights).toHaveLength(expected.weights.length);
    weights.forEach((weight, index) => {
      expectFraction(weight, expected.weights[index], tolerance);
    });
    const off = subtract(sum(weights), decimal(expected.sum ?? '1'));
    const unit = multiply(decimal('1e-40'), decimal(weights.length));
    expect(subtract(unit, { ...off, digits: off.digits < 0n ? -off.digits : off.digits }).digits)
      // To the library's precision: each weight is rounded to 40 digits.
      .toBeGreaterThanOrEqual(0n);
  },

  outlier: ({ inputs, expected, tolerance }) => {
    const prices = decimals(inputs.prices);
    const values = Object.values(prices);
    expectFraction(median(values), expected.median, tolerance);
    expectFraction(medianAbsoluteDeviation(values, median(values)), expected.mad, tolerance);
    // The plain rule, without the ratio band that stands in where the MAD is 0.
    const out = madScreen(values, decimal(inputs.k), null);
    expect(Object.keys(prices).filter((_, index) => out[index])).toEqual(expected.excluded);
    expectFraction(mean(values.filter((_, index) => !out[index])), expected.meanOfKept, tolerance);
  },

  'weighted-median': ({ inputs, expected, tolerance }) => {
    expectFraction(weightedMedian(weighted(inputs.items)), expected.lower, tolerance);
  },

  'trimmed-mean': ({ inputs, expected, tolerance }) => {
    const trim = decimal(inputs.trimEachSide);
    expectFraction(trimmedMean(weighted(inputs.items), trim), expected.value, tolerance);
  },

  rebalance: (one) => (one.inputs.unitsBefore ? divisors(one) : youngLinks(one)),

  rounding: ({ inputs, expected }) => {
    const [value, tick] = [parseDecimal(inputs.value)!, decimal(inputs.tick)];
    expect(toText(roundToTick(value, tick, 'half_even'))).toBe(expected.halfEven);
    expect(toText(roundToTick(value, tick, 'half_up'))).toBe(expected.halfUp);
  },

  weights: ({ inputs, expected }) => {
    const raw = inputs.rawWeights.map((weight: Text) => decimal(weight));
    const display = displayShares(raw, decimal(inputs.tick));
    expect(display.map(toText)).toEqual(expected.display);
    expect(toText(sum(display))).toBe(expected.sum);
  },
};

/** Baskets of units, with the divisor R·Σq / L that others publish. */
function divisors({ inputs, expected, tolerance }: Case): void {
  const prices = inputs.prices.map(decimals);
  const [before, after] = [decimals(inputs.unitsBefore), decimals(inputs.unitsAfter)];
  const link: number = inputs.effectiveAfterCloseOf;
  const days = chainLevels(
    prices,
    [
      { weights: before, linkDay: 0 },
      { weights: after, linkDay: link },
    ],
    decimal(inputs.baseLevel),
  );
  expectLevels(days, expected.levels, tolerance);
  const divisor = (units: Record<string, Decimal>, day: number) => {
    const value = dot(Object.entries(units).map(([id, q]) => [q, prices[day][id]] as const));
    return divide(value, toDecimal(days[day]!.level));
  };
  expectFraction(divisor(before, 0), expected.divisorBefore, tolerance);
  expectFraction(divisor(after, link), expected.divisorAfter, tolerance);
}

/** Value shares through the Young link; the case's own reference price is Σ w·p on those shares. */
function youngLinks({ inputs, expected, tolerance }: Case): void {
  const prices = inputs.prices.map(decimals);
  const links: number[] = [0, ...inputs.linkAfterCloseOf];
  const baskets = inputs.weights.map((shares: Prices, index: number) => ({
    weights: quantitiesOf(decimals(shares), prices[links[index]!]),
    linkDay: links[index]!,
  }));
  const days = chainLevels(prices, baskets, decimal(inputs.baseLevel));
  expectLevels(days, expected.levels, tolerance);
  days.forEach((_, day) => {
    const inForce = inputs.linkAfterCloseOf.filter((link: number) => link < day).length;
    const shares = decimals(inputs.weights[inForce]);
    const price = blend(prices[day], shares);
    expectFraction(price, expected.referencePrice[day], tolerance);
  });
}

function expectLevels(
  days: readonly { level: Ratio }[],
  levels: readonly { fraction: string }[],
  tolerance: string,
): void {
  expect(days).toHaveLength(levels.length);
  days.forEach(({ level }, day) => {
    expectFraction(toDecimal(level), levels[day]!, tolerance);
  });
}

function usd(amount: Text, currency: string, pair: string, rate: Text): Decimal {
  const [date, source] = ['2026-07-01', ''];
  const [base, quote] = [pair.slice(0, 3), pair.slice(3)];
  const table = fxTable([{ date, base, quote, rate: decimal(rate), source }]);
  return toUsd(decimal(amount), currency, date, table, 0).usd!;
}

describe('hand-computed methodology cases', () => {
  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const calculated = CALCULATED[one.name];
    if (calculated) calculated(one);
    else run[one.topic]!(one);
    passed += 1;
  });
});
