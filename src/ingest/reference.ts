import { z } from 'zod';
import { isDay } from '../domain/dates.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { Legs } from '../domain/good.ts';
import type { Correction, FxRate, ModelAlias, SellerOwner } from '../domain/rows.ts';
import {
  CellFault,
  cell,
  currency,
  moment,
  name,
  oneOf,
  optionalCell,
  price,
  text,
} from './cells.ts';
import type { Table } from './table.ts';

function day(text: string): string | CellFault {
  return isDay(text) ? text : new CellFault('bad_date', 'a day that exists, YYYY-MM-DD');
}

const fxCells = z.object({
  date: cell(day),
  base: cell(currency),
  quote: cell(currency),
  rate: cell(price),
  published_at: optionalCell(moment, null),
  source: optionalCell(text, ''),
});

/** Exchange rates (docs/formats.md): 1 base = rate quote. */
export const FX: Table<FxRate> = {
  kind: 'fx',
  columns: Object.keys(fxCells.shape),
  required: ['date', 'base', 'quote', 'rate'],
  aliases: {},
  schema: fxCells
    .refine((row) => row.base !== row.quote, {
      path: ['quote'],
      message: 'a currency other than the base',
      params: { code: 'same_currency' },
    })
    .transform(({ published_at, ...row }) => ({
      ...row,
      ...(published_at === null ? {} : { knownAtMs: published_at }),
    })),
};

const trueOrFalse = oneOf(['true', 'false'], 'bad_value');

const modelCells = z.object({
  model: cell(name),
  lab: cell(name),
  class: optionalCell(name, ''),
  open_weights: optionalCell(trueOrFalse, 'false' as const),
  seller: optionalCell(name, ''),
  seller_model: cell(name),
  from: optionalCell(moment, null),
  until: optionalCell(moment, null),
});

/** The catalogue (docs/formats.md): a row per alias and period, half-open. */
export const MODELS: Table<ModelAlias> = {
  kind: 'models',
  columns: Object.keys(modelCells.shape),
  required: ['model', 'lab', 'seller_model'],
  aliases: { vendor: 'seller' },
  schema: modelCells.transform((row, context): ModelAlias => {
    if (row.from !== null && row.until !== null && row.until <= row.from) {
      const params = { code: 'ends_before_it_begins' };
      context.addIssue({ code: 'custom', path: ['until'], message: 'a time after from', params });
    }
    return {
      model: row.model,
      lab: row.lab,
      class: row.class,
      openWeights: row.open_weights === 'true',
      seller: row.seller,
      sellerModel: row.seller_model,
      fromMs: row.from,
      untilMs: row.until,
    };
  }),
};

const sellerCells = z.object({ seller: cell(name), owner: cell(name) });

/** Sellers and their owners (docs/formats.md). */
export const SELLERS: Table<SellerOwner> = {
  kind: 'sellers',
  columns: Object.keys(sellerCells.shape),
  required: ['seller', 'owner'],
  aliases: { vendor: 'seller' },
  schema: sellerCells,
};

const correctionCells = z.object({
  seller: cell(name),
  model: cell(name),
  effective_at: cell(moment),
  was_input: cell(price),
  was_output: cell(price),
  was_cached_input: optionalCell(price, null),
  input: optionalCell(price, null),
  output: optionalCell(price, null),
  cached_input: optionalCell(price, null),
  reason: cell(text),
  known_since: optionalCell(moment, null),
  source: optionalCell(text, ''),
});

/** Corrections (docs/formats.md): prices in the quote's currency per million tokens. */
export const CORRECTIONS: Table<Correction> = {
  kind: 'corrections',
  columns: Object.keys(correctionCells.shape),
  required: ['seller', 'model', 'effective_at', 'was_input', 'was_output', 'reason'],
  aliases: { vendor: 'seller' },
  schema: correctionCells.transform((row, context): Correction => {
    if ((row.input === null) !== (row.output === null)) {
      const column = row.input === null ? 'input' : 'output';
      const message = 'both input and output, or neither to reject the quote';
      const params = { code: 'missing_leg' };
      context.addIssue({ code: 'custom', path: [column], message, params });
    }
    const rejected = row.input === null && row.output === null;
    return {
      seller: row.seller,
      model: row.model,
      effectiveAtMs: row.effective_at,
      was: legs(row.was_input, row.was_output, row.was_cached_input),
      is: rejected ? null : legs(row.input, row.output, row.cached_input),
      reason: row.reason,
      knownSinceMs: row.known_since,
      source: row.source,
    };
  }),
};

function legs(
  input: Decimal | null,
  output: Decimal | null,
  cachedInput: Decimal | null,
): Legs<Decimal> {
  return {
    ...(input ? { input } : {}),
    ...(output ? { output } : {}),
    ...(cachedInput ? { cached_input: cachedInput } : {}),
  };
}
