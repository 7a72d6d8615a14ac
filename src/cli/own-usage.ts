import { DAY_MS, dayOf } from '../domain/dates.ts';
import { describeReject, MtokError } from '../domain/failure.ts';
import type { Usage } from '../domain/rows.ts';
import { NO_FILES, readBook } from '../ingest/book.ts';
import { filesNamed } from '../ingest/named-files.ts';
import { describeRejects } from './book.ts';
import { note } from './output.ts';

/**
 * Usage that is somebody's own and no input of an index, checked as a book's is: rows that
 * contradict or overlap one another are refused.
 *
 * @throws {MtokError} for rows that are rejected, and where there are none.
 */
export async function readOwnUsage(names: readonly string[]): Promise<readonly Usage[]> {
  const { paths, constants } = await filesNamed(names);
  const { rows, rejects, warnings } = await readBook({ ...NO_FILES, usage: paths, constants });
  if (rejects.length > 0) {
    const advice = 'Correct the rows; nothing was calculated.';
    throw new MtokError('data', [...describeRejects(rejects), advice].join('\n'), rejects);
  }
  for (const warning of warnings) note(describeReject(warning));
  const used = rows.usage.filter(({ tokens }) =>
    tokens.kind === 'total' ? tokens.total > 0n : tokens.input + tokens.output > 0n,
  );
  if (used.length > 0) return withinYears(used, names);
  const what = rows.usage.length === 0 ? 'no rows' : 'no tokens';
  throw new MtokError('data', `expected usage in ${names.join(', ')}, found ${what}`);
}

const MOST_YEARS = 30;

/** A slip in a year would price centuries. */
function withinYears(used: readonly Usage[], names: readonly string[]): readonly Usage[] {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { periodStartMs, periodEndMs } of used) {
    first = Math.min(first, periodStartMs);
    last = Math.max(last, periodEndMs);
  }
  if (last - first <= MOST_YEARS * 366 * DAY_MS) return used;
  const span = `${dayOf(first)} to ${dayOf(last)}`;
  const expected = `expected usage of at most ${MOST_YEARS} years`;
  throw new MtokError('data', `${names.join(', ')}: ${expected}, found ${span}`);
}
