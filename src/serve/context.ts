import type { ApiIndexStatus } from '../domain/api.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { CALENDAR } from '../ingest/decisions.ts';
import { readTable } from '../ingest/table.ts';
import { type Calendar, calendarsOf } from '../normalize/calendars.ts';
import { readDigested } from '../verify/documents.ts';
import { readFixing } from '../verify/fixing.ts';
import { inputPath } from '../verify/recompute.ts';
import type { Source } from '../verify/source.ts';
import type { Explainer } from './explainer.ts';
import type { FactsReader } from './facts.ts';
import { type Horizon, latestSeen, type SeenRow } from './horizon.ts';
import { Problem } from './problem.ts';
import { type IndexView, type Snapshot, versionKey } from './snapshot.ts';
import { statusOf } from './status.ts';

/** What every answer is made of: one snapshot, one moment, and what can be read and calculated. */
export interface Context {
  /** Of mtok: answers may differ from one release to the next. */
  readonly version: string;
  readonly directory: string;
  readonly source: Source;
  readonly snapshot: Snapshot;
  readonly facts: FactsReader;
  readonly explainer: Explainer;
  readonly calendars: CalendarReader;
  readonly nowMs: number;
}

/** The log that an answer is of. */
export function logOf(
  { checkpoint }: Snapshot,
  size: number = checkpoint.size,
): { origin: string; size: number } {
  return { origin: checkpoint.origin, size };
}

/** All that is there now. */
export function wholeHorizon({ checkpoint }: Snapshot, knownAtMs?: number): Horizon {
  return { size: checkpoint.size, knownAtMs };
}

/** @throws {Problem} where there is no such index. */
export function viewOf({ snapshot }: Context, index: string): IndexView {
  const view = snapshot.indices.get(index);
  if (view) return view;
  const known = [...snapshot.indices.keys()].join(', ');
  throw new Problem('no-such-index', `there is no index ${index} here; there are ${known}`, {
    parameter: 'id',
    found: index,
  });
}

/** The latest fixing of an index that has one. */
export function latestOf(context: Context, view: IndexView): SeenRow {
  const latest = latestSeen(view, wholeHorizon(context.snapshot));
  if (latest) return latest;
  throw new Problem('no-such-fixing', `${view.index} has no fixing yet`);
}

/** The versions of its rulebook under which an index was published. */
export function versionsOf({ snapshot }: Context, { index, days }: IndexView): Rulebook[] {
  const keys = new Set([...days.values()].flat().map(versionKey));
  return [...keys].flatMap((key) => {
    const rules = snapshot.rulebooks.get(key);
    return rules && rules.index === index ? [rules] : [];
  });
}

/** The rulebook of a fixing. */
export function rulesOf({ snapshot }: Context, { row }: SeenRow): Rulebook {
  const rules = snapshot.rulebooks.get(versionKey(row));
  if (!rules) throw new RangeError(`expected the rulebook of ${versionKey(row)}`);
  return rules;
}

/** Where an index stands at the moment of the context. */
export async function statusNow(context: Context, view: IndexView): Promise<ApiIndexStatus> {
  const latest = latestOf(context, view);
  const calendar = await context.calendars(latest, rulesOf(context, latest));
  const facts = latest.row.status === 'published' ? await context.facts.read(latest.row) : null;
  return statusOf({
    index: view.index,
    versions: versionsOf(context, view),
    calendar,
    latest,
    isRepeated: facts?.repeats !== undefined,
    nowMs: context.nowMs,
  });
}

/** Finds the calendar of a fixing; `undefined` where its rows are not published. */
export type CalendarReader = (seen: SeenRow, rules: Rulebook) => Promise<Calendar | undefined>;

/** Reads calendars from the inputs of fixings, each once. */
export function calendarReader(source: Source): CalendarReader {
  const built = calendarsOf([]);
  const known = new Map<string, Promise<Calendar | undefined>>();
  const read = async ({ row }: SeenRow, name: string): Promise<Calendar | undefined> => {
    if (row.digest_only?.includes('calendars')) return undefined;
    const { sha256, count } = (await readFixing(source, row)).inputs.calendars;
    if (count === 0) return undefined;
    const bytes = await readDigested(source, inputPath(sha256), sha256);
    const { rows } = await readTable(CALENDAR, [bytes], inputPath(sha256));
    return calendarsOf(rows.map((one) => one.row))(name);
  };
  return async (seen, { calendar }) => {
    const own = built(calendar);
    if (own) return own;
    const key = `${seen.row.sha256} ${calendar}`;
    const found = known.get(key) ?? read(seen, calendar);
    // One for each index is enough: the latest.
    if (known.size > 100) known.clear();
    known.set(key, found);
    return found;
  };
}
