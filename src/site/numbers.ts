import {
  compare,
  type Decimal,
  decimal,
  divideToPlaces,
  multiply,
  subtract,
  toFixedText,
  ZERO,
} from '../domain/decimal.ts';

/** Numbers as people read them. They are cut from decimals, and only here for the eye. */

const HUNDRED = decimal(100);

/** `12.3%` of a share. */
export function percentOf(share: string, places = 1): string {
  return `${toFixedText(multiply(decimal(share), HUNDRED), places)}%`;
}

/** A price of a constituent: four places, and more where it is small. */
export function priceText(price: string): string {
  const [, fraction = ''] = price.split('.');
  const zeros = /^0*/.exec(fraction)?.[0].length ?? 0;
  const isSmall = price.startsWith('0.') && zeros > 1;
  return toFixedText(decimal(price), isSmall ? Math.min(zeros + 3, 10) : 4);
}

/** A figure with so many significant digits, for what has no unit that asks for places. */
export function figureText(text: string, digits = 4): string {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  if (fraction === '') return text;
  const zeros = whole === '0' ? (/^0*/.exec(fraction)?.[0].length ?? 0) : 0;
  const places = whole === '0' ? zeros + digits : Math.max(0, digits - whole.length);
  const cut = toFixedText(decimal(text), Math.min(places, fraction.length));
  return cut.includes('.') ? cut.replace(/\.?0+$/, '') : cut;
}

/** How much a value is above or below another, in percent with a sign. */
export function changeText(value: string, before: string, places = 2): string {
  const from = decimal(before);
  if (compare(from, ZERO) === 0) return '–';
  return signed(relative(decimal(value), from, places), places);
}

function relative(value: Decimal, from: Decimal, places: number): Decimal {
  return divideToPlaces(multiply(subtract(value, from), HUNDRED), from, places, 'half_even');
}

/** A true minus, and a plus, so that columns of changes line up. */
function signed(percent: Decimal, places: number): string {
  const text = toFixedText(percent, places);
  const sign = compare(percent, ZERO);
  return `${sign > 0 ? '+' : ''}${text.replace('-', '−')}%`;
}

/** `up`, `down` or `flat`, of a text of `changeText`. */
export function directionOf(change: string): 'up' | 'down' | 'flat' {
  if (change.startsWith('+')) return 'up';
  return change.startsWith('−') ? 'down' : 'flat';
}

/** 1,234,567 */
export function countText(count: number | string): string {
  return String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** `min_constituents` as words. */
export function words(code: string): string {
  return code.replaceAll('_', ' ');
}
