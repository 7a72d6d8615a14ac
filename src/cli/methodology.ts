import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { Day } from '../domain/dates.ts';
import { MtokError, unreadable } from '../domain/failure.ts';
import { latestDay } from '../fix/latest.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { writeDurably } from '../publish/durable.ts';
import { renderMethodology } from '../publish/methodology/document.ts';
import { type BookFlags, dayFlag, openBook, withBookFlags } from './book.ts';
import { print, printJson } from './output.ts';

interface MethodologyFlags extends BookFlags {
  readonly date?: Day;
  readonly out?: string;
  readonly check?: string;
  readonly json?: boolean;
}

/** `mtok methodology`: the document, or whether a file still is it. */
export function addMethodology(program: Command): void {
  withBookFlags(program.command('methodology'))
    .description('render the methodology document from the rulebooks')
    .option('--date <day>', 'the day of the worked examples (default: the latest)', dayFlag)
    .option('--out <file>', 'write it to a file (default: stdout)')
    .option('--check <file>', 'exit with 1 where a file is not what would be rendered')
    .option('--json', 'the text in a JSON document')
    .addHelpText(
      'after',
      `
Examples:
  mtok methodology --out methodology.md
  mtok methodology --check methodology.md`,
    )
    .action(methodology);
}

async function methodology(flags: MethodologyFlags): Promise<void> {
  const book = await openBook(flags);
  const evidence = evidenceOf(book.rows);
  const date = flags.date ?? latestDay(evidence);
  if (date === undefined) throw new MtokError('data', 'expected at least one quote: none was read');
  const text = renderMethodology(book.rulebooks, evidence, date);
  if (flags.check !== undefined) return compare(text, flags.check);
  if (flags.out !== undefined) {
    await writeDurably(flags.out, [text]);
    return print(`written: ${flags.out}`);
  }
  if (flags.json) printJson({ date, methodology: text });
  else process.stdout.write(text);
}

async function compare(text: string, path: string): Promise<void> {
  const found = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
  if (found !== text) {
    throw new MtokError(
      'no',
      `${path} is out of date: render it again with mtok methodology --out ${path}`,
    );
  }
  print(`${path} is up to date.`);
}
