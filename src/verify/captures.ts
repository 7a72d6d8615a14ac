import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { parseMoment } from '../domain/dates.ts';
import type { Fixing } from '../domain/fixing.ts';
import type { FixingRow, RecordRow } from '../domain/publication.ts';
import type { CaptureRecord } from '../domain/records.ts';
import { QUOTES } from '../ingest/quotes.ts';
import { FX } from '../ingest/reference.ts';
import { readTable, type Table } from '../ingest/table.ts';
import { USAGE } from '../ingest/usage.ts';
import { readDigested } from './documents.ts';
import { fromUtf8 } from './encoding.ts';
import { fixingName } from './fixing.ts';
import { inputPath } from './recompute.ts';
import { ensure } from './refusal.ts';
import type { Source } from './source.ts';

/** A capture of the log: what was collected, and where the log says so. */
export interface LoggedCapture {
  readonly row: RecordRow;
  readonly capture: CaptureRecord;
}

/** What is captured, and the moment that a row claims to have been known at. */
const CAPTURED = {
  quotes: knownAt(QUOTES, (row) => row.observedAtMs),
  usage: knownAt(USAGE, (row) => row.publishedAtMs),
  fx: knownAt(FX, (row) => row.knownAtMs ?? null),
} as const;
type CapturedKind = keyof typeof CAPTURED;
const KINDS: readonly CapturedKind[] = ['quotes', 'usage', 'fx'];

/** What was found of the captures of a log. */
export interface CheckedCaptures {
  /** Live fixings that were checked: those from the first capture on. */
  readonly fixings: number;
  /** The captures that those rest on, but for the opening, with the earliest cut-off of them. */
  readonly used: ReadonlyMap<LoggedCapture, number>;
}

/**
 * Checks that live fixings rest on captures alone that the log had before them, and that no row of
 * those claims to have been known before it was logged. What a book had before its first capture
 * was logged as its opening; live fixings before that are their owner's word.
 */
export async function checkCaptures(
  source: Source,
  captures: readonly LoggedCapture[],
  fixings: readonly { readonly row: FixingRow; readonly fixing: Fixing }[],
): Promise<CheckedCaptures> {
  const rows = rowsOf(captures);
  const first = Math.min(...captures.map(({ row }) => row.entry));
  const live = fixings.filter(({ row, fixing }) => fixing.basis === 'live' && entryOf(row) > first);
  // Most days rest on files that the day before rests on too.
  const read = new Map<string, ReadonlySet<LoggedCapture>>();
  const used = new Map<LoggedCapture, number>();
  for (const { row, fixing } of live) {
    const cutoffMs = parseMoment(fixing.cutoff) ?? 0;
    for (const kind of KINDS) {
      const { sha256: name, count } = fixing.inputs[kind];
      if (count === 0 || row.digest_only?.includes(kind)) continue;
      const behind = read.get(name) ?? (await capturesBehind(source, kind, name, rows));
      read.set(name, behind);
      for (const one of behind) {
        const what = `${fixingName(row)} rests on ${one.row.path}, which was logged after it`;
        ensure(one.row.entry < entryOf(row), what);
        if (one.capture.opening) continue;
        used.set(one, Math.min(used.get(one) ?? cutoffMs, cutoffMs));
      }
    }
  }
  return { fixings: live.length, used };
}

/** The capture that has each row: times grow, and an opening comes before all others. */
function rowsOf(captures: readonly LoggedCapture[]): Map<string, LoggedCapture> {
  const rows = new Map<string, LoggedCapture>();
  let lastMs = 0;
  let isOpen = false;
  for (const one of captures) {
    const { path, at } = one.row;
    const loggedAtMs = parseMoment(one.capture.logged_at) ?? 0;
    const isInTime = loggedAtMs <= (parseMoment(at) ?? 0);
    ensure(isInTime, `${path} says a later time than index.json, ${at}`);
    ensure(lastMs <= loggedAtMs, `${path} says an earlier time than the capture before it`);
    lastMs = loggedAtMs;
    isOpen ||= !one.capture.opening;
    ensure(!one.capture.opening || !isOpen, `${path} is an opening, and comes after a capture`);
    for (const digest of one.capture.rows) if (!rows.has(digest)) rows.set(digest, one);
  }
  return rows;
}

function entryOf({ provisional, final }: FixingRow): number {
  return provisional ?? final ?? 0;
}

/** The captures that have the rows of an input. */
async function capturesBehind(
  source: Source,
  kind: CapturedKind,
  name: string,
  rows: ReadonlyMap<string, LoggedCapture>,
): Promise<ReadonlySet<LoggedCapture>> {
  const path = inputPath(name);
  const bytes = await readDigested(source, path, name);
  const moments = await CAPTURED[kind](bytes, path);
  const [, ...lines] = fromUtf8(bytes, path).trimEnd().split('\n');
  const behind = new Set<LoggedCapture>();
  for (const [at, line] of lines.entries()) {
    const found = rows.get(bytesToHex(sha256(utf8ToBytes(line))));
    ensure(found !== undefined, `${path}: no capture of the log has the row ${line}`);
    const { row, capture } = found;
    const knownAtMs = moments[at] ?? null;
    const isBackdated = knownAtMs !== null && knownAtMs < (parseMoment(capture.logged_at) ?? 0);
    const what = `${line} claims to have been known before ${capture.logged_at}`;
    ensure(capture.opening || !isBackdated, `${path}: ${what}, when ${row.path} logged it`);
    behind.add(found);
  }
  return behind;
}

function knownAt<Row>(table: Table<Row>, momentOf: (row: Row) => number | null) {
  return async (bytes: Uint8Array, path: string): Promise<(number | null)[]> => {
    const { rows } = await readTable(table, [bytes], path);
    return rows.map(({ row }) => momentOf(row));
  };
}
