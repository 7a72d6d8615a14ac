import type { RecordRow } from './publication.ts';

/** A settlement document in a publication: `settlements/<contract>/<period>.<number>.json`. */
export interface LoggedSettlement {
  readonly row: RecordRow;
  readonly period: string;
}

const PATH = /^settlements\/([^/]+)\/([^/]+)\.(?:0|[1-9]\d{0,8})\.json$/;

/** The settlement documents of a contract, in the order of the log. */
export function settlementsOf(
  records: Iterable<RecordRow>,
  wanted: string,
): readonly LoggedSettlement[] {
  const found: LoggedSettlement[] = [];
  for (const row of records) {
    const [, contract, period] = PATH.exec(row.path) ?? [];
    if (row.record === 'settlement' && contract === wanted && period !== undefined) {
      found.push({ row, period });
    }
  }
  return found.sort((a, b) => a.row.entry - b.row.entry);
}

/** A period as the name of its file: one of two days has a slash between them. */
export function fileNameOf(period: string): string {
  return period.replace('/', '_');
}
