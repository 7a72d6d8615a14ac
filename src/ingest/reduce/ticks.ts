import { z } from 'zod';
import { type Decimal, parseDecimal } from '../../domain/decimal.ts';
import type { Quote } from '../../domain/rows.ts';
import { CellFault, cell, moment, optionalCell } from '../cells.ts';
import { QUOTE_CELLS, QUOTES, quoteOf } from '../quotes.ts';
import type { Table } from '../table.ts';
import { LOG_COLUMNS } from './log-columns.ts';

/** One raw observation of a price. */
export interface Tick {
  /** Effective when it was observed. */
  readonly quote: Quote;
  /** Tokens, or any weight; `null` where the row does not say. */
  readonly volume: Decimal | null;
}

const { shape } = QUOTE_CELLS;

const cells = z.object({
  ...{ seller: shape.seller, model: shape.model, venue: shape.venue, region: shape.region },
  ...{ service_tier: shape.service_tier, context_from: shape.context_from },
  at: cell(moment),
  ...{ input: shape.input, output: shape.output },
  ...{ cached_input: shape.cached_input, cache_write: shape.cache_write },
  ...{ currency: shape.currency, unit: shape.unit },
  volume: optionalCell(weight, null),
});

/** Ticks (docs/formats.md), of which each has to have a volume or none. */
export function ticksTable(needsVolume: boolean): Table<Tick> {
  const volume = needsVolume ? cell(weight) : cells.shape.volume;
  const { aliases } = QUOTES;
  const ofPrices = Object.entries(aliases).filter(([, column]) => Object.hasOwn(shape, column));
  return {
    kind: 'ticks',
    columns: [...Object.keys(cells.shape), ...LOG_COLUMNS],
    required: ['seller', 'model', 'at', 'input', 'output', ...(needsVolume ? ['volume'] : [])],
    aliases: { ...Object.fromEntries(ofPrices), ...AT },
    schema: z.object({ ...cells.shape, volume }).transform((row, context): Tick => {
      const quote = quoteOf(
        {
          ...{ ...row, lab: '', effective_at: row.at, observed_at: null, valid_until: null },
          ...{ good: 'token', rate: null },
          ...{ event: 'quote', basis: 'list', window_utc: '', source: '' },
        },
        context,
      );
      return { quote, volume: row.volume };
    }),
    ...(QUOTES.contradictions ? { contradictions: QUOTES.contradictions } : {}),
    warnings: (tick, found) => QUOTES.warnings?.(tick.quote, found) ?? [],
  };
}

/** Other names for the time of an observation. */
export const AT = {
  ...{ time: 'at', timestamp: 'at', date: 'at', effective_at: 'at', effective_date: 'at' },
  observed_at: 'at',
};

/** A number, 0 or more. */
export function weight(text: string): Decimal | CellFault {
  const value = parseDecimal(text);
  if (!value) return new CellFault('not_a_number', 'a number such as 1200 or 0.5, 0 or more');
  return value.digits < 0n ? new CellFault('negative_volume', 'a number, 0 or more') : value;
}
