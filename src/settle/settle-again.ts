import type { Contract } from '../domain/contract.ts';
import { decimal } from '../domain/decimal.ts';
import type { CalendarDay, FxRate } from '../domain/rows.ts';
import { parseContract } from '../ingest/contract.ts';
import { CALENDAR } from '../ingest/decisions.ts';
import { standingOf } from '../ingest/fixings.ts';
import { FX } from '../ingest/reference.ts';
import { readTable, type Table } from '../ingest/table.ts';
import { canonicalText } from '../verify/canonical.ts';
import { readDigested } from '../verify/documents.ts';
import { digestHex, fromUtf8 } from '../verify/encoding.ts';
import { readFixing } from '../verify/fixing.ts';
import type { Opened } from '../verify/opened.ts';
import { inputPath } from '../verify/recompute.ts';
import { ensure, Refusal } from '../verify/refusal.ts';
import { filesOf, type LoggedSettlement } from '../verify/settlements.ts';
import type { Source } from '../verify/source.ts';
import type { PublishedFixing } from './prints.ts';
import { settle } from './settle.ts';

/**
 * Settles again from what is published: the contract, the calendar and the rates that a settlement
 * names, and the fixings that the log had before it.
 *
 * @throws {Refusal} where other bytes come out.
 */
export async function settleAgain(opened: Opened, logged: LoggedSettlement): Promise<void> {
  const { source } = opened;
  const { row, settlement } = logged;
  const contract = await readContract(source, logged);
  const { calendar, fx, period, supersedes, tie } = settlement;
  const result = settle(
    contract,
    {
      fixings: await fixingsBefore(opened, logged, contract),
      fx: fx ? await readRates(source, fx, contract) : [],
      calendars: await readRows<CalendarDay>(source, CALENDAR, calendar),
    },
    period,
    {
      knownAtMs: Date.parse(settlement.known_at),
      ...(tie.prior === null ? {} : { prior: decimal(tie.prior) }),
      ...(supersedes === null ? {} : { supersedes }),
    },
  );
  ensure(result.settlement !== undefined, `${row.path} cannot be settled again`);
  const found = digestHex(new TextEncoder().encode(canonicalText(result.settlement)));
  ensure(
    found === row.sha256,
    `${row.path} settled again is ${result.settlement.settled}, with other bytes: ${found}`,
  );
}

async function readContract(source: Source, logged: LoggedSettlement): Promise<Contract> {
  const [file] = filesOf(logged);
  if (!file) throw new RangeError('expected the file of a contract');
  const text = fromUtf8(await readDigested(source, file.path, file.sha256), file.path);
  const { contract } = parseContract(text, file.path);
  if (!contract) throw new Refusal(`${file.path} is no contract`);
  const { id, version } = logged.settlement.contract;
  ensure(contract.contract === id && contract.version === version, `${file.path} is another one`);
  return contract;
}

/** The fixings that the log had before the settlement, of the indices that it may rest on. */
async function fixingsBefore(
  { source, contents }: Opened,
  { row }: LoggedSettlement,
  { index, ladder }: Contract,
): Promise<PublishedFixing[]> {
  const others = ladder.flatMap((rung) => (rung.rule === 'other_index' ? [rung.index] : []));
  const indices = new Set([index, ...others]);
  const rows = contents.fixings.filter(
    (one) => indices.has(one.index) && (one.provisional ?? one.final ?? 0) < row.entry,
  );
  const fixings: PublishedFixing[] = [];
  for (const one of rows) {
    const fixing = await readFixing(source, one);
    fixings.push({ fixing, sha256: one.sha256, ...standingOf(one, fixing, rows) });
  }
  return fixings;
}

/** The rates have no source among canonical rows: they are those of the contract's. */
async function readRates(
  source: Source,
  named: { readonly sha256: string; readonly count: number },
  { fx }: Contract,
): Promise<FxRate[]> {
  const rates = await readRows<FxRate>(source, FX, named);
  return rates.map((rate) => ({ ...rate, source: fx?.sources[0] ?? '' }));
}

async function readRows<Row>(
  source: Source,
  table: Table<Row>,
  { sha256, count }: { readonly sha256: string; readonly count: number },
): Promise<Row[]> {
  if (count === 0) return [];
  const path = inputPath(sha256);
  const { rows, rejects } = await readTable(
    table,
    [await readDigested(source, path, sha256)],
    path,
  );
  const [first] = rejects;
  if (first) throw new Refusal(`${path}: expected ${first.expected}`);
  return rows.map(({ row }) => row);
}
