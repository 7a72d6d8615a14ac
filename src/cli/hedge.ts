import { type Command, InvalidArgumentError } from 'commander';
import type { Contract } from '../domain/contract.ts';
import { compare, type Decimal, decimal, isPositive, parseDecimal } from '../domain/decimal.ts';
import { describeReject, MtokError } from '../domain/failure.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestOf } from '../domain/versions.ts';
import { type Book, readFiles } from '../ingest/book.ts';
import { STRIP, type StripMonth } from '../ingest/strip.ts';
import { hedgeStudy } from '../study/hedge.ts';
import { plainRules } from '../study/market-prices.ts';
import { stripStudy } from '../study/strip.ts';
import { type BookFlags, openBook, withBookFlags } from './book.ts';
import { contractNamed } from './contract-named.ts';
import { latestPrice } from './latest-price.ts';
import { monthlySettlements } from './monthly-settlements.ts';
import { pricedBill } from './own-bill.ts';
import { readOwnUsage } from './own-usage.ts';
import { giveStudy, requireStudyFlags, type StudyFlags, withStudyFlags } from './study.ts';
import { bookSource } from './study-history.ts';

interface HedgeFlags extends BookFlags, StudyFlags {
  readonly contract: string;
  readonly strip?: string;
  readonly budget?: Decimal;
  readonly publication?: string;
}

/** `mtok hedge`: what a contract does for a bill, or for a strip of sales. */
export function addHedge(program: Command): void {
  const own = 'your own usage (the format of usage): tokens by model and month';
  withStudyFlags(withBookFlags(program.command('hedge'), own))
    .description('what a contract does for your bill, or for capacity that you sell')
    .requiredOption('--contract <file>', "a contract's file, or the name of one in the book")
    .option('--strip <file>', 'instead of usage: month,quantity,price of capacity sold ahead')
    .option('--budget <usd>', 'a month: how many contracts that takes', dollars)
    .option('--publication <dir>', 'settle on published fixings (default: calculated)')
    .addHelpText(
      'after',
      `
Your usage is priced month by month as the contract's index prices models: the usage of the first
month as a fixed basket, and the unit cost with the mix of each month. The hedge ratio is the slope
of least squares of its monthly changes on those of the settlement values. Where a hedge fails it
says so: few months, a contract or a bill that did not move, a low R².

Examples:
  mtok hedge --usage mine.csv --contract MTOK-LIST-USD-MONTH
  mtok hedge --usage mine.csv --contract MTOK-LIST-USD-MONTH --budget 50000 --out hedge.json
  mtok hedge --strip capacity.csv --contract MTOK-LLAMA-70B-OUT-MONTH --publication public`,
    )
    .action(run);
}

async function run(flags: HedgeFlags): Promise<void> {
  requireStudyFlags(flags);
  const { usage, strip, budget } = flags;
  if ((usage === undefined) === (strip === undefined)) {
    throw new MtokError('usage', 'expected --usage or --strip, one of them');
  }
  if (strip !== undefined && budget) {
    throw new MtokError('usage', 'expected --budget with --usage: a strip has its quantities');
  }
  const { usage: _, ...ofBook } = flags;
  const book = await openBook(ofBook);
  const contract = await contractNamed(flags.contract, book);
  if (contract.averaging.method === 'twap') {
    const what = `${contract.contract} settles between two dates of its own`;
    throw new MtokError('no', `${what}: expected a contract of months`);
  }
  if (budget && contract.currency !== 'USD') {
    const what = `${contract.contract} is in ${contract.currency}`;
    throw new MtokError('no', `${what}: expected a contract in USD with --budget`);
  }
  const origin = flags.publication === undefined ? 'calculated from the book' : 'as published';
  const sources = [
    bookSource(ofBook),
    ...(flags.publication === undefined ? [] : [`The fixings published in ${flags.publication}.`]),
  ];
  const given = { contract, origin, sources };
  const inputs = [...(usage ?? []), strip, flags.rulebook, flags.fx, flags.models];
  if (strip !== undefined) {
    const months = await readStrip(strip);
    const settled = await monthlySettlements(
      months.map(({ month }) => month),
      contract,
      book,
      flags.publication,
    );
    const latest = await latestPrice(contract, book, flags.publication);
    return giveStudy(stripStudy(months, { ...given, settled, latest }), flags, inputs);
  }
  const own = rulesOf(contract, book);
  // An index of another good says nothing of what tokens cost.
  const rules = own.good === 'token' ? own : plainRules();
  const paths = usage ?? [];
  const bill = pricedBill(await readOwnUsage(paths), rules, book, paths.join(', '));
  const settled = await monthlySettlements(
    bill.months.map(({ month }) => month),
    contract,
    book,
    flags.publication,
  );
  await giveStudy(
    hedgeStudy(bill, {
      ...given,
      settled,
      budget,
      pricedBy: rules === own ? own.index : undefined,
    }),
    flags,
    inputs,
  );
}

function rulesOf({ index, contract }: Contract, book: Book): Rulebook {
  const versions = book.rulebooks.filter((rulebook) => rulebook.index === index);
  if (versions.length > 0) return latestOf(versions);
  const known = [...new Set(book.rulebooks.map((rulebook) => rulebook.index))].join(', ');
  const what = `${contract} names the index ${index}, which is not here`;
  throw new MtokError('data', `${what}: the book has ${known}`);
}

async function readStrip(path: string): Promise<readonly StripMonth[]> {
  const { rows, rejects } = await readFiles(STRIP, [path]);
  if (rejects.length > 0) {
    throw new MtokError('data', rejects.map(describeReject).join('\n'), rejects);
  }
  const months = rows.map(({ row }) => row).sort((a, b) => (a.month < b.month ? -1 : 1));
  const twice = months.find(({ month }, at) => months[at - 1]?.month === month);
  if (twice) throw new MtokError('data', `${path}: expected each month once, found ${twice.month}`);
  return months;
}

/** More than there are. */
const MOST_DOLLARS = decimal('1e15');

function dollars(text: string): Decimal {
  const found = parseDecimal(text);
  if (found && isPositive(found) && compare(found, MOST_DOLLARS) <= 0) return found;
  throw new InvalidArgumentError('expected US dollars above 0, at most 1e15: 50000');
}
