import { z } from 'zod';
import { type Decimal, parseDecimal } from '../domain/decimal.ts';
import { CellFault, cell, price } from './cells.ts';
import type { Table } from './table.ts';

/** A month of capacity that is sold ahead. */
export interface StripMonth {
  /** `YYYY-MM`. */
  readonly month: string;
  /** In the contract's unit of quantity. */
  readonly quantity: Decimal;
  /** Forward price of one. */
  readonly price: Decimal;
}

function month(text: string): string | CellFault {
  if (/^[1-8]\d{3}-(?:0[1-9]|1[0-2])$/.test(text)) return text;
  return new CellFault('bad_month', 'a month that exists, YYYY-MM');
}

function quantity(text: string): Decimal | CellFault {
  const found = parseDecimal(text);
  if (found && found.digits > 0n) return found;
  return new CellFault('bad_quantity', 'a decimal above 0');
}

const cells = z.object({ month: cell(month), quantity: cell(quantity), price: cell(price) });

/** A strip of monthly forward sales (docs/studies.md). */
export const STRIP: Table<StripMonth> = {
  kind: 'strip',
  columns: Object.keys(cells.shape),
  required: ['month', 'quantity', 'price'],
  aliases: { forward: 'price', forward_price: 'price' },
  schema: cells,
};
