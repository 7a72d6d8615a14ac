import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import {
  fixedCutoff,
  hidiroglouBerthelot,
  kimber,
  quantile,
  quartileMethod,
  resistantFences,
  robustZ,
  tukey,
} from '../../src/calculate/formulas/outliers.ts';
import { type Decimal, decimal, toText } from '../../src/domain/decimal.ts';

interface OutlierCase {
  readonly name: string;
  readonly method: string;
  readonly inputs: { readonly relatives: readonly string[] };
  readonly expected: readonly boolean[];
}

const { cases } = JSON.parse(
  readFileSync(new URL('oracle/outlier-relatives.json', import.meta.url), 'utf8'),
) as { cases: readonly OutlierCase[] };

const RULES: Readonly<Record<string, (relatives: readonly Decimal[]) => boolean[]>> = {
  robust_z: (relatives) => robustZ(relatives),
  quartile_method: (relatives) => quartileMethod(relatives),
  quartile_method_floor: (relatives) => quartileMethod(relatives, { floor: decimal('0.05') }),
  resistant_fences: (relatives) => resistantFences(relatives),
  kimber: (relatives) => kimber(relatives),
  tukey: (relatives) => tukey(relatives),
  fixed_cutoff: (relatives) => fixedCutoff(relatives),
  hb_then_quartile: (relatives) => hidiroglouBerthelot(relatives),
};

const of = (...texts: string[]) => texts.map((text) => decimal(text));

describe('outlier rules', () => {
  let passed = 0;
  afterAll(() => console.log(`oracle: ${passed} of ${cases.length} outlier cases passed`));

  it.each(cases.map((one) => [one.name, one] as const))('%s', (_, { method, inputs, expected }) => {
    expect(RULES[method]!(of(...inputs.relatives))).toEqual(expected);
    passed += 1;
  });

  it.each(Object.entries(RULES))('%s depends on no order', (_, rule) => {
    for (const { inputs } of cases) {
      const flags = rule(of(...inputs.relatives));
      const reversed = rule(of(...inputs.relatives).reverse());
      expect(reversed.reverse()).toEqual(flags);
    }
  });

  it.each(Object.entries(RULES))('%s calls nothing an outlier where nothing moved', (_, rule) => {
    expect(rule(of('1', '1', '1', '1'))).toEqual([false, false, false, false]);
    expect(rule(of('1'))).toEqual([false]);
  });

  it.each(Object.entries(RULES).filter(([name]) => name !== 'fixed_cutoff'))(
    '%s refuses an empty vector',
    (_, rule) => expect(() => rule([])).toThrow(RangeError),
  );

  it('is strict: a relative on the limit stays', () => {
    // The limit is 1.1, the median, and 2.5 times the distance 0.1 to the upper quartile.
    const onLimit = of('0.9', '1', '1.1', '1.2', '1.35');
    expect(quartileMethod(onLimit)).toEqual([false, false, false, false, false]);
    const above = of('0.9', '1', '1.1', '1.2', '1.3500000000000000000000000000000000001');
    expect(quartileMethod(above).at(-1)).toBe(true);
    expect(fixedCutoff(of('0.5', '2', '0.4999999999999999999999999999999'))).toEqual([
      ...[false, false, true],
    ]);
  });
});

describe('a quantile of type 7', () => {
  it.each([
    ['0', '1'],
    ['0.25', '1.75'],
    ['0.5', '3'],
    ['0.75', '5.25'],
    ['0.05', '1.15'],
    ['1', '9'],
  ])('at %s is %s', (share, value) => {
    expect(toText(quantile(of('9', '1', '4', '2'), decimal(share)))).toBe(value);
  });

  it.each(['-0.1', '1.5'])('refuses a share of %s', (share) => {
    expect(() => quantile(of('1', '2', '3'), decimal(share))).toThrow(RangeError);
  });
});
