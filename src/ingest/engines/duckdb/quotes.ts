import type { Reject } from '../../../domain/failure.ts';
import { offerKey } from '../../../domain/offer.ts';
import { bytesOf } from '../../compressed.ts';
import { requireFile, shownPath } from '../../files.ts';
import { isParquet } from '../../parquet.ts';
import { type QuoteSink, readQuoteFile } from '../../quote-file.ts';
import { QUOTES } from '../../quotes.ts';
import { Disordered } from '../../repeats.ts';
import type { Engine, QuoteFiles, QuoteReading } from '../engine.ts';
import { GroupedOffers } from '../grouped.ts';
import { NODE_ENGINE } from '../node.ts';
import { type DuckDb, type DuckDbOptions, openDuckDb, UnreadableBySql } from './connection.ts';
import { csvRows } from './csv.ts';
import { groupRows, type SqlRows } from './groups.ts';
import { parquetFaults, parquetRows } from './parquet.ts';

/**
 * Groups equal rows in DuckDB, on all cores, and judges each kind of row once. A file that only a
 * CSV parser can judge, with quoted cells or bytes that are no text, is left to the reference
 * engine; so is finding the lines of rows that are rejected.
 */
export function duckDbEngine(options: DuckDbOptions): Engine {
  return { name: 'duckdb', quotes: (files) => readQuotes(files, options) };
}

async function readQuotes(files: QuoteFiles, options: DuckDbOptions): Promise<QuoteReading> {
  // What folders say is no part of what SQL reads.
  if (files.paths.length === 0 || files.constants?.size) return NODE_ENGINE.quotes(files);
  const db = await openDuckDb(options);
  try {
    const sources = await sourcesOf(db, files);
    return sources ? await groupedQuotes(db, sources, files) : await NODE_ENGINE.quotes(files);
  } catch (error) {
    // What is wrong with a file is for the reference to say.
    if (error instanceof UnreadableBySql) return await NODE_ENGINE.quotes(files);
    throw error;
  } finally {
    db.close();
  }
}

interface Source {
  readonly path: string;
  readonly rows: SqlRows;
}

/** How SQL reads each file; `undefined` where it cannot read one as the reference does. */
async function sourcesOf(
  db: DuckDb,
  { paths, options }: QuoteFiles,
): Promise<readonly Source[] | undefined> {
  const sources: Source[] = [];
  for (const path of paths) {
    await requireFile(path);
    const rows = isParquet(path)
      ? await parquetRows(db, QUOTES, path, options).catch(leftToReference)
      : await csvRows(QUOTES, path, options);
    if (!rows) return undefined;
    sources.push({ path, rows });
  }
  return sources;
}

/** What DuckDB cannot open is judged by the reference. */
function leftToReference(): undefined {
  return undefined;
}

async function groupedQuotes(
  db: DuckDb,
  sources: readonly Source[],
  files: QuoteFiles,
): Promise<QuoteReading> {
  const offers = new GroupedOffers(files.isWhole);
  for (const { path, rows } of sources) await groupRows(db, rows, shownPath(path), offers);
  if (await hasRejects(db, sources)) offers.hasFaults = true;
  const rows = offers.rows();
  const { count, rejects, warnings } = offers;
  if (!offers.hasFaults && offers.apart.size === 0) return { rows, rejects, warnings, count };
  const found = await lookAgain(db, sources, files, offers);
  const apart = offers.needsEach ? found.count : offers.apartCount;
  return { ...found, rows: [...rows, ...found.rows], count: count + apart };
}

/** Whether DuckDB left lines out: those with more or fewer cells than the header. */
async function hasRejects(db: DuckDb, sources: readonly Source[]): Promise<boolean> {
  if (sources.every(({ path }) => isParquet(path))) return false;
  for await (const chunk of db.chunks('SELECT count(*) FROM reject_errors')) {
    return Number(chunk.getColumns()[0]?.[0]) > 0;
  }
  return false;
}

/** Reads rows one by one: for what is wrong with some, and for the looks at some offers. */
async function lookAgain(
  db: DuckDb,
  sources: readonly Source[],
  files: QuoteFiles,
  offers: GroupedOffers,
): Promise<QuoteReading> {
  const numbers = new Map([...offers.apart.keys()].map((key, number) => [key, number]));
  const looks = new Disordered();
  let count = 0;
  const sink: QuoteSink = {
    statement: (quote) => ({ quote, offer: numbers.get(offerKey(quote)) ?? -1 }),
    take: (statement, look) => {
      if (statement.offer < 0) return;
      count += 1;
      looks.take(statement, look);
    },
  };
  // What is known of Parquet files already is told once.
  const rejects = new Map(offers.rejects.map((one) => [placeOf(one), one]));
  const warnings = new Map(offers.warnings.map((one) => [placeOf(one), one]));
  for (const { path, rows } of sources) {
    const faults = isParquet(path)
      ? await parquetFaults(db, rows, shownPath(path), offers, sink, files.options)
      : await readQuoteFile(bytesOf(path), shownPath(path), sink, files.options);
    for (const reject of faults.rejects) rejects.set(placeOf(reject), reject);
    for (const warning of faults.warnings) warnings.set(placeOf(warning), warning);
  }
  return {
    rows: looks.rows(files.isWhole),
    rejects: inOrder(rejects),
    warnings: inOrder(warnings),
    count,
  };
}

function placeOf({ file, line, column, code }: Reject): string {
  return `${file}:${line}:${column}:${code}`;
}

/** File by file as they were read, each from its first line to its last. */
function inOrder(faults: ReadonlyMap<string, Reject>): Reject[] {
  const files = [...new Set([...faults.values()].map(({ file }) => file))];
  const byLine = (a: Reject, b: Reject) =>
    files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line;
  return [...faults.values()].sort(byLine);
}
