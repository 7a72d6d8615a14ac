import type { ApiLatest, ApiOneFixing } from '../../domain/api.ts';
import { formatMoment, parseMoment, wallClockToMs } from '../../domain/dates.ts';
import { inOrder, startOf, versionOn } from '../../domain/versions.ts';
import {
  type Context,
  latestOf,
  logOf,
  rulesOf,
  statusNow,
  versionsOf,
  viewOf,
  wholeHorizon,
} from '../context.ts';
import { revisionSeen, revisionsSeen } from '../horizon.ts';
import { Problem } from '../problem.ts';
import type { Representation } from '../representation.ts';
import type { IndexView } from '../snapshot.ts';
import { jsonAnswer } from './json.ts';
import { fixingRow } from './rows.ts';

export interface FixingQuery {
  readonly revision?: number | undefined;
  readonly known_at?: string | undefined;
}

/** One fixing: its last revision, one by its number, or the one that was known at a moment. */
export async function fixingAnswer(
  context: Context,
  id: string,
  date: string,
  query: FixingQuery,
): Promise<Representation> {
  const view = viewOf(context, id);
  const knownAtMs = query.known_at === undefined ? undefined : parseMoment(query.known_at);
  const horizon = wholeHorizon(context.snapshot, knownAtMs);
  const seen = revisionSeen(view, date, horizon, query.revision);
  if (!seen) throw await whyNot(context, view, date, query);
  const document: ApiOneFixing = {
    log: logOf(context.snapshot),
    fixing: fixingRow(seen, await context.facts.read(seen.row)),
  };
  return jsonAnswer(document);
}

/** The latest fixing of an index, and whether it is the one of the day that counts now. */
export async function latestAnswer(context: Context, id: string): Promise<Representation> {
  const view = viewOf(context, id);
  const latest = latestOf(context, view);
  const document: ApiLatest = {
    log: logOf(context.snapshot),
    fixing: fixingRow(latest, await context.facts.read(latest.row)),
    current: await statusNow(context, view),
  };
  return jsonAnswer(document);
}

/** Between asking and asking again for what is to come at any time. */
const SOON_S = 60;
const LATE_S = 300;
const LONGEST_S = 7 * 86_400;

/** Why there is no such fixing, and when to ask again where there may be one. */
async function whyNot(
  context: Context,
  view: IndexView,
  date: string,
  { revision, known_at }: FixingQuery,
): Promise<Problem> {
  const name = `${view.index} ${date}`;
  const there = revisionsSeen(view, date, wholeHorizon(context.snapshot));
  const first = there[0];
  if (first && known_at !== undefined) {
    const when = formatMoment(first.row.publishedAtMs);
    const what = revision === undefined ? 'the fixing' : `revision ${revision}`;
    const why = `${what} of ${name} was not known at ${known_at}: the first one is of ${when}`;
    return new Problem('no-such-fixing', why, { parameter: 'known_at', found: known_at });
  }
  if (first) {
    const last = there.at(-1)?.row.revision ?? 0;
    const why = `${name} has no revision ${revision}: the last one is ${last}`;
    return new Problem('no-such-fixing', why, { parameter: 'revision', found: String(revision) });
  }
  return toCome(context, view, date, name);
}

async function toCome(
  context: Context,
  view: IndexView,
  date: string,
  name: string,
): Promise<Problem> {
  const latest = latestOf(context, view);
  const versions = inOrder(versionsOf(context, view));
  const [first] = versions;
  const never = (why: string) => new Problem('no-such-fixing', why, { parameter: 'date' });
  if (first && date < startOf(first)) {
    return never(`${view.index} starts on its base date ${startOf(first)}: ${date} is before it`);
  }
  const calendar = await context.calendars(latest, rulesOf(context, latest));
  if (calendar && !calendar.isOpen(date)) {
    return never(`${name} has no fixing: it is not a day of its calendar`);
  }
  if (date < latest.row.date) {
    return never(`${name} was not published, and later days are: it is not to come`);
  }
  const cutoffMs = wallClockToMs(date, versionOn(versions, date).cutoff);
  const waitS = Math.ceil((cutoffMs - context.nowMs) / 1000);
  const { status } = await statusNow(context, view);
  const cutoff = formatMoment(cutoffMs);
  const why = waitS > 0 ? `its cut-off is ${cutoff}` : `its cut-off was ${cutoff}: it is ${status}`;
  const retryS = waitS > 0 ? Math.min(waitS, LONGEST_S) : status === 'late' ? LATE_S : SOON_S;
  const details = { parameter: 'date', found: date };
  return new Problem('not-yet-published', `${name} is not published yet: ${why}`, details, retryS);
}
