import type { Command } from 'commander';
import type { Day } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import { latestDay } from '../fix/latest.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { renderMethodology } from '../publish/methodology/document.ts';
import { type BookFlags, dayFlag, openBook, withBookFlags } from './book.ts';
import { giveRendered, type RenderedFlags, withRenderedFlags } from './rendered.ts';

interface MethodologyFlags extends BookFlags, RenderedFlags {
  readonly date?: Day;
}

/** `mtok methodology`: the document, or whether a file still is it. */
export function addMethodology(program: Command): void {
  const command = withBookFlags(program.command('methodology'))
    .description('render the methodology document from the rulebooks')
    .option('--date <day>', 'the day of the worked examples (default: the latest)', dayFlag);
  withRenderedFlags(command)
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
  const date = flags.date ?? latestDay(evidence, book.rulebooks);
  if (date === undefined) throw new MtokError('data', 'expected at least one quote: none was read');
  const text = renderMethodology(book.rulebooks, evidence, date);
  await giveRendered('methodology', text, date, flags);
}
