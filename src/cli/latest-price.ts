import type { Contract } from '../domain/contract.ts';
import { addDays } from '../domain/dates.ts';
import { decimal } from '../domain/decimal.ts';
import { resultsOn } from '../fix/backfill.ts';
import { latestDay } from '../fix/latest.ts';
import type { Book } from '../ingest/book.ts';
import { readFixings } from '../ingest/fixings.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import type { StripAsked } from '../study/strip.ts';

/** An index that has published nothing for so long has no last price. */
const REACH_DAYS = 45;

/**
 * The last price that the index of a contract published; `undefined` for a contract on a level or
 * in another currency, and where there is none.
 */
export async function latestPrice(
  { index, series, value, currency }: Contract,
  book: Book,
  publication: string | undefined,
): Promise<StripAsked['latest']> {
  if (value !== 'price' || currency !== 'USD') return undefined;
  if (publication !== undefined) {
    let latest: StripAsked['latest'];
    for (const { fixing } of await readFixings(publication, [index])) {
      const { date, value: values } = fixing;
      const isOwn = fixing.series.number === series && fixing.repeats === undefined;
      if (!isOwn || !values?.price || (latest && date < latest.date)) continue;
      latest = { date, price: decimal(values.price) };
    }
    return latest;
  }
  const evidence = evidenceOf(book.rows);
  const versions = book.rulebooks.filter((rulebook) => rulebook.index === index);
  const last = latestDay(evidence, versions);
  if (last === undefined || versions.length === 0) return undefined;
  const since = addDays(last, -REACH_DAYS);
  const options = series === null ? {} : { series };
  const run = resultsOn(versions, evidence, last, (day) => day >= since, options);
  if (!run.items) return undefined;
  const printed = [...run.items].flatMap(({ day, print }) => {
    return print ? [{ date: day.day, price: print.price }] : [];
  });
  return printed.at(-1);
}
