import { MtokError } from '../../../domain/failure.ts';
import type { Quote } from '../../../domain/rows.ts';
import type { Header } from '../../table.ts';
import type { GroupedOffers, JudgedCells } from '../grouped.ts';
import { answerRows, guarded, type Transport } from './answer.ts';
import { type QuoteTable, withRowNames } from './table.ts';

/** Rows that are equal in their stable cells. */
export interface Kind {
  /** By which rows are asked for again. */
  readonly hash: string;
  readonly statement: JudgedCells;
}

/** The kinds of rows that a table has. */
export interface Kinds {
  /** Rows of all kinds. */
  count: number;
  readonly byHash: ReadonlyMap<string, Kind>;
  /** Some of their rows end before they begin. */
  readonly ended: ReadonlySet<string>;
}

/** Groups are of one such period: a price that comes back in another is another group. */
const PERIOD_MS = 28 * 86_400_000;

/** Groups rows that are equal in all but their times and source, and gives the groups on. */
export async function groupRows(
  db: Transport,
  table: QuoteTable,
  offers: GroupedOffers,
): Promise<Kinds> {
  const { header, stable } = table;
  const byHash = new Map<string, Kind & { readonly key: string }>();
  const ended = new Set<string>();
  let count = 0;
  const kindOf = (texts: readonly string[], hash: string): Kind => {
    const key = texts.join('\u001f');
    const known = byHash.get(hash);
    if (known && known.key !== key) throw sameHash(header, texts);
    if (known) return known;
    const kind = { hash, key, statement: offers.judged(header, stableCells(table, texts)) };
    byHash.set(hash, kind);
    return kind;
  };
  for await (const rows of answerRows(db, groupsQuery(table))) {
    for (const row of rows) {
      const [hash = '', ...said] = row.slice(stable.length);
      const kind = kindOf(row.slice(0, stable.length), hash);
      count += takeGroup(said, kind, table, offers, ended);
    }
  }
  return { count, byHash, ended };
}

/** Nobody comes upon two such rows but who looks for them. */
function sameHash(header: Header, texts: readonly string[]): MtokError {
  const name = header.spelling.get('seller') ?? 'seller';
  const row = texts.filter((text) => text !== '').join(', ');
  return new MtokError(
    'data',
    `expected rows that cityHash64 tells apart, as all are that were not made to be alike: ` +
      `remove by its ${name} and model the row ${row}`,
  );
}

/**
 * One row for each group: its cells, the hash of its kind, whether SQL can read its times, the two
 * texts of those that it cannot, whether it is observed, count, first and last moment, least and
 * greatest time of observation, source.
 *
 * It asks the table itself, not another query: of a Distributed table each shard groups its rows,
 * and only groups leave it.
 */
function groupsQuery(table: QuoteTable): string {
  const { columns, stable, from } = table;
  const first = 'min((mtok_e, mtok_o))';
  const last = 'max((mtok_e, mtok_o))';
  const outer = [
    ...stable.map((cell) => columns[cell]?.text ?? "''"),
    ...['toString(mtok_hash)', 'mtok_read', 'mtok_odd_e', 'mtok_odd_o', 'mtok_seen', 'count()'],
    ...[first, last].flatMap((moment) => [
      `tupleElement(${moment}, 1)`,
      `tupleElement(${moment}, 2)`,
    ]),
    ...['min(mtok_o)', 'max(mtok_o)', 'argMin(mtok_source, (mtok_e, mtok_o))'],
  ];
  const keys = [
    ...stable.map((cell) => columns[cell]?.value ?? "''"),
    ...['mtok_seen', 'mtok_read', 'mtok_odd_e', 'mtok_odd_o'],
    `if(mtok_read, intDiv(mtok_e, ${PERIOD_MS}), 0)`,
  ];
  const query = `${withRowNames(table)} SELECT ${guarded(outer)} FROM ${from}`;
  return `${query} GROUP BY ${keys.join(', ')}`;
}

/** The cells of a row, those of times and source empty. */
function stableCells(table: QuoteTable, texts: readonly string[]): string[] {
  const cells = table.header.fills.map(() => '');
  for (const [index, cell] of table.stable.entries()) {
    cells[cell] = table.columns[cell]?.cellOf(texts[index] ?? '') ?? '';
  }
  return cells;
}

/** @returns how many rows the group has. */
function takeGroup(
  said: readonly string[],
  { hash, statement }: Kind,
  table: QuoteTable,
  offers: GroupedOffers,
  ended: Set<string>,
): number {
  const [isRead, oddEffective = '', oddObserved = '', seen, many, ...rest] = said;
  const [e1, o1, e2, o2, least, most] = rest.map(Number);
  const count = Number(many);
  const place = { file: '', lines: [] };
  if (isRead !== '1') {
    const cells = withTimes(table, statement.cells, oddEffective, oddObserved);
    offers.takeRows(table.header, cells, count, place);
    return count;
  }
  const first = { effectiveAtMs: e1 ?? 0, observedAtMs: o1 ?? 0 };
  const last = { effectiveAtMs: e2 ?? 0, observedAtMs: o2 ?? 0 };
  const group = {
    ...{ count, first, last, isReconstructed: seen !== '1', source: rest[6] ?? '' },
    ...{ leastObservedAtMs: least ?? 0, mostObservedAtMs: most ?? 0 },
  };
  offers.take(statement, group, place);
  if (statement.quote && endsBy(statement.quote, last.effectiveAtMs)) ended.add(hash);
  return count;
}

export function endsBy({ validUntilMs }: Quote, effectiveAtMs: number): boolean {
  return validUntilMs !== null && validUntilMs <= effectiveAtMs;
}

/** Cells with the texts of the times of a row. */
export function withTimes(
  { header, columns }: QuoteTable,
  cells: readonly string[],
  effective: string,
  observed: string,
): string[] {
  const texts: Readonly<Record<string, string>> = {
    effective_at: effective,
    observed_at: observed,
  };
  return header.fills.map((column, cell) => {
    const text = texts[column ?? ''];
    return text === undefined ? (cells[cell] ?? '') : (columns[cell]?.cellOf(text) ?? text);
  });
}
