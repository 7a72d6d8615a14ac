import { type Decimal, multiply, ONE, roundToDigits } from '../../domain/decimal.ts';
import type { Bilateral, FixedWeight } from './matched.ts';
import { matchPeriods, type Panel, type Period } from './panel.ts';

/** Index series over a panel, 1 in the first period, each comparison on the matched products. */

/**
 * Each period directly against the first one, over the products that both have (PPI Manual 2004).
 *
 * @throws {RangeError} where the panel is empty, a period shares no product with the first, or the
 *   formula refuses.
 * @example fixedBaseSeries(panelOf([{ a: { p: '2', q: '1' } }, { a: { p: '3', q: '1' } }]), fisher)
 *   // 1, 1.5
 */
export function fixedBaseSeries(panel: Panel, formula: Bilateral): Decimal[] {
  const base = firstOf(panel);
  return panel.map((period, index) => (index === 0 ? ONE : formula(matchPeriods(base, period))));
}

/**
 * Each period against the one before, over the products that both have, multiplied up; the level
 * carried is rounded half-even to 40 digits at each link (PPI Manual 2004).
 *
 * @throws {RangeError} where the panel is empty, neighbours share no product, or the formula
 *   refuses.
 * @example chainedSeries(panelOf([{ a: { p: '2', q: '1' } }, { a: { p: '3', q: '1' } }]), fisher)
 *   // 1, 1.5
 */
export function chainedSeries(panel: Panel, formula: Bilateral): Decimal[] {
  let previous = firstOf(panel);
  let level = ONE;
  return panel.map((period, index) => {
    if (index > 0) {
      level = roundToDigits(multiply(level, formula(matchPeriods(previous, period))));
    }
    previous = period;
    return level;
  });
}

/**
 * Each period against the first one with the quantities or value shares of any period (Lowe, Young,
 * geometric Young), over the products that both have and that have a weight (PPI Manual 2004).
 *
 * @throws {RangeError} where the panel is empty, no weighted product is matched, or the formula
 *   refuses.
 * @example fixedWeightSeries(panelOf([{ a: { p: '2', q: '1' } }, { a: { p: '3', q: '1' } }]), lowe,
 *   new Map([['a', decimal('7')]]))
 *   // 1, 1.5
 */
export function fixedWeightSeries(
  panel: Panel,
  formula: FixedWeight,
  weights: ReadonlyMap<string, Decimal>,
): Decimal[] {
  const base = firstOf(panel);
  return panel.map((period, index) => {
    if (index === 0) return ONE;
    const products = [...weights].flatMap(([id, weight]) => {
      const [p0, p1] = [base.get(id)?.p, period.get(id)?.p];
      return p0 && p1 ? [{ p0, p1, weight }] : [];
    });
    const prices = { p0: products.map(({ p0 }) => p0), p1: products.map(({ p1 }) => p1) };
    return formula(
      prices,
      products.map(({ weight }) => weight),
    );
  });
}

function firstOf(panel: Panel): Period {
  const [first] = panel;
  if (!first) throw new RangeError('expected a panel of at least one period');
  return first;
}
