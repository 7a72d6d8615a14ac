import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Day } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import { latestOf } from '../domain/versions.ts';
import { type YearReport, yearReport } from '../fix/report/report.ts';
import { writeDurably } from '../publish/durable.ts';
import { type RestsOn, renderReport } from '../publish/report/document.ts';
import { type BookFlags, chooseIndices, dayFlag, openBook, withBookFlags } from './book.ts';
import { note, print, printJson } from './output.ts';
import { progressOn } from './progress.ts';
import { type Account, refusedAs, type SensitiveAt, yearInputs } from './report-account.ts';
import { bookAccount } from './report-book.ts';
import { chosenOf, publishedAccounts } from './report-publication.ts';

interface ReportFlags extends BookFlags {
  readonly year: number;
  readonly index?: string;
  readonly publication?: string;
  readonly key?: string[];
  readonly until?: Day;
  readonly sensitivity: SensitiveAt;
  readonly out?: string;
  readonly json?: boolean;
}

/** `mtok report`: the administrator's account of a year. */
export function addReport(program: Command): void {
  withBookFlags(program.command('report'))
    .description('account for a year: exceptions, decisions, restatements, coverage, sensitivity')
    .requiredOption('--year <year>', 'the year', yearFlag)
    .option('--index <id>', 'one index (default: all with a fixing in the year)')
    .option('--publication <dir>', 'from published fixings: a directory, an address, a bundle')
    .option('--key <key...>', 'public keys of the log, or files with them')
    .option('--until <day>', 'count days as due up to this one (default: the last)', dayFlag)
    .addOption(
      new Option('--sensitivity <when>', 'at the last day of the year, of its quarters, or never')
        .choices(['year', 'quarters', 'never'])
        .default('year'),
    )
    .option('--out <file>', 'write the page to a file (default: stdout)')
    .option('--json', 'the report as JSON; an array without --index')
    .addHelpText(
      'after',
      `
With --publication the report rests on what was published, and needs no book. The last revision of
a day counts; restatements show what it took the place of. Shares are of value.

Examples:
  mtok report --year 2026 --publication public --out report-2026.md
  mtok report --year 2025 --index MTOK-LIST --sensitivity quarters
  mtok report --year 2025 --index MTOK-LIST --json | jq '.restatements[].level.percent'`,
    )
    .action(run);
}

function yearFlag(text: string): number {
  if (/^[12]\d{3}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a year, YYYY');
}

async function run(flags: ReportFlags): Promise<void> {
  const { year, until, publication } = flags;
  if (until !== undefined && !until.startsWith(`${year}-`)) {
    throw new MtokError('usage', `expected --until within ${year}, found ${until}`);
  }
  const { restsOn, accounts } =
    publication === undefined ? await fromBook(flags) : await fromPublication(flags, publication);
  const progress = progressOn(process.stderr);
  const reports: YearReport[] = [];
  for (const account of accounts) {
    const name = publication ?? 'the book';
    const inputs = await refusedAs(name, () =>
      yearInputs(account, year, flags.sensitivity, (what) => progress.show(what)),
    );
    reports.push(yearReport(inputs));
  }
  progress.clear();
  await deliver(reports, restsOn, flags);
}

interface Accounts {
  readonly restsOn: RestsOn;
  readonly accounts: readonly Account[];
}

async function fromBook(flags: ReportFlags): Promise<Accounts> {
  if (flags.key) throw new MtokError('usage', 'expected --key with --publication only');
  const book = await openBook(flags);
  const accounts: Account[] = [];
  for (const versions of chooseIndices(book, flags.index)) {
    const account = bookAccount(book, versions, flags.year, flags.until);
    if (account) accounts.push(account);
    else note(`${latestOf(versions).index} has no fixing in ${flags.year}.`);
  }
  return requireOne({ restsOn: { kind: 'book' }, accounts }, flags);
}

async function fromPublication(flags: ReportFlags, name: string): Promise<Accounts> {
  const { book, rulebook, quotes } = flags;
  if (book !== undefined || rulebook !== undefined || quotes !== undefined) {
    throw new MtokError('usage', 'expected --publication or the files of a book, not both');
  }
  const { restsOn, indices, of } = await publishedAccounts(name, flags.key ?? []);
  const accounts: Account[] = [];
  for (const index of chosenOf(indices, flags.index)) {
    const account = await refusedAs(name, () => of(index, flags.year, flags.until));
    if (account) accounts.push(account);
    else note(`${index} has no fixing in ${flags.year}.`);
  }
  return requireOne({ restsOn, accounts }, flags);
}

function requireOne(found: Accounts, { year, until }: ReportFlags): Accounts {
  if (found.accounts.length > 0) return found;
  const days = until === undefined ? String(year) : `${year} up to ${until}`;
  throw new MtokError('no', `there is no fixing in ${days} to report on`);
}

async function deliver(
  reports: readonly YearReport[],
  restsOn: RestsOn,
  { json, index, out, year }: ReportFlags,
): Promise<void> {
  if (json) {
    const documents = reports.map((report) => ({ ...report, rests_on: restsOn }));
    return printJson(index === undefined ? documents : documents[0]);
  }
  const text = renderReport(year, reports, restsOn);
  if (out === undefined) {
    process.stdout.write(text);
    return;
  }
  await writeDurably(out, [text]);
  print(`written: ${out}`);
}
