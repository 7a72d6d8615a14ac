import type { Day } from '../domain/dates.ts';
import { MtokError, nearest } from '../domain/failure.ts';
import type { Fixing } from '../domain/fixing.ts';
import { byCodePoint } from '../domain/group.ts';
import type { FixingRow } from '../domain/publication.ts';
import type { NoticeRecord } from '../domain/records.ts';
import type { YearRecords } from '../fix/report/records.ts';
import type { RestsOn } from '../publish/report/document.ts';
import { toBase64 } from '../verify/encoding.ts';
import { readFixing } from '../verify/fixing.ts';
import type { Opened } from '../verify/opened.ts';
import { readRulebook, readRulebooks } from '../verify/recompute.ts';
import { approvalsPath, checkApprovals, readRecord } from '../verify/records.ts';
import { takeSteps } from '../verify/steps.ts';
import { openPublication } from '../verify/verify.ts';
import { type Published, readPublished } from '../verify/whole.ts';
import { note } from './output.ts';
import { openPlace, readKeys } from './reader.ts';
import type { Account } from './report-account.ts';

/** A publication whose signature holds, for the reports of its indices. */
export interface PublishedAccounts {
  readonly restsOn: RestsOn;
  readonly indices: readonly string[];
  readonly of: (
    index: string,
    year: number,
    until: Day | undefined,
  ) => Promise<Account | undefined>;
}

/**
 * Opens a publication for a report: whose signature its tree has, and that index.json is the one
 * that it names. Fixings and rows are held against their digests as they are read.
 *
 * @throws {MtokError} that says which step failed.
 */
export async function publishedAccounts(
  name: string,
  keys: readonly string[],
): Promise<PublishedAccounts> {
  const place = await openPlace(name);
  const steps = takeSteps();
  const request = { keys: await readKeys(keys), witnesses: [] };
  const opened = await openPublication(place.source, request, steps);
  if (!opened) {
    const failed = steps.taken.find(({ result }) => result === 'fail');
    const what = `${failed?.name}: ${failed?.detail}`;
    throw new MtokError('no', `${name} does not verify: ${what}; ${failed?.advice ?? ''}`);
  }
  if (opened.isFirstUse) note('The key of the publication is its own word: give it with --key.');
  const { origin, size, root } = opened.checkpoint;
  return {
    restsOn: { kind: 'publication', origin, size, root: toBase64(root) },
    indices: opened.contents.indices.map(({ index }) => index),
    of: (index, year, until) => accountOf(opened, index, year, until),
  };
}

/** The index that is asked for, or all. */
export function chosenOf(indices: readonly string[], asked: string | undefined): readonly string[] {
  if (asked === undefined) return indices;
  if (indices.includes(asked)) return [asked];
  const near = nearest(asked, indices);
  const advice = near ? `did you mean ${near}?` : `expected one of ${indices.join(', ')}`;
  throw new MtokError('usage', `unknown index ${asked}: ${advice}`);
}

async function accountOf(
  opened: Opened,
  index: string,
  year: number,
  until: Day | undefined,
): Promise<Account | undefined> {
  const { source, contents } = opened;
  const own = contents.fixings.filter((row) => row.index === index);
  const [from, end] = [`${year}-01-01`, `${year}-12-31`];
  const rows = own.filter(({ date }) => date >= from && date <= (until ?? end));
  const days = rows.map(({ date }) => date).sort(byCodePoint);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const earlier = own.filter(({ date }) => date < from);
  const later = own.some(({ date }) => date > end);
  const published = await readPublished(source, rows);
  const rowOf = new Map(published.map(({ row, fixing }) => [fixing, row]));
  const previous = latest(earlier);
  // Before its first fixing a publication promised nothing.
  const counted = { from: earlier.length > 0 ? from : first, to: until ?? (later ? end : last) };
  return {
    ...{ index, ...counted },
    fixings: published.map(({ fixing }) => fixing),
    records: await recordsOf(opened, index, published, { from, to: counted.to }),
    before: previous && (await readFixing(source, previous)),
    behind: async (fixing) => ({
      source,
      versions: await readRulebooks(source, fixing),
      keptBack: keptBackOf(fixing, rowOf),
    }),
  };
}

/** The notices of an index over days, and who approved its fixings. */
async function recordsOf(
  { source, contents }: Opened,
  index: string,
  published: readonly Published[],
  { from, to }: { readonly from: Day; readonly to: Day },
): Promise<YearRecords> {
  const notices: NoticeRecord[] = [];
  for (const row of contents.records.filter(({ record }) => record === 'notice')) {
    const notice = await readRecord(source, row);
    if (notice.schema !== 'mtok.notice/1' || notice.index !== index) continue;
    if (notice.dated >= from && notice.dated <= to) notices.push(notice);
  }
  const approvals: (readonly string[])[] = [];
  for (const { row, fixing } of published) {
    const record = contents.records.find(({ path }) => path === approvalsPath(row));
    const document = record && (await readRecord(source, record));
    if (document?.schema !== 'mtok.approvals/1') continue;
    const rules = await readRulebook(source, index, fixing.rulebook);
    approvals.push(checkApprovals(document, row, rules));
  }
  return { notices, approvals };
}

function keptBackOf(fixing: Fixing, rowOf: ReadonlyMap<Fixing, FixingRow>) {
  return rowOf.get(fixing)?.digest_only ?? [];
}

function latest(rows: readonly FixingRow[]): FixingRow | undefined {
  return [...rows].sort((a, b) => byCodePoint(a.date, b.date) || a.revision - b.revision).at(-1);
}
