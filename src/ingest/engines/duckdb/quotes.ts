import { offerKey } from '../../../domain/offer.ts';
import { bytesOf } from '../../compressed.ts';
import { BadBytes, isPlain, wholeLines } from '../../csv.ts';
import { requireFile } from '../../files.ts';
import type { QuoteSink } from '../../quote-file.ts';
import { QUOTES } from '../../quotes.ts';
import { Disordered } from '../../repeats.ts';
import { type Header, readHeader, type TableOptions } from '../../table.ts';
import type { Engine, QuoteFiles, QuoteReading } from '../engine.ts';
import { GroupedOffers } from '../grouped.ts';
import { NODE_ENGINE, readFiles } from '../node.ts';
import { type DuckDb, type DuckDbOptions, named, openDuckDb, quoted } from './connection.ts';
import { groupRows, momentOfText, type SqlRows } from './groups.ts';

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
  const sources: SqlRows[] = [];
  for (const path of files.paths) {
    await requireFile(path);
    const found = await plainHeader(path, files.options);
    if (!found) return NODE_ENGINE.quotes(files);
    sources.push(csvRows(path, found));
  }
  const offers = new GroupedOffers(files.isWhole);
  const db = await openDuckDb(options);
  try {
    for (const rows of sources) await groupRows(db, rows, offers);
    if (await hasRejects(db)) offers.hasFaults = true;
  } finally {
    await db.close();
  }
  const rows = offers.rows();
  if (!offers.hasFaults && offers.apart.size === 0) {
    return { rows, rejects: [], warnings: [], count: offers.count };
  }
  const found = await lookAgain(files, offers.apart);
  return { ...found, rows: [...rows, ...found.rows] };
}

interface PlacedHeader {
  readonly header: Header;
  readonly line: number;
}

/**
 * The header of a file whose every line is its cells between commas; `undefined` where one is not,
 * where the file is no text, or where its header is at fault.
 */
async function plainHeader(path: string, options: TableOptions): Promise<PlacedHeader | undefined> {
  let found: PlacedHeader | undefined;
  let hasRows = false;
  let hasReturns = false;
  const watched = async function* () {
    for await (const bytes of bytesOf(path)) {
      hasReturns ||= bytes.includes(CARRIAGE_RETURN);
      yield bytes;
    }
  };
  try {
    for await (const region of wholeLines(watched(), path)) {
      if (hasReturns || !isPlain(region)) return undefined;
      hasRows ||= found !== undefined || hasSecondLine(region);
      found ??= headerIn(region, options);
      if (!found) return undefined;
    }
  } catch (error) {
    if (error instanceof BadBytes) return undefined;
    throw error;
  }
  return hasRows ? found : undefined;
}

const CARRIAGE_RETURN = 0x0d;

function hasSecondLine(region: Buffer): boolean {
  const lines = region.toString('utf8').split('\n');
  return lines.filter((text) => text !== '').length > 1;
}

function headerIn(region: Buffer, options: TableOptions): PlacedHeader | undefined {
  const lines = region.toString('utf8').split('\n', MOST_BLANK_LINES);
  const index = lines.findIndex((text) => text !== '');
  const cells = lines[index]?.split(',');
  if (!cells) return undefined;
  const header = readHeader(QUOTES, { cells, line: index + 1 }, '', options);
  return header.rejects.length > 0 ? undefined : { header, line: index + 1 };
}

const MOST_BLANK_LINES = 100;

function csvRows(path: string, { header, line }: PlacedHeader): SqlRows {
  const columns = header.fills.map((_, cell) => `${quoted(`x${cell}`)}: 'VARCHAR'`);
  const settings = [
    ...[`header = false`, `skip = ${line}`, `auto_detect = false`, `delim = ','`],
    ...[`quote = ''`, `escape = ''`, `ignore_errors = true`, `store_rejects = true`],
    `columns = {${columns.join(', ')}}`,
  ];
  const texts = header.fills.map((_, cell) => named(`x${cell}`));
  return {
    from: `read_csv(${quoted(path)}, ${settings.join(', ')})`,
    ...{ header, texts, moments: texts.map(momentOfText) },
  };
}

/** Whether DuckDB left lines out: those with more or fewer cells than the header. */
async function hasRejects(db: DuckDb): Promise<boolean> {
  for await (const chunk of db.chunks('SELECT count(*) FROM reject_errors')) {
    return Number(chunk.getColumns()[0]?.[0]) > 0;
  }
  return false;
}

/** Reads files line by line for their faults, and for the looks at some offers. */
async function lookAgain(files: QuoteFiles, apart: ReadonlySet<string>): Promise<QuoteReading> {
  const numbers = new Map([...apart].map((key, number) => [key, number]));
  const looks = new Disordered();
  let count = 0;
  const sink: QuoteSink = {
    statement: (quote) => ({ quote, offer: numbers.get(offerKey(quote)) ?? -1 }),
    take: (statement, look) => {
      count += 1;
      if (statement.offer >= 0) looks.take(statement, look);
    },
  };
  const { rejects, warnings } = await readFiles(files, sink);
  return { rows: looks.rows(files.isWhole), rejects, warnings, count };
}
