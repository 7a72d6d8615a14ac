import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EMPTY_BOOK } from '../../src/domain/rows.ts';
import {
  capWithLabs,
  compare,
  type Decimal,
  decimal,
  divide,
  exp,
  ln,
  multiply,
  parseDecimal,
  perMtok,
  QUOTES,
  readTable,
  referencePrice,
  subtract,
  sum,
  toDecimal,
  toText,
} from '../../src/index.ts';
import { quote } from '../fix/small-book.ts';
import { bytes, on, run } from './books.ts';

const RUNS = { numRuns: 2000 };

function off(a: Decimal, b: Decimal): Decimal {
  const difference = subtract(a, b);
  return { ...difference, digits: difference.digits < 0n ? -difference.digits : difference.digits };
}

function within(a: Decimal, b: Decimal, tolerance: string): boolean {
  return compare(off(a, b), decimal(tolerance)) <= 0;
}

const cap = fc.option(fc.integer({ min: 2, max: 100 }).map((percent) => `${percent / 100}`));
const members = fc.array(
  fc.record({
    lab: fc.constantFrom('w', 'x', 'y', 'z'),
    share: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 1, max: 10_000 }) }, fc.constant(0)),
  }),
  { minLength: 1, maxLength: 9 },
);

describe('capped shares', () => {
  const positive = (list: readonly { share: number }[]) => list.some(({ share }) => share > 0);
  const capped = fc
    .tuple(members, cap, cap)
    .filter(([list]) => positive(list))
    .map(([list, constituentCap, labCap]) => {
      const shares = list.map(({ lab, share }) => ({ lab, share: decimal(share) }));
      const [c, C] = [constituentCap, labCap].map((text) => (text === null ? null : decimal(text)));
      return { list, c: c!, C: C!, result: capWithLabs(shares, c!, C!) };
    });

  it('are refused exactly where Σ min(C, n·c) is below 1', () => {
    fc.assert(
      fc.property(capped, ({ list, c, C, result }) => {
        const one = decimal(1);
        const labs = [...new Set(list.map(({ lab }) => lab))];
        const most = labs.map((name) => {
          const n = list.filter(({ lab, share }) => lab === name && share > 0).length;
          const byMembers = multiply(c ?? one, decimal(n));
          // A lab without usage holds nothing; without a cap a lab may hold all.
          const limit = n === 0 ? decimal(0) : (C ?? decimal(n));
          return compare(byMembers, limit) < 0 ? byMembers : limit;
        });
        expect(result.shares === undefined).toBe(compare(sum(most), one) < 0);
      }),
      RUNS,
    );
  });

  it('sum to 1, exceed no cap, keep their order, and zero stays zero', () => {
    fc.assert(
      fc.property(capped, ({ list, c, C, result: { shares } }) => {
        if (!shares) return;
        expect(within(sum(shares), decimal(1), '1e-38')).toBe(true);
        const labs = [...new Set(list.map(({ lab }) => lab))];
        for (const share of shares) if (c) expect(compare(share, c)).toBeLessThanOrEqual(0);
        for (const name of labs) {
          const total = sum(shares.filter((_, index) => list[index]!.lab === name));
          if (C) expect(compare(subtract(total, C), decimal('1e-38'))).toBeLessThanOrEqual(0);
          const own = list.flatMap(({ lab, share }, at) => (lab === name ? [{ share, at }] : []));
          own.sort((a, b) => a.share - b.share);
          own.forEach(({ at }, index) => {
            const below = own[index - 1];
            if (!below) return;
            const [low, high] = [shares[below.at]!, shares[at]!];
            expect(compare(low, high)).toBeLessThanOrEqual(0);
          });
        }
        list.forEach(({ share }, index) => {
          expect(shares[index]!.digits === 0n).toBe(share === 0);
        });
      }),
      RUNS,
    );
  });

  it('keep the proportions of what is below its caps, across labs and within a lab', () => {
    fc.assert(
      fc.property(capped, ({ list, c, C, result: { shares } }) => {
        if (!shares) return;
        const totals = new Map<string, Decimal>(
          list.map(({ lab }) => [lab, sum(shares.filter((_, at) => list[at]!.lab === lab))]),
        );
        const isFull = (lab: string) => C !== null && within(totals.get(lab)!, C, '1e-38');
        const free = list.flatMap(({ lab, share }, at) =>
          share > 0 && !(c && within(shares[at]!, c, '1e-38')) ? [{ lab, share, at }] : [],
        );
        for (const a of free) {
          for (const b of free) {
            if (a.lab !== b.lab && (isFull(a.lab) || isFull(b.lab))) continue;
            const cross = [
              multiply(shares[a.at]!, decimal(b.share)),
              multiply(shares[b.at]!, decimal(a.share)),
            ] as const;
            expect(within(...cross, '1e-34')).toBe(true);
          }
        }
      }),
      RUNS,
    );
  });
});

describe('geometric weights', () => {
  const baskets = fc.array(
    fc.record({
      weight: fc.integer({ min: 1, max: 99 }),
      cents: fc.integer({ min: 1, max: 99_999 }),
    }),
    { minLength: 1, maxLength: 8 },
  );

  it('are exponents: a price times k is the mean times k to its weight', () => {
    fc.assert(
      fc.property(baskets, fc.nat(7), fc.integer({ min: 1, max: 99 }), (basket, pick, k) => {
        const at = pick % basket.length;
        const price = (scaled: boolean) =>
          toDecimal(
            referencePrice(
              basket.map(({ weight, cents }, index) => [
                decimal(weight),
                decimal(scaled && index === at ? cents * k : cents),
              ]),
              'geometric',
            ),
          );
        const total = basket.reduce((all, { weight }) => all + weight, 0);
        const exponent = divide(decimal(basket[at]!.weight), decimal(total), 80);
        const expected = multiply(price(false), exp(multiply(exponent, ln(decimal(k)))));
        const limit = multiply(expected, decimal('1e-38'));
        expect(compare(off(price(true), expected), limit)).toBeLessThanOrEqual(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('are the same whatever the prices at the link', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9999 }), { minLength: 2, maxLength: 4 }),
        (all) => {
          const lines = all.map((price, index) => `x/${'abcd'[index]} ${price}`);
          const method = '{ method: fixed, fixed: { a: "1", b: "2", c: "3", d: "2" } }';
          const weights = all.map((_, index) => [1, 2, 3, 2][index]!);
          const total = weights.reduce((one, other) => one + other, 0);
          const [fixing] = run({ formula: 'jevons', weights: method }, booked(lines), 0);
          const expected = weights.map((weight) => toText(divide(decimal(weight), decimal(total))));
          expect(fixing!.constituents.map(({ weight }) => weight)).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('a unit', () => {
  const SCALES = [
    ['per_token', 6],
    ['per_1k', 3],
    ['cents_per_token', 4],
  ] as const;
  const amounts = fc.tuple(
    fc.bigInt({ min: 1n, max: 10n ** 18n }),
    fc.integer({ min: 0, max: 12 }),
  );

  it('does not change what a price says', () => {
    fc.assert(
      fc.property(amounts, fc.constantFrom(...SCALES), ([digits, places], [unit, exponent]) => {
        const price = parseDecimal(`${digits}e-${places}`)!;
        const restated = perMtok(parseDecimal(`${digits}e-${places + exponent}`)!, unit)!;
        expect(toText(restated)).toBe(toText(price));
      }),
      RUNS,
    );
  });

  it('does not change a byte of a fixing', async () => {
    const prices = fc.array(fc.integer({ min: 1, max: 99_999 }), { minLength: 2, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(prices, fc.constantFrom(...SCALES), async (all, [unit, exponent]) => {
        const text = (name: string, shift: number) =>
          [
            'seller,model,effective_at,input,output,unit',
            ...all.map((cents, index) => {
              const price = `${cents}e-${2 + shift}`;
              return `s${index % 3},m${index % 4},${on(index - 3)},${price},${price},${name}`;
            }),
          ].join('\n');
        const read = async (csv: string) => {
          const { rows } = await readTable(QUOTES, [new TextEncoder().encode(`${csv}\n`)], 'q.csv');
          expect(rows).toHaveLength(all.length);
          return { ...EMPTY_BOOK, quotes: rows.map(({ row }) => row) };
        };
        const [plain, other] = [await read(text('per_mtok', 0)), await read(text(unit, exponent))];
        const keys = { rebalance: '{ frequency: daily, effective: at_fixing }' };
        expect(bytes(run(keys, other, 9))).toEqual(bytes(run(keys, plain, 9)));
      }),
      { numRuns: 100 },
    );
  });
});

function booked(lines: readonly string[]) {
  return { ...EMPTY_BOOK, quotes: lines.map((line) => quote(`${on(0)} ${line}`)) };
}
