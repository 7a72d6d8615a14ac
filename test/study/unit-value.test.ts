import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  add,
  compare,
  type Decimal,
  decimal,
  subtract,
  sum,
  toText,
} from '../../src/domain/decimal.ts';
import { studySchema } from '../../src/domain/study.ts';
import { resultsOn } from '../../src/fix/backfill.ts';
import { evidenceOf } from '../../src/normalize/evidence.ts';
import { type BillMonth, billOf } from '../../src/study/bill.ts';
import { spentIn, unitValueOf } from '../../src/study/bill-figures.ts';
import { changeParts } from '../../src/study/change-parts.ts';
import { dayOfResult } from '../../src/study/history.ts';
import { unitValueStudy } from '../../src/study/unit-value.ts';
import { quote, rulebook, usage } from '../fix/small-book.ts';

const RULES = rulebook({
  ...{ base: '{ date: 2026-01-01, level: "100" }', workload: '{ input: "0.5", output: "0.5" }' },
  weights: '{ method: fixed, fixed: { alpha: "1", beta: "3" } }',
});
const QUOTES = [
  ...['2025-12-01 acme/alpha 4 out=12', '2025-12-01 bolt/beta 1 out=3'],
  ...['2025-12-01 coil/gamma 10 out=30', '2026-02-01 acme/alpha 2 out=8'],
];

function study(lines: readonly string[], quotes = QUOTES) {
  const evidence = evidenceOf({ quotes: quotes.map(quote) });
  const run = resultsOn(RULES, evidence, '2026-04-30', () => true);
  if (!run.items) throw new Error(run.none.message);
  return studySchema.parse(
    unitValueStudy(billOf(lines.map(usage), RULES, evidence, '2026-12-31'), {
      history: { index: 'TEST', days: [...run.items].map(dayOfResult) },
      ...{ workload: RULES.workload, whose: 'Usage', origin: 'by hand', sources: [] },
    }),
  );
}

const rowOf = (of: ReturnType<typeof study>, name: string, month: string) => {
  const table = of.tables.find((one) => one.name === name);
  const row = table?.rows.find(([first]) => first === month);
  return Object.fromEntries(table?.columns.map((column, at) => [column.name, row?.[at]]) ?? []);
};

describe('a unit value', () => {
  const found = study([
    '2026-01-01 2026-02-01 alpha 3000000+1000000',
    '2026-01-01 2026-02-01 beta 3000000+1000000',
    '2026-02-01 2026-03-01 alpha 3000000+1000000',
    '2026-02-01 2026-03-01 beta 9000000+3000000',
    '2026-03-01 2026-04-01 beta 2000000+2000000',
    '2026-03-01 2026-04-01 gamma 3000000+1000000',
    '2026-03-01 2026-04-01 nowhere 8000000+0',
  ]);

  it('is spend by tokens, by hand', () => {
    // alpha 3·4 + 12, beta 3·1 + 3; then 3·2 + 8 and 9·1 + 9.
    expect(rowOf(found, 'months', '2026-01')).toMatchObject({
      ...{ mtok: '8.000', priced: '1.0000', spend: '30.00', unit_value: '3.750000' },
      // (8 + 3 · 2) / 4 at half and half.
      ...{ index_price: '3.500000', difference: '0.250000' },
    });
    expect(rowOf(found, 'months', '2026-02')).toMatchObject({
      ...{ spend: '32.00', unit_value: '2.000000', unit_value_index: '53.3333' },
      // The usage of January at the prices of February: 14 + 6 of 30.
      ...{ own_basket: '66.6667', index_price: '2.750000' },
    });
    expect(rowOf(found, 'months', '2026-03')).toMatchObject({ priced: '0.5000', spend: '68.00' });
    expect(found.warnings.join(' ')).toContain('have no price, and are in no unit value: nowhere');
  });

  it('moves by prices, split, mix, and models that come and go, by hand', () => {
    // alpha 6 → 3.5 and beta 1.5 → 1.5 a token; shares 1/2 → 1/4 and 1/2 → 3/4.
    expect(rowOf(found, 'changes', '2026-02')).toEqual({
      ...{ month: '2026-02', change: '-1.750000' },
      // (1/2 + 1/4)/2 · (3.5 − 6); −1/4 · (4.75 − 1.5).
      ...{ price: '-0.937500', split: '0.000000', mix: '-0.812500' },
      ...{ entry: '0.000000', exit: '0.000000' },
    });
    // beta 1.5 → 2 as its split turns, share 3/4 → 1/2; gamma 15 at 1/2; alpha 3.5 at 1/4 goes.
    const middle = (2 + 8.5) / 2;
    expect(rowOf(found, 'changes', '2026-03')).toEqual({
      ...{ month: '2026-03', change: '6.500000' },
      ...{ price: '0.000000', split: (0.625 * 0.5).toFixed(6) },
      ...{ entry: (0.5 * (15 - middle)).toFixed(6), exit: (-0.25 * (3.5 - middle)).toFixed(6) },
      mix: (-0.25 * (1.75 - middle)).toFixed(6),
    });
  });

  it('comes from the index by split, models outside, weights and formula, by hand', () => {
    // At half and half: beta 2 and gamma 20, of 4 each; inside is beta alone; the basket costs 2.75.
    expect(rowOf(found, 'bridge', '2026-03')).toEqual({
      ...{ month: '2026-03', index_price: '2.750000', unit_value: '8.500000' },
      ...{ split: '-2.500000', outside: '9.000000', mix: '-0.750000', formula: '0.000000' },
      in_basket: '0.5000',
    });
  });

  it('of the basket itself at its workload is the price of the index', () => {
    const same = study([
      '2026-01-01 2026-02-01 alpha 500000+500000',
      '2026-01-01 2026-02-01 beta 1500000+1500000',
    ]);
    const { index_price: price, unit_value: paid, ...parts } = rowOf(same, 'bridge', '2026-01');
    expect(paid).toBe(price);
    for (const name of ['split', 'outside', 'mix', 'formula']) expect(parts[name]).toBe('0.000000');
  });

  it('says so where there is nothing of the basket, of a month, or of the index', () => {
    const outside = study(['2026-01-01 2026-02-01 gamma 1000000+1000000']);
    expect(rowOf(outside, 'bridge', '2026-01')).toMatchObject({
      mix: '0.000000',
      in_basket: '0.0000',
    });
    expect(outside.warnings).toContain('1 month has no change.');
    const early = study([
      '2025-12-01 2026-01-01 alpha 1000000+1000000',
      '2026-02-01 2026-03-01 alpha 10',
    ]);
    expect(early.warnings.join(' ')).toContain('The index published nothing in 2025-12');
    expect(early.warnings.join(' ')).toContain('only the total is known');
    // January has no usage: February has no change from it.
    expect(early.tables.find(({ name }) => name === 'changes')?.rows).toEqual([]);
  });
});

describe('the parts of any change', () => {
  const NAMES = ['a', 'b', 'c', 'd'];
  const month = fc
    .array(
      fc.record({
        id: fc.constantFrom(...NAMES),
        input: fc.integer({ min: 0, max: 1e9 }),
        output: fc.integer({ min: 1, max: 1e9 }),
        prices: fc.tuple(fc.integer({ min: 1, max: 999 }), fc.integer({ min: 1, max: 9999 })),
      }),
      { minLength: 1, maxLength: 4 },
    )
    .map((lines): BillMonth => {
      const tokens = lines.map(({ id, input, output }) => {
        const billed = { input: decimal(input), cached_input: decimal(0), output: decimal(output) };
        return [id, billed] as const;
      });
      const prices = lines.map(({ id, prices: [input, output] }) => {
        return [
          id,
          { input: decimal(input), cached_input: decimal(1), output: decimal(output) },
        ] as const;
      });
      return {
        ...{ month: '2026-01', days: 31, covered: 31 },
        ...{ tokens: new Map(tokens), prices: new Map(prices) },
      };
    });
  const unit = (of: BillMonth): Decimal => unitValueOf(spentIn(of)) ?? decimal(0);

  it('sum to it, all but the 30th digit', () => {
    fc.assert(
      fc.property(month, month, (before, today) => {
        const parts = sum(Object.values(changeParts(before, today)));
        const change = subtract(unit(today), unit(before));
        const error = subtract(parts, change);
        const least = decimal('0.000000000000000000000000000001');
        expect(compare(error.digits < 0n ? subtract(decimal(0), error) : error, least)).toBe(-1);
      }),
    );
  });

  it('are prices alone where nobody changes what they use, and none where nothing changes', () => {
    fc.assert(
      fc.property(month, fc.integer({ min: 2, max: 9 }), (before, times) => {
        const dearer = [...before.prices].map(([id, legs]) => {
          const scaled = Object.entries(legs).map(([leg, price]) => [
            leg,
            decimal(BigInt(toText(price)) * BigInt(times)),
          ]);
          return [id, Object.fromEntries(scaled)] as const;
        });
        const { price, ...others } = changeParts(before, { ...before, prices: new Map(dearer) });
        expect(Object.values(others).map(toText)).toEqual(['0', '0', '0', '0']);
        expect(compare(price, decimal(0))).toBe(1);
        const none = changeParts(before, before);
        expect(toText(sum(Object.values(none)))).toBe('0');
      }),
    );
  });

  it('do not depend on how much is used, and turn their sign with time', () => {
    fc.assert(
      fc.property(month, month, (before, today) => {
        const there = changeParts(before, today);
        const back = changeParts(today, before);
        for (const [one, other] of [
          [there.price, back.price],
          [there.split, back.split],
          [there.entry, back.exit],
        ] as const) {
          expect(toText(add(one, other))).toBe('0');
        }
      }),
    );
  });
});
