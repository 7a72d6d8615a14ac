import type { FixingRow } from '../domain/publication.ts';
import { readDigested, readFile } from '../verify/documents.ts';
import { fromUtf8 } from '../verify/encoding.ts';
import { ensure } from '../verify/refusal.ts';
import type { Source } from '../verify/source.ts';
import type { View } from './opened.ts';

/** One day of a series; decimals are text, and null where the day was withheld. */
export interface SeriesDay {
  readonly date: string;
  readonly revision: number;
  readonly status: FixingRow['status'];
  readonly state: FixingRow['state'];
  readonly basis: string;
  readonly series: number;
  readonly price: string | null;
  readonly input: string | null;
  readonly cached_input: string | null;
  readonly output: string | null;
  readonly level: string | null;
  /** Of the fixing's bytes. */
  readonly sha256: string;
}

/**
 * Reads the series of an index, which index.json has the digest of.
 *
 * @param rows the last revision of each day that is asked for.
 * @throws {Refusal} where the file and index.json do not have the same days.
 */
export async function readSeries(
  source: Source,
  { contents, opened }: View,
  index: string,
  rows: readonly FixingRow[],
): Promise<SeriesDay[]> {
  const path = `series/${index}.csv`;
  const sha256 = contents.files[path];
  ensure(sha256 !== undefined, `index.json does not name ${path}`);
  const bytes = opened ? await readDigested(source, path, sha256) : await readFile(source, path);
  const [header = '', ...lines] = fromUtf8(bytes, path).trimEnd().split('\n');
  const columns = header.split(',');
  const byDate = new Map(lines.map((line) => [line.slice(0, 10), line.split(',')]));
  return rows.map((row) => {
    const cells = byDate.get(row.date);
    ensure(cells !== undefined, `${path} has no ${row.date}`);
    const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
    ensure(cell('status') === row.status, `${path} says of ${row.date} ${cell('status')}`);
    const value = (name: string) => (row.status === 'withheld' ? null : cell(name));
    return {
      ...{ date: row.date, revision: row.revision, status: row.status, state: row.state },
      ...{ basis: cell('basis'), series: Number(cell('series')), price: value('price') },
      ...{ input: value('input'), cached_input: value('cached_input'), output: value('output') },
      ...{ level: value('level'), sha256: row.sha256 },
    };
  });
}
