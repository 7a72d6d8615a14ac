import { z } from 'zod';
import { type Decimal, parseDecimal } from '../domain/decimal.ts';
import { MtokError, type Reject } from '../domain/failure.ts';
import { CellFault, cell, name, optionalCell, text } from './cells.ts';
import { describeAll } from './faults.ts';
import { readRowFile } from './row-files.ts';
import type { PlacedRow, Table } from './table.ts';

/** What a model reached on a benchmark, by the user's own file. */
export interface Score {
  /** As the file names it; the book resolves it. */
  readonly model: string;
  readonly score: Decimal;
  /** Empty where the file is of one benchmark. */
  readonly benchmark: string;
  readonly source: string;
}

function number(value: string): Decimal | CellFault {
  const parsed = parseDecimal(value);
  return parsed ?? new CellFault('not_a_number', 'a decimal such as 71.3 (no %, no comma)');
}

const scoreCells = z.object({
  model: cell(name),
  score: cell(number),
  benchmark: optionalCell(name, ''),
  source: optionalCell(text, ''),
});

/** Scores of models (docs/reading.md): a row per model and benchmark; more is better. */
export const SCORES: Table<Score> = {
  kind: 'scores',
  columns: Object.keys(scoreCells.shape),
  required: ['model', 'score'],
  aliases: {},
  schema: scoreCells,
};

/**
 * Reads a file of scores, of one benchmark.
 *
 * @param benchmark which one, where the file has several.
 * @returns its rows with their places.
 * @throws {MtokError} with every row that is wrong or said twice, or where the file has several
 *   benchmarks and none is asked for, or none of that name.
 */
export async function readScores(
  path: string,
  benchmark: string | undefined,
): Promise<readonly PlacedRow<Score>[]> {
  const { rows, rejects } = await readRowFile(SCORES, path, {});
  const faults = [...rejects, ...twice(rows)];
  if (faults.length > 0) throw new MtokError('data', describeAll(faults), faults);
  const known = [...new Set(rows.map(({ row }) => row.benchmark))];
  const list = known.map((one) => one || '(none)').join(', ');
  if (benchmark === undefined && known.length > 1) {
    throw new MtokError('usage', `expected --benchmark, one of ${list}: ${path} has several`);
  }
  if (benchmark !== undefined && !known.includes(benchmark)) {
    throw new MtokError('usage', `expected a benchmark of ${path}, one of ${list}: ${benchmark}`);
  }
  return rows.filter(({ row }) => benchmark === undefined || row.benchmark === benchmark);
}

function twice(rows: readonly PlacedRow<Score>[]): Reject[] {
  const first = new Map<string, number>();
  return rows.flatMap(({ row, file, line }): Reject[] => {
    const key = JSON.stringify([row.model, row.benchmark]);
    const before = first.get(key);
    if (before === undefined) {
      first.set(key, line);
      return [];
    }
    const of = row.benchmark === '' ? row.model : `${row.model} on ${row.benchmark}`;
    const expected = `one score of ${of}: line ${before} has another`;
    return [{ code: 'duplicate_row', file, line, column: 'model', value: row.model, expected }];
  });
}
