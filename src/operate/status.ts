import { formatMoment, HOUR_MS } from '../domain/dates.ts';
import { byCodePoint } from '../domain/group.ts';
import type { Contents } from '../domain/publication.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { inOrder, latestOf, versionOn } from '../domain/versions.ts';
import { calculateFixing } from '../fix/fixing.ts';
import { review } from '../fix/review.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { readPresent } from '../publish/publication/present.ts';
import { readApprovals } from './approvals.ts';
import { type Desk, secondOf } from './desk.ts';
import { dayBefore, dueDays, lastPublished, nextDay, type ScheduledDay } from './due.ts';
import { lastDayOf, noticesOf } from './guards.ts';
import type { OpenedBook } from './publish-book.ts';

/** How things stand: what is done, due, waiting and late, and for whom it waits. */
export interface Status {
  readonly schema: 'mtok.status/1';
  readonly at: string;
  /** Entries of the log. */
  readonly log_size: number;
  readonly indices: readonly IndexStatus[];
  readonly collection: Collection;
}

export interface IndexStatus {
  readonly index: string;
  readonly version: string;
  /** The last day that is published; `null` before the first. */
  readonly latest: {
    readonly date: string;
    readonly revision: number;
    readonly status: 'published' | 'withheld';
    readonly state: 'provisional' | 'final';
    readonly final_from: string;
  } | null;
  /** Days whose cut-off has passed, and that are not published. */
  readonly due: readonly DueStatus[];
  /** The next cut-off; `null` where none comes. */
  readonly next: Moments | null;
  /** Nothing has been seen since the cut-off before, and `collect_by` of the next one is over. */
  readonly collection_late: boolean;
  /** Its last day, where the log has announced one. */
  readonly ends: string | null;
}

interface Moments {
  readonly date: string;
  readonly cutoff: string;
  readonly collect_by: string | null;
  readonly review_by: string | null;
  readonly publish_by: string | null;
}

export interface DueStatus extends Moments {
  readonly state: 'due' | 'in_review' | 'awaits_approval';
  readonly late: boolean;
  /** Quotes that are held: `mtok review` shows them. */
  readonly held: readonly string[];
  readonly approved_by: readonly string[];
  readonly approvals: number;
}

/** Whether what the indices rest on is being collected. */
export interface Collection {
  readonly last_seen: string | null;
  /** Hours since then. */
  readonly age_hours: number | null;
  /** Venues, each with the last moment at which a quote was seen there, the oldest first. */
  readonly venues: readonly { readonly venue: string; readonly last_seen: string }[];
}

/** Says how things stand at a desk; nothing is written. */
export async function statusOf(desk: Desk, opened: OpenedBook): Promise<Status> {
  const { contents, log, read } = readPresent(desk.publication);
  const { evidence, book } = opened;
  const indices: IndexStatus[] = [];
  const lastSeenMs = lastSeenBy(evidence, desk.now());
  for (const index of [...new Set(book.rulebooks.map((one) => one.index))].sort(byCodePoint)) {
    const versions = inOrder(book.rulebooks.filter((one) => one.index === index));
    const ends = lastDayOf(noticesOf(index, contents, read));
    const late = isCollectionLate(desk, evidence, versions, ends, lastSeenMs);
    const status = await indexStatus(desk, evidence, versions, contents, ends);
    indices.push({ ...status, collection_late: late });
  }
  return {
    schema: 'mtok.status/1',
    at: formatMoment(secondOf(desk)),
    log_size: log.size(),
    indices,
    collection: collectionOf(evidence, desk.now()),
  };
}

async function indexStatus(
  desk: Desk,
  evidence: Evidence,
  versions: readonly Rulebook[],
  contents: Contents | undefined,
  ends: string | undefined,
): Promise<Omit<IndexStatus, 'collection_late'>> {
  const { index } = latestOf(versions);
  const last = lastPublished(contents, index);
  const due: DueStatus[] = [];
  for (const day of dueDays(versions, evidence, contents, desk.now(), ends)) {
    due.push(await dueStatus(desk, evidence, versions, day));
  }
  const next = nextDay(versions, evidence, desk.now());
  const hasNext = next && (ends === undefined || next.date <= ends);
  const { version } = versionOn(versions, next?.date ?? last?.date ?? '');
  return {
    ...{ index, version },
    latest: last
      ? {
          ...{ date: last.date, revision: last.revision, status: last.status },
          ...{ state: last.state, final_from: last.final_from },
        }
      : null,
    ...{ due, next: hasNext ? momentsOf(next) : null, ends: ends ?? null },
  };
}

function isCollectionLate(
  { now }: Desk,
  evidence: Evidence,
  versions: readonly Rulebook[],
  ends: string | undefined,
  lastSeenMs: number | undefined,
): boolean {
  const next = nextDay(versions, evidence, now());
  if (next?.collectByMs === undefined || now() <= next.collectByMs) return false;
  if (ends !== undefined && next.date > ends) return false;
  const before = dayBefore(versions, evidence, next.date);
  return lastSeenMs === undefined || (before !== undefined && lastSeenMs <= before.cutoffMs);
}

async function dueStatus(
  desk: Desk,
  evidence: Evidence,
  versions: readonly Rulebook[],
  day: ScheduledDay,
): Promise<DueStatus> {
  const nowMs = desk.now();
  const { rules, date, reviewByMs, publishByMs } = day;
  const waiting = rules.hold ? (review(versions, evidence, date).review?.waiting ?? []) : [];
  const held = waiting.map(({ seller, quoted_as }) => `${seller} ${quoted_as}`);
  const { fixing } = calculateFixing(versions, evidence, date);
  const approved =
    fixing && rules.approvals > 1 ? await readApprovals(desk.book, fixing, rules) : undefined;
  const approved_by = approved?.keys.map(({ name }) => name) ?? [];
  const isInReview = held.length > 0 && reviewByMs !== undefined && nowMs < reviewByMs;
  const lacks = rules.approvals > 1 && approved_by.length < rules.approvals;
  const waits = lacks ? 'awaits_approval' : 'due';
  return {
    ...momentsOf(day),
    state: isInReview ? 'in_review' : waits,
    late: publishByMs !== undefined && nowMs > publishByMs,
    ...{ held, approved_by, approvals: rules.approvals },
  };
}

function momentsOf(day: ScheduledDay): Moments {
  const text = (ms: number | undefined) => (ms === undefined ? null : formatMoment(ms));
  return {
    ...{ date: day.date, cutoff: formatMoment(day.cutoffMs), collect_by: text(day.collectByMs) },
    ...{ review_by: text(day.reviewByMs), publish_by: text(day.publishByMs) },
  };
}

/** When a quote was last seen, as far as is known now. */
function lastSeenBy({ rows }: Evidence, nowMs: number): number | undefined {
  const seen = rows.quotes.filter(({ observedAtMs }) => observedAtMs <= nowMs);
  return seen.reduce<number | undefined>(
    (last, { observedAtMs }) => Math.max(last ?? observedAtMs, observedAtMs),
    undefined,
  );
}

function collectionOf({ rows }: Evidence, nowMs: number): Collection {
  const seen = new Map<string, number>();
  for (const { venue, observedAtMs } of rows.quotes) {
    if (observedAtMs <= nowMs) seen.set(venue, Math.max(seen.get(venue) ?? 0, observedAtMs));
  }
  const venues = [...seen].sort(([a, aMs], [b, bMs]) => aMs - bMs || byCodePoint(a, b));
  const lastMs = venues.at(-1)?.[1];
  return {
    last_seen: lastMs === undefined ? null : formatMoment(lastMs),
    age_hours: lastMs === undefined ? null : Math.floor((nowMs - lastMs) / HOUR_MS),
    venues: venues.map(([venue, ms]) => ({ venue, last_seen: formatMoment(ms) })),
  };
}
