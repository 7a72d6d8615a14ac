import {
  type Decimal,
  decimal,
  divide,
  negate,
  ONE,
  subtract,
  sum,
  ZERO,
} from '../../domain/decimal.ts';
import { exp, ln } from '../../domain/transcendental.ts';
import { type Bilateral, GUARD_DIGITS } from './matched.ts';
import { matchPeriods, type Panel, type Period } from './panel.ts';

/** Levels of all periods of a window at once, 1 in the first, whatever period one starts from. */
export type Multilateral = (window: Panel) => Decimal[];

/**
 * The GEKS index over a bilateral formula: the geometric mean of all ways through a third period.
 * I_t = ∏_k (P(k,t) / P(k,1))^(1/n), each P on the products matched between its two periods (Gini
 * 1931, Eltetö and Köves 1964, Szulc 1964; with Törnqvist, Caves, Christensen and Diewert 1982; CPI
 * Manual 2020). Of each pair only the comparison forwards is calculated, its inverse serves
 * backwards: the formula should pass the time reversal test. Half-even to 40 digits.
 *
 * Comparisons are remembered by their two periods for as long as the periods live, so that one
 * `geks(fisher)` serves all windows of a rolling series.
 *
 * @throws {RangeError} where two periods of the window share no product, or the formula refuses.
 * @example geks(fisher)(panelOf([{ a: { p: '2', q: '1' } }, { a: { p: '3', q: '1' } }])) // 1, 1.5
 */
export function geks(formula: Bilateral): Multilateral {
  const remembered = new WeakMap<Period, WeakMap<Period, Decimal>>();
  const forwards = (earlier: Period, later: Period): Decimal => {
    const ofEarlier = remembered.get(earlier) ?? new WeakMap<Period, Decimal>();
    remembered.set(earlier, ofEarlier);
    const known = ofEarlier.get(later) ?? ln(formula(matchPeriods(earlier, later)));
    ofEarlier.set(later, known);
    return known;
  };
  return (window) => {
    const periods = decimal(window.length);
    const totals = window.map((period, index) =>
      sum(
        window.map((other, place) => {
          if (place === index) return ZERO;
          return place < index ? forwards(other, period) : negate(forwards(period, other));
        }),
      ),
    );
    const [first = ZERO] = totals;
    return totals.map((total, index) =>
      index === 0 ? ONE : exp(divide(subtract(total, first), periods, GUARD_DIGITS)),
    );
  };
}
