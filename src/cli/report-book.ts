import { addDays, type Day, parseMoment } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import type { Fixing } from '../domain/fixing.ts';
import type { BookRows } from '../domain/rows.ts';
import { latestOf, startOf } from '../domain/versions.ts';
import { asPublished } from '../fix/as-published.ts';
import { canonicalText, digestOf } from '../fix/canonical-rows.ts';
import { calculateFixing } from '../fix/fixing.ts';
import { latestDay } from '../fix/latest.ts';
import type { Book } from '../ingest/book.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { inputPath, optionsOf } from '../verify/recompute.ts';
import type { Source } from '../verify/source.ts';
import type { Versions } from './book.ts';
import type { Account, Behind } from './report-account.ts';

/** A day before the year is enough for the basket that it began with, whatever the calendar. */
const LOOK_BACK_DAYS = 31;

/**
 * The fixings of an index over a year, each as it would have come out of the book on its day, and
 * the canonical rows behind each.
 *
 * @returns `undefined` where the book has none.
 */
export function bookAccount(
  book: Book,
  versions: Versions,
  year: number,
  until: Day | undefined,
): Account | undefined {
  const { index, base } = latestOf(versions);
  const latest = latestDay(evidenceOf(book.rows), versions);
  if (latest === undefined) throw new MtokError('data', 'expected at least one quote');
  const [start, end] = [`${year}-01-01`, `${year}-12-31`];
  const from = base.date > start ? base.date : start;
  const known = latest < end ? latest : end;
  const to = until !== undefined && until < known ? until : known;
  if (to < from) return undefined;
  const run = asPublished(versions, book.rows, addDays(from, -LOOK_BACK_DAYS), to);
  if (!run.items) throw new MtokError('data', run.none.message);
  const all = [...run.items];
  const fixings = all.filter(({ date }) => date >= from);
  if (fixings.length === 0) return undefined;
  const before = all
    .filter(({ date }) => date < from)
    .sort(byDay)
    .at(-1);
  return {
    ...{ index, from, to, fixings, before, records: null },
    behind: async (fixing) => behindOf(fixing, versions, book.rows),
  };
}

function byDay(a: Fixing, b: Fixing): number {
  return a.date < b.date ? -1 : a.date > b.date ? 1 : a.revision - b.revision;
}

/** The rows of one fixing, as a publication would have them. */
function behindOf(fixing: Fixing, versions: Versions, rows: BookRows): Behind {
  const knownAtMs = parseMoment(fixing.known_at) ?? 0;
  const revisions = rows.revisions.filter((one) => one.knownAtMs <= knownAtMs);
  const inForce = versions.filter((rules) => startOf(rules) <= fixing.date);
  const known = evidenceOf({ ...rows, revisions });
  const result = calculateFixing(inForce, known, fixing.date, optionsOf(fixing));
  if (!result.fixing) throw new MtokError('data', result.none.message);
  const files = Object.values(result.inputs).map((one) => {
    return [inputPath(digestOf(one).sha256), new TextEncoder().encode(canonicalText(one))] as const;
  });
  const byPath = new Map(files);
  const source: Source = { name: 'the book', read: async (path) => byPath.get(path) };
  return { source, versions: inForce, keptBack: [] };
}
