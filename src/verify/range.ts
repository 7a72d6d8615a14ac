import type { Day } from '../domain/dates.ts';
import type { Contents, FixingRow, RecordRow } from '../domain/publication.ts';
import { checkConduct, checkRecords } from './conduct.ts';
import { checkIncluded, checkLogged, checkReceipt } from './fixing.ts';
import type { Opened } from './opened.ts';
import { approvalsPath, recordEntryOf, recordReceiptPath } from './records.ts';
import { ensure } from './refusal.ts';
import { checkSettlements, type SettleAgain } from './settlements.ts';
import { counted, type Steps } from './steps.ts';
import { checkFixings, type Published, readPublished } from './whole.ts';

/** Which fixings are asked for: of one index or of all, on a day or in a range of days. */
export interface Asked {
  /** Settles again: without it settlements are checked for what the log says of them. */
  readonly settleAgain?: SettleAgain | undefined;
  readonly index?: string | undefined;
  readonly date?: Day | undefined;
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
}

/**
 * Each fixing of a range: where the log has it, what was recorded of it, and all of an index
 * calculated in one pass. Records count that were logged in the range, the approvals of its
 * fixings, and the captures that its live ones can rest on.
 */
export async function verifyRange(
  opened: Opened,
  rows: readonly FixingRow[],
  asked: Asked,
  steps: Steps,
): Promise<void> {
  const { source, contents } = opened;
  if (rows.length === 0) return refuseNone(asked, steps);
  const records = recordsFor(contents, rows, asked);
  await steps.check('inclusion', async () => {
    let count = records.length;
    for (const row of rows) count += (await checkLogged(opened, row)).length;
    for (const record of records) await checkRecorded(opened, record);
    const noted = records.length === 0 ? '' : ` and ${counted(records.length, 'record')}`;
    const what = `${counted(rows.length, 'fixing')}${noted}`;
    return [`${what} in the log, with ${counted(count, 'receipt')}`];
  });
  const published = await steps.check('fixing', async (): Promise<[string, Published[]]> => {
    const found = await readPublished(source, rows);
    return [`${counted(found.length, 'fixing')} with the digests that were logged`, found];
  });
  const read = await checkRecords(opened, records, steps);
  if (published) await checkFixings(opened, published, steps);
  if (!published || !read) return;
  await checkConduct(opened, published, read, steps);
  await checkSettlements(opened, read.settlements, asked.settleAgain, steps);
}

/** The log has what index.json says of a record. */
export async function checkRecorded(opened: Opened, record: RecordRow): Promise<void> {
  const { tiles, checkpoint } = opened;
  const entry = await checkIncluded(tiles, checkpoint, record.entry, recordEntryOf(record));
  await checkReceipt(opened, recordReceiptPath(record), record.entry, entry);
}

/** Captures, notices and settlements may concern any index; approvals are of one fixing. */
function recordsFor(
  contents: Contents,
  rows: readonly FixingRow[],
  { from, to }: Asked,
): RecordRow[] {
  const approvals = new Set(rows.map(approvalsPath));
  const last = Math.max(...rows.map(({ provisional, final }) => provisional ?? final ?? 0));
  const isLogged = ({ at }: RecordRow) =>
    (from === undefined || at.slice(0, 10) >= from) && (to === undefined || at.slice(0, 10) <= to);
  // A settlement takes the place of those before it, which may be of an earlier month.
  const settled = contents.records.filter((row) => row.record === 'settlement' && isLogged(row));
  return contents.records.filter((row) => {
    const { record, path, entry } = row;
    if (record === 'approvals') return approvals.has(path);
    if (record === 'capture' && entry < last) return true;
    if (record !== 'settlement') return isLogged(row);
    return settled.some((one) => periodOf(one) === periodOf(row) && one.entry >= entry);
  });
}

/** `settlements/TEST-MONTH/2026-07.1.json` is of `settlements/TEST-MONTH/2026-07`. */
function periodOf({ path }: RecordRow): string {
  return path.replace(/\.\d+\.json$/, '');
}

/** That nothing is there is no success. */
export async function refuseNone({ index, date, from, to }: Asked, steps: Steps): Promise<void> {
  await steps.check('fixing', async () => {
    const of = index === undefined ? '' : ` of ${index}`;
    const since = from === undefined ? '' : ` from ${from}`;
    const until = to === undefined ? '' : ` to ${to}`;
    const days = date === undefined ? `${since}${until}` : ` on ${date}`;
    ensure(false, `there is no fixing${of}${days}`);
    return [''];
  });
}
