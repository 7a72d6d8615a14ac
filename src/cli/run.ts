import { type Command, Option } from 'commander';
import { MtokError } from '../domain/failure.ts';
import { INPUT_KINDS } from '../domain/publication.ts';
import type { InputKind } from '../fix/inputs.ts';
import { type DailyRun, runDaily } from '../operate/daily.ts';
import { type DeskFlags, openDesk, openDeskBook, withDeskFlags } from './desk.ts';
import { print, printJson } from './output.ts';
import { refreshSite } from './site.ts';
import {
  askWitnesses,
  requireCosigned,
  type WitnessFlags,
  withWitnessFlags,
  witnessKeysOf,
} from './witnesses.ts';

interface RunFlags extends DeskFlags, WitnessFlags {
  readonly daily?: boolean;
  readonly digestOnly?: InputKind[];
  readonly json?: boolean;
}

/** `mtok run --daily`: all that is due, for a timer to call. */
export function addRun(program: Command): void {
  withWitnessFlags(withDeskFlags(program.command('run')))
    .description('do all that is due: announcements, fixings, what has become final')
    .requiredOption('--daily', 'of each day up to now')
    .addOption(
      new Option('--digest-only <kind...>', 'inputs whose licence keeps their rows back').choices(
        INPUT_KINDS,
      ),
    )
    .option('--json', 'the journal as JSON')
    .addHelpText(
      'after',
      `
Run it from a timer, as often as you like: what is done is not done again, and what was interrupted
is gone on with. It prints a line for what it did and for what waits. Exit code 1 where something is
later than its rulebook's schedule, or was refused; the other indices go on.

Examples:
  mtok run --daily --book my-book --publication public --key mtok.key
  mtok run --daily --book my-book --publication public --key mtok.key --json | jq '.[].what'`,
    )
    .action(run);
}

async function run(flags: RunFlags): Promise<void> {
  const keys = await witnessKeysOf(flags);
  const desk = await openDesk(flags);
  const done = await runDaily(desk, () => openDeskBook(desk), {
    digestOnly: flags.digestOnly ?? [],
  });
  if (done.journal.length > 0) await refreshSite(flags.publication);
  if (flags.json) printJson(done.journal);
  else for (const line of describe(done)) print(line);
  if (flags.witness) {
    requireCosigned(await askWitnesses(flags.publication, flags.witness, keys), 'done');
  }
  if (!done.isInOrder) throw new MtokError('no', 'not all is in order: see the journal above');
}

function describe({ journal }: DailyRun): string[] {
  if (journal.length === 0) return ['Nothing is due.'];
  return journal.map(({ at, what, index, date, detail }) => {
    const of = [index, date].filter((one) => one !== null).join(' ');
    return `${at}  ${what.replace('_', ' ').padEnd(15)}  ${of}${of === '' ? '' : ': '}${detail}`;
  });
}
