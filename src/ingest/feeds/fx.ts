import type { FxRate } from '../../domain/rows.ts';
import { type CsvRow, missingColumn, readCsvText } from '../documents/csv-text.ts';
import type { FeedPage } from '../documents/page.ts';
import { FX } from '../reference.ts';
import type { FeedRow } from './feed.ts';
import type { FxFeed, ReadRow, RowReading } from './row-feed.ts';
import { RAGGED_ROW, refusedBy, rejected } from './verdicts.ts';

/** The euro foreign exchange reference rates: 1 EUR in each currency, by day. */
export const ECB_RATES: FxFeed = {
  kind: 'fx',
  name: 'fx',
  reads: "ECB's eurofxref.csv, eurofxref-hist.csv or data API CSV, or the columns of fx",
  read: readRates,
};

const SOURCE = 'ECB euro foreign exchange reference rate';

/** A rate as one of the forms states it. */
interface Stated {
  readonly row: FeedRow;
  readonly cells: Readonly<Record<string, string>>;
}

function readRates(page: FeedPage): RowReading<FxRate> {
  const reading = readCsvText(page);
  if (reading.fault) return reading;
  const { columns, rows } = reading;
  const form = FORMS.find(({ needs }) => needs.every((name) => columns.includes(name)));
  if (!form) {
    const expected = 'the columns Date,USD,... of the ECB, or date,base,quote,rate';
    return { fault: missingColumn(page, columns, '', expected) };
  }
  const read = rows.flatMap((row): ReadRow<FxRate>[] => {
    if (row.cells) return form.rates(row.cells, row, page.file).map(rateOf);
    const { line } = row;
    return [{ row: { id: `line ${line}`, file: page.file, line }, verdict: RAGGED_ROW }];
  });
  return { rows: read, warnings: [] };
}

interface Form {
  readonly needs: readonly string[];
  readonly rates: (cells: ReadonlyMap<string, string>, row: CsvRow, file: string) => Stated[];
}

const FORMS: readonly Form[] = [
  {
    needs: ['date', 'base', 'quote', 'rate'],
    rates: (cells, { line }, file) => {
      const own = (name: string) => cells.get(name) ?? '';
      const row = { id: `${own('date')} ${own('base')} ${own('quote')}`, file, line };
      const [date, base, quote] = [own('date'), own('base'), own('quote')];
      return [{ row, cells: { date, base, quote, rate: own('rate'), source: own('source') } }];
    },
  },
  {
    // The data API of the ECB, flow EXR: a series and a day in each row.
    needs: ['CURRENCY', 'CURRENCY_DENOM', 'TIME_PERIOD', 'OBS_VALUE'],
    rates: (cells, { line }, file) => {
      const own = (name: string) => cells.get(name) ?? '';
      const [date, base, quote] = [own('TIME_PERIOD'), own('CURRENCY_DENOM'), own('CURRENCY')];
      const row = { id: `${date} ${base} ${quote}`, file, line };
      return [{ row, cells: { date, base, quote, rate: own('OBS_VALUE'), source: SOURCE } }];
    },
  },
  {
    needs: ['Date'],
    rates: (cells, { line }, file) => {
      const date = isoDay((cells.get('Date') ?? '').trim());
      // The ECB ends each line with a comma: a last column without a name.
      const quoted = [...cells].filter(([name]) => name !== 'Date' && name !== '');
      return quoted.map(([quote, text]) => ({
        row: { id: `${date} EUR ${quote}`, file, line },
        cells: { date, base: 'EUR', quote, rate: text.trim(), source: SOURCE },
      }));
    },
  },
];

function rateOf({ row, cells }: Stated): ReadRow<FxRate> {
  if (cells.rate === 'N/A' || cells.rate === '') {
    return { row, verdict: rejected('no_rate', 'none was fixed on that day') };
  }
  const read = FX.schema.safeParse({ published_at: '', ...cells });
  return read.success ? { row, value: read.data } : { row, verdict: refusedBy(read.error) };
}

const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August'],
  ...['September', 'October', 'November', 'December'],
];

/** The daily file writes `21 August 2026`. */
function isoDay(text: string): string {
  const [, day = '', month = '', year = ''] = /^(\d{1,2}) ([A-Z][a-z]+) (\d{4})$/.exec(text) ?? [];
  const number = MONTHS.indexOf(month) + 1;
  if (number === 0) return text;
  return `${year}-${String(number).padStart(2, '0')}-${day.padStart(2, '0')}`;
}
