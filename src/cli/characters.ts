import type { Command } from 'commander';
import type { Day } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import { latestOf } from '../domain/versions.ts';
import { latestDay } from '../fix/latest.ts';
import { readTokenizers } from '../ingest/tokenizers.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { charactersStudy } from '../study/characters.ts';
import {
  type BookFlags,
  chooseIndices,
  dayFlag,
  openBook,
  requireRange,
  withBookFlags,
} from './book.ts';
import { progressOn } from './progress.ts';
import { requireGood } from './require-good.ts';
import { shippedFile } from './shipped.ts';
import { giveStudy, requireStudyFlags, type StudyFlags, withStudyFlags } from './study.ts';
import { bookSource } from './study-history.ts';

interface CharactersFlags extends BookFlags, StudyFlags {
  readonly index: string;
  readonly from?: Day;
  readonly to?: Day;
  readonly part?: string[];
  readonly tokenizers?: string;
  readonly modelTokenizers?: string;
}

/** `mtok characters`: an index by characters instead of tokens. */
export function addCharacters(program: Command): void {
  withStudyFlags(withBookFlags(program.command('characters')))
    .description('restate an index by characters: what does a million of them cost?')
    .requiredOption('--index <id>', 'the index')
    .option('--from <day>', 'the first day (default: the last one alone)', dayFlag)
    .option('--to <day>', 'the last day, inclusive (default: the latest with data)', dayFlag)
    .option('--part <name...>', 'parts of the corpus: english, code, json … (default: all)')
    .option('--tokenizers <file>', 'other counts than those of the shipped tokenizers.csv')
    .option('--model-tokenizers <file>', 'which model has which, instead of the shipped table')
    .addHelpText(
      'after',
      `
A token of one model holds more characters than one of another. The constituents whose tokenizer is
known are put together as the index puts its prices together, and their share of its value is said:
where a tokenizer is not public nothing is guessed.

Examples:
  mtok characters --index MTOK-LIST
  mtok characters --index MTOK-ALL --part english chinese --from 2026-07-01 --to 2026-08-21
  mtok characters --index MTOK-OPEN --from 2026-01-01 --out open.csv`,
    )
    .action(run);
}

async function run(flags: CharactersFlags): Promise<void> {
  requireStudyFlags(flags);
  const paths = [
    flags.tokenizers ?? shippedFile('tokenizers.csv'),
    flags.modelTokenizers ?? shippedFile('model-tokenizers.csv'),
  ] as const;
  const tokenizers = await readTokenizers(...paths);
  const book = await openBook(flags);
  const [rules] = chooseIndices(book, flags.index);
  if (rules) requireGood(latestOf(rules), 'token');
  const evidence = evidenceOf(book.rows);
  const to = flags.to ?? latestDay(evidence, rules);
  if (!rules || to === undefined) throw new MtokError('data', 'expected at least one quote');
  const from = flags.from ?? to;
  requireRange(from, to);
  const progress = progressOn(process.stderr);
  const study = charactersStudy({
    ...{ rules, evidence, from, to, tokenizers },
    ...(flags.part === undefined ? {} : { parts: flags.part }),
    sources: [bookSource(flags)],
    onDay: (day) => progress.show(`${latestOf(rules).index} ${day}`),
  });
  progress.clear();
  await giveStudy(study, flags, [...paths, flags.rulebook, flags.models]);
}
