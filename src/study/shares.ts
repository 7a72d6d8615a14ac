import { type Decimal, decimal, multiply, toFixedText } from '../domain/decimal.ts';

/** A share as percent with one place, for sentences. */
export function percentText(share: Decimal): string {
  return `${toFixedText(multiply(share, decimal(100)), 1)}%`;
}

const THOUSANDFOLD = 1000;

/** A change as a signed percentage with one place: a double, for statistics. */
export function changeText(change: number): string {
  if (!(change < THOUSANDFOLD)) return 'more than a thousandfold';
  const text = (change * 100).toFixed(1);
  return `${Number(text) > 0 ? '+' : ''}${text}%`;
}
