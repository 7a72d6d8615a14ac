import type { Fixing } from '../domain/fixing.ts';
import type { FixingRow, RecordRow } from '../domain/publication.ts';
import type { ApprovalsRecord } from '../domain/records.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { checkCaptures, type LoggedCapture } from './captures.ts';
import { cosignedInTime } from './cosigned.ts';
import { inBatches } from './documents.ts';
import { checkIncluded, checkReceipt, fixingName } from './fixing.ts';
import type { Opened } from './opened.ts';
import { readRulebook } from './recompute.ts';
import {
  approvalsPath,
  checkApprovals,
  readRecord,
  recordEntryOf,
  recordReceiptPath,
} from './records.ts';
import { ensure } from './refusal.ts';
import type { LoggedSettlement } from './settlements.ts';
import { counted, type Steps } from './steps.ts';

/** The records of a log that the checks of its fixings need. */
export interface Records {
  readonly captures: readonly LoggedCapture[];
  /** By their path. */
  readonly approvals: ReadonlyMap<string, { row: RecordRow; approvals: ApprovalsRecord }>;
  readonly settlements: readonly LoggedSettlement[];
}

/** Reads records, all or some: each is what was logged, and of the form of its kind. */
export async function checkRecords(
  { source }: Opened,
  records: readonly RecordRow[],
  steps: Steps,
): Promise<Records | undefined> {
  if (records.length === 0) return { captures: [], approvals: new Map(), settlements: [] };
  return steps.check('records', async () => {
    const captures: LoggedCapture[] = [];
    const settlements: LoggedSettlement[] = [];
    const approvals = new Map<string, { row: RecordRow; approvals: ApprovalsRecord }>();
    await inBatches(records, async (row) => {
      const document = await readRecord(source, row);
      if (document.schema === 'mtok.capture/1') captures.push({ row, capture: document });
      if (document.schema === 'mtok.settlement/1') settlements.push({ row, settlement: document });
      if (document.schema === 'mtok.approvals/1') {
        approvals.set(row.path, { row, approvals: document });
      }
    });
    const inTurn = (a: { row: RecordRow }, b: { row: RecordRow }) => a.row.entry - b.row.entry;
    captures.sort(inTurn);
    settlements.sort(inTurn);
    const detail = `${counted(records.length, 'record')} with the digests that were logged`;
    return [detail, { captures, approvals, settlements }];
  });
}

/** Checks the approvals of one fixing, and that its log has them. */
export async function checkApproved(
  opened: Opened,
  row: FixingRow,
  fixing: Fixing,
  steps: Steps,
): Promise<void> {
  const { source, tiles, checkpoint, contents } = opened;
  const rules = await readRulebook(source, row.index, fixing.rulebook);
  if (rules.approvals < 2) return;
  await steps.check('approvals', async () => {
    const record = contents.records.find(({ path }) => path === approvalsPath(row));
    ensure(record !== undefined, unapproved(row, rules));
    const entry = await checkIncluded(tiles, checkpoint, record.entry, recordEntryOf(record));
    await checkReceipt(opened, recordReceiptPath(record), record.entry, entry);
    const document = await readRecord(source, record);
    ensure(document.schema === 'mtok.approvals/1', unapproved(row, rules));
    const names = checkApprovals(document, row, rules);
    return [`${fixingName(row)} is approved by ${names.join(', ')}`];
  });
}

function unapproved(row: FixingRow, { approvals }: Rulebook): string {
  return `${fixingName(row)} has no approvals, expected ${approvals}`;
}

/** Checks that fixings came about as their rulebooks say: approved, and from what was captured. */
export async function checkConduct(
  opened: Opened,
  published: readonly { readonly row: FixingRow; readonly fixing: Fixing }[],
  { captures, approvals }: Records,
  steps: Steps,
): Promise<void> {
  const { source } = opened;
  await steps.check('approvals', async () => {
    let asked = 0;
    const read = new Map<string, Rulebook>();
    for (const { row, fixing } of published) {
      const rules =
        read.get(row.rulebook) ?? (await readRulebook(source, row.index, fixing.rulebook));
      read.set(row.rulebook, rules);
      if (rules.approvals < 2) continue;
      asked += 1;
      const record = approvals.get(approvalsPath(row));
      ensure(record !== undefined, unapproved(row, rules));
      checkApprovals(record.approvals, row, rules);
    }
    const all =
      asked === 0
        ? 'no fixing needs more than its publisher'
        : `${counted(asked, 'fixing')} with as many as their rulebooks ask for`;
    return [all];
  });
  if (captures.length === 0) {
    const why = "no capture is logged: when rows were seen is the owner's word";
    steps.skip('captures', why);
    return;
  }
  await steps.check('captures', async () => {
    const { fixings, used } = await checkCaptures(source, captures, published);
    const cosigned = await cosignedInTime(opened, used);
    const rest = fixings === 1 ? 'rests' : 'rest';
    const what = `${counted(fixings, 'live fixing')} ${rest} on captures that were logged before`;
    return [`${what}, and no row claims an earlier time${cosigned}`];
  });
}
