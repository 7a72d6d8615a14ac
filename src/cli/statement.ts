import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Day } from '../domain/dates.ts';
import { MtokError, unreadable } from '../domain/failure.ts';
import { latestOf, startOf } from '../domain/versions.ts';
import { writeDurably } from '../publish/durable.ts';
import { renderStatement } from '../publish/statement/document.ts';
import { type BookFlags, chooseIndices, dayFlag, openBook, withBookFlags } from './book.ts';
import { print, printJson } from './output.ts';

interface StatementFlags extends BookFlags {
  readonly index?: string;
  readonly date?: Day;
  readonly out?: string;
  readonly check?: string;
  readonly json?: boolean;
}

/** `mtok statement`: the benchmark statement, or whether a file still is it. */
export function addStatement(program: Command): void {
  withBookFlags(program.command('statement'))
    .description('render the benchmark statement: what is measured, its limits, who decides what')
    .option('--index <id>', 'one index (default: all)')
    .option('--date <day>', 'the versions in force on a day (default: the latest)', dayFlag)
    .option('--out <file>', 'write it to a file (default: stdout)')
    .option('--check <file>', 'exit with 1 where a file is not what would be rendered')
    .option('--json', 'the text in a JSON document')
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
  if (flags.check !== undefined) return compare(text, flags.check);
  if (flags.out !== undefined) {
    await writeDurably(flags.out, [text]);
    return print(`written: ${flags.out}`);
  }
  if (flags.json) printJson({ ...(date === undefined ? {} : { date }), statement: text });
  else process.stdout.write(text);
}

async function compare(text: string, path: string): Promise<void> {
  const found = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
  if (found !== text) {
    const advice = `render it again with mtok statement --out ${path}`;
    throw new MtokError('no', `${path} is out of date: ${advice}`);
  }
  print(`${path} is up to date.`);
}
