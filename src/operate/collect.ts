import { join, relative, sep } from 'node:path';
import { formatMoment, parseMoment } from '../domain/dates.ts';
import { describeReject, MtokError } from '../domain/failure.ts';
import type { GoodId } from '../domain/goods.ts';
import { type CaptureRecord, captureSchema } from '../domain/records.ts';
import type { FxRate, Quote, Usage } from '../domain/rows.ts';
import {
  type CanonicalRows,
  canonicalQuotes,
  canonicalRates,
  canonicalUsage,
} from '../fix/canonical-rows.ts';
import { type BookFiles, findBook, readFiles } from '../ingest/book.ts';
import type { Capture, CaptureKind } from '../ingest/capture.ts';
import {
  CAPTURES,
  type CaptureRow,
  captureCellsOf,
  lastSeen,
  quoteKnownBy,
  rateKnownBy,
  usageKnownBy,
} from '../ingest/captures.ts';
import { sha256Of } from '../ingest/digest.ts';
import { readBytes } from '../ingest/files.ts';
import { QUOTES } from '../ingest/quotes.ts';
import { FX } from '../ingest/reference.ts';
import type { PlacedRow } from '../ingest/table.ts';
import { USAGE } from '../ingest/usage.ts';
import { appendRows } from '../publish/append-row.ts';
import { createDurably } from '../publish/durable.ts';
import type { RecordDraft } from '../publish/publication/plan-records.ts';
import { openPublication, publishRecords } from '../publish/publication/publish.ts';
import { type Desk, secondOf } from './desk.ts';
import { readLogged } from './logged.ts';

type Kind = CaptureRecord['kind'];

/** A file of the book that is to be logged, and its rows as fixings will name them. */
interface Logging {
  readonly row: CaptureRow;
  readonly kind: Kind;
  readonly rows: CanonicalRows;
}

/**
 * Takes captures into a book whose captures are logged: their digests go into the log first, then
 * the files into the book, then their names into `captures.csv`. Whatever interrupts it, doing it
 * again completes it. The first time, all that the book has is logged as its opening.
 *
 * @returns the moment from which the rows of each capture count, by its path.
 */
export async function collect<Row>(
  desk: Desk,
  { kind }: CaptureKind<Row>,
  captures: readonly Capture<Row>[],
): Promise<ReadonlyMap<string, number>> {
  const before = await completeCaptures(desk);
  const logged = await loggedIn(desk);
  const loggedAtMs = secondOf(desk);
  const opening = before === undefined ? await openingOf(desk.book, logged, loggedAtMs) : [];
  const opened = new Set(opening.map(({ row }) => row.file));
  const files = captures
    .filter(({ path }) => !opened.has(path))
    .map(({ path: file, sha256, rows }): Logging => {
      const row = logged.get(sha256) ?? { file, sha256, loggedAtMs, isOpening: false };
      return { row, kind, rows: canonicalOf(kind, rows, row) };
    });
  // Two files of the same bytes are one capture.
  const fresh = new Map(
    [...opening, ...files]
      .filter(({ row }) => !logged.has(row.sha256))
      .map((one) => [one.row.sha256, one]),
  );
  const records = [...fresh.values()].map(recordOf);
  if (records.length > 0) {
    await publishRecords(desk.publication, desk.signers, { nowMs: desk.now(), records });
  }
  for (const { path, bytes } of captures) await createDurably(join(desk.book, path), bytes);
  const listed = new Set(before?.map(({ file }) => file));
  const rows = [...opening, ...files].map(({ row }) => row);
  await list(
    desk,
    rows.filter(({ file }) => !listed.has(file)),
  );
  return new Map(rows.map((row) => [row.file, row.loggedAtMs]));
}

/**
 * Lists the files of a book that the log has, and that an interruption kept out of `captures.csv`.
 *
 * @returns what `captures.csv` lists; `undefined` where there is none.
 */
export async function completeCaptures(desk: Desk): Promise<readonly CaptureRow[] | undefined> {
  const files = await findBook(desk.book);
  if (files.captures.length === 0) return undefined;
  const { rows, rejects } = await readFiles(CAPTURES, files.captures);
  if (rejects.length > 0) {
    const what = rejects.map(describeReject).join('\n');
    throw new MtokError('data', `${what}\nRestore it from a copy: the log has what it lists.`);
  }
  const captures = rows.map(({ row }) => row);
  const listed = new Set(captures.map(({ file }) => file));
  const paths = capturedPaths(files).filter(({ path }) => !listed.has(nameIn(desk.book, path)));
  if (paths.length === 0) return captures;
  const logged = await loggedIn(desk);
  const missing: CaptureRow[] = [];
  for (const { path } of paths) {
    const sha256 = sha256Of(await readBytes(path));
    const row = logged.get(sha256);
    if (row) missing.push({ ...row, file: nameIn(desk.book, path) });
  }
  await list(desk, missing);
  return [...captures, ...missing];
}

/** What the log of a publication has of captures, by the digest of their file. */
async function loggedIn({ publication }: Desk): Promise<Map<string, CaptureRow>> {
  const { contents, read } = await openPublication(publication);
  const captures = (contents?.records ?? []).filter(({ record }) => record === 'capture');
  return new Map(
    captures.map((row) => {
      const { file, sha256, logged_at, opening } = readLogged(read, row, captureSchema);
      const loggedAtMs = parseMoment(logged_at) ?? 0;
      return [sha256, { file, sha256, loggedAtMs, isOpening: opening }];
    }),
  );
}

/**
 * What the book has before it lists its captures. What the log has of it already, an interruption
 * kept from the list: it is there as the log has it.
 *
 * @throws {MtokError} where the log has captures and the list that named them is gone.
 */
async function openingOf(
  book: string,
  logged: ReadonlyMap<string, CaptureRow>,
  loggedAtMs: number,
): Promise<Logging[]> {
  const hasBegun = [...logged.values()].some(({ isOpening }) => !isOpening);
  const opening: Logging[] = [];
  for (const { kind, path } of capturedPaths(await findBook(book))) {
    const [file, sha256] = [nameIn(book, path), sha256Of(await readBytes(path))];
    const known = logged.get(sha256);
    if (!known && hasBegun) {
      const what = `${path} is in no capture of the log, and captures.csv is gone`;
      throw new MtokError(
        'data',
        `${what}: restore captures.csv from a copy, or take the file out`,
      );
    }
    const row = { ...(known ?? { sha256, loggedAtMs, isOpening: true }), file };
    opening.push({ row, kind, rows: await canonicalIn(kind, path, row) });
  }
  return opening;
}

function capturedPaths({ quotes, usage, fx }: BookFiles): { kind: Kind; path: string }[] {
  const of = (kind: Kind, paths: readonly string[]) => paths.map((path) => ({ kind, path }));
  return [...of('quotes', quotes), ...of('usage', usage), ...of('fx', fx)];
}

async function canonicalIn(kind: Kind, path: string, row: CaptureRow): Promise<CanonicalRows> {
  if (kind === 'quotes') return canonicalOf(kind, (await readFiles(QUOTES, [path])).rows, row);
  if (kind === 'usage') return canonicalOf(kind, (await readFiles(USAGE, [path])).rows, row);
  return canonicalOf(kind, (await readFiles(FX, [path])).rows, row);
}

/** A file is logged as the inputs of one good's fixings name its rows. */
function goodIn(quotes: readonly Quote[], { file }: CaptureRow): GoodId {
  const goods = [...new Set(quotes.map(({ good }) => good))];
  const [good = 'token', ...others] = goods;
  if (others.length === 0) return good;
  const found = `${file} has quotes of ${goods.join(' and ')}`;
  throw new MtokError('data', `expected quotes of one good in a file, ${found}: split it`);
}

/** Rows as the inputs of a fixing name them: known when the log had them. */
function canonicalOf(
  kind: Kind,
  rows: readonly PlacedRow<unknown>[],
  capture: CaptureRow,
): CanonicalRows {
  if (kind === 'quotes') {
    const quotes = rows as readonly PlacedRow<Quote>[];
    const counting = capture.isOpening ? quotes : lastSeen(quotes);
    const known = counting.map(({ row }) => quoteKnownBy(row, capture));
    return canonicalQuotes(known, goodIn(known, capture));
  }
  if (kind === 'usage') {
    const usage = rows as readonly PlacedRow<Usage>[];
    return canonicalUsage(usage.map(({ row }) => usageKnownBy(row, capture)));
  }
  const rates = rows as readonly PlacedRow<FxRate>[];
  return canonicalRates(rates.map(({ row }) => rateKnownBy(row, capture)));
}

function recordOf({ row, kind, rows }: Logging): RecordDraft {
  const document: CaptureRecord = {
    schema: 'mtok.capture/1',
    ...{ kind, file: row.file, sha256: row.sha256, opening: row.isOpening },
    logged_at: formatMoment(row.loggedAtMs),
    rows: rows.lines.map(sha256Of),
  };
  return { record: 'capture', name: `${row.sha256}.json`, document };
}

async function list({ book }: Desk, rows: readonly CaptureRow[]): Promise<void> {
  if (rows.length === 0) return;
  await appendRows(join(book, 'captures.csv'), CAPTURES, rows.map(captureCellsOf));
}

function nameIn(book: string, path: string): string {
  return relative(book, path).split(sep).join('/');
}
