import { z } from 'zod';
import type { Decimal } from '../domain/decimal.ts';
import type { Good } from '../domain/good.ts';
import { GOOD_IDS, GOODS } from '../domain/goods.ts';
import type { Quote } from '../domain/rows.ts';
import { restated, UNITS } from '../domain/units.ts';
import { parseWindow } from '../domain/window.ts';
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
  wholeNumber,
} from './cells.ts';
import type { CellNote, Table } from './table.ts';

const ALL_GOODS: readonly Good[] = Object.values(GOODS);
const TIERS = ALL_GOODS.flatMap(({ tiers }) => tiers);

/** The cells of a quote, by column. */
export const QUOTE_CELLS = z.object({
  good: optionalCell(oneOf(GOOD_IDS, 'unknown_good'), null),
  seller: cell(name),
  model: cell(name),
  lab: optionalCell(name, ''),
  venue: optionalCell(name, ''),
  region: optionalCell(name, 'global'),
  service_tier: optionalCell(oneOf(TIERS, 'unknown_service_tier'), ''),
  context_from: optionalCell(contextFrom, 0),
  effective_at: cell(moment),
  observed_at: optionalCell(moment, null),
  valid_until: optionalCell(moment, null),
  event: optionalCell(oneOf(['quote', 'withdrawn'], 'unknown_event'), 'quote' as const),
  basis: optionalCell(
    oneOf(['list', 'aggregated', 'transacted', 'curated'], 'unknown_basis'),
    'list' as const,
  ),
  window_utc: optionalCell(hours, ''),
  currency: optionalCell(currency, 'USD'),
  unit: optionalCell(oneOf(UNITS, 'unknown_unit'), ''),
  input: optionalCell(price, null),
  output: optionalCell(price, null),
  cached_input: optionalCell(cachePrice, null),
  cache_write: optionalCell(cachePrice, null),
  rate: optionalCell(price, null),
  source: optionalCell(text, ''),
});

type Cells = z.output<typeof QUOTE_CELLS>;

function contextFrom(text: string): number | CellFault {
  const tokens = wholeNumber(text);
  if (tokens instanceof CellFault) return tokens;
  return tokens <= Number.MAX_SAFE_INTEGER
    ? Number(tokens)
    : new CellFault('not_a_number', 'a number of tokens, or of GPUs');
}

function hours(text: string): string | CellFault {
  const expected = 'hours such as 00:30-08:30 or Mon-Fri 01:00-04:00 06:00-10:00';
  return parseWindow(text) ? text : new CellFault('bad_window', expected);
}

/** A cache leg of zero is how feeds write that it is not offered. */
function cachePrice(text: string): Decimal | null | CellFault {
  const value = price(text);
  return value instanceof CellFault && value.code === 'zero_price' ? null : value;
}

/** Quotes (docs/formats.md). Prices come out per unit of their good, exactly. */
export const QUOTES: Table<Quote> = {
  kind: 'quotes',
  columns: Object.keys(QUOTE_CELLS.shape),
  required: ['seller', 'model', 'effective_at'],
  requiredGroups: ALL_GOODS.map(({ requiredLegs }) => requiredLegs),
  aliases: {
    vendor: 'seller',
    date: 'effective_at',
    effective_date: 'effective_at',
    ...Object.fromEntries(
      ALL_GOODS.flatMap(({ columns, legs, dollarColumn }) => [
        ...Object.entries(columns),
        ...legs.map((leg) => [dollarColumn(leg), leg]),
      ]),
    ),
  },
  schema: QUOTE_CELLS.transform(quoteOf),
  contradictions: (found, spelling) => {
    const inDollars = ALL_GOODS.find(({ legs, dollarColumn }) =>
      legs.some((leg) => spelling.get(leg) === dollarColumn(leg)),
    );
    const other = (column: string, only: string): CellNote[] =>
      inDollars && (found[column] ?? '') !== '' && found[column] !== only
        ? [{ code: 'contradicts_header', column, expected: `${only}, as the price columns say` }]
        : [];
    const unit = inDollars && defaultUnit(inDollars);
    return [...(unit ? other('unit', unit) : []), ...other('currency', 'USD')];
  },
  warnings: (quote, found) =>
    GOODS[quote.good].zeroLegs
      .filter((leg) => (found[leg] ?? '') !== '' && !quote.legs[leg])
      .map((column) => ({
        code: 'zero_leg',
        column,
        expected: 'a price or nothing: 0 is read as not offered',
      })),
};

/** The unit that a price is in unless its row says another. */
export function defaultUnit({ units }: Good): string {
  return Object.keys(units)[0] ?? '';
}

const ALL_LEGS = Object.values(GOODS).flatMap(({ legs }) => legs);

/** What the cells say together; what is wrong with that goes into the context. */
export function quoteOf(row: Cells, context: z.RefinementCtx): Quote {
  const fault = (code: string, column: keyof Cells, message: string) => {
    context.addIssue({ code: 'custom', path: [column], message, params: { code } });
  };
  const id = row.good ?? (row.rate === null ? 'token' : 'gpu_hour');
  const good: Good = GOODS[id];
  const unit = row.unit || defaultUnit(good);
  const [standard] = good.tiers;
  const serviceTier = row.service_tier || standard;
  if (!good.tiers.includes(serviceTier)) {
    fault('unknown_service_tier', 'service_tier', `one of ${good.tiers.join(', ')} for a ${id}`);
  }
  if (!Object.hasOwn(good.units, unit)) {
    fault('unknown_unit', 'unit', `one of ${Object.keys(good.units).join(', ')} for a ${id}`);
  }
  const legs: Record<string, Decimal> = {};
  for (const leg of ALL_LEGS) {
    const amount = row[leg];
    const price = amount && restated(amount, unit);
    if (price && good.legs.includes(leg)) legs[leg] = price;
    else if (price) fault('leg_of_another_good', leg, `no ${leg} price: the row is of a ${id}`);
  }
  if (row.event === 'withdrawn') {
    for (const leg of Object.keys(legs)) {
      fault('withdrawn_with_price', leg as keyof Cells, 'no price: a withdrawal ends the offer');
    }
  } else {
    for (const leg of good.requiredLegs) {
      if (!legs[leg])
        fault(
          'missing_leg',
          leg as keyof Cells,
          `the ${leg} price: without it a quote is no price`,
        );
    }
  }
  if (row.valid_until !== null && row.valid_until <= row.effective_at) {
    fault('ends_before_it_begins', 'valid_until', 'a time after effective_at');
  }
  return {
    good: id,
    seller: row.seller,
    model: row.model,
    lab: row.lab,
    venue: row.venue || row.seller,
    region: row.region,
    serviceTier,
    contextFrom: row.context_from,
    currency: row.currency,
    effectiveAtMs: row.effective_at,
    observedAtMs: row.observed_at ?? row.effective_at,
    isReconstructed: row.observed_at === null,
    validUntilMs: row.valid_until,
    event: row.event,
    basis: row.basis,
    windowUtc: row.window_utc,
    legs,
    source: row.source,
  };
}
