import { DAY_MS, dayOf, formatMoment } from '../domain/dates.ts';
import { toText } from '../domain/decimal.ts';
import { byCodePoint } from '../domain/group.ts';
import type { FxRate, Usage } from '../domain/rows.ts';
import type { RowImport } from '../ingest/import/run-rows.ts';
import { csvText } from './csv.ts';

/** Exchange rates as CSV (docs/formats.md), sorted. */
export function ratesCsv(rates: readonly FxRate[]): Generator<string> {
  const rows = [...rates]
    .sort(
      (a, b) =>
        byCodePoint(a.date, b.date) || byCodePoint(a.base, b.base) || byCodePoint(a.quote, b.quote),
    )
    .map(({ rate, ...row }) => ({ ...row, rate: toText(rate) }));
  return csvText(['date', 'base', 'quote', 'rate', 'source'], rows);
}

const USAGE_COLUMNS = [
  ...(['period_start', 'period_end', 'model', 'seller'] as const),
  ...(['input_tokens', 'cached_tokens', 'output_tokens', 'total_tokens'] as const),
  ...(['published_at', 'source'] as const),
] as const;

/** Usage as CSV (docs/formats.md), sorted, by its day where each period is one. */
export function usageCsv(usage: readonly Usage[]): Generator<string> {
  const rows = [...usage]
    .sort(
      (a, b) =>
        a.periodStartMs - b.periodStartMs ||
        byCodePoint(a.model, b.model) ||
        byCodePoint(a.seller, b.seller) ||
        a.publishedAtMs - b.publishedAtMs,
    )
    .map(cellsOf);
  const isDaily = usage.every(
    ({ periodStartMs, periodEndMs }) =>
      periodEndMs - periodStartMs === DAY_MS && periodStartMs % DAY_MS === 0,
  );
  const periods = isDaily ? ['date'] : ['period_start', 'period_end'];
  const others = USAGE_COLUMNS.slice(2).filter((column) => rows.some((row) => row[column] !== ''));
  const always = ['model', 'total_tokens'];
  const columns = [...periods, ...(rows.length > 0 ? others : always)] as (keyof UsageCells)[];
  return csvText(columns, rows);
}

type UsageCells = Readonly<Record<(typeof USAGE_COLUMNS)[number] | 'date', string>>;

function cellsOf({ tokens, ...row }: Usage): UsageCells {
  const split = tokens.kind === 'split' ? tokens : undefined;
  const isKnownAtEnd = row.publishedAtMs === row.periodEndMs;
  return {
    date: dayOf(row.periodStartMs),
    period_start: formatMoment(row.periodStartMs),
    period_end: formatMoment(row.periodEndMs),
    // The default of the column: it is left empty, as people leave it.
    published_at: isKnownAtEnd ? '' : formatMoment(row.publishedAtMs),
    model: row.model,
    seller: row.seller,
    input_tokens: split ? String(split.input) : '',
    cached_tokens: split && split.cached > 0n ? String(split.cached) : '',
    output_tokens: split ? String(split.output) : '',
    total_tokens: tokens.kind === 'total' ? String(tokens.total) : '',
    source: row.source,
  };
}

/** The report of an import of rows as a document: counts that add up, and every reason. */
export function rowReportDocument<Row>({ feed, rows, documents }: RowImport<Row>) {
  return {
    schema: 'mtok.import/1',
    feed,
    rows: rows.length,
    documents: documents.map(({ observedAt, leftovers, ...document }) => ({
      observed_at: observedAt,
      ...document,
      leftovers: leftovers.map(({ row, verdict }) => ({
        row: row.id,
        file: row.file,
        line: row.line,
        ...verdict,
      })),
    })),
  };
}
