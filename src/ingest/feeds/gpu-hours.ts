import { DAY_MS, parseDayMs } from '../../domain/dates.ts';
import { type CsvRow, missingColumn, readCsvText } from '../documents/csv-text.ts';
import type { FeedPage } from '../documents/page.ts';
import {
  type Feed,
  type FeedPrice,
  type FeedRow,
  type PageReading,
  PLAIN_TERMS,
  type Terms,
} from './feed.ts';
import { RAGGED_ROW, rejected } from './verdicts.ts';

/**
 * A panel of daily minima: of each marketplace and GPU the lowest offer of a day that is no spot
 * offer. It says neither whose offer that is nor, of an H100, whether SXM, PCIe or NVL.
 */
export const GPU_HOURS: Feed = {
  name: 'gpu-hours',
  reads: 'CSV of daily minima: marketplace,gpu,region,date,usd_per_gpu_hour,source,basis',
  read: readPanel,
  partOf: ({ seller }) => seller,
};

const COLUMNS = ['marketplace', 'gpu', 'date', 'usd_per_gpu_hour'] as const;

function readPanel(page: FeedPage): PageReading {
  const reading = readCsvText(page);
  if (reading.fault) return reading;
  const missing = COLUMNS.find((name) => !reading.columns.includes(name));
  if (missing !== undefined) {
    return { fault: missingColumn(page, reading.columns, missing, `a column ${missing}`) };
  }
  const rows: FeedRow[] = [];
  const prices: FeedPrice[] = [];
  for (const record of reading.rows) {
    const { row, price } = readRow(record, page.file);
    rows.push(row);
    if (price) prices.push(price);
  }
  return { rows, prices, warnings: [] };
}

function readRow({ line, cells }: CsvRow, file: string): { row: FeedRow; price?: FeedPrice } {
  if (!cells) return { row: { id: `line ${line}`, file, line, verdict: RAGGED_ROW } };
  const cell = (name: string) => cells.get(name)?.trim() ?? '';
  const [seller, model, date] = [cell('marketplace'), cell('gpu'), cell('date')];
  const id = `${seller}/${model} ${date}`;
  const source = [cell('source'), cell('basis')].filter(Boolean).join(', ') || undefined;
  const literal = cell('usd_per_gpu_hour');
  const published = { field: 'usd_per_gpu_hour', line, literal, unit: 'per_gpu_hour' };
  const dayMs = parseDayMs(date);
  if (dayMs === undefined) {
    const verdict = rejected('bad_date', `a day that exists, YYYY-MM-DD, found "${date}"`);
    const row = { id, file, line, source, verdict };
    return { row, price: { kind: 'stray', row, ...published, verdict } };
  }
  const row = { id, file, line, source };
  const terms: Terms = {
    ...PLAIN_TERMS,
    ...{ good: 'gpu_hour', seller, model, serviceTier: 'mixed' },
    // Two panels find their minima in two ways: they are two venues, and no one splices them.
    venue: venueOf(cell('source')) || seller,
    ...(cell('region') === '' ? {} : { region: cell('region') }),
    // A row speaks of its own day: nobody says that the price stood on the next.
    ...{ effectiveAtMs: dayMs, observedAtMs: dayMs, validUntilMs: dayMs + DAY_MS },
  };
  return { row, price: { kind: 'leg', row, ...published, leg: 'rate', terms } };
}

/** The name of a source without what it says of itself: `gpurentalprices.com (CC BY 4.0)`. */
function venueOf(source: string): string {
  return source.split(/[\s(]/)[0] ?? '';
}
