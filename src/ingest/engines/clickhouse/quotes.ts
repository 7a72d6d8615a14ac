import { formatMoment } from '../../../domain/dates.ts';
import { MtokError, type Reject } from '../../../domain/failure.ts';
import { offerKey } from '../../../domain/offer.ts';
import type { Quote } from '../../../domain/rows.ts';
import { MOST_FAULTS } from '../../quote-file.ts';
import { QUOTES } from '../../quotes.ts';
import { Disordered } from '../../repeats.ts';
import { readRow } from '../../table.ts';
import type { Engine, QuoteFiles, QuoteReading } from '../engine.ts';
import { GroupedOffers } from '../grouped.ts';
import { type TableAddress, tableAddress } from './address.ts';
import type { Transport } from './answer.ts';
import { type OpensTransport, openByEnvironment } from './connection.ts';
import { endsBy, groupRows, type Kind, type Kinds, withTimes } from './groups.ts';
import { rowsOf, type SingleRow, turnsOf } from './looks.ts';
import { type QuoteTable, quoteTable } from './table.ts';
import { emptyTable, inOrder, requireUnchanged, toldOf, tooManyFaults } from './told.ts';

/**
 * Groups equal rows in a ClickHouse server or cluster, and judges each kind of row once: only
 * groups come back, and the rows that have to be looked at one by one. A table has no lines: a row
 * at fault is told by its cells.
 */
export function clickHouseEngine(open: OpensTransport = openByEnvironment): Engine {
  return { name: 'clickhouse', quotes: (files) => readQuotes(files, open) };
}

async function readQuotes(files: QuoteFiles, open: OpensTransport): Promise<QuoteReading> {
  const [path, ...more] = files.paths;
  if (path === undefined || more.length > 0) {
    const remedy = 'a view, or a table of the engine Merge, makes one of several';
    throw new MtokError('usage', `expected one table with --engine clickhouse: ${remedy}`);
  }
  const address = tableAddress(path);
  const db = await open(address);
  try {
    const table = await quoteTable(db, address, files.options);
    const { rejects } = table.header;
    if (rejects.length > 0) return { rows: [], rejects, warnings: [], count: 0 };
    return await groupedQuotes(db, table, address, files);
  } finally {
    await db.close();
  }
}

async function groupedQuotes(
  db: Transport,
  table: QuoteTable,
  address: TableAddress,
  { isWhole }: QuoteFiles,
): Promise<QuoteReading> {
  const offers = new GroupedOffers(isWhole);
  const kinds = await groupRows(db, table, offers);
  if (kinds.count === 0) {
    const rejects = emptyTable(QUOTES, address);
    return { rows: [], rejects, warnings: [], count: 0 };
  }
  const rows = offers.rows();
  const { hasFaults, apart, needsEach, count } = offers;
  if (!hasFaults && apart.size === 0) return { rows, rejects: [], warnings: [], count };
  const faults = await faultsOf(db, table, address, offers, kinds);
  const found = await looksAt(db, table, address, offers, kinds);
  await requireUnchanged(db, address, kinds.count);
  return {
    rows: [...rows, ...found.looks.rows(isWhole)],
    count: count + (needsEach ? found.count : offers.apartCount),
    ...faults,
  };
}

/** What is wrong with each row of the kinds of which some rows are at fault. */
async function faultsOf(
  db: Transport,
  table: QuoteTable,
  address: TableAddress,
  offers: GroupedOffers,
  kinds: Kinds,
): Promise<Pick<QuoteReading, 'rejects' | 'warnings'>> {
  const rejects: Reject[] = [];
  const warnings: Reject[] = [];
  for await (const rows of rowsOf(db, table, faultyKinds(table, offers, kinds))) {
    for (const row of rows) {
      const told = toldOf(QUOTES, table, cellsOf(table, row), address);
      rejects.push(...told.rejects);
      if (warnings.length < MOST_FAULTS) warnings.push(...told.warnings);
    }
    if (rejects.length < MOST_FAULTS) continue;
    rejects.push(tooManyFaults(MOST_FAULTS, address));
    break;
  }
  return { rejects: inOrder(rejects), warnings: inOrder(warnings) };
}

function faultyKinds(
  { stable }: QuoteTable,
  { unplaced }: GroupedOffers,
  { byHash, ended }: Kinds,
): Kind[] {
  const keyOf = (cells: readonly string[]) =>
    JSON.stringify(stable.map((cell) => cells[cell] ?? ''));
  const faulty = new Set(unplaced.map(keyOf));
  return [...byHash.values()].filter(
    ({ hash, statement }) => ended.has(hash) || faulty.has(keyOf(statement.cells)),
  );
}

/** The cells of a row as a line of CSV would have them. */
function cellsOf(table: QuoteTable, row: SingleRow): string[] {
  const { kind, isRead, isSeen, source } = row;
  const { cells } = kind.statement;
  const { fills } = table.header;
  const own = isRead
    ? fills.map((column, cell) => {
        if (column === 'effective_at') return formatMoment(row.effectiveAtMs);
        if (column === 'observed_at') return isSeen ? formatMoment(row.observedAtMs) : '';
        return cells[cell] ?? '';
      })
    : withTimes(table, cells, row.oddEffective, row.oddObserved);
  return own.map((text, cell) => (fills[cell] === 'source' ? source : text));
}

interface Found {
  readonly looks: Disordered;
  /** Rows that were accepted. */
  readonly count: number;
}

/** The rows of the offers whose groups do not tell their changes. */
async function looksAt(
  db: Transport,
  table: QuoteTable,
  { shown: file }: TableAddress,
  offers: GroupedOffers,
  { byHash }: Kinds,
): Promise<Found> {
  const ofOffer = new Map([...offers.apart.keys()].map((key) => [key, [] as Kind[]]));
  for (const kind of byHash.values()) {
    const { quote } = kind.statement;
    if (quote) ofOffer.get(offerKey(quote))?.push(kind);
  }
  const numbers = new Map([...ofOffer.keys()].map((key, number) => [key, number]));
  const looks = new Disordered();
  let count = 0;
  const kinds = [...ofOffer.values()];
  const rows = offers.needsEach ? rowsOf(db, table, kinds.flat()) : turnsOf(db, table, kinds);
  const take = (row: SingleRow): void => {
    const quote = quoteOf(table, row);
    if (!quote) return;
    count += 1;
    const { effectiveAtMs, observedAtMs, isReconstructed } = row.isRead ? timesOf(row) : quote;
    const look = { effectiveAtMs, observedAtMs, isReconstructed, source: row.source };
    const offer = numbers.get(offerKey(quote)) ?? -1;
    looks.take({ quote, offer }, { ...look, file, line: 0 });
  };
  for await (const some of rows) some.forEach(take);
  return { looks, count };
}

function timesOf({ effectiveAtMs, observedAtMs, isSeen }: SingleRow) {
  return { effectiveAtMs, observedAtMs, isReconstructed: !isSeen };
}

/** What a row says, with its times where SQL cannot read them; `undefined` if it is rejected. */
function quoteOf(table: QuoteTable, row: SingleRow): Quote | undefined {
  const { quote } = row.kind.statement;
  if (!quote) return undefined;
  if (!row.isRead) {
    return readRow(QUOTES, table.header, { cells: cellsOf(table, row), line: 0 }, '').row;
  }
  return endsBy(quote, row.effectiveAtMs) ? undefined : quote;
}
