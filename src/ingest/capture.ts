import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { csvLine } from '../domain/csv.ts';
import { dayToMs, formatMoment } from '../domain/dates.ts';
import type { Reject } from '../domain/failure.ts';
import type { FxRate, Quote, Usage } from '../domain/rows.ts';
import {
  type Agreement,
  overlappingUsage,
  QUOTES_AGREE,
  RATES_AGREE,
  settleConflicts,
  USAGE_AGREES,
} from './conflicts.ts';
import { readRecords } from './csv.ts';
import { QUOTES } from './quotes.ts';
import { FX } from './reference.ts';
import { type PlacedRow, readTable, type Table, type TableOptions } from './table.ts';
import { USAGE } from './usage.ts';

/** What is captured: rows that a book only ever gains. */
export interface CaptureKind<Row> {
  readonly kind: 'quotes' | 'usage' | 'fx';
  readonly table: Table<Row>;
  readonly agreement: Agreement<Row>;
  /** The column that says when a row was known; exchange rates have none. */
  readonly knownColumn?: string;
  readonly knownAtMs: (row: Row) => number;
  /** What rows say together that none of them says alone. */
  readonly together?: (rows: readonly PlacedRow<Row>[]) => Reject[];
}

export const QUOTE_CAPTURE: CaptureKind<Quote> = {
  kind: 'quotes',
  table: QUOTES,
  agreement: QUOTES_AGREE,
  knownColumn: 'observed_at',
  knownAtMs: ({ observedAtMs }) => observedAtMs,
};

export const USAGE_CAPTURE: CaptureKind<Usage> = {
  kind: 'usage',
  table: USAGE,
  agreement: USAGE_AGREES,
  knownColumn: 'published_at',
  knownAtMs: ({ publishedAtMs }) => publishedAtMs,
  together: overlappingUsage,
};

export const FX_CAPTURE: CaptureKind<FxRate> = {
  kind: 'fx',
  table: FX,
  agreement: RATES_AGREE,
  knownAtMs: ({ date }) => dayToMs(date),
};

/** A capture as the book keeps it: a file of its own, which nothing changes again. */
export interface Capture<Row> {
  /** Within the book: the moment of its last row, and its digest. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Of the bytes, in hexadecimal. */
  readonly sha256: string;
  readonly rows: readonly PlacedRow<Row>[];
  /** Those that the book does not have yet. */
  readonly added: number;
  readonly rejects: readonly Reject[];
  readonly warnings: readonly Reject[];
}

/**
 * Reads a capture against the rows that a book has: what cannot be read, contradicts a row of the
 * book, or does not say when it was known is a reject with its place.
 *
 * A capture whose rows all say when they were known is kept byte for byte; one that does not is
 * given a moment, in the rows that lack it.
 *
 * @param knownAtMs when it was made, for rows that do not say.
 */
export async function readCapture<Row>(
  { kind, table, agreement, knownColumn, ...of }: CaptureKind<Row>,
  original: Uint8Array,
  file: string,
  book: readonly PlacedRow<Row>[],
  { knownAtMs, ...options }: TableOptions & { readonly knownAtMs?: number } = {},
): Promise<Capture<Row>> {
  const reading = await readTable(table, [original], file, options);
  const { rejects, warnings } = reading;
  const refused = (more: readonly Reject[]) => ({
    ...{ path: '', bytes: original, sha256: digest(original), rows: reading.rows, added: 0 },
    ...{ rejects: more, warnings },
  });
  if (rejects.length > 0) return refused(rejects);
  const known = knownColumn === undefined ? { bytes: original, unsaid: [] } : await said();
  if (knownAtMs === undefined && known.unsaid.length > 0) return refused(known.unsaid);
  const { bytes } = known;
  const parsed = bytes === original ? reading : await readTable(table, [bytes], file, options);
  // The places are those of the file that was given, blank lines and all.
  const rows = parsed.rows.map(({ row }, index) => {
    return { row, file, line: reading.rows[index]?.line ?? 0 };
  });
  const all = [...book, ...rows];
  const contradictions = [
    ...settleConflicts(all, agreement).rejects,
    ...(of.together?.(all) ?? []),
  ].filter((reject) => reject.file === file);
  if (contradictions.length > 0) return refused(contradictions);
  const there = new Set(book.map(({ row }) => agreement.keyOf(row)));
  const lastMs = Math.max(...rows.map(({ row }) => of.knownAtMs(row)));
  const sha256 = digest(bytes);
  return {
    path: `${kind}/${fileMoment(lastMs)}-${sha256.slice(0, NAMED_DIGITS)}.csv`,
    added: rows.filter(({ row }) => !there.has(agreement.keyOf(row))).length,
    ...{ bytes, sha256, rows, rejects, warnings },
  };

  function said() {
    return withMoment(original, file, knownColumn ?? '', knownAtMs);
  }
}

/** Enough of a digest to name a file. */
const NAMED_DIGITS = 12;

function digest(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** `2026-08-21T155800Z`: what every file system takes. */
function fileMoment(ms: number): string {
  return formatMoment(ms)
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '');
}

/** Fills a column of moments where it is empty, and tells which rows lack it. */
async function withMoment(
  original: Uint8Array,
  file: string,
  column: string,
  ms: number | undefined,
): Promise<{ bytes: Uint8Array; unsaid: readonly Reject[] }> {
  const lines: string[] = [];
  const unsaid: Reject[] = [];
  let place = -1;
  const moment = ms === undefined ? '' : formatMoment(ms);
  await readRecords([original], file, (item) => {
    if (!('cells' in item)) return true;
    const cells = [...item.cells];
    if (lines.length === 0) {
      place = cells.findIndex((name) => name.trim() === column);
      if (place === -1) place = cells.push(column) - 1;
    } else if ((cells[place] ?? '') === '') {
      cells[place] = moment;
      const expected = 'the moment at which the row was known: give it with --observed-at';
      unsaid.push({ code: 'unobserved', file, line: item.line, column, value: '', expected });
    }
    lines.push(`${csvLine(cells)}\n`);
    return true;
  });
  const bytes = unsaid.length === 0 ? original : utf8ToBytes(lines.join(''));
  return { bytes, unsaid };
}
