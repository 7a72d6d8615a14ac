import { type Decimal, decimal, multiply } from '../../domain/decimal.ts';
import type { Matched } from './matched.ts';

/** One product in one period. */
export interface Observation {
  readonly p: Decimal;
  readonly q: Decimal;
}

/** The products of one period by id; a product that is absent has no entry. */
export type Period = ReadonlyMap<string, Observation>;

/** Periods in their order, each with its products. */
export type Panel = readonly Period[];

/** A period as text: prices and quantities by product. */
export type PeriodText = Readonly<Record<string, { readonly p: string; readonly q: string }>>;

/**
 * Reads a panel from text.
 *
 * @throws {RangeError} where a price or quantity is not a decimal.
 * @example panelOf([{ a: { p: '2', q: '1' } }, { a: { p: '3', q: '1' } }]).length // 2
 */
export function panelOf(periods: readonly PeriodText[]): Panel {
  return periods.map(
    (period) =>
      new Map(
        Object.entries(period).map(([id, { p, q }]) => [id, { p: decimal(p), q: decimal(q) }]),
      ),
  );
}

/**
 * The products that both periods have. Where there are none, the vectors are empty.
 *
 * @example matchPeriods(...panelOf([{ a: { p: '2', q: '1' } }, { a: { p: '3', q: '1' } }])).p1
 *   // 3
 */
export function matchPeriods(earlier: Period, later: Period): Matched {
  const pairs = [...earlier].flatMap(([id, before]) => {
    const after = later.get(id);
    return after ? [{ before, after }] : [];
  });
  return {
    p0: pairs.map(({ before }) => before.p),
    p1: pairs.map(({ after }) => after.p),
    q0: pairs.map(({ before }) => before.q),
    q1: pairs.map(({ after }) => after.q),
  };
}

export function observedValue({ p, q }: Observation): Decimal {
  return multiply(p, q);
}
