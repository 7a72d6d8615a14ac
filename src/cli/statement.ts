import type { Command } from 'commander';
import type { Day } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import { latestOf, startOf } from '../domain/versions.ts';
import { renderStatement } from '../publish/statement/document.ts';
import { type BookFlags, chooseIndices, dayFlag, openBook, withBookFlags } from './book.ts';
import { giveRendered, type RenderedFlags, withRenderedFlags } from './rendered.ts';

interface StatementFlags extends BookFlags, RenderedFlags {
  readonly index?: string;
  readonly date?: Day;
}

/** `mtok statement`: the benchmark statement, or whether a file still is it. */
export function addStatement(program: Command): void {
  const command = withBookFlags(program.command('statement'))
    .description('render the benchmark statement: what is measured, its limits, who decides what')
    .option('--index <id>', 'one index (default: all)')
    .option('--date <day>', 'the versions in force on a day (default: the latest)', dayFlag);
  withRenderedFlags(command)
    .addHelpText(
      'after',
      `
It is rendered from the rulebooks alone, and ends with two tables: what Article 27 of Regulation
(EU) 2016/1011 and the IOSCO Principles ask, what of mtok answers it, and what mtok cannot answer.

Examples:
  mtok statement --index MTOK-LIST
  mtok statement --out statement.md
  mtok statement --check statement.md`,
    )
    .action(statement);
}

async function statement(flags: StatementFlags): Promise<void> {
  const book = await openBook(flags);
  const { date } = flags;
  const versions = chooseIndices(book, flags.index);
  const begun = versions.filter(
    (own) => date === undefined || own.some((one) => startOf(one) <= date),
  );
  const [first] = versions;
  if (begun.length === 0 && first) {
    throw new MtokError('no', `no rulebook of ${latestOf(first).index} is in force on ${date}`);
  }
  const text = renderStatement(begun.flat(), date);
  await giveRendered('statement', text, date, flags);
}
