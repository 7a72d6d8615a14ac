import type { Contract } from '../domain/contract.ts';
import { addDays, type Day } from '../domain/dates.ts';
import { MtokError, nearest } from '../domain/failure.ts';
import type { Fixing } from '../domain/fixing.ts';
import { asPublished } from '../fix/as-published.ts';
import { latestDay } from '../fix/latest.ts';
import type { Book } from '../ingest/book.ts';
import { sha256Of } from '../ingest/digest.ts';
import { readFixings } from '../ingest/fixings.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { canonicalJson } from '../publish/canonical.ts';
import { momentsOf, type Period, scheduleOf } from '../settle/period.ts';
import type { PublishedFixing } from '../settle/prints.ts';
import { contractCalendar, type SettlementInputs } from '../settle/settle.ts';

/**
 * What a contract settles on: the published fixings of a directory, or those that the book gives,
 * and the book's exchange rates and calendars.
 */
export async function settlementInputs(
  contract: Contract,
  periods: readonly Period[],
  book: Book,
  directory: string | undefined,
): Promise<SettlementInputs> {
  const { fx, calendars } = book.rows;
  const indices = [contract.index, ...othersOf(contract)];
  const fixings =
    directory === undefined
      ? calculated(contract, indices, periods, book)
      : await readFixings(directory, indices);
  if (directory !== undefined && !fixings.some(({ fixing }) => fixing.index === contract.index)) {
    const expected = `expected ${contract.index}/*.json in it, as mtok fix --out writes them`;
    throw new MtokError('data', `${directory} has no fixing of ${contract.index}: ${expected}`);
  }
  return { fixings, fx, calendars };
}

function othersOf({ ladder }: Contract): string[] {
  const named = ladder.flatMap((rung) => (rung.rule === 'other_index' ? [rung.index] : []));
  return [...new Set(named)];
}

/** The fixings from the first that a rung may reach back to, to the last before the deadline. */
function calculated(
  contract: Contract,
  indices: readonly string[],
  periods: readonly Period[],
  book: Book,
): PublishedFixing[] {
  const rulebooks = book.rulebooks.filter(({ index }) => indices.includes(index));
  const about = rulebooks.length > 0 ? rulebooks : undefined;
  const latest = latestDay(evidenceOf(book.rows), about);
  if (latest === undefined) throw new MtokError('data', 'expected at least one quote');
  const from = addDays(periods[0]?.from ?? latest, -reachDays(contract));
  const deadline = deadlineDay(contract, periods, book);
  const to = deadline < latest ? deadline : latest;
  if (to < from) return [];
  return indices.flatMap((index) => {
    const versions = book.rulebooks.filter((rulebook) => rulebook.index === index);
    if (versions.length === 0) throw unknownIndex(contract, index, book);
    const fixings = [...calculatedOf(versions, undefined)];
    const { series } = contract;
    const isFrozen = series !== null && index === contract.index;
    const isOver = fixings.some((fixing) => fixing.series.number > (series ?? 0));
    if (isFrozen && isOver) for (const one of calculatedOf(versions, series)) fixings.push(one);
    return fixings.map((fixing) => ({ fixing, sha256: sha256Of(canonicalJson(fixing)) }));

    function calculatedOf(rules: typeof versions, series: number | undefined): Iterable<Fixing> {
      const run = asPublished(rules, book.rows, from, to, series);
      if (!run.items) throw new MtokError('data', run.none.message);
      return run.items;
    }
  });
}

/** A closed day carries a fixing from before; an index that has ceased, its last print. */
const REACH_DAYS = 45;

function reachDays({ ladder }: Contract): number {
  const own = ladder.map((rung) => (rung.rule === 'postpone' ? 0 : rung.max_days));
  return REACH_DAYS + Math.max(0, ...own);
}

function deadlineDay(contract: Contract, periods: readonly Period[], book: Book): Day {
  const calendar = contractCalendar(contract, book.rows.calendars);
  const days = periods.map((period) => {
    const lastDay = scheduleOf(contract, period, calendar).at(-1)?.day ?? period.to;
    return momentsOf(contract, lastDay, calendar).deadlineDay;
  });
  return days.sort().at(-1) ?? '';
}

function unknownIndex({ contract }: Contract, index: string, book: Book): MtokError {
  const known = [...new Set(book.rulebooks.map((rulebook) => rulebook.index))];
  const near = nearest(index, known);
  const advice = near ? `did you mean ${near}?` : `the book has ${known.join(', ')}`;
  return new MtokError(
    'data',
    `${contract} names the index ${index}, which is not here: ${advice}`,
  );
}
