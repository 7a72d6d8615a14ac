/**
 * A statistic as text, with so many significant digits, as a plain decimal: engines differ in the
 * last digits of a logarithm, and nobody reads them. Empty where there is none.
 *
 * @example figure(0.000123456, 3) // '0.000123'
 */
export function figure(value: number | undefined, digits = SHOWN_DIGITS): string {
  if (value === undefined || !(Math.abs(value) < MOST)) return '';
  if (value === 0) return '0';
  const [mantissa = '', power = '0'] = value.toExponential(digits - 1).split('e');
  const places = Math.max(0, digits - 1 - Number(power));
  return Number(`${mantissa}e${power}`).toFixed(Math.min(places, MOST_PLACES));
}

const SHOWN_DIGITS = 6;
const MOST_PLACES = 18;
/** A double beyond it has no plain digits, and no statistic means anything there. */
const MOST = 1e15;

/** The same with so many places after the point. */
export function fixedFigure(value: number | undefined, places: number): string {
  return value === undefined || !(Math.abs(value) < MOST) ? '' : value.toFixed(places);
}
