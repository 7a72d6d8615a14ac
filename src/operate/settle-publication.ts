import type { Contract } from '../domain/contract.ts';
import { type Decimal, decimal } from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import type { Contents, RecordRow } from '../domain/publication.ts';
import { type Settlement, settlementSchema } from '../domain/settlement.ts';
import { canonicalText } from '../fix/canonical-rows.ts';
import { canonicalJson } from '../publish/canonical.ts';
import { PATHS } from '../publish/publication/layout.ts';
import type { RecordDraft } from '../publish/publication/plan-records.ts';
import { openPublication, publishRecords } from '../publish/publication/publish.ts';
import type { SettlementRows } from '../settle/document.ts';
import type { Period } from '../settle/period.ts';
import { type SettlementInputs, settle } from '../settle/settle.ts';
import type { Desk } from './desk.ts';
import type { ReadPublished } from './logged.ts';

/** A settlement as the log has it. */
export interface LoggedSettlement {
  readonly settlement: Settlement;
  readonly path: string;
  /** `undefined` where the log had it already. */
  readonly entry: number | undefined;
}

export interface SettlementTerms {
  readonly contract: Contract;
  /** The text of its file. */
  readonly text: string;
  readonly period: Period;
  readonly knownAtMs: number;
  /** The settlement before, where the log does not have it. */
  readonly prior?: Decimal | undefined;
}

/**
 * Settles a contract on the fixings of a publication, and logs the document there beside the rows
 * that it rests on. One that says nothing new is not logged again, and a final one is the last.
 *
 * @throws {MtokError} where the period can have no settlement.
 */
export async function publishSettlement(
  desk: Pick<Desk, 'publication' | 'signers' | 'now'>,
  inputs: SettlementInputs,
  { contract, text, period, knownAtMs, prior }: SettlementTerms,
): Promise<LoggedSettlement> {
  const { contents, read } = await openPublication(desk.publication);
  const before = lastOf(contents, read, contract, period);
  const settledBefore = prior ?? priorOf(contents, read, contract, period);
  const result = settle(contract, inputs, period, {
    knownAtMs,
    ...(settledBefore === undefined ? {} : { prior: settledBefore }),
    ...(before === undefined ? {} : { supersedes: before.row.sha256 }),
  });
  if (!result.settlement) throw new MtokError('no', result.none.message);
  const { settlement, rows } = result;
  if (before && saysTheSame(before.settlement, settlement)) {
    return { settlement: before.settlement, path: before.row.path, entry: undefined };
  }
  if (before?.settlement.status === 'final') {
    const what = `${before.row.path} is final, and what is known now gives another one`;
    throw new MtokError('no', `${what}: a final settlement is never adjusted`);
  }
  const record = recordOf(settlement, rows, text, countOf(contents, contract, period));
  const { recorded } = await publishRecords(desk.publication, desk.signers, {
    nowMs: desk.now(),
    records: [record],
  });
  const [row] = recorded;
  return { settlement, path: row?.path ?? '', entry: row?.entry };
}

/** `settlements/<CONTRACT>/<period>.<n>.json`, and what it names by digests. */
function recordOf(
  settlement: Settlement,
  { calendar, fx }: SettlementRows,
  text: string,
  number: number,
): RecordDraft {
  const { contract, period } = settlement;
  const rows = [
    { path: PATHS.input(settlement.calendar.sha256, 'csv'), text: canonicalText(calendar) },
    ...(fx && settlement.fx
      ? [{ path: PATHS.input(settlement.fx.sha256, 'csv'), text: canonicalText(fx) }]
      : []),
  ];
  return {
    record: 'settlement',
    name: `${contract.id}/${fileName(period)}.${number}.json`,
    document: settlement,
    files: [{ path: PATHS.contract(contract.id, contract.version), text }, ...rows],
  };
}

function fileName({ id }: Pick<Period, 'id'>): string {
  return id.replace('/', '_');
}

/** The settlements of a contract for a period, in the order of the log. */
function rowsOf(
  contents: Contents | undefined,
  { contract }: Contract,
  period: Pick<Period, 'id'>,
): readonly RecordRow[] {
  const prefix = `settlements/${contract}/${fileName(period)}.`;
  return contents?.records.filter(({ path }) => path.startsWith(prefix)) ?? [];
}

function countOf(contents: Contents | undefined, contract: Contract, period: Period): number {
  return rowsOf(contents, contract, period).length;
}

function lastOf(
  contents: Contents | undefined,
  read: ReadPublished,
  contract: Contract,
  period: Pick<Period, 'id'>,
): { readonly row: RecordRow; readonly settlement: Settlement } | undefined {
  const row = rowsOf(contents, contract, period).at(-1);
  const bytes = row && read(row.path);
  if (!row) return undefined;
  if (!bytes) throw new MtokError('no', `${row.path} is missing: restore it from a copy`);
  const document = JSON.parse(Buffer.from(bytes).toString('utf8'));
  return { row, settlement: settlementSchema.parse(document) };
}

/** What the month before settled at, as far as the log has it. */
function priorOf(
  contents: Contents | undefined,
  read: ReadPublished,
  contract: Contract,
  { id }: Period,
): Decimal | undefined {
  const [year = 0, month = 0] = id.split('-').map(Number);
  if (!/^\d{4}-\d{2}$/.test(id)) return undefined;
  const previous = month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, '0')}`;
  const settled = lastOf(contents, read, contract, { id: previous })?.settlement.settled;
  return settled === null || settled === undefined ? undefined : decimal(settled);
}

/** But for the moment at which it was asked, and for what it takes over from. */
function saysTheSame(before: Settlement, now: Settlement): boolean {
  const said = ({ known_at: _, supersedes: __, ...rest }: Settlement) => canonicalJson(rest);
  return said(before) === said(now);
}
