import { isPositive } from '../domain/decimal.ts';
import { MtokError, nearest } from '../domain/failure.ts';
import type { Usage } from '../domain/rows.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestDay } from '../fix/latest.ts';
import type { Book } from '../ingest/book.ts';
import { type Evidence, evidenceOf } from '../normalize/evidence.ts';
import { type Bill, billOf } from '../study/bill.ts';
import { spentIn } from '../study/bill-figures.ts';

/**
 * Somebody's usage at the prices of a book.
 *
 * @param name of the usage, for what is said of it.
 * @throws {MtokError} where none of it has a price.
 */
export function pricedBill(
  usage: readonly Usage[],
  rules: Rulebook,
  book: Book,
  name: string,
): Bill {
  const evidence = evidenceOf({ ...book.rows, usage });
  const last = latestDay(evidence, [rules]);
  if (last === undefined) throw new MtokError('data', 'expected at least one quote');
  const bill = billOf(usage, rules, evidence, last);
  if (bill.months.some((month) => isPositive(spentIn(month).priced))) return bill;
  throw new MtokError('data', nothingPriced(bill, name, rules.index, evidence));
}

const SHOWN = 5;

function nothingPriced(
  { months }: Bill,
  name: string,
  index: string,
  { catalogue, rows }: Evidence,
): string {
  const used = [...new Set(months.flatMap(({ tokens }) => [...tokens.keys()]))];
  const known = rows.quotes.map(({ seller, model, effectiveAtMs }) =>
    catalogue.resolve(seller, model, effectiveAtMs),
  );
  const [first = ''] = used;
  const near = known.includes(first) ? undefined : nearest(first, [...new Set(known)]);
  const advice = near
    ? `did you mean ${near} for ${first}?`
    : 'expected models that these rules price then';
  const what = used.slice(0, SHOWN).join(', ');
  const found = `none of its models has a price in these months by the rules of ${index}`;
  return `${name}: ${found} (${what}): ${advice}`;
}
