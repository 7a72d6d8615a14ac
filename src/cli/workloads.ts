import type { Command } from 'commander';
import { MtokError, nearest } from '../domain/failure.ts';
import type { DeclaredWorkload } from '../domain/workload.ts';
import { readWorkloads } from '../ingest/workload.ts';
import { rulebookLines, workloadsStudy } from '../study/workloads.ts';
import { print } from './output.ts';
import { shippedFile } from './shipped.ts';
import { giveStudy, requireStudyFlags, type StudyFlags, withStudyFlags } from './study.ts';

interface WorkloadsFlags extends StudyFlags {
  readonly workloads?: string;
  readonly rules?: string;
}

/** `mtok workloads`: declared token mixes, and what they rest on. */
export function addWorkloads(program: Command): void {
  withStudyFlags(program.command('workloads'))
    .description('list declared workloads for chat, agents, batches, with their evidence')
    .option('--workloads <path>', 'a folder or a file of them (default: shipped ones)')
    .option('--rules <name>', 'the lines of a rulebook that declare one of them')
    .addHelpText(
      'after',
      `
A rulebook states its own numbers, so that its hash covers them: --rules prints the lines to put in.
mtok sensitivity shows an index under each of them.

Examples:
  mtok workloads
  mtok workloads --rules agent >> rulebook.yaml
  mtok workloads --out workloads.csv`,
    )
    .action(run);
}

async function run(flags: WorkloadsFlags): Promise<void> {
  requireStudyFlags(flags);
  const path = flags.workloads ?? shippedFile('workloads');
  const workloads = await readWorkloads(path);
  if (flags.rules === undefined) return giveStudy(workloadsStudy(workloads), flags, [path]);
  if (flags.out !== undefined || flags.json) {
    throw new MtokError('usage', 'expected --rules alone, or --out or --json without it');
  }
  for (const line of rulebookLines(workloadNamed(flags.rules, workloads))) print(line);
}

/** @throws {MtokError} that names the known ones, where there is none of a name. */
export function workloadNamed(
  name: string,
  workloads: readonly DeclaredWorkload[],
): DeclaredWorkload {
  const found = workloads.find(({ workload }) => workload === name);
  if (found) return found;
  const known = workloads.map(({ workload }) => workload);
  const near = nearest(name, known);
  const advice = near ? `did you mean ${near}?` : `expected one of ${known.join(', ')}`;
  throw new MtokError('usage', `unknown workload ${name}: ${advice}`);
}
