import { addDays, type Day } from '../domain/dates.ts';
import {
  absolute,
  compare,
  type Decimal,
  decimal,
  divide,
  isZero,
  subtract,
  toText,
} from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import { type Fixing, fixingSchema } from '../domain/fixing.ts';
import type { Contents } from '../domain/publication.ts';
import { type NoticeRecord, noticeSchema } from '../domain/records.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { startOf } from '../domain/versions.ts';
import { PATHS } from '../publish/publication/layout.ts';
import { type ReadPublished, readLogged } from './logged.ts';

/** What a fixing says its index is worth; `null` where it is withheld. */
export interface Printed {
  readonly price: string;
  readonly level: string;
}

export function printedOf({ value, level }: Pick<Fixing, 'value' | 'level'>): Printed | null {
  return value && level !== null ? { price: value.price, level } : null;
}

/**
 * The larger of the moves of price and level from one print to another, as a share of the first.
 *
 * @returns `undefined` where only one of them is withheld: there is no share of nothing.
 */
export function moveBetween(from: Printed | null, to: Printed | null): Decimal | undefined {
  if (!from && !to) return decimal('0');
  if (!from || !to) return undefined;
  const moves = (['price', 'level'] as const).map((key) => {
    const [old, now] = [decimal(from[key]), decimal(to[key])];
    return isZero(old) ? decimal('0') : divide(absolute(subtract(now, old)), old);
  });
  return moves.reduce((most, move) => (compare(move, most) > 0 ? move : most));
}

/** An error is material where it moves a print by more than its rulebook's `restate_above`. */
export function isMaterial(
  from: Printed | null,
  to: Printed | null,
  { finality }: Pick<Rulebook, 'finality'>,
): boolean {
  const move = moveBetween(from, to);
  return move === undefined || compare(move, finality.restate_above) > 0;
}

/** @throws {MtokError} for a revision that corrects nothing material. */
export function requireMaterial(
  fixing: Fixing,
  rules: Rulebook,
  contents: Contents | undefined,
  read: ReadPublished,
): void {
  const { index, date, revision } = fixing;
  if (revision === 0) return;
  const before = publishedFixing({ index, date, revision: revision - 1 }, contents, read);
  if (!before || isMaterial(printedOf(before), printedOf(fixing), rules)) return;
  const limit = toText(rules.finality.restate_above);
  const what = `revision ${revision} of ${index} ${date} moves neither price nor level`;
  const advice = 'take its row out of revisions.csv, and log a note with mtok restate';
  throw new MtokError('no', `${what} by more than restate_above ${limit}: ${advice}`);
}

/** A fixing as it is published; `undefined` where none of that name is. */
export function publishedFixing(
  name: Pick<Fixing, 'index' | 'date' | 'revision'>,
  contents: Contents | undefined,
  read: ReadPublished,
): Fixing | undefined {
  const row = contents?.fixings.find(
    ({ index, date, revision }) =>
      index === name.index && date === name.date && revision === name.revision,
  );
  return row && readLogged(read, { path: PATHS.fixing(row), sha256: row.sha256 }, fixingSchema);
}

/**
 * @throws {MtokError} for a live day under a material version that was not announced in the log as
 *   long before as the version before it asks for.
 */
export function requireNotice(
  { basis }: Fixing,
  versions: readonly Rulebook[],
  rules: Rulebook,
  contents: Contents | undefined,
  read: ReadPublished,
): void {
  const before = versions.filter((one) => startOf(one) < startOf(rules)).at(-1);
  if (basis !== 'live' || rules.change !== 'material') return;
  if (!before || before.notice_days === 0) return;
  const latest = addDays(startOf(rules), -before.notice_days);
  const notice = noticesOf(rules.index, contents, read).find(
    ({ subject }) => subject.notice === 'rulebook_change' && subject.to.sha256 === rules.sha256,
  );
  if (notice && notice.dated <= latest) return;
  const what = `version ${rules.version} of ${rules.index} needs a notice in the log by ${latest}`;
  const found = notice ? `its notice is of ${notice.dated}` : 'it has none';
  const advice = 'give it a later effective_from, and log it with mtok announce rulebook-change';
  throw new MtokError('no', `${what} (notice_days ${before.notice_days}), and ${found}: ${advice}`);
}

/** The last day of an index, where the log has announced one. */
export function lastDayOf(notices: readonly NoticeRecord[]): Day | undefined {
  const days = notices.flatMap(({ subject }) =>
    subject.notice === 'cessation' ? [subject.last_day] : [],
  );
  return days.at(-1);
}

/** The notices that the log has of an index, in its order. */
export function noticesOf(
  index: string,
  contents: Contents | undefined,
  read: ReadPublished,
): NoticeRecord[] {
  const rows = (contents?.records ?? []).filter(({ record }) => record === 'notice');
  return rows
    .map((row) => readLogged(read, row, noticeSchema))
    .filter((notice) => notice.index === index);
}
