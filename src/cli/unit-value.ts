import type { Command } from 'commander';
import { dayOf } from '../domain/dates.ts';
import { isPositive } from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import type { Usage } from '../domain/rows.ts';
import { latestOf } from '../domain/versions.ts';
import { spentIn } from '../study/bill-figures.ts';
import { lastDayOf, monthOf } from '../study/months.ts';
import { unitValueStudy } from '../study/unit-value.ts';
import { chooseIndices, dayFlag, openBook, requireRange, withBookFlags } from './book.ts';
import { pricedBill } from './own-bill.ts';
import { readOwnUsage } from './own-usage.ts';
import { requireGood } from './require-good.ts';
import { giveStudy, requireStudyFlags, type StudyFlags, withStudyFlags } from './study.ts';
import { bookSource, type HistoryFlags, historiesOf } from './study-history.ts';

interface UnitValueFlags extends Omit<HistoryFlags, 'index'>, StudyFlags {
  readonly index: string;
}

/** `mtok unit-value`: what users paid per token, beside the price of a basket. */
export function addUnitValue(program: Command): void {
  const own = "whose usage it is of (default: the book's)";
  withStudyFlags(withBookFlags(program.command('unit-value'), own))
    .description('what users paid per token, mix included, beside the fixed basket of an index')
    .requiredOption('--index <id>', 'the index')
    .option('--from <day>', 'from the month of this day (default: the first with usage)', dayFlag)
    .option('--to <day>', 'to the month of this day (default: the last)', dayFlag)
    .option('--publication <dir>', 'the published index (default: calculated from the book)')
    .addHelpText(
      'after',
      `
Usage at list prices, divided by the tokens: it falls where prices fall, and where users turn to
cheaper models. The fixed basket moves with prices alone. The difference of the two is split into
legs, models outside the basket, weights and formula; a change of the unit value into prices, split,
models that came and went, and mix. The parts sum exactly.

Examples:
  mtok unit-value --index MTOK-ALL
  mtok unit-value --index MTOK-LIST --usage mine.csv --from 2026-01-01 --out unit-value.csv`,
    )
    .action(run);
}

async function run(flags: UnitValueFlags): Promise<void> {
  requireStudyFlags(flags);
  if (flags.from !== undefined && flags.to !== undefined) requireRange(flags.from, flags.to);
  const { usage: named, index, ...ofBook } = flags;
  const book = await openBook(ofBook);
  const [versions] = chooseIndices(book, index);
  if (!versions) throw new MtokError('usage', `unknown index ${index}`);
  const rules = latestOf(versions);
  requireGood(rules, 'token');
  const all = named === undefined ? book.rows.usage : await readOwnUsage(named);
  const usage = within(all, flags);
  const bill = pricedBill(usage, rules, book, named?.join(', ') ?? 'the usage of the book');
  const [first, last] = [bill.months[0]?.month ?? '', bill.months.at(-1)?.month ?? ''];
  const { histories, to, origin, sources } = await historiesOf(
    {
      ...ofBook,
      index: [index],
      ...(first > rules.base.date.slice(0, 7) ? { from: `${first}-01` } : {}),
      ...(flags.publication === undefined ? {} : { to: lastDayOf(last) }),
    },
    book,
  );
  const [history] = histories;
  if (!history) throw new MtokError('no', `${index} has no level up to ${to}`);
  const months = bill.months.filter((month) => isPositive(spentIn(month).tokens));
  const study = unitValueStudy(
    { ...bill, months },
    {
      ...{ history, workload: rules.workload, origin },
      whose: named === undefined ? 'The usage of the book' : `The usage of ${named.join(', ')}`,
      sources: flags.publication === undefined ? sources : [bookSource(ofBook), ...sources],
    },
  );
  const inputs = [...(named ?? []), flags.rulebook, flags.fx, flags.models, flags.sellers];
  await giveStudy(study, flags, inputs);
}

/** What begins and ends within the months of a range; a row over its edge counts in its months. */
function within(usage: readonly Usage[], { from, to }: UnitValueFlags): readonly Usage[] {
  const found = usage.filter(({ periodStartMs, periodEndMs }) => {
    const [first, last] = [monthOf(dayOf(periodStartMs)), monthOf(dayOf(periodEndMs - 1))];
    return (
      (from === undefined || first >= monthOf(from)) && (to === undefined || last <= monthOf(to))
    );
  });
  if (found.length > 0) return found;
  const range = `from ${from ?? 'the first day'} to ${to ?? 'the last'}`;
  throw new MtokError('no', `there is no usage ${range}: expected some, from --usage or the book`);
}
