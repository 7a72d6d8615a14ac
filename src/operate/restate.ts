import { join } from 'node:path';
import { type Day, dayOf, formatMoment, parseMoment } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import type { Fixing } from '../domain/fixing.ts';
import type { Contents, FixingRow } from '../domain/publication.ts';
import type { NoticeRecord, NoticeSubject } from '../domain/records.ts';
import type { Revision } from '../domain/rows.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestOf, versionOn } from '../domain/versions.ts';
import { calculateFixing } from '../fix/fixing.ts';
import { REVISIONS } from '../ingest/decisions.ts';
import { type Evidence, evidenceOf } from '../normalize/evidence.ts';
import { appendRows } from '../publish/append-row.ts';
import { openPublication, publishRecords } from '../publish/publication/publish.ts';
import { type Desk, secondOf } from './desk.ts';
import { isMaterial, type Printed, printedOf, publishedFixing } from './guards.ts';
import type { ReadPublished } from './logged.ts';
import { noticeRecord } from './notices.ts';

/** What came of an error in a published fixing. */
export interface Restated {
  readonly notice: NoticeRecord;
  /** The revisions that the book now has: none where the published fixing stands. */
  readonly revisions: readonly Revision[];
}

/**
 * Decides what an error that was found means for a published fixing, from what is known now. While
 * it is provisional, an error beyond `restate_above` gives it a revision, and so to each later
 * provisional day that what is known now, or the revised day, moves by more than that; else it
 * stands, and a dated note says what it would have been. The book gets the revisions, the log gets
 * the note; the revised fixings are then published as any other.
 *
 * @throws {MtokError} where nothing is published of the day, or nothing would change.
 */
export async function restate(
  desk: Desk,
  versions: readonly Rulebook[],
  evidence: Evidence,
  date: Day,
  reason: string,
): Promise<Restated> {
  const { contents, read } = await openPublication(desk.publication);
  const { index } = latestOf(versions);
  const nowMs = secondOf(desk);
  const row = lastRevision(contents, index, date);
  if (!row) throw new MtokError('no', `nothing is published of ${index} on ${date}`);
  const published = fixingOf(row, contents, read);
  const next = (day: Day, number: number): Revision =>
    // One that was interrupted after it had reached the book is gone on with.
    evidence.rows.revisions.find(
      (one) => one.index === index && one.date === day && one.revision === number,
    ) ?? { index, date: day, revision: number, knownAtMs: nowMs, reason };
  const revision = next(date, row.revision + 1);
  // Of this day and those after it only what is published counts: the rest is decided here.
  const others = evidence.rows.revisions.filter(
    (one) =>
      one.index !== index ||
      one.date < date ||
      one.revision <= (lastRevision(contents, index, one.date)?.revision ?? 0),
  );
  const knowing = (revisions: readonly Revision[]): Evidence =>
    evidenceOf({ ...evidence.rows, revisions: [...others, ...revisions] });
  const would = fixingFrom(versions, knowing([revision]), date);
  const [was, is] = [printedOf(published), would ? printedOf(would) : null];
  if (!would || samePrint(was, is)) {
    const what = `${index} ${date} would be the same from what is known at ${formatMoment(nowMs)}`;
    throw new MtokError('no', `${what}: correct the book first (corrections.csv)`);
  }
  const rules = versionOn(versions, date);
  const why = standsBecause(row, was, is, rules, nowMs);
  const base = { date, revision: row.revision, reason, published: was };
  if (why !== undefined) {
    const subject: NoticeSubject = { ...base, notice: 'late_correction', why, would_be: is };
    return log(desk, noticeOf(rules, dayOf(nowMs), subject), [], []);
  }
  const revisions = [revision];
  const later: Later[] = [];
  for (const after of laterRows(contents, index, date)) {
    const own = isFinal(after, nowMs) ? [] : [next(after.date, after.revision + 1)];
    const again = fixingFrom(versions, knowing([...revisions, ...own]), after.date);
    const prints = [printedOf(fixingOf(after, contents, read)), again ? printedOf(again) : null];
    const [before = null, now = null] = prints;
    if (samePrint(before, now)) continue;
    const rulesThen = versionOn(versions, after.date);
    const stands = standsBecause(after, before, now, rulesThen, nowMs) !== undefined;
    later.push({ date: after.date, published: before, restated: now, stands });
    if (!stands) revisions.push(...own);
  }
  const subject: NoticeSubject = {
    ...base,
    ...{ notice: 'restatement', revision: row.revision + 1, restated: is },
    later,
  };
  const fresh = revisions.filter((one) => !evidence.rows.revisions.includes(one));
  return log(desk, noticeOf(rules, dayOf(nowMs), subject), revisions, fresh);
}

/** Why a published fixing stands; `undefined` where it is to be restated. */
function standsBecause(
  row: FixingRow,
  was: Printed | null,
  is: Printed | null,
  rules: Rulebook,
  nowMs: number,
): 'final' | 'immaterial' | undefined {
  if (isFinal(row, nowMs)) return 'final';
  return isMaterial(was, is, rules) ? undefined : 'immaterial';
}

function isFinal({ state, final_from }: FixingRow, nowMs: number): boolean {
  return state === 'final' || (parseMoment(final_from) ?? 0) <= nowMs;
}

type Later = Extract<NoticeSubject, { notice: 'restatement' }>['later'][number];

/** The last revision of each later published day, in the order of the days. */
function laterRows(contents: Contents | undefined, index: string, date: Day): FixingRow[] {
  const rows = contents?.fixings.filter((row) => row.index === index && row.date > date) ?? [];
  return [...new Map(rows.map((row) => [row.date, row])).values()];
}

function fixingFrom(
  versions: readonly Rulebook[],
  evidence: Evidence,
  date: Day,
): Fixing | undefined {
  return calculateFixing(versions, evidence, date).fixing;
}

function lastRevision(
  contents: Contents | undefined,
  index: string,
  date: Day,
): FixingRow | undefined {
  return contents?.fixings.findLast((row) => row.index === index && row.date === date);
}

function fixingOf(row: FixingRow, contents: Contents | undefined, read: ReadPublished): Fixing {
  const fixing = publishedFixing(row, contents, read);
  if (fixing) return fixing;
  throw new MtokError('no', `a fixing of ${row.index} on ${row.date} is missing: restore it`);
}

function samePrint(a: Printed | null, b: Printed | null): boolean {
  return a?.price === b?.price && a?.level === b?.level;
}

function noticeOf({ index, unit }: Rulebook, dated: Day, subject: NoticeSubject): NoticeRecord {
  return { schema: 'mtok.notice/1', index, dated, text: textOf(index, unit, subject), subject };
}

function textOf(index: string, unit: string, subject: NoticeSubject): string {
  const shown = (print: Printed | null) =>
    print ? `${print.price} ${unit}, level ${print.level}` : 'withheld';
  if (subject.notice === 'late_correction') {
    const why = subject.why === 'final' ? 'it is final' : 'the error is not material';
    return (
      `${index} on ${subject.date} stands at ${shown(subject.published)}: ${why}. ` +
      `It would have been ${shown(subject.would_be)}. ${subject.reason}`
    );
  }
  if (subject.notice !== 'restatement') throw new RangeError('expected a note of an error');
  const others = subject.later.filter(({ stands }) => !stands).map(({ date }) => date);
  const kept = subject.later.filter(({ stands }) => stands).map(({ date }) => date);
  return [
    `${index} on ${subject.date} is restated from ${shown(subject.published)} to ` +
      `${shown(subject.restated)}. ${subject.reason}`,
    ...(others.length > 0 ? [`With it ${others.join(', ')}, which it changes too.`] : []),
    ...(kept.length > 0 ? [`${kept.join(', ')} would be others too, and stand.`] : []),
  ].join(' ');
}

/** The book first: what the log announces has to be on the way. */
async function log(
  desk: Desk,
  notice: NoticeRecord,
  revisions: readonly Revision[],
  fresh: readonly Revision[],
): Promise<Restated> {
  if (fresh.length > 0) {
    const cells = fresh.map(({ index, date, revision, knownAtMs, reason }) => {
      const known_at = formatMoment(knownAtMs);
      return { index, date, revision: String(revision), known_at, reason };
    });
    await appendRows(join(desk.book, 'revisions.csv'), REVISIONS, cells);
  }
  const records = [noticeRecord(notice)];
  await publishRecords(desk.publication, desk.signers, { nowMs: desk.now(), records });
  return { notice, revisions };
}
