import {
  add,
  type Decimal,
  divide,
  multiply,
  negate,
  ONE,
  sum,
  ZERO,
} from '../../domain/decimal.ts';
import { SOLVER_DIGITS, solveLinear } from './linear-system.ts';
import { observedValue, type Panel } from './panel.ts';

/**
 * The multilateral Geary-Khamis index: each product has one reference price, the mean of its
 * deflated prices, and a period's level is its value over its quantities at these prices.
 * b_i = Σ_t q_it·(p_it / P_t) / Σ_t q_it, P_t = Σ_i p_it·q_it / Σ_i b_i·q_it (Geary 1958, Khamis
 * 1970; CPI Manual 2020). With x_t = 1/P_t it is the linear system
 * V_t·x_t = Σ_s (Σ_i q_it·v_is / Q_i)·x_s, x_1 = 1, solved at 80 digits; half-even to 40.
 *
 * @throws {RangeError} where the periods are not connected through products, or one has no value.
 * @example gearyKhamis(panelOf([{ a: { p: '2', q: '1' } }, { a: { p: '3', q: '4' } }])) // 1, 1.5
 */
export function gearyKhamis(window: Panel): Decimal[] {
  const quantities = new Map<string, Decimal>();
  for (const period of window) {
    for (const [id, { q }] of period) quantities.set(id, add(quantities.get(id) ?? ZERO, q));
  }
  const coefficient = (row: number, column: number): Decimal => {
    const [own, other] = [window[row], window[column]];
    const shared = [...(own ?? [])].flatMap(([id, { q }]) => {
      const observed = other?.get(id);
      const total = quantities.get(id);
      if (!observed || !total || total.digits === 0n) return [];
      return [divide(multiply(q, observedValue(observed)), total, SOLVER_DIGITS)];
    });
    const diagonal = row === column ? sum([...(own?.values() ?? [])].map(observedValue)) : ZERO;
    return add(diagonal, negate(sum(shared)));
  };
  const later = window.map((_, index) => index).slice(1);
  const inverses = solveLinear(
    later.map((row) => later.map((column) => coefficient(row, column))),
    later.map((row) => negate(coefficient(row, 0))),
  );
  return [ONE, ...inverses.map((inverse) => divide(ONE, inverse))];
}
