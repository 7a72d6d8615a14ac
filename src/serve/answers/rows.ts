import type { ApiFixing } from '../../domain/api.ts';
import { csvLine } from '../../domain/csv.ts';
import { inBatches } from '../../verify/documents.ts';
import { fixingPath } from '../../verify/fixing.ts';
import type { Facts, FactsReader } from '../facts.ts';
import type { SeenRow } from '../horizon.ts';
import type { PublishedRow } from '../snapshot.ts';

/** Reads what is shown of fixings, where it was not read before. */
export async function readFacts(facts: FactsReader, seen: readonly SeenRow[]): Promise<void> {
  const missing = seen.filter(({ row }) => !facts.known(row));
  if (missing.length === 0) return;
  await inBatches(missing, async ({ row }) => {
    await facts.read(row);
  });
}

/** The row of a fixing whose facts were read. */
function knownRow(facts: FactsReader, seen: SeenRow): ApiFixing {
  const known = facts.known(seen.row);
  if (!known) throw new RangeError(`expected the facts of ${fixingPath(seen.row)} to be read`);
  return fixingRow(seen, known);
}

export function knownRows(facts: FactsReader, seen: readonly SeenRow[]): ApiFixing[] {
  return seen.map((one) => knownRow(facts, one));
}

const lines = new WeakMap<PublishedRow, Map<string, Buffer>>();

/** The same as JSON, a line each: made once for each state in which a row is seen. */
export function rowLines(facts: FactsReader, seen: readonly SeenRow[]): Buffer[] {
  return seen.map((one) => {
    const own = lines.get(one.row) ?? new Map<string, Buffer>();
    lines.set(one.row, own);
    const key = `${one.state} ${one.supersededBy}`;
    const line = own.get(key) ?? Buffer.from(`${JSON.stringify(knownRow(facts, one))}\n`);
    own.set(key, line);
    return line;
  });
}

export function fixingRow(seen: SeenRow, facts: Facts): ApiFixing {
  const { row, state, supersededBy, entries } = seen;
  const common = {
    ...{ index: row.index, date: row.date, revision: row.revision, state },
    published_at: row.published_at,
    final_from: row.final_from,
    superseded_by: supersededBy,
    rulebook: { version: row.version, sha256: row.rulebook },
    ...{ sha256: row.sha256, path: fixingPath(row), entries },
  };
  const { value, level, repeats } = facts;
  if (value === null || level === null) {
    return { ...common, status: 'withheld', withheld: facts.withheld };
  }
  return {
    ...common,
    status: 'published',
    ...{ basis: facts.basis, series: facts.series.number, unit: facts.unit, value, level },
    ...(repeats === undefined ? {} : { repeats, withheld: facts.withheld }),
  };
}

export const CSV_COLUMNS = [
  ...(['date', 'index', 'revision', 'status', 'state', 'basis', 'series'] as const),
  ...(['price', 'input', 'cached_input', 'output', 'level', 'repeats', 'withheld'] as const),
  ...(['published_at', 'final_from', 'sha256'] as const),
];

/** The same rows as CSV; a withheld day has empty cells, and its reasons in the last columns. */
export function csvOf(rows: readonly ApiFixing[]): string {
  const rowsOfCells = rows.map((row) => {
    const cells = cellsOf(row);
    return csvLine(CSV_COLUMNS.map((column) => safeCell(cells[column] ?? '')));
  });
  return [csvLine(CSV_COLUMNS), ...rowsOfCells, ''].join('\n');
}

function cellsOf(row: ApiFixing): Partial<Record<(typeof CSV_COLUMNS)[number], string>> {
  const { date, index, state, status, published_at, final_from, sha256 } = row;
  const common = {
    ...{ date, index, revision: String(row.revision), status, state },
    ...{ published_at, final_from, sha256 },
  };
  if (row.status === 'withheld') return { ...common, withheld: row.withheld.join('; ') };
  const { basis, series, value, level, repeats = '', withheld = [] } = row;
  return {
    ...common,
    ...{ basis, series: String(series), ...value, level, repeats },
    withheld: withheld.join('; '),
  };
}

/** A spreadsheet takes what begins so for a formula; a decimal is none. */
export function safeCell(text: string): string {
  if (!/^[\s\p{C}]*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/u.test(text)) return text;
  return /^-?\d+(?:\.\d+)?$/.test(text) ? text : `'${text}`;
}
