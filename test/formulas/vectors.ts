import fc from 'fast-check';
import type { Matched } from '../../src/calculate/formulas/matched.ts';
import { type Panel, panelOf } from '../../src/calculate/formulas/panel.ts';
import {
  absolute,
  compare,
  type Decimal,
  decimal,
  multiply,
  subtract,
} from '../../src/domain/decimal.ts';

/** Prices and quantities of the same products in three periods. */
export interface Triple {
  readonly p: readonly (readonly Decimal[])[];
  readonly q: readonly (readonly Decimal[])[];
}

/** Few distinct values, so that logarithms are remembered: 0.05 to 15 by 0.05. */
const amount = fc.integer({ min: 1, max: 300 }).map((n) => decimal(`${n * 5}e-2`));

const vectors = (products: number, periods: number) =>
  fc.array(fc.array(amount, { minLength: products, maxLength: products }), {
    minLength: periods,
    maxLength: periods,
  });

/** Two to five products. */
export const triples: fc.Arbitrary<Triple> = fc
  .integer({ min: 2, max: 5 })
  .chain((products) => fc.record({ p: vectors(products, 3), q: vectors(products, 3) }));

export const factor = fc.constantFrom('0.5', '1.25', '2', '3', '10').map((text) => decimal(text));

/** A panel in which the first two products are always there, the others come and go. */
export const panels: fc.Arbitrary<Panel> = fc
  .record({ products: fc.integer({ min: 2, max: 4 }), periods: fc.integer({ min: 2, max: 5 }) })
  .chain(({ products, periods }) =>
    fc.array(
      fc.array(
        fc.record({
          p: fc.integer({ min: 1, max: 99 }),
          q: fc.integer({ min: 1, max: 99 }),
          absent: fc.boolean(),
        }),
        { minLength: products, maxLength: products },
      ),
      { minLength: periods, maxLength: periods },
    ),
  )
  .map((periods) =>
    panelOf(
      periods.map((observations) =>
        Object.fromEntries(
          observations
            .map(({ p, q, absent }, id) => ({ id: `m${id}`, p: `${p}`, q: `${q}`, absent }))
            .filter(({ absent }, index) => index < 2 || !absent)
            .map(({ id, p, q }) => [id, { p, q }]),
        ),
      ),
    ),
  );

/** The comparison of two of the three periods. */
export function between({ p, q }: Triple, from: number, to: number): Matched {
  return { p0: p[from]!, p1: p[to]!, q0: q[from]!, q1: q[to]! };
}

export function times(vector: readonly Decimal[], by: Decimal): Decimal[] {
  return vector.map((value) => multiply(value, by));
}

const CLOSE = decimal('1e-30');

/** Equal within 1e-30 relative. */
export function isClose(a: Decimal, b: Decimal): boolean {
  return compare(absolute(subtract(a, b)), multiply(CLOSE, absolute(b))) <= 0;
}

/** a ≤ b, up to 1e-30 relative. */
export function isAtMost(a: Decimal, b: Decimal): boolean {
  return compare(a, b) <= 0 || isClose(a, b);
}
