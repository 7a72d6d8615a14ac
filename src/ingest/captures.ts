import { dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { dayToMs, formatMoment } from '../domain/dates.ts';
import type { Reject } from '../domain/failure.ts';
import { groupBy } from '../domain/group.ts';
import { offerKey } from '../domain/offer.ts';
import type { FxRate, Quote, Usage } from '../domain/rows.ts';
import { CellFault, cell, moment, oneOf, text } from './cells.ts';
import { sha256Of } from './digest.ts';
import { readBytes } from './files.ts';
import type { PlacedRow, Table } from './table.ts';

/** A file of a book that the log has. */
export interface CaptureRow {
  /** Within the book, with slashes. */
  readonly file: string;
  readonly sha256: string;
  readonly loggedAtMs: number;
  /** Of what the book had before it logged its captures: rows keep their own time. */
  readonly isOpening: boolean;
}

const captureCells = z.object({
  file: cell(text),
  sha256: cell(digest),
  logged_at: cell(moment),
  opening: cell(oneOf(['true', 'false'], 'bad_value')),
});

/** `captures.csv` (docs/formats.md): the files of quotes, usage and rates that the log has. */
export const CAPTURES: Table<CaptureRow> = {
  kind: 'captures',
  columns: Object.keys(captureCells.shape),
  required: Object.keys(captureCells.shape),
  aliases: {},
  schema: captureCells.transform(({ logged_at, opening, ...row }) => ({
    ...row,
    loggedAtMs: logged_at,
    isOpening: opening === 'true',
  })),
};

function digest(value: string): string | CellFault {
  return /^[0-9a-f]{64}$/.test(value)
    ? value
    : new CellFault('bad_digest', 'a SHA-256, hexadecimal');
}

/** The cells of a row of `captures.csv`. */
export function captureCellsOf(row: CaptureRow): Record<string, string> {
  return {
    ...{ file: row.file, sha256: row.sha256, logged_at: formatMoment(row.loggedAtMs) },
    opening: String(row.isOpening),
  };
}

/** When the log had a file of the book: `undefined` for one that it need not have. */
export type LoggedAt = (path: string) => CaptureRow | undefined;

/**
 * Holds the files of a book against its `captures.csv`: each of quotes, usage and exchange rates is
 * listed there with the digest that it has, and each that is listed is there.
 *
 * @param list the path of `captures.csv`.
 * @param shown how a path is shown to people.
 */
export async function loggedFiles(
  list: string,
  captures: readonly CaptureRow[],
  paths: readonly string[],
  shown: (path: string) => string,
): Promise<{ readonly loggedAt: LoggedAt; readonly rejects: readonly Reject[] }> {
  const book = dirname(list);
  const listed = new Map(captures.map((row) => [row.file, row]));
  const rejects: Reject[] = [];
  const refuse = (code: string, file: string, expected: string) =>
    rejects.push({ code, file, line: 0, column: '', value: '', expected });
  const nameOf = (path: string) => relative(book, path).split(sep).join('/');
  const seen = new Set<string>();
  for (const path of paths) {
    const name = nameOf(path);
    seen.add(name);
    const row = listed.get(name);
    if (!row) {
      const how = 'add it with mtok ingest --publication, which logs it';
      refuse('unlogged_capture', shown(path), `a file that ${shown(list)} lists: ${how}`);
      continue;
    }
    const bytes = await readBytes(path);
    const found = sha256Of(bytes);
    if (found === row.sha256) continue;
    refuse('changed_capture', shown(path), `the bytes that were logged, ${row.sha256}: restore it`);
  }
  for (const name of listed.keys()) {
    if (seen.has(name)) continue;
    const advice = `${shown(list)} lists it: restore it from a copy`;
    refuse('missing_capture', shown(join(book, name)), `a file, since ${advice}`);
  }
  return { loggedAt: (path) => listed.get(nameOf(path)), rejects };
}

/** A quote as the log lets it count: known when its capture was logged, at the earliest. */
export function quoteKnownBy(quote: Quote, { loggedAtMs, isOpening }: CaptureRow): Quote {
  if (isOpening || quote.observedAtMs >= loggedAtMs) return quote;
  return { ...quote, observedAtMs: loggedAtMs, isReconstructed: false };
}

export function usageKnownBy(usage: Usage, { loggedAtMs, isOpening }: CaptureRow): Usage {
  if (isOpening || usage.publishedAtMs >= loggedAtMs) return usage;
  return { ...usage, publishedAtMs: loggedAtMs };
}

export function rateKnownBy(rate: FxRate, { loggedAtMs, isOpening }: CaptureRow): FxRate {
  if (isOpening) return rate;
  return { ...rate, knownAtMs: Math.max(rate.knownAtMs ?? dayToMs(rate.date), loggedAtMs) };
}

/**
 * The quotes of one capture, known together when it was logged: where it had seen an offer twice
 * under one effective time, what it saw last counts.
 */
export function lastSeen(rows: readonly PlacedRow<Quote>[]): readonly PlacedRow<Quote>[] {
  const groups = groupBy(rows, ({ row, file }) => `${file}/${offerKey(row)}${row.effectiveAtMs}`);
  const superseded = new Set<PlacedRow<Quote>>();
  for (const group of groups.values()) {
    const lastMs = Math.max(...group.map(({ row }) => row.observedAtMs));
    for (const placed of group) if (placed.row.observedAtMs < lastMs) superseded.add(placed);
  }
  return superseded.size === 0 ? rows : rows.filter((placed) => !superseded.has(placed));
}
