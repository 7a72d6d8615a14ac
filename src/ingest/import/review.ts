import { z } from 'zod';
import type { Reject } from '../../domain/failure.ts';
import type { Quote } from '../../domain/rows.ts';
import { cell, name, oneOf, optionalCell, text } from '../cells.ts';
import { QUOTES_AGREE, settleConflicts } from '../conflicts.ts';
import { QUOTES } from '../quotes.ts';
import { type PlacedRow, readTable, type Table } from '../table.ts';

/** What came of a review file. Rows without a decision are among the rejects. */
export interface ReviewReading {
  /** The accepted ones; who accepted each, and why, is in its source. */
  readonly quotes: readonly Quote[];
  /** How many rows a person has rejected. */
  readonly refused: number;
  readonly rejects: readonly Reject[];
  readonly warnings: readonly Reject[];
}

/** What a review file has beside the columns of quotes. */
export const DECISION_COLUMNS = ['code', 'reason', 'decision', 'decided_by', 'rationale'] as const;

/**
 * Reads held quotes on which a person has decided. A decision stands above the guards, and not
 * above what a quote is: an accepted row still needs both sides, and may not contradict another.
 */
export async function readReview(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  file: string,
): Promise<ReviewReading> {
  const { rows, rejects, warnings } = await readTable(REVIEW, bytes, file);
  const accepted = rows.flatMap(({ row: { quote }, ...place }): PlacedRow<Quote>[] =>
    quote ? [{ row: quote, ...place }] : [],
  );
  const settled = settleConflicts(accepted, QUOTES_AGREE);
  return {
    quotes: settled.rows,
    refused: rows.length - accepted.length,
    rejects: [...rejects, ...settled.rejects],
    warnings,
  };
}

/** `null` is a row that was rejected: it need not even be a quote. */
interface Reviewed {
  readonly quote: Quote | null;
}

const decisionCells = z.object({
  code: cell(name),
  reason: optionalCell(text, ''),
  decision: cell(oneOf(['accept', 'reject'], 'unknown_decision')),
  decided_by: cell(name),
  rationale: cell(name),
});

const REVIEW: Table<Reviewed> = {
  kind: 'held quotes',
  columns: [...QUOTES.columns, ...DECISION_COLUMNS],
  required: [...QUOTES.required, 'decision', 'decided_by', 'rationale'],
  aliases: QUOTES.aliases,
  schema: z.transform((cells: Readonly<Record<string, string>>, context): Reviewed => {
    const forward = ({ path, message, params }: Issue) =>
      context.addIssue({ code: 'custom', path, message, ...(params ? { params } : {}) });
    if (cells.decision === '') {
      const params = { code: 'undecided' };
      forward({ path: ['decision'], message: 'accept or reject', params });
      return z.NEVER;
    }
    const decided = decisionCells.safeParse(cells);
    if (!decided.success) {
      for (const issue of decided.error.issues) forward(issue);
      return z.NEVER;
    }
    const { code, decision, decided_by: by, rationale: why } = decided.data;
    if (decision === 'reject') return { quote: null };
    const read = QUOTES.schema.safeParse(cells);
    if (!read.success) {
      for (const issue of read.error.issues) forward(issue);
      return z.NEVER;
    }
    const evidence = read.data.source === '' ? '' : `${read.data.source}; `;
    const source = `${evidence}held as ${code}, accepted by ${by}: ${why}`;
    return { quote: { ...read.data, source } };
  }),
};

interface Issue {
  readonly path: PropertyKey[];
  readonly message: string;
  readonly params?: Record<string, unknown> | undefined;
}
