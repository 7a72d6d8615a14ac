import { dayOf, formatMoment, parseMoment } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import type { Contents } from '../domain/publication.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { inOrder, latestOf, startOf } from '../domain/versions.ts';
import { calculateFixing } from '../fix/fixing.ts';
import { proForma } from '../fix/pro-forma.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { openPublication, publishRecords } from '../publish/publication/publish.ts';
import { completeCaptures } from './collect.ts';
import { type Desk, secondOf } from './desk.ts';
import { dueDays, type ScheduledDay } from './due.ts';
import { lastDayOf, noticesOf, printedOf } from './guards.ts';
import { noticeRecord, rebalanceNoticeOf, rulebookNoticeOf } from './notices.ts';
import { type OpenedBook, publishBook, type Range } from './publish-book.ts';

/** Something that a run did, found to wait, or could not do. */
export interface JournalLine {
  readonly at: string;
  readonly what:
    | 'announced'
    | 'published'
    | 'withheld'
    | 'finalized'
    | 'in_review'
    | 'awaits_approval'
    | 'late'
    | 'refused';
  readonly index: string | null;
  readonly date: string | null;
  readonly detail: string;
}

export interface DailyRun {
  readonly journal: readonly JournalLine[];
  /** Nothing was refused, and nothing is later than its rulebook allows. */
  readonly isInOrder: boolean;
}

/**
 * Does all that is due, in order: captures that an interruption left unlisted, announcements, the
 * fixings of each day whose cut-off has passed, what has become final. Done again it does nothing;
 * whatever interrupts it, the next run goes on.
 *
 * @param open reads the book, as it is after the captures are complete.
 */
export async function runDaily(
  desk: Desk,
  open: () => Promise<OpenedBook>,
  options: Pick<Range, 'digestOnly'> = {},
): Promise<DailyRun> {
  const journal: JournalLine[] = [];
  const say: Say = (what, index, date, detail) => {
    journal.push({ at: formatMoment(secondOf(desk)), what, index, date, detail });
  };
  await completeCaptures(desk);
  const opened = await open();
  for (const versions of indicesIn(opened.book.rulebooks)) {
    await guarded(say, versions, () => announceVersions(desk, versions, say));
    await guarded(say, versions, () => fixDays(desk, opened, versions, options, say));
    await guarded(say, versions, () => announceBasket(desk, opened.evidence, versions, say));
  }
  // What is final today is so where nothing else was due, too.
  await finalize(desk, say);
  const isInOrder = journal.every(({ what }) => what !== 'late' && what !== 'refused');
  return { journal, isInOrder };
}

type Say = (
  what: JournalLine['what'],
  index: string | null,
  date: string | null,
  detail: string,
) => void;

function indicesIn(rulebooks: readonly Rulebook[]): (readonly Rulebook[])[] {
  const names = [...new Set(rulebooks.map(({ index }) => index))];
  return names.map((name) => inOrder(rulebooks.filter(({ index }) => index === name)));
}

/** What is refused of one index stops no other. */
async function guarded(
  say: Say,
  versions: readonly Rulebook[],
  act: () => Promise<void>,
): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof MtokError) || error.kind === 'environment') throw error;
    say('refused', latestOf(versions).index, null, error.message);
  }
}

/** The fixings of the days that are due, one at a time: each is signed, and stays done. */
async function fixDays(
  desk: Desk,
  opened: OpenedBook,
  versions: readonly Rulebook[],
  options: Pick<Range, 'digestOnly'>,
  say: Say,
): Promise<void> {
  const { contents, read } = await openPublication(desk.publication);
  const { index } = latestOf(versions);
  const lastDay = lastDayOf(noticesOf(index, contents, read));
  await publishRevisions(desk, opened, versions, contents, options, say);
  for (const day of dueDays(versions, opened.evidence, contents, desk.now(), lastDay)) {
    if (isInReview(day, versions, opened.evidence, desk.now())) {
      const until = formatMoment(day.reviewByMs ?? 0);
      say('in_review', index, day.date, `quotes are held: mtok review shows them, until ${until}`);
      return;
    }
    if (!(await publishDay(desk, opened, versions, day, options, say))) return;
  }
}

/** Revisions of the book that are not published yet. */
async function publishRevisions(
  desk: Desk,
  opened: OpenedBook,
  versions: readonly Rulebook[],
  contents: Contents | undefined,
  options: Pick<Range, 'digestOnly'>,
  say: Say,
): Promise<void> {
  const { index } = latestOf(versions);
  const published = new Set(
    contents?.fixings.map((row) => `${row.index} ${row.date} ${row.revision}`),
  );
  const days = opened.evidence.rows.revisions
    .filter((row) => row.index === index)
    .filter(({ date, revision }) => !published.has(`${index} ${date} ${revision}`))
    .filter(({ date }) => published.has(`${index} ${date} 0`))
    .map(({ date }) => date)
    .sort();
  for (const date of days) {
    await publishDay(desk, opened, versions, { index, date }, options, say);
  }
}

/** Between the cut-off and the end of the review a fixing waits for decisions, if any are asked. */
function isInReview(
  { date, reviewByMs }: ScheduledDay,
  versions: readonly Rulebook[],
  evidence: Evidence,
  nowMs: number,
): boolean {
  if (reviewByMs === undefined || nowMs >= reviewByMs) return false;
  const { fixing } = calculateFixing(versions, evidence, date);
  return fixing?.constituents.some((one) => one.evidence === 'held') ?? false;
}

/** @returns whether the day is published: the next one may come. */
async function publishDay(
  desk: Desk,
  opened: OpenedBook,
  versions: readonly Rulebook[],
  day: Pick<ScheduledDay, 'index' | 'date'> & Partial<Pick<ScheduledDay, 'publishByMs'>>,
  options: Pick<Range, 'digestOnly'>,
  say: Say,
): Promise<boolean> {
  const { index, date, publishByMs } = day;
  const range = { ...options, indices: [versions], from: date, to: date };
  const done = await publishBook(desk, opened, range);
  const isLate = publishByMs !== undefined && desk.now() > publishByMs;
  for (const row of done.finalized) sayFinal(say, row);
  for (const { approvedBy, needed, sha256 } of done.proposals) {
    const by = approvedBy.length === 0 ? 'nobody' : approvedBy.join(', ');
    say('awaits_approval', index, date, `approved by ${by}, ${needed} are needed: ${sha256}`);
    if (isLate) say('late', index, date, `was to be published by ${formatMoment(publishByMs)}`);
  }
  for (const { row, fixing } of done.fixings) {
    const print = printedOf(fixing);
    const repeats = fixing.repeats ? `, that of ${fixing.repeats}: ${fixing.withheld.join()}` : '';
    const again = row.revision === 0 ? '' : `revision ${row.revision}, `;
    const what = print
      ? `${print.price} ${fixing.unit}, level ${print.level}${repeats}`
      : `${fixing.withheld.join(', ')} (${row.sha256.slice(0, 12)})`;
    say(fixing.status, index, date, `${again}${row.state}: ${what}`);
    if (isLate) say('late', index, date, `was to be published by ${formatMoment(publishByMs)}`);
  }
  return done.proposals.length === 0;
}

function sayFinal(say: Say, row: { index: string; date: string; revision: number }): void {
  const detail = row.revision === 0 ? 'final' : `revision ${row.revision} is final`;
  say('finalized', row.index, row.date, detail);
}

async function finalize(desk: Desk, say: Say): Promise<void> {
  const { contents } = await openPublication(desk.publication);
  const isDue = contents?.fixings.some(
    ({ state, final_from }) =>
      state === 'provisional' && (parseMoment(final_from) ?? 0) <= desk.now(),
  );
  if (!isDue) return;
  const done = await publishRecords(desk.publication, desk.signers, { nowMs: desk.now() });
  for (const row of done.finalized) sayFinal(say, row);
}

/** Versions that the rulebooks announce from today on, and the log does not. */
async function announceVersions(
  desk: Desk,
  versions: readonly Rulebook[],
  say: Say,
): Promise<void> {
  const { contents, read } = await openPublication(desk.publication);
  const today = dayOf(desk.now());
  const notices = noticesOf(latestOf(versions).index, contents, read);
  for (const [at, rules] of versions.entries()) {
    const { announced_at, index, sha256 } = rules;
    if (at === 0 || announced_at === null || announced_at > today) continue;
    if (startOf(rules) <= today) continue;
    const isThere = notices.some(
      ({ subject }) => subject.notice === 'rulebook_change' && subject.to.sha256 === sha256,
    );
    if (isThere) continue;
    const notice = rulebookNoticeOf(rules, versions[at - 1], today);
    const records = [noticeRecord(notice)];
    await publishRecords(desk.publication, desk.signers, { nowMs: desk.now(), records });
    say('announced', index, startOf(rules), notice.text);
  }
}

/** The basket that is frozen for the next rebalance, once. */
async function announceBasket(
  desk: Desk,
  evidence: Evidence,
  versions: readonly Rulebook[],
  say: Say,
): Promise<void> {
  const { contents, read } = await openPublication(desk.publication);
  const { index, rebalance } = latestOf(versions);
  const last = contents?.indices.find((one) => one.index === index)?.latest;
  if (rebalance.announce_days === 0 || last === undefined) return;
  const { proForma: basket } = proForma(versions, evidence, last);
  if (!basket?.announced || basket.rebalance_day === null || basket.fault !== null) return;
  const { rebalance_day } = basket;
  const isThere = noticesOf(index, contents, read).some(
    ({ subject }) => subject.notice === 'rebalance' && subject.rebalance === rebalance_day,
  );
  if (isThere) return;
  const today = dayOf(desk.now());
  const notice = rebalanceNoticeOf(basket, rebalance_day, versions, evidence, today);
  const records = [noticeRecord(notice)];
  await publishRecords(desk.publication, desk.signers, { nowMs: desk.now(), records });
  say('announced', index, rebalance_day, notice.text);
}
