import { formatMoment } from '../domain/dates.ts';
import { toText } from '../domain/decimal.ts';
import type { DailyUse } from '../ingest/reduce/logs.ts';
import type { ReducedQuote } from '../ingest/reduce/reduction.ts';
import { csvText } from './csv.ts';
import { cellsOf, quotesCsv, sorted } from './import.ts';

/** Reduced quotes as canonical quotes (docs/formats.md), sorted. */
export function reducedCsv(reduced: readonly ReducedQuote[]): Generator<string> {
  return quotesCsv(reduced.map(({ quote }) => quote));
}

const OFFER_COLUMNS = [
  ...(['seller', 'venue', 'model', 'region', 'service_tier', 'context_from', 'currency'] as const),
];
const VOLUME_COLUMNS = [
  ...OFFER_COLUMNS,
  ...(['window_start', 'window_end', 'ticks', 'volume'] as const),
];

/** What each of them rests on: its window, the ticks in it and their volume. */
export function volumesCsv(reduced: readonly ReducedQuote[]): Generator<string> {
  const rows = sorted(reduced).map(({ quote, windowMs, windowEndMs, ticks, volume }) => ({
    ...cellsOf({ quote }),
    ...{ window_start: formatMoment(windowMs), window_end: formatMoment(windowEndMs) },
    ...{ ticks: String(ticks), volume: volume ? toText(volume) : '' },
  }));
  return csvText(VOLUME_COLUMNS, rows);
}

const USE_COLUMNS = [
  ...(['date', 'model', 'seller', 'input_tokens', 'cached_tokens', 'output_tokens'] as const),
  ...(['requests', 'source'] as const),
];

/** Daily sums as canonical usage, in the order in which they are given. */
export function usedCsv(sums: readonly DailyUse[]): Generator<string> {
  const rows = sums.map(({ rows: count, input, output, cached, requests, ...use }) => ({
    ...use,
    ...{ input_tokens: String(input), output_tokens: String(output) },
    cached_tokens: String(cached),
    requests: requests === null ? '' : String(requests),
    source: `mtok reduce sum over 1d: ${count} ${count === 1 ? 'row' : 'rows'}`,
  }));
  return csvText(USE_COLUMNS, rows);
}
