#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { EXIT_CODES, MtokError } from '../domain/failure.ts';

/** The command line: parse, call, print; one exit code for each class of failure. */
const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };

/** Each command under what it is for, in the order of the help. */
const GROUPS = {
  'Calculate and ask why:': [
    { name: 'fix', load: async () => (await import('./fix.ts')).addFix },
    { name: 'backfill', load: async () => (await import('./backfill.ts')).addBackfill },
    { name: 'explain', load: async () => (await import('./explain.ts')).addExplain },
    { name: 'diff', load: async () => (await import('./diff.ts')).addDiff },
    { name: 'sensitivity', load: async () => (await import('./sensitivity.ts')).addSensitivity },
    { name: 'compare', load: async () => (await import('./compare.ts')).addCompare },
    { name: 'rebalance', load: async () => (await import('./rebalance.ts')).addRebalance },
    { name: 'chart', load: async () => (await import('./chart.ts')).addChart },
  ],
  'Analyse:': [
    { name: 'stats', load: async () => (await import('./stats.ts')).addStats },
    { name: 'unit-value', load: async () => (await import('./unit-value.ts')).addUnitValue },
    { name: 'hedge', load: async () => (await import('./hedge.ts')).addHedge },
    { name: 'spread', load: async () => (await import('./spread.ts')).addSpread },
    { name: 'tracker', load: async () => (await import('./tracker.ts')).addTracker },
    { name: 'workloads', load: async () => (await import('./workloads.ts')).addWorkloads },
    { name: 'characters', load: async () => (await import('./characters.ts')).addCharacters },
    { name: 'frontier', load: async () => (await import('./frontier.ts')).addFrontier },
    { name: 'hedonic', load: async () => (await import('./hedonic.ts')).addHedonic },
  ],
  'Get data into a book:': [
    { name: 'fetch', load: async () => (await import('./fetch.ts')).addFetch },
    { name: 'import', load: async () => (await import('./import.ts')).addImport },
    { name: 'reduce', load: async () => (await import('./reduce.ts')).addReduce },
    { name: 'reconcile', load: async () => (await import('./reconcile.ts')).addReconcile },
    { name: 'models', load: async () => (await import('./models.ts')).addModels },
    { name: 'check', load: async () => (await import('./check.ts')).addCheck },
  ],
  'Run an index:': [
    { name: 'ingest', load: async () => (await import('./ingest.ts')).addIngest },
    { name: 'review', load: async () => (await import('./review.ts')).addReview },
    { name: 'decide', load: async () => (await import('./decide.ts')).addDecide },
    { name: 'approve', load: async () => (await import('./approve.ts')).addApprove },
    { name: 'restate', load: async () => (await import('./restate.ts')).addRestate },
    { name: 'announce', load: async () => (await import('./announce.ts')).addAnnounce },
    { name: 'run', load: async () => (await import('./run.ts')).addRun },
    { name: 'status', load: async () => (await import('./status.ts')).addStatus },
  ],
  'Publish, settle and serve:': [
    { name: 'key', load: async () => (await import('./key.ts')).addKey },
    { name: 'publish', load: async () => (await import('./publish.ts')).addPublish },
    { name: 'site', load: async () => (await import('./site.ts')).addSite },
    { name: 'serve', load: async () => (await import('./serve.ts')).addServe },
    { name: 'settle', load: async () => (await import('./settle.ts')).addSettle },
    { name: 'deliver', load: async () => (await import('./deliver.ts')).addDeliver },
  ],
  'Check as a stranger:': [
    { name: 'verify', load: async () => (await import('./verify.ts')).addVerify },
    { name: 'bundle', load: async () => (await import('./verify.ts')).addBundle },
    { name: 'evidence', load: async () => (await import('./evidence.ts')).addEvidence },
    { name: 'witness', load: async () => (await import('./witness.ts')).addWitness },
  ],
  'Account for it:': [
    { name: 'methodology', load: async () => (await import('./methodology.ts')).addMethodology },
    { name: 'statement', load: async () => (await import('./statement.ts')).addStatement },
    { name: 'report', load: async () => (await import('./report.ts')).addReport },
  ],
};

const program = new Command('mtok')
  .description(
    'Vendor-neutral price indices for LLM tokens and GPU hours: exact, reproducible daily fixings.',
  )
  .version(version)
  .showHelpAfterError('See mtok --help, or mtok COMMAND --help.')
  .exitOverride();

// A command loads what it needs and no other: the help of all of them loads them all.
const all = Object.entries(GROUPS).flatMap(([group, own]) => own.map((one) => ({ ...one, group })));
const asked = all.filter(({ name }) => name === process.argv[2]);
for (const { group, load } of asked.length > 0 ? asked : all) {
  program.commandsGroup(group);
  (await load())(program);
}
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
