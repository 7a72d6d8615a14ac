import type { Day } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import type { Fixing } from '../domain/fixing.ts';
import { groupBy } from '../domain/group.ts';
import { type Contents, contentsSchema, type FixingRow } from '../domain/publication.ts';
import { latestOf } from '../domain/versions.ts';
import { resultsOn } from '../fix/backfill.ts';
import { latestDay } from '../fix/latest.ts';
import type { Book } from '../ingest/book.ts';
import { MODELS } from '../ingest/reference.ts';
import { readTable } from '../ingest/table.ts';
import { type Catalogue, catalogueOf } from '../normalize/catalogue.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { dayOfFixing, dayOfResult, type History, type HistoryDay } from '../study/history.ts';
import { directorySource } from '../verify/directory.ts';
import { inBatches, parseDocument, readDigested, readFile } from '../verify/documents.ts';
import { fromUtf8 } from '../verify/encoding.ts';
import { fixingPath } from '../verify/fixing.ts';
import { inputPath, readRulebook } from '../verify/recompute.ts';
import { Refusal } from '../verify/refusal.ts';
import type { Source } from '../verify/source.ts';
import { isGeometric } from '../weigh/weights.ts';
import { type BookFlags, chooseIndices, openBook, requireRange, SHIPPED_BOOK } from './book.ts';

/** Which fixings a study is of. */
export interface HistoryFlags extends BookFlags {
  readonly index?: readonly string[];
  readonly from?: Day;
  readonly to?: Day;
  readonly publication?: string;
}

/** The fixings of some indices, and where they come from. */
export interface Histories {
  readonly histories: readonly History[];
  readonly catalogue: Catalogue;
  readonly from: Day;
  readonly to: Day;
  /** In a phrase, for the study's `about`. */
  readonly origin: string;
  readonly sources: readonly string[];
}

/**
 * The fixings of a range: calculated from the book, or those that a publication has.
 *
 * @throws {MtokError} for an index or a range that there is not, and for a damaged publication.
 */
export async function readHistories(flags: HistoryFlags): Promise<Histories> {
  const twice = flags.index?.find((index, at, all) => all.indexOf(index) < at);
  if (twice !== undefined) throw new MtokError('usage', `expected each --index once: ${twice}`);
  if (flags.from !== undefined && flags.to !== undefined) requireRange(flags.from, flags.to);
  if (flags.publication === undefined) return historiesOf(flags, await openBook(flags));
  const other = OF_BOOK.find((name) => flags[name] !== undefined);
  if (other) throw new MtokError('usage', `expected --publication without --${other}`);
  return historiesOf(flags, undefined);
}

/** The same where the book is open already; it is needed where no publication is named. */
export async function historiesOf(flags: HistoryFlags, book: Book | undefined): Promise<Histories> {
  const { publication } = flags;
  if (publication === undefined) {
    if (!book) throw new RangeError('expected a book where there is no publication');
    return calculatedHistories(flags, book);
  }
  try {
    return await publishedHistories(flags, publication);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new MtokError('data', `${publication}: ${error.message}`);
  }
}

const OF_BOOK = ['book', 'rulebook', 'quotes', 'usage', 'fx', 'models', 'sellers'] as const;

function calculatedHistories(flags: HistoryFlags, book: Book): Histories {
  const evidence = evidenceOf(book.rows);
  const chosen = (flags.index ?? [undefined]).flatMap((index) => chooseIndices(book, index));
  const last = flags.to ?? latestDay(evidence, chosen.flat());
  if (last === undefined) throw new MtokError('data', 'expected at least one quote');
  const histories = chosen.map((versions): History => {
    const { index, base } = latestOf(versions);
    const from = flags.from ?? base.date;
    const run = resultsOn(versions, evidence, last, (day) => day >= from);
    if (!run.items) throw new MtokError('no', run.none.message);
    const days: HistoryDay[] = [];
    for (const result of run.items) days.push(dayOfResult(result));
    return { index, days };
  });
  return {
    ...within(histories, flags),
    ...{ catalogue: evidence.catalogue, origin: 'calculated from the book' },
    sources: [bookSource(flags)],
  };
}

/** What a study says of the book that it rests on. */
export function bookSource({ book, rulebook, quotes }: BookFlags): string {
  if (book === undefined && rulebook !== undefined && quotes) {
    return `Prices of ${quotes.join(', ')}, by the rules of ${rulebook}.`;
  }
  if (book !== undefined && book !== SHIPPED_BOOK) return `The book ${book}.`;
  const own = quotes ? `Prices of ${quotes.join(', ')}, with` : 'Prices of';
  return `${own} the book that mtok ships: data/NOTICE.md has its sources and licences.`;
}

async function publishedHistories(flags: HistoryFlags, directory: string): Promise<Histories> {
  const source = directorySource(directory);
  const contents = parseDocument(
    await readFile(source, 'index.json'),
    contentsSchema,
    'index.json',
  );
  const known = groupBy(contents.fixings, ({ index }) => index);
  const histories: History[] = [];
  for (const index of flags.index ?? known.keys()) {
    const rows = known.get(index);
    if (!rows) {
      const all = [...known.keys()].join(', ') || 'none';
      throw new MtokError('usage', `unknown index ${index}: ${contents.origin} has ${all}`);
    }
    histories.push({ index, days: await publishedDays(source, rows, flags) });
  }
  return {
    ...within(histories, flags),
    catalogue: await publishedCatalogue(source, contents),
    origin: `as ${contents.origin} published it`,
    sources: [`The fixings that ${contents.origin} published.`],
  };
}

/** Of several revisions of a day the last one. */
async function publishedDays(
  source: Source,
  rows: readonly FixingRow[],
  { from = '', to = '9999-12-31' }: HistoryFlags,
): Promise<HistoryDay[]> {
  const last = new Map(rows.map((row) => [row.date, row]));
  const wanted = [...last.values()].filter(({ date }) => from <= date && date <= to);
  const fixings = new Map<string, Fixing>();
  await inBatches(wanted, async (row) => {
    const bytes = await readDigested(source, fixingPath(row), row.sha256);
    // Its digest is the one that is listed, so its form was checked when it was written.
    fixings.set(row.date, JSON.parse(fromUtf8(bytes, fixingPath(row))) as Fixing);
  });
  const geometric = new Map<string, boolean>();
  const days: HistoryDay[] = [];
  for (const date of [...fixings.keys()].sort()) {
    const fixing = fixings.get(date);
    if (!fixing) continue;
    const { version } = fixing.rulebook;
    const known = geometric.get(version);
    const is = known ?? isGeometric(await readRulebook(source, fixing.index, fixing.rulebook));
    geometric.set(version, is);
    days.push(dayOfFixing(fixing, is));
  }
  return days;
}

/** What its latest fixings know of models; nothing where the rows are not published. */
async function publishedCatalogue(source: Source, { fixings }: Contents): Promise<Catalogue> {
  const row = fixings.findLast(({ digest_only }) => !digest_only?.includes('models'));
  if (!row) return catalogueOf([]);
  const bytes = await readDigested(source, fixingPath(row), row.sha256);
  const { inputs } = JSON.parse(fromUtf8(bytes, fixingPath(row))) as Fixing;
  const { sha256, count } = inputs.models;
  if (count === 0) return catalogueOf([]);
  const path = inputPath(sha256);
  const { rows } = await readTable(MODELS, [await readDigested(source, path, sha256)], path);
  return catalogueOf(rows.map((one) => one.row));
}

/** An index that has no level in the range is no part of a study of many, and none alone. */
function within(
  all: readonly History[],
  { index, from, to }: HistoryFlags,
): Pick<Histories, 'histories' | 'from' | 'to'> {
  const isThere = ({ days }: History) => days.some(({ level }) => level !== null);
  const histories = all.filter(isThere);
  const missing = all.find((one) => !isThere(one));
  const range = `from ${from ?? 'its base date'} to ${to ?? 'the last day with data'}`;
  if (missing && (index !== undefined || histories.length === 0)) {
    throw new MtokError('no', `${missing.index} has no level ${range}`);
  }
  const dates = histories.flatMap(({ days }) => [days[0]?.date ?? '', days.at(-1)?.date ?? '']);
  const sorted = dates.sort();
  return { histories, from: from ?? sorted[0] ?? '', to: to ?? sorted.at(-1) ?? '' };
}
