import { z } from 'zod';
import { formatMoment, parseMoment } from '../../domain/dates.ts';
import { toText } from '../../domain/decimal.ts';
import type { Reject } from '../../domain/failure.ts';
import type { Quote } from '../../domain/rows.ts';
import { cell, name, oneOf, optionalCell, text } from '../cells.ts';
import { QUOTES_AGREE, settleConflicts } from '../conflicts.ts';
import { QUOTES } from '../quotes.ts';
import { type PlacedRow, readTable, type Table } from '../table.ts';

/** A quote that waits for a person, as it would be. A leg that is in doubt may be missing. */
export interface HeldQuote {
  readonly quote: Quote;
  readonly code: string;
  readonly reason: string;
}

/** What was decided on, by `heldKey`, with the moment from which it would have counted. */
export type Decisions = ReadonlyMap<string, number>;

/** What came of a review file. Rows without a decision are among the rejects. */
export interface ReviewReading {
  /** The accepted ones; who accepted each, and why, is in its source. */
  readonly quotes: readonly Quote[];
  /** How many rows a person has rejected. */
  readonly refused: number;
  /** Both of them, so that the next import need not ask again. */
  readonly decisions: Decisions;
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
    decisions: new Map(rows.map(({ row: { key, effectiveAtMs } }) => [key, effectiveAtMs])),
    rejects: [...rejects, ...settled.rejects],
    warnings,
  };
}

/** `null` is a row that was rejected: it need not even be a quote. */
interface Reviewed {
  readonly quote: Quote | null;
  readonly key: string;
  readonly effectiveAtMs: number;
}

/** The columns that say what is held; when it was seen, and where, may be another time. */
const HELD = [
  ...(['code', 'seller', 'venue', 'model', 'region', 'service_tier', 'context_from'] as const),
  ...(['input', 'cached_input', 'cache_write', 'output', 'rate', 'currency'] as const),
  ...(['valid_until', 'event', 'window_utc'] as const),
];

/** Equal for what is held for the same reason at the same price. */
export function heldKey({ quote, code }: HeldQuote): string {
  const legs = Object.entries(quote.legs).map(([leg, price]) => [leg, toText(price)]);
  return keyOf({
    ...{ code, seller: quote.seller, venue: quote.venue, model: quote.model },
    ...{ region: quote.region, service_tier: quote.serviceTier, window_utc: quote.windowUtc },
    ...{ context_from: String(quote.contextFrom), currency: quote.currency, event: quote.event },
    valid_until: quote.validUntilMs === null ? '' : formatMoment(quote.validUntilMs),
    ...Object.fromEntries(legs),
  });
}

function keyOf(cells: Readonly<Record<string, string>>): string {
  return JSON.stringify(HELD.map((column) => cells[column] ?? ''));
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
  requiredGroups: QUOTES.requiredGroups ?? [],
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
    const effectiveAtMs = parseMoment(cells.effective_at ?? '') ?? 0;
    const held = { key: keyOf(cells), effectiveAtMs };
    if (decision === 'reject') return { ...held, quote: null };
    const read = QUOTES.schema.safeParse(cells);
    if (!read.success) {
      for (const issue of read.error.issues) forward(issue);
      return z.NEVER;
    }
    const evidence = read.data.source === '' ? '' : `${read.data.source}; `;
    const source = `${evidence}held as ${code}, accepted by ${by}: ${why}`;
    return { ...held, quote: { ...read.data, source } };
  }),
};

interface Issue {
  readonly path: PropertyKey[];
  readonly message: string;
  readonly params?: Record<string, unknown> | undefined;
}
