import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import {
  aggregateElementary,
  imputePrices,
  type Sample,
} from '../../src/calculate/formulas/elementary-aggregation.ts';
import { type Decimal, decimal } from '../../src/domain/decimal.ts';
import { isWithin, readPanelFile } from '../formulas/panel-cases.ts';
import { runPanel } from '../formulas/run-panel.ts';

/** Panels of other people's data, which stay beside the project: nothing of them is copied here. */
const ORACLE = '../shared/oracle';

for (const name of ['panel-cpi6x5', 'panel-ces_s2_4x12', 'panel-milk_6x21']) {
  runPanel(readPanelFile(`${ORACLE}/${name}.json`));
}

it.each(['panel-syn_llm_A_8x12', 'panel-syn_llm_A_dyn', 'outlier-relatives', 'properties'])(
  'ships %s as its source has it',
  (name) => {
    const read = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
    expect(read(`test/formulas/oracle/${name}.json`)).toEqual(read(`${ORACLE}/${name}.json`));
  },
);

interface AggregationCase {
  readonly name: string;
  readonly definition: string;
  readonly expected: {
    readonly pop: Readonly<Record<string, readonly string[]>>;
    readonly chained: Readonly<Record<string, readonly string[]>>;
    readonly imputedPrices?: readonly (string | null)[];
  };
  readonly tolerance: { readonly relative: string };
}

interface AggregationFile {
  readonly inputs: {
    readonly periods: readonly string[];
    readonly prices: readonly {
      readonly period: string;
      readonly elementary: string;
      readonly product: string;
      readonly price: string | null;
    }[];
    readonly weights: Readonly<
      Record<string, { readonly classification: string; readonly weight: string }>
    >;
  };
  readonly cases: readonly AggregationCase[];
}

describe('aggregation-ms', () => {
  const path = `${ORACLE}/aggregation-ms.json`;
  const { inputs, cases }: AggregationFile = JSON.parse(readFileSync(path, 'utf8'));
  const structure = Object.entries(inputs.weights).map(([id, { classification, weight }]) => ({
    id,
    parents: [classification.slice(0, 1), classification],
    weight: decimal(weight),
  }));
  const periods: readonly Sample[] = inputs.periods.map((period) =>
    inputs.prices
      .filter((row) => row.period === period)
      .map((row) => ({ ...row, price: row.price === null ? null : decimal(row.price) })),
  );
  let passed = 0;
  afterAll(() =>
    console.log(`oracle: ${passed} of ${cases.length} cases of aggregation-ms passed`),
  );

  const IMPUTED: Readonly<Record<string, () => readonly Sample[]>> = {
    'ms/parental-imputation': () => periods,
    'ms/overall-mean-price-imputation': () => imputePrices(periods, structure, 'overall_mean'),
    'ms/carry-forward': () => imputePrices(periods, structure, 'carry_forward'),
    'ms/geometric-aggregation': () => imputePrices(periods, structure, 'overall_mean'),
  };

  it.each(cases.map((one) => [one.name, one] as const))('%s', (name, one) => {
    const mean = name === 'ms/geometric-aggregation' ? 'geometric' : 'arithmetic';
    const samples = IMPUTED[name]!();
    const found = aggregateElementary(samples, structure, mean);
    const isRight = (value: Decimal | null | undefined, wanted: string | null | undefined) =>
      value && wanted ? isWithin(value, wanted, one.tolerance) : (value ?? null) === wanted;
    for (const [id, wanted] of Object.entries(one.expected.pop)) {
      found.forEach(({ periodOnPeriod }, t) => {
        expect(isRight(periodOnPeriod.get(id), wanted[t]), `${id} ${t}`).toBe(true);
      });
    }
    for (const [id, wanted] of Object.entries(one.expected.chained)) {
      found.forEach(({ chained }, t) => {
        expect(isRight(chained.get(id), wanted[t]), `chained ${id} ${t}`).toBe(true);
      });
    }
    expect(found[0]!.periodOnPeriod.size).toBe(Object.keys(one.expected.pop).length);
    const prices = samples.flat().map(({ price }) => price);
    one.expected.imputedPrices?.forEach((wanted, index) => {
      expect(isRight(prices[index], wanted), `price ${index}`).toBe(true);
    });
    passed += 1;
  });
});
