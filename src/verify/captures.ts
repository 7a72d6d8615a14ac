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

/**
 * Checks that live fixings rest on captures alone that the log had before them, and that no row of
 * those claims to have been known before it was logged. What a book had before its first live
 * fixing was logged as its opening.
 *
 * @returns how many live fixings were checked.
 */
export async function checkCaptures(
  source: Source,
  captures: readonly LoggedCapture[],
  fixings: readonly { readonly row: FixingRow; readonly fixing: Fixing }[],
): Promise<number> {
  const live = fixings.filter(({ fixing }) => fixing.basis === 'live');
  const firstLive = Math.min(...live.map(({ row }) => entryOf(row)));
  const rows = new Map<string, LoggedCapture>();
  let lastMs = 0;
  for (const one of captures) {
    const { path, at } = one.row;
    const loggedAtMs = parseMoment(one.capture.logged_at) ?? 0;
    ensure(
      loggedAtMs <= (parseMoment(at) ?? 0),
      `${path} says a later time than index.json, ${at}`,
    );
    ensure(lastMs <= loggedAtMs, `${path} says an earlier time than the capture before it`);
    lastMs = loggedAtMs;
    const late = `${path} is an opening, and comes after the first live fixing`;
    ensure(!one.capture.opening || one.row.entry < firstLive, late);
    for (const digest of one.capture.rows) if (!rows.has(digest)) rows.set(digest, one);
  }
  // Most days rest on files that the day before rests on too.
  const lastEntries = new Map<string, number>();
  for (const { row, fixing } of live) {
    for (const kind of KINDS) {
      const { sha256: name, count } = fixing.inputs[kind];
      if (count === 0 || row.digest_only?.includes(kind)) continue;
      const last = lastEntries.get(name) ?? (await lastEntry(source, kind, name, rows));
      lastEntries.set(name, last);
      const what = `${fixingName(row)} rests on ${kind} that entry ${last} logs, after it`;
      ensure(last < entryOf(row), what);
    }
  }
  return live.length;
}

function entryOf({ provisional, final }: FixingRow): number {
  return provisional ?? final ?? 0;
}

/** The last of the entries that log the rows of an input. */
async function lastEntry(
  source: Source,
  kind: CapturedKind,
  name: string,
  rows: ReadonlyMap<string, LoggedCapture>,
): Promise<number> {
  const path = inputPath(name);
  const bytes = await readDigested(source, path, name);
  const moments = await CAPTURED[kind](bytes, path);
  const [, ...lines] = fromUtf8(bytes, path).trimEnd().split('\n');
  let last = 0;
  for (const [at, line] of lines.entries()) {
    const found = rows.get(bytesToHex(sha256(utf8ToBytes(line))));
    ensure(found !== undefined, `${path}: no capture of the log has the row ${line}`);
    const { row, capture } = found;
    const knownAtMs = moments[at] ?? null;
    const isBackdated = knownAtMs !== null && knownAtMs < (parseMoment(capture.logged_at) ?? 0);
    const what = `${line} claims to have been known before ${capture.logged_at}`;
    ensure(capture.opening || !isBackdated, `${path}: ${what}, when ${row.path} logged it`);
    last = Math.max(last, row.entry);
  }
  return last;
}

function knownAt<Row>(table: Table<Row>, momentOf: (row: Row) => number | null) {
  return async (bytes: Uint8Array, path: string): Promise<(number | null)[]> => {
    const { rows } = await readTable(table, [bytes], path);
    return rows.map(({ row }) => momentOf(row));
  };
}
