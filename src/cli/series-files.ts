import { extname } from 'node:path';
import { MtokError } from '../domain/failure.ts';
import { type Fixing, namedLegs } from '../domain/fixing.ts';
import type { GoodId } from '../domain/goods.ts';
import { type SeriesColumn, type SeriesRow, seriesColumns } from '../fix/backfill.ts';
import { canonicalJson } from '../publish/canonical.ts';
import { csvText } from '../publish/csv.ts';
import { writeDurably } from '../publish/durable.ts';
import {
  type ColumnType,
  parquetFile,
  placesIn,
  roundedText,
  type WrittenFile,
} from '../publish/parquet.ts';

/** What a series is written as. */
export type SeriesFormat = 'csv' | 'json' | 'parquet';

/** The format that the flags of a backfill ask for. @throws {MtokError} where they disagree. */
export function seriesFormat(flags: {
  readonly out?: string;
  readonly json?: boolean;
}): SeriesFormat {
  const { out, json } = flags;
  const ending = endingOf(out);
  if (ending === '.json') return 'json';
  if ((ending === '.csv' || ending === '.parquet') && json) {
    throw new MtokError('usage', `expected --json or a ${ending} file, not both`);
  }
  if (ending === '.parquet') return 'parquet';
  if (ending !== '' && ending !== '.csv') {
    throw new MtokError('usage', `expected --out to end in .csv, .json or .parquet, found ${out}`);
  }
  return json ? 'json' : 'csv';
}

function endingOf(path: string | undefined): string {
  return path === undefined ? '' : extname(path).toLowerCase();
}

/**
 * A series in one of the formats.
 *
 * @param goods of its indices.
 */
export function seriesFile(
  format: SeriesFormat,
  rows: readonly SeriesRow[],
  goods: Iterable<GoodId>,
): WrittenFile {
  const columns = seriesColumns(goods);
  const shown = (row: SeriesRow) => columns.map((column) => [column, row[column]] as const);
  if (format === 'json') {
    const objects = rows.map((row) => Object.fromEntries(shown(row)));
    return { chunks: [canonicalJson(objects)], write: writeDurably };
  }
  if (format === 'csv') return { chunks: csvText(columns, rows), write: writeDurably };
  const typeOf = (column: SeriesColumn): ColumnType =>
    COLUMN_TYPES[column] ?? { places: placesIn(rows.map((row) => row[column])) };
  return parquetFile<string>(Object.fromEntries(columns.map((name) => [name, typeOf(name)])), rows);
}

/** Of the columns that are no decimals. */
const COLUMN_TYPES: Readonly<Partial<Record<SeriesColumn, ColumnType>>> = {
  ...{ date: 'day', index: 'text', status: 'text', basis: 'text', series: 'integer' },
  constituents: 'integer',
};

export type ConstituentRow = Readonly<Record<(typeof CONSTITUENT_COLUMNS)[number], string>>;

const VALUE_COLUMNS = [
  ...(['price', 'input', 'cached_input', 'output', 'weight', 'contribution'] as const),
];

const CONSTITUENT_COLUMNS = [
  ...(['date', 'index', 'series', 'constituent', 'lab', 'class'] as const),
  ...VALUE_COLUMNS,
  ...(['evidence', 'sellers'] as const),
];

/** What is inside fixings: Parquet where the file is called so, else CSV. */
export function constituentsFile(path: string, rows: readonly ConstituentRow[]): WrittenFile {
  if (endingOf(path) !== '.parquet') {
    return { chunks: csvText(CONSTITUENT_COLUMNS, rows), write: writeDurably };
  }
  const rounded = { places: ROUNDED_PLACES };
  const types = {
    ...({ date: 'day', index: 'text', series: 'integer', constituent: 'text' } as const),
    ...({ lab: 'text', class: 'text' } as const),
    ...{ price: rounded, input: rounded, cached_input: rounded, output: rounded },
    ...{ weight: rounded, contribution: rounded },
    ...({ evidence: 'text', sellers: 'text' } as const),
    ...({ price_exact: 'text', input_exact: 'text', cached_input_exact: 'text' } as const),
    ...({ output_exact: 'text', weight_exact: 'text', contribution_exact: 'text' } as const),
  };
  return parquetFile(types, withRounded(rows));
}

/** The 40 digits of a constituent's values are more than a DECIMAL holds: beside them, as text. */
const ROUNDED_PLACES = 18;

function* withRounded(rows: readonly ConstituentRow[]) {
  for (const row of rows) {
    const [price, input, cached, output, weight, contribution] = VALUE_COLUMNS.map((column) =>
      roundedText(row[column], ROUNDED_PLACES),
    );
    yield {
      ...row,
      ...{ price: price ?? '', input: input ?? '', cached_input: cached ?? '' },
      ...{ output: output ?? '', weight: weight ?? '', contribution: contribution ?? '' },
      ...{ price_exact: row.price, input_exact: row.input, output_exact: row.output },
      ...{ cached_input_exact: row.cached_input, weight_exact: row.weight },
      contribution_exact: row.contribution,
    };
  }
}

/** The constituents of a fixing as rows. */
export function constituentRows(fixing: Fixing): ConstituentRow[] {
  return fixing.constituents.map((one) => ({
    date: fixing.date,
    index: fixing.index,
    series: String(fixing.series.number),
    constituent: one.id,
    lab: one.lab,
    class: one.class,
    price: one.price,
    ...{ input: '', cached_input: '', output: '' },
    ...Object.fromEntries(namedLegs(fixing, one.legs)),
    weight: one.weight,
    contribution: one.contribution,
    evidence: one.evidence,
    sellers: one.sellers.map(({ seller }) => seller).join(' '),
  }));
}
