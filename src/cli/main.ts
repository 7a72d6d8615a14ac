#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { EXIT_CODES, MtokError } from '../domain/failure.ts';
import { addBackfill } from './backfill.ts';
import { addCheck } from './check.ts';
import { addCompare } from './compare.ts';
import { addDiff } from './diff.ts';
import { addExplain } from './explain.ts';
import { addFix } from './fix.ts';
import { addMethodology } from './methodology.ts';
import { addRebalance } from './rebalance.ts';
import { addSensitivity } from './sensitivity.ts';
import { addSettle } from './settle.ts';

/** The command line: parse, call, print; one exit code for each class of failure. */
const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

const program = new Command('mtok')
  .description('Vendor-neutral price indices for LLM tokens: exact, reproducible daily fixings.')
  .version(version)
  .showHelpAfterError('See mtok --help, or mtok COMMAND --help.')
  .exitOverride();

addFix(program);
addBackfill(program);
addCheck(program);
addExplain(program);
addDiff(program);
addCompare(program);
addSensitivity(program);
addRebalance(program);
addSettle(program);
addMethodology(program);
for (const command of program.commands) {
  command.exitOverride().showHelpAfterError(`See mtok ${command.name()} --help.`);
}

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : EXIT_CODES.environment);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
}

function exitCodeOf(error: unknown): number {
  // Commander has said what was wrong with the flags; help and version are no errors.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.usage;
  if (error instanceof MtokError) {
    process.stderr.write(`mtok: ${error.message}\n`);
    return EXIT_CODES[error.kind];
  }
  const what = error instanceof Error ? error.message : String(error);
  process.stderr.write(`mtok: unexpected: ${what}\nThis is a fault of mtok: please report it.\n`);
  return EXIT_CODES.environment;
}
