import {
  type Decimal,
  decimal,
  divide,
  multiply,
  subtract,
  toFixedText,
} from '../domain/decimal.ts';

/**
 * How studies write their numbers. What is exact stays a decimal and is rounded once; a double is
 * rounded to so few places that engines, which differ in its last digits, write the same.
 */

/** Places of shares, of percentages and of what is estimated. */
export const PLACES = 4;

const HUNDRED = decimal(100);
/** A double beyond it has no plain digits, and no statistic means anything there. */
const MOST = 1e15;

/** A double at so many places; nothing for what is no number. */
export function figure(value: number | null | undefined, places = PLACES): string {
  if (value === null || value === undefined || !(Math.abs(value) < MOST)) return '';
  const text = value.toFixed(places);
  return /^-0(?:\.0*)?$/.test(text) ? text.slice(1) : text;
}

/** A share as percent. */
export function percentFigure(share: number | null | undefined, places = PLACES): string {
  return figure(share === null || share === undefined ? share : share * 100, places);
}

/** An exact share as percent. */
export function exactPercent(share: Decimal, places = PLACES): string {
  return toFixedText(multiply(share, HUNDRED), places);
}

/** The change from one value to another, as percent. */
export function changePercent(from: Decimal, to: Decimal, places = PLACES): string {
  return exactPercent(divide(subtract(to, from), from), places);
}

/** How many of all, as a share. */
export function shareOf(part: number, whole: number, places = PLACES): string {
  if (whole === 0) return '';
  return toFixedText(divide(decimal(part), decimal(whole)), places);
}

/** A text of digits for a sentence: fewer places, and no zeros at the end. */
export function inWords(text: string, places = 2): string {
  if (text === '') return 'none';
  const cut = toFixedText(decimal(text), places);
  return cut.includes('.') ? cut.replace(/\.?0+$/, '') : cut;
}

/** `1 day`, `2 days`. */
export function counted(count: number, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}

/**
 * A double with so many significant digits, for what is small or large by its nature.
 *
 * @example significant(0.000123456, 3) // '0.000123'
 */
export function significant(value: number | null | undefined, digits = SIGNIFICANT): string {
  if (value === null || value === undefined || !(Math.abs(value) < MOST)) return '';
  if (value === 0) return '0';
  const [mantissa = '', power = '0'] = value.toExponential(digits - 1).split('e');
  const places = Math.max(0, digits - 1 - Number(power));
  return Number(`${mantissa}e${power}`).toFixed(Math.min(places, MOST_PLACES));
}

const SIGNIFICANT = 6;
const MOST_PLACES = 18;

/** A change as a signed percentage with one place, for sentences. */
export function signedPercent(change: number): string {
  if (!(change < THOUSANDFOLD)) return 'more than a thousandfold';
  const text = percentFigure(change, 1);
  return `${Number(text) > 0 ? '+' : ''}${text}%`;
}

const THOUSANDFOLD = 1000;
