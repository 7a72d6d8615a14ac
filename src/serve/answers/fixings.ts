import { createHash } from 'node:crypto';
import type { ApiFixings } from '../../domain/api.ts';
import { parseMoment } from '../../domain/dates.ts';
import { type Context, logOf, viewOf } from '../context.ts';
import { type Horizon, revisionSeen, type SeenRow } from '../horizon.ts';
import { type FORMATS, USUAL_ROWS } from '../parameters.ts';
import { badParameter } from '../problem.ts';
import { FOR_SECONDS, type Representation, representationOf } from '../representation.ts';
import type { IndexView } from '../snapshot.ts';
import { JSON_TYPE, logSize } from './json.ts';
import { csvOf, knownRows, readFacts, rowLines } from './rows.ts';

export interface FixingsQuery {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly known_at?: string | undefined;
  readonly format?: (typeof FORMATS)[number] | undefined;
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

/** Fixings of an index: of each day the last revision that is seen, a page at a time. */
export async function fixingsAnswer(
  context: Context,
  id: string,
  query: FixingsQuery,
): Promise<Representation> {
  const view = viewOf(context, id);
  const { from, to } = query;
  if (from !== undefined && to !== undefined && to < from) {
    throw badParameter('to', `a day on or after from, ${from}`, to);
  }
  const { start, horizon } = startOf(context, query);
  const first = [from, start]
    .filter((day) => day !== undefined)
    .sort()
    .at(-1);
  const { page, next } = pageOf(view, horizon, { ...query, first });
  await readFacts(context.facts, page);
  const link = next === undefined ? null : nextLink(query, `${next}~${horizon.size}`);
  const headers = { ...logSize(horizon.size), ...(link === null ? {} : linkHeader(link)) };
  const tag = tagOf(context, id, query);
  const [type, bytes] = FORMS[query.format ?? 'json'](context, page, {
    ...{ log: logOf(context.snapshot, horizon.size), index: id, next: link },
  });
  return representationOf(type, bytes, FOR_SECONDS, headers, { tag });
}

type Frame = Omit<ApiFixings, 'fixings'>;
type Form = (context: Context, page: readonly SeenRow[], frame: Frame) => [string, Buffer];

const FORMS: Readonly<Record<(typeof FORMATS)[number], Form>> = {
  csv: ({ facts }, page) => {
    const text = csvOf(knownRows(facts, page));
    return ['text/csv; charset=utf-8; header=present', Buffer.from(text)];
  },
  ndjson: ({ facts }, page) => [
    'application/x-ndjson; charset=utf-8',
    Buffer.concat(rowLines(facts, page)),
  ],
  // Put together of bytes that are there: a year of rows costs what copying them does.
  json: ({ facts }, page, { log, index, next }) => {
    const rows = rowLines(facts, page).flatMap((line, at) => (at === 0 ? [line] : [COMMA, line]));
    const head = `{"log":${JSON.stringify(log)},"index":${JSON.stringify(index)},"fixings":[`;
    const tail = `],"next":${JSON.stringify(next)}}`;
    return [JSON_TYPE, Buffer.concat([Buffer.from(head), ...rows, Buffer.from(tail)])];
  },
};

const COMMA = Buffer.from(',');

function linkHeader(link: string): Record<string, string> {
  return { link: `<${link}>; rel="next"` };
}

/** All that the bytes of a page follow from: the release, the signed tree, and what was asked. */
function tagOf({ version, snapshot }: Context, id: string, query: FixingsQuery): string {
  const parts = [version, ...snapshot.checkpoint.root, id, ...Object.entries(query).sort()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

function startOf(
  { snapshot }: Context,
  { cursor, known_at }: FixingsQuery,
): { readonly start: string | undefined; readonly horizon: Horizon } {
  const knownAtMs = known_at === undefined ? undefined : parseMoment(known_at);
  const { size } = snapshot.checkpoint;
  if (cursor === undefined) return { start: undefined, horizon: { size, knownAtMs } };
  const [start = '', of = ''] = cursor.split('~');
  if (Number(of) > size) {
    throw badParameter('cursor', `a cursor of a log of at most ${size} entries`, cursor);
  }
  return { start, horizon: { size: Number(of), knownAtMs } };
}

interface Page {
  readonly page: readonly SeenRow[];
  /** The day that the next page begins with. */
  readonly next: string | undefined;
}

function pageOf(
  view: IndexView,
  horizon: Horizon,
  { first, to, limit = USUAL_ROWS }: FixingsQuery & { readonly first: string | undefined },
): Page {
  const page: SeenRow[] = [];
  for (let at = placeOf(view.dates, first); at < view.dates.length; at += 1) {
    const date = view.dates[at] ?? '';
    if (to !== undefined && date > to) break;
    const seen = revisionSeen(view, date, horizon);
    if (!seen) continue;
    if (page.length === limit) return { page, next: date };
    page.push(seen);
  }
  return { page, next: undefined };
}

/** The place of the first day that is not before another. */
function placeOf(dates: readonly string[], first: string | undefined): number {
  if (first === undefined) return 0;
  let [low, high] = [0, dates.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((dates[middle] ?? '') < first) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Relative to the address of the page itself, so that it holds behind any proxy. */
function nextLink(query: FixingsQuery, cursor: string): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, cursor })) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return `?${parameters}`;
}
