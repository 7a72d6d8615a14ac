import { formatMoment } from '../../../domain/dates.ts';
import { describeReject, MtokError, type Reject } from '../../../domain/failure.ts';
import { byCodePoint } from '../../../domain/group.ts';
import { offerKey } from '../../../domain/offer.ts';
import type { Quote } from '../../../domain/rows.ts';
import { MOST_FAULTS } from '../../quote-file.ts';
import { QUOTES } from '../../quotes.ts';
import { Disordered } from '../../repeats.ts';
import { nothingIn, readRow } from '../../table.ts';
import type { Engine, QuoteFiles, QuoteReading } from '../engine.ts';
import { GroupedOffers } from '../grouped.ts';
import { type TableAddress, tableAddress, tableSql } from './address.ts';
import { allRows, guarded, type Transport } from './answer.ts';
import { connectionOptions, openClickHouse } from './connection.ts';
import { endsBy, groupRows, type Kind, type Kinds, withTimes } from './groups.ts';
import { rowsOf, type SingleRow, turnsOf } from './looks.ts';
import { type QuoteTable, quoteTable } from './table.ts';

/** How a connection to the server of a table is opened. */
export type OpensTransport = (address: TableAddress) => Promise<Transport>;

/**
 * Groups equal rows in a ClickHouse server or cluster, and judges each kind of row once: only
 * groups come back, and the rows that have to be looked at one by one. A table has no lines: a row
 * at fault is told by its cells.
 */
export function clickHouseEngine(open: OpensTransport = openByEnvironment): Engine {
  return { name: 'clickhouse', quotes: (files) => readQuotes(files, open) };
}

function openByEnvironment(address: TableAddress): Promise<Transport> {
  return openClickHouse(address, connectionOptions(process.env));
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
    const rejects = nothingIn(QUOTES, 1, address.shown).map((one) => ({ ...one, line: 0 }));
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
  { shown }: TableAddress,
  offers: GroupedOffers,
  kinds: Kinds,
): Promise<Pick<QuoteReading, 'rejects' | 'warnings'>> {
  const rejects: Reject[] = [];
  const warnings: Reject[] = [];
  for await (const rows of rowsOf(db, table, faultyKinds(table, offers, kinds))) {
    for (const row of rows) {
      const cells = cellsOf(table, row);
      const told = readRow(QUOTES, table.header, { cells, line: 0 }, shown);
      const inRow = (one: Reject) => ({
        ...one,
        value: `${one.value} in ${rowText(table, cells)}`,
      });
      rejects.push(...told.rejects.map(inRow));
      if (warnings.length < MOST_FAULTS) warnings.push(...told.warnings.map(inRow));
    }
    if (rejects.length < MOST_FAULTS) continue;
    const expected = `fewer than ${MOST_FAULTS} faults: the others are not told`;
    const place = { file: shown, line: 0, column: '' };
    rejects.push({ code: 'too_many_faults', ...place, value: '', expected });
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

/** The cells of a row that are filled, as the place of a row that has no line. */
function rowText({ header }: QuoteTable, cells: readonly string[]): string {
  const filled = header.fills.flatMap((column, cell) => {
    const name = column === undefined ? undefined : header.spelling.get(column);
    return name === undefined || !cells[cell] ? [] : [`${name}=${cells[cell]}`];
  });
  return filled.join(' ');
}

/** Rows come in any order: the same table has to give the same list. */
function inOrder(faults: readonly Reject[]): Reject[] {
  const texts = new Map(faults.map((one) => [one, `${describeReject(one)} ${one.value}`]));
  return [...faults].sort((a, b) => byCodePoint(texts.get(a) ?? '', texts.get(b) ?? ''));
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

/** Two queries of a table that was changed in between would be of two tables. */
async function requireUnchanged(db: Transport, address: TableAddress, rows: number): Promise<void> {
  const query = `SELECT ${guarded(['count()'])} FROM ${tableSql(address)}`;
  const [[count] = []] = await allRows(db, query);
  if (Number(count) === rows) return;
  throw new MtokError(
    'environment',
    `${address.shown}: expected ${rows} rows, found ${count}: the table was changed while it was ` +
      'read; run again, or read a copy that stands still',
  );
}
