import { z } from 'zod';
import { DAY_MS } from '../domain/dates.ts';
import type { TokenCounts, Usage } from '../domain/rows.ts';
import { cell, moment, name, optionalCell, text, wholeNumber } from './cells.ts';
import type { Table } from './table.ts';

const cells = z.object({
  model: cell(name),
  seller: optionalCell(name, ''),
  date: optionalCell(moment, null),
  period_start: optionalCell(moment, null),
  period_end: optionalCell(moment, null),
  published_at: optionalCell(moment, null),
  input_tokens: optionalCell(wholeNumber, null),
  cached_tokens: optionalCell(wholeNumber, null),
  output_tokens: optionalCell(wholeNumber, null),
  total_tokens: optionalCell(wholeNumber, null),
  requests: optionalCell(wholeNumber, null),
  source: optionalCell(text, ''),
});

type Cells = z.output<typeof cells>;

/** Usage (docs/formats.md): a half-open period or a day; legs, or a total without a split. */
export const USAGE: Table<Usage> = {
  kind: 'usage',
  columns: Object.keys(cells.shape),
  required: ['model'],
  aliases: { vendor: 'seller' },
  schema: cells.transform(toUsage),
};

function toUsage(row: Cells, context: z.RefinementCtx): Usage {
  const fault = (code: string, column: keyof Cells, message: string) => {
    context.addIssue({ code: 'custom', path: [column], message, params: { code } });
    return z.NEVER;
  };
  const start = row.period_start ?? row.date;
  const end = row.period_end ?? (row.date === null ? null : row.date + DAY_MS);
  if (start === null) return fault('missing_value', 'period_start', 'period_start, or a date');
  if (end === null) return fault('missing_value', 'period_end', 'period_end, or a date');
  if (row.date !== null && (row.period_start ?? row.period_end) !== null) {
    return fault('two_periods', 'date', 'either a date or a period, not both');
  }
  if (end <= start) {
    return fault('ends_before_it_begins', 'period_end', 'a time after period_start');
  }
  const tokens = tokenCounts(row, fault);
  return {
    model: row.model,
    seller: row.seller,
    periodStartMs: start,
    periodEndMs: end,
    publishedAtMs: row.published_at ?? end,
    tokens,
    source: row.source,
  };
}

function tokenCounts(
  row: Cells,
  fault: (code: string, column: keyof Cells, message: string) => never,
): TokenCounts {
  const { input_tokens: input, output_tokens: output, total_tokens: total } = row;
  const cached = row.cached_tokens ?? 0n;
  if (input !== null && output !== null) {
    if (cached > input) {
      return fault('cached_above_input', 'cached_tokens', 'at most input_tokens, which hold them');
    }
    if (total !== null && total !== input + output) {
      return fault('total_differs', 'total_tokens', 'the sum of input_tokens and output_tokens');
    }
    return { kind: 'split', input, cached, output };
  }
  if (input !== null || output !== null) {
    const missing = input === null ? 'input_tokens' : 'output_tokens';
    return fault('missing_value', missing, 'both input_tokens and output_tokens, or total_tokens');
  }
  if (total === null) {
    return fault('missing_value', 'total_tokens', 'input_tokens and output_tokens, or a total');
  }
  return { kind: 'total', total };
}
