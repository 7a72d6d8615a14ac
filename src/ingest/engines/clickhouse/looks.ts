import { answerRows, guarded, type Transport } from './answer.ts';
import type { Kind } from './groups.ts';
import { type QuoteTable, withRowNames } from './table.ts';

/** A row that is looked at by itself. */
export interface SingleRow {
  readonly kind: Kind;
  /** SQL could read its times. */
  readonly isRead: boolean;
  readonly isSeen: boolean;
  readonly effectiveAtMs: number;
  readonly observedAtMs: number;
  /** The texts of times that SQL could not read. */
  readonly oddEffective: string;
  readonly oddObserved: string;
  readonly source: string;
}

/** A query may be 256 KB long unless a server is set otherwise: so many hashes are half of it. */
const MOST_KINDS = 4_000;

const SHOWN = ['mtok_hash', 'mtok_read', 'mtok_seen', 'mtok_e', 'mtok_o'];
const TEXTS = ['mtok_odd_e', 'mtok_odd_o', 'mtok_source'];
const ANSWER = guarded(['toString(mtok_hash)', ...SHOWN.slice(1), ...TEXTS]);

/** All rows of some kinds. */
export async function* rowsOf(
  db: Transport,
  table: QuoteTable,
  kinds: readonly Kind[],
): AsyncGenerator<readonly SingleRow[]> {
  for (let from = 0; from < kinds.length; from += MOST_KINDS) {
    const some = kinds.slice(from, from + MOST_KINDS);
    const hashes = some.map(({ hash }) => hash).join(', ');
    const query = `${withRowNames(table)} SELECT ${ANSWER} FROM ${table.from}`;
    yield* singleRows(db, `${query} WHERE mtok_hash IN (${hashes})`, some);
  }
}

/** Of some offers, each given by its kinds, the rows that may be a change. */
export async function* turnsOf(
  db: Transport,
  table: QuoteTable,
  offers: readonly (readonly Kind[])[],
): AsyncGenerator<readonly SingleRow[]> {
  const inWindows = offers.filter(({ length }) => table.hasWindows && length <= MOST_KINDS);
  const windowed = new Set(inWindows);
  const others = offers.filter((kinds) => !windowed.has(kinds));
  yield* rowsOf(db, table, others.flat());
  for (const some of batches(inWindows)) {
    yield* singleRows(db, turnsQuery(table, some), some.flat());
  }
}

/** Offers in turn, as many together as one query may name. */
function batches(offers: readonly (readonly Kind[])[]): (readonly Kind[])[][] {
  const all: (readonly Kind[])[][] = [];
  let room = 0;
  for (const kinds of offers) {
    if (kinds.length > room) {
      all.push([]);
      room = MOST_KINDS;
    }
    all.at(-1)?.push(kinds);
    room -= kinds.length;
  }
  return all;
}

/**
 * Of each offer the rows that may be a change: its first, one that differs from the one before it
 * or was known before it, those that share their moment, the one after them, and the latest look.
 * Where SQL cannot read the times of a row of an offer, all of its rows.
 *
 * An offer may be spelled in several ways: which kinds are one offer is told by number.
 */
function turnsQuery(table: QuoteTable, offers: readonly (readonly Kind[])[]): string {
  const hashes = offers.flatMap((kinds) => kinds.map(({ hash }) => hash));
  const numbers = offers.flatMap((kinds, index) => kinds.map(() => index + 1));
  const offer = `transform(mtok_hash, [${hashes}], [${numbers}], 0)`;
  const own = [...SHOWN, ...TEXTS].join(', ');
  const rows =
    `${withRowNames(table)}, ${offer} AS mtok_offer ` +
    `SELECT ${own}, mtok_offer FROM ${table.from} WHERE mtok_offer != 0`;
  const shared = 'count() OVER (PARTITION BY mtok_offer, mtok_e, mtok_o) AS mtok_shared';
  const before = (name: string) => `lagInFrame(${name}) OVER turn`;
  const turns = [
    'row_number() OVER turn AS mtok_row',
    `${before('mtok_hash')} AS mtok_hash_before`,
    `${before('mtok_o')} AS mtok_o_before`,
    `${before('mtok_shared')} AS mtok_shared_before`,
    'maxIf(mtok_o, mtok_shared = 1) OVER offer AS mtok_latest',
    'min(mtok_read) OVER offer AS mtok_all_read',
  ];
  const windows =
    'WINDOW turn AS (PARTITION BY mtok_offer ORDER BY mtok_e, mtok_o ' +
    'ROWS BETWEEN 1 PRECEDING AND CURRENT ROW), offer AS (PARTITION BY mtok_offer)';
  return (
    `SELECT ${ANSWER} FROM (SELECT ${[own, 'mtok_shared', ...turns].join(', ')} FROM ` +
    `(SELECT ${own}, mtok_offer, ${shared} FROM (${rows})) ${windows}) WHERE mtok_row = 1 ` +
    'OR mtok_hash != mtok_hash_before OR mtok_o < mtok_o_before OR mtok_shared > 1 ' +
    'OR mtok_shared_before > 1 OR mtok_o = mtok_latest OR NOT mtok_all_read'
  );
}

async function* singleRows(
  db: Transport,
  query: string,
  kinds: readonly Kind[],
): AsyncGenerator<readonly SingleRow[]> {
  const byHash = new Map(kinds.map((kind) => [kind.hash, kind]));
  for await (const rows of answerRows(db, query)) {
    yield rows.flatMap((row) => {
      const kind = byHash.get(row[0] ?? '');
      return kind ? [singleRow(kind, row)] : [];
    });
  }
}

function singleRow(kind: Kind, row: readonly string[]): SingleRow {
  const [, isRead, isSeen, e, o, oddEffective = '', oddObserved = '', source = ''] = row;
  return {
    ...{ kind, isRead: isRead === '1', isSeen: isSeen === '1', oddEffective, oddObserved, source },
    ...{ effectiveAtMs: Number(e), observedAtMs: Number(o) },
  };
}
