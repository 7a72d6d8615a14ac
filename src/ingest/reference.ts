import { z } from 'zod';
import { isDay } from '../domain/dates.ts';
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
import { isOfSameGood, legColumns, legsIn, requiredLegColumns, statesLegs } from './leg-cells.ts';
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
  ...legColumns('was_'),
  ...legColumns(''),
  reason: cell(text),
  known_since: optionalCell(moment, null),
  source: optionalCell(text, ''),
});

/** Corrections (docs/formats.md): prices in the quote's currency per unit of its good. */
export const CORRECTIONS: Table<Correction> = {
  kind: 'corrections',
  columns: Object.keys(correctionCells.shape),
  required: ['seller', 'model', 'effective_at', 'reason'],
  requiredGroups: requiredLegColumns('was_'),
  aliases: { vendor: 'seller' },
  schema: correctionCells.transform((row, context): Correction => {
    const was = legsIn(row, 'was_', context);
    // Without a price the quote is rejected, and nothing takes its place.
    const is = statesLegs(row, '') ? legsIn(row, '', context, 'missing_leg') : null;
    const [other] = is ? Object.keys(is).filter((leg) => !isOfSameGood(leg, was)) : [];
    if (other !== undefined) {
      const message = 'nothing: the quote that was wrong is of another good';
      const params = { code: 'leg_of_another_good' };
      context.addIssue({ code: 'custom', path: [other], message, params });
    }
    return {
      seller: row.seller,
      model: row.model,
      effectiveAtMs: row.effective_at,
      ...{ was, is },
      reason: row.reason,
      knownSinceMs: row.known_since,
      source: row.source,
    };
  }),
};
