import { CsvError, parse } from 'csv-parse/sync';
import type { Reject } from '../../domain/failure.ts';
import type { FeedPage } from './page.ts';

/** A record of a CSV text by the names of its columns. */
export interface CsvRow {
  readonly line: number;
  /** By column; none where the record has another number of cells than the header. */
  readonly cells: ReadonlyMap<string, string> | undefined;
}

export type CsvReading =
  | { readonly columns: readonly string[]; readonly rows: readonly CsvRow[]; fault?: undefined }
  | { readonly fault: Reject };

/** The fault of a table without a column that it needs. */
export function missingColumn(
  { file }: FeedPage,
  columns: readonly string[],
  column: string,
  expected: string,
): Reject {
  return { code: 'missing_column', file, line: 1, column, value: columns.join(','), expected };
}

/** More than any row of prices needs: an unclosed quote would otherwise swallow the file. */
const LONGEST_RECORD = 64 * 1024;

/** Reads a CSV text with a header, of whatever columns. */
export function readCsvText({ file, text }: FeedPage): CsvReading {
  const faultAt = (line: number, code: string, value: string, expected: string) => ({
    fault: { code, file, line, column: '', value, expected },
  });
  const records: { line: number; cells: string[] }[] = [];
  try {
    let line = 1;
    for (const cells of parse(text.replaceAll('\r\n', '\n'), {
      bom: true,
      record_delimiter: '\n',
      relax_column_count: true,
      max_record_size: LONGEST_RECORD,
    })) {
      if (cells.length > 1 || cells[0] !== '') records.push({ line, cells });
      line += 1 + cells.join('').split('\n').length - 1;
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const [value = ''] = error.message.split(':');
    const at = typeof error.lines === 'number' ? error.lines : 0;
    return faultAt(at, 'malformed_csv', value, 'quotes around a whole cell, and doubled inside it');
  }
  const [header, ...rows] = records;
  if (!header) return faultAt(0, 'empty_file', '', 'a header and rows');
  const columns = header.cells.map((cell) => cell.trim());
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) return faultAt(1, 'duplicate_column', twice, 'each column once');
  return {
    columns,
    rows: rows.map(({ line, cells }) => ({
      line,
      cells:
        cells.length === columns.length
          ? new Map(columns.map((name, index) => [name, cells[index] ?? '']))
          : undefined,
    })),
  };
}
