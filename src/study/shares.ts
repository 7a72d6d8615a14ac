import { type Decimal, decimal, multiply, toFixedText } from '../domain/decimal.ts';

/** A share as percent with one place, for sentences. */
export function percentText(share: Decimal): string {
  return `${toFixedText(multiply(share, decimal(100)), 1)}%`;
}
