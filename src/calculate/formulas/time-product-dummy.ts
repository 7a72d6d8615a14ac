import {
  add,
  type Decimal,
  divide,
  multiply,
  negate,
  ONE,
  subtract,
  sum,
  ZERO,
} from '../../domain/decimal.ts';
import { exp, ln } from '../../domain/transcendental.ts';
import { SOLVER_DIGITS, solveLinear } from './linear-system.ts';
import { observedValue, type Panel } from './panel.ts';

interface Weighted {
  readonly weight: Decimal;
  readonly logPrice: Decimal;
}

/**
 * The weighted time-product-dummy index (WTPD): weighted least squares of
 * ln p_it = γ_i + δ_t, weights the value shares of product i in period t; the level is
 * exp(δ_t − δ_1) (Rao 2005, Diewert 2005; CPI Manual 2020). The product effects are
 * eliminated, γ_i = Σ_t w_it·(ln p_it − δ_t) / W_i, and the normal equations of the periods solved
 * at 80 digits; half-even to 40. A product of one period alone has no influence.
 *
 * @throws {RangeError} where the periods are not connected through products, a price is not
 *   positive, or a period has no value.
 * @example timeProductDummy(panelOf([{ a: { p: '2', q: '1' } }, { a: { p: '3', q: '4' } }])) // 1,…
 */
export function timeProductDummy(window: Panel): Decimal[] {
  const periods = window.map(weightedLogs);
  const totals = new Map<string, { readonly weight: Decimal; readonly logPrice: Decimal }>();
  for (const period of periods) {
    for (const [id, { weight, logPrice }] of period) {
      const known = totals.get(id) ?? { weight: ZERO, logPrice: ZERO };
      totals.set(id, {
        weight: add(known.weight, weight),
        logPrice: add(known.logPrice, multiply(weight, logPrice)),
      });
    }
  }
  const rows = periods.map((own, row) => equation(own, row, periods, totals));
  const effects = solveLinear(
    rows.slice(1).map(({ coefficients }) => coefficients.slice(1)),
    rows.slice(1).map(({ constant }) => constant),
  );
  return [ONE, ...effects.map((effect) => exp(effect))];
}

/** The normal equation of one period's effect, the product effects put in. */
function equation(
  own: ReadonlyMap<string, Weighted>,
  row: number,
  periods: readonly ReadonlyMap<string, Weighted>[],
  totals: ReadonlyMap<string, Weighted>,
): { readonly coefficients: Decimal[]; readonly constant: Decimal } {
  /** w_it / W_i: how much of its product's weight this period has. */
  const parts = [...own].map(([id, { weight }]) => {
    const total = totals.get(id)?.weight ?? ZERO;
    return [id, total.digits === 0n ? ZERO : divide(weight, total, SOLVER_DIGITS)] as const;
  });
  const coefficients = periods.map((other, column) => {
    const shared = sum(parts.map(([id, part]) => multiply(part, other.get(id)?.weight ?? ZERO)));
    const diagonal = column === row ? sum([...own.values()].map(({ weight }) => weight)) : ZERO;
    return subtract(diagonal, shared);
  });
  const observed = sum([...own.values()].map(({ weight, logPrice }) => multiply(weight, logPrice)));
  const expected = sum(parts.map(([id, part]) => multiply(part, totals.get(id)?.logPrice ?? ZERO)));
  return { coefficients, constant: add(observed, negate(expected)) };
}

function weightedLogs(period: Panel[number]): ReadonlyMap<string, Weighted> {
  const value = sum([...period.values()].map(observedValue));
  return new Map(
    [...period].map(([id, observation]) => [
      id,
      {
        weight: divide(observedValue(observation), value, SOLVER_DIGITS),
        logPrice: ln(observation.p),
      },
    ]),
  );
}
