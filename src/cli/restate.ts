import type { Command } from 'commander';
import type { Day } from '../domain/dates.ts';
import { restate } from '../operate/restate.ts';
import { dayFlag } from './book.ts';
import {
  type DeskFlags,
  oneIndex,
  openDesk,
  openDeskBook,
  reasonFlag,
  withDeskFlags,
} from './desk.ts';
import { print, printJson } from './output.ts';
import { refreshSite } from './site.ts';

interface RestateFlags extends DeskFlags {
  readonly index: string;
  readonly date: Day;
  readonly because: string;
  readonly json?: boolean;
}

/** `mtok restate`: what an error that was found means for a published fixing. */
export function addRestate(program: Command): void {
  withDeskFlags(program.command('restate'))
    .description('decide what an error in a published fixing means, by its rulebook, on record')
    .requiredOption('--index <id>', 'the index')
    .requiredOption('--date <day>', 'the day', dayFlag)
    .requiredOption('--because <reason>', 'what was wrong, for the public notice', reasonFlag)
    .option('--json', 'the notice and the revisions as JSON')
    .addHelpText(
      'after',
      `
Correct the book first (corrections.csv). While the fixing is provisional, and the error moves price
or level by more than the rulebook's restate_above, revisions.csv gets a revision of it, and of each
later provisional day that changes as much with it; mtok run or mtok publish then publishes them.
Else the fixing stands, and the log gets a dated note of what it would have been.

Example:
  mtok restate --index MY-INDEX --date 2026-08-21 --because "acme's page had a comma for a point" \\
    --book my-book --publication public --key mtok.key`,
    )
    .action(run);
}

async function run({ index, date, because, ...flags }: RestateFlags): Promise<void> {
  const desk = await openDesk(flags);
  const { book, evidence } = await openDeskBook(desk);
  const done = await restate(desk, oneIndex(book, index), evidence, date, because);
  await refreshSite(desk.publication);
  if (flags.json) {
    const revisions = done.revisions.map((one) => `${one.index} ${one.date} ${one.revision}`);
    return printJson({ notice: done.notice, revisions });
  }
  print(done.notice.text);
  const days = done.revisions.map((one) => one.date);
  if (days.length > 0) print(`revisions.csv has a revision of ${days.join(', ')}: publish them`);
  print(`logged: a notice of ${done.notice.dated}`);
}
