import { horizonOf } from '../calculate/horizon.ts';
import { calendarOf } from '../calculate/regime.ts';
import { type Day, daysBetween, formatMoment } from '../domain/dates.ts';
import {
  absolute,
  compare,
  decimal,
  divide,
  multiply,
  roundToPlaces,
  subtract,
  toText,
} from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import { type NoticeRecord, type NoticeSubject, noticeSchema } from '../domain/records.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { inOrder, latestOf, startOf, versionOn } from '../domain/versions.ts';
import { backfill } from '../fix/backfill.ts';
import { type ProForma, proForma } from '../fix/pro-forma.ts';
import { sha256Of } from '../ingest/digest.ts';
import { nextOpenDay } from '../normalize/calendars.ts';
import type { Evidence } from '../normalize/evidence.ts';
import { canonicalJson } from '../publish/canonical.ts';
import type { RecordDraft } from '../publish/publication/plan-records.ts';
import { type Printed, printedOf } from './guards.ts';

type Versions = readonly Rulebook[];
type SubjectOf<Name> = Extract<NoticeSubject, { notice: Name }>;

const NAMED_DIGITS = 12;

/**
 * A notice as the log gets it: by its day, its index and what it is about.
 *
 * @throws {MtokError} for one that could not be read again: the log would have it for ever.
 */
export function noticeRecord(document: NoticeRecord): RecordDraft {
  const parsed = noticeSchema.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const what = `${issue?.path.join('.')}: ${issue?.message}`;
    throw new MtokError('usage', `expected a notice that can be read again: ${what}`);
  }
  const { dated, index, subject } = document;
  const digest = sha256Of(canonicalJson(document)).slice(0, NAMED_DIGITS);
  const name = `${dated}/${index}-${subject.notice.replace('_', '-')}-${digest}.json`;
  return { record: 'notice', name, document };
}

function noticeOf(index: string, dated: Day, text: string, subject: NoticeSubject): NoticeRecord {
  return { schema: 'mtok.notice/1', index, dated, text, subject };
}

/**
 * The basket of the next rebalance, for those who hold the index: frozen where the rulebook has it
 * announced, else as it would be from what is known.
 *
 * @throws {MtokError} where the index never rebalances, or no basket can be formed.
 */
export function rebalanceNotice(
  versions: Versions,
  evidence: Evidence,
  date: Day,
  dated: Day,
): NoticeRecord {
  const { index } = latestOf(versions);
  const result = proForma(versions, evidence, date);
  if (!result.proForma) throw new MtokError('no', result.none.message);
  const { rebalance_day: rebalance, fault } = result.proForma;
  if (rebalance === null) throw new MtokError('no', `${index} never rebalances`);
  if (fault !== null) throw new MtokError('no', `no basket can be formed of ${index}: ${fault}`);
  return rebalanceNoticeOf(result.proForma, rebalance, versions, evidence, dated);
}

export function rebalanceNoticeOf(
  { index, date, members, announced }: ProForma,
  rebalance: Day,
  versions: Versions,
  evidence: Evidence,
  dated: Day,
): NoticeRecord {
  const rules = versionOn(inOrder(versions), rebalance);
  const calendar = calendarOf(rules, evidence);
  const isAtFixing = rules.rebalance.effective === 'at_fixing';
  const ids = (change: ProForma['members'][number]['change']) =>
    members.filter((one) => one.change === change).map(({ id }) => id);
  const subject: SubjectOf<'rebalance'> = {
    ...{ notice: 'rebalance', rebalance },
    first_day: isAtFixing ? rebalance : nextOpenDay(rebalance, calendar.isOpen),
    known_at: formatMoment(horizonOf(date, rules, evidence, undefined).knownAtMs),
    basket: members.flatMap(({ id, weight_next, share_next }) =>
      weight_next === null || share_next === null
        ? []
        : [{ id, weight: weight_next, share: share_next }],
    ),
    added: ids('enters'),
    removed: ids('leaves'),
  };
  const how = announced ? 'has been formed and is frozen' : 'would be this, from what is known';
  const text =
    `The basket of ${index} for its rebalance on ${rebalance} ${how}: ` +
    `${subject.added.length} enter, ${subject.removed.length} leave, ` +
    `${subject.basket.length} in all, from ${subject.first_day} on.`;
  return noticeOf(index, dated, text, subject);
}

/**
 * The version of a rulebook that comes into force next.
 *
 * @throws {MtokError} where there is none, or a material one comes sooner than the version before
 *   it allows.
 */
export function rulebookNotice(versions: Versions, dated: Day): NoticeRecord {
  const ordered = inOrder(versions);
  const to = ordered.find((one) => startOf(one) > dated && one.effective_from !== null);
  const { index } = latestOf(versions);
  if (!to)
    throw new MtokError('no', `${index} has no version that comes into force after ${dated}`);
  return rulebookNoticeOf(to, ordered[ordered.indexOf(to) - 1], dated);
}

export function rulebookNoticeOf(
  to: Rulebook,
  from: Rulebook | undefined,
  dated: Day,
): NoticeRecord {
  const { index, change } = to;
  const effective = startOf(to);
  const days = daysBetween(dated, effective);
  const asked = from?.notice_days ?? 0;
  if (change === 'material' && days < asked) {
    const what = `version ${to.version} of ${index} is material and comes in ${days} days`;
    const advice = 'give it a later effective_from, or call it an emergency and say why';
    throw new MtokError('no', `${what}: notice_days is ${asked}: ${advice}`);
  }
  const name = ({ version, sha256 }: Rulebook) => ({ version, sha256 });
  const subject: SubjectOf<'rulebook_change'> = {
    ...{ notice: 'rulebook_change', from: from ? name(from) : null, to: name(to), change },
    ...{ effective_from: effective, notice_days: days },
  };
  const kind = {
    ...{ material: 'a material change', clarifying: 'a clarification' },
    emergency: 'an emergency',
  }[change];
  const what = `Version ${to.version} of the rulebook of ${index}, ${kind}`;
  return noticeOf(index, dated, `${what}, is in force from ${effective}.`, subject);
}

/** A proposed rulebook beside the one in force, over the same days and the same evidence. */
export function consultationNotice(
  versions: Versions,
  proposed: Rulebook,
  evidence: Evidence,
  period: { readonly from: Day; readonly to: Day },
  { closes, dated }: { readonly closes: Day; readonly dated: Day },
): NoticeRecord {
  const inForce = versionOn(inOrder(versions), period.to);
  const { index } = inForce;
  if (closes < dated) {
    throw new MtokError('usage', `expected comments until ${dated} or later, found ${closes}`);
  }
  if (proposed.index !== index) {
    throw new MtokError('usage', `expected a rulebook of ${index}, found one of ${proposed.index}`);
  }
  const published = printsOf(versions, evidence, period);
  const shadowed = printsOf([proposed], evidence, period);
  const shadow = [...published].map(([date, print]) => {
    return { date, published: print, proposed: shadowed.get(date) ?? null };
  });
  const name = ({ version, sha256 }: Rulebook) => ({ version, sha256 });
  const largest = largestDifference(shadow);
  const subject: SubjectOf<'consultation'> = {
    ...{ notice: 'consultation', from: name(inForce), to: name(proposed), closes, period, shadow },
    largest_difference: largest,
  };
  const found = differenceText(largest);
  const what = `version ${proposed.version} of the rulebook of ${index}`;
  const text =
    `Comments on ${what} are asked for by ${closes}. ` +
    `From ${period.from} to ${period.to} ${found}.`;
  return noticeOf(index, dated, text, subject);
}

function printsOf(
  versions: Versions,
  evidence: Evidence,
  { from, to }: { readonly from: Day; readonly to: Day },
): Map<Day, Printed | null> {
  const run = backfill(versions, evidence, from, to);
  if (!run.items) throw new MtokError('no', run.none.message);
  return new Map([...run.items].map((fixing) => [fixing.date, printedOf(fixing)]));
}

function differenceText(largest: { readonly date: Day; readonly percent: string } | null): string {
  if (!largest) return 'no day has a level under both';
  if (Number(largest.percent) === 0) return 'its level does not differ from that in force';
  const { percent, date } = largest;
  return `its level differs from that in force by at most ${percent}%, on ${date}`;
}

const PERCENT_PLACES = 4;

function largestDifference(shadow: SubjectOf<'consultation'>['shadow']) {
  let most: { date: Day; percent: string } | null = null;
  let largest = decimal('-1');
  for (const { date, published, proposed } of shadow) {
    if (!published || !proposed) continue;
    const [was, is] = [decimal(published.level), decimal(proposed.level)];
    const share = divide(absolute(subtract(is, was)), was);
    if (compare(share, largest) <= 0) continue;
    largest = share;
    most = { date, percent: percentText(share) };
  }
  return most;
}

function percentText(share: ReturnType<typeof decimal>): string {
  return toText(roundToPlaces(multiply(share, decimal('100')), PERCENT_PLACES, 'half_even'));
}

/** The end of an index: after its last day nothing is published of it. */
export function cessationNotice(
  versions: Versions,
  last_day: Day,
  successor: string | null,
  reason: string,
  dated: Day,
): NoticeRecord {
  const { index } = latestOf(versions);
  if (last_day < dated) {
    throw new MtokError('usage', `expected a last day from ${dated} on, found ${last_day}`);
  }
  if (successor === index) {
    throw new MtokError('usage', `expected another index as the successor of ${index}`);
  }
  const next = successor === null ? 'Nothing follows it' : `${successor} follows it`;
  const text = `${index} ends: ${last_day} is its last day. ${next}. ${reason}`;
  return noticeOf(index, dated, text, { notice: 'cessation', last_day, successor, reason });
}
