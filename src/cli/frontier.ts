import { type Command, InvalidArgumentError } from 'commander';
import type { Day } from '../domain/dates.ts';
import { type Decimal, parseDecimal } from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import { latestDay } from '../fix/latest.ts';
import { readScores } from '../ingest/scores.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { frontierStudy } from '../study/frontier-study.ts';
import { type BookFlags, dayFlag, openBook, requireRange, withBookFlags } from './book.ts';
import { type PriceFlags, priceRules, withPriceFlags } from './price-rules.ts';
import { giveStudy, requireStudyFlags, type StudyFlags, withStudyFlags } from './study.ts';
import { bookSource } from './study-history.ts';

interface FrontierFlags extends BookFlags, StudyFlags, PriceFlags {
  readonly scores: string;
  readonly benchmark?: string;
  readonly date?: Day;
  readonly from?: Day;
  readonly to?: Day;
  readonly reach?: Decimal[];
}

/** `mtok frontier`: the cheapest price that reaches each score. */
export function addFrontier(program: Command): void {
  withStudyFlags(withPriceFlags(withBookFlags(program.command('frontier'))))
    .description('the cheapest price that reaches each score, and what a point costs')
    .requiredOption('--scores <file>', 'your own scores: model,score[,benchmark,source]')
    .option('--benchmark <name>', 'which one, where the file has several')
    .option('--date <day>', 'the day (default: the latest with data)', dayFlag)
    .option('--from <day>', 'also what reaching a score cost from this day on', dayFlag)
    .option('--to <day>', 'the last day, inclusive, instead of --date', dayFlag)
    .option('--reach <score...>', 'the scores to reach (default: of the last frontier)', reachFlag)
    .addHelpText(
      'after',
      `
No scores ship with mtok. A row names a model as the book does, or as a seller does; more is better.

Examples:
  mtok frontier --scores scores.csv
  mtok frontier --scores scores.csv --from 2025-01-01 --to 2026-08-21 --reach 60 75
  mtok frontier --scores scores.csv --workload agent --out frontier.csv`,
    )
    .action(run);
}

async function run(flags: FrontierFlags): Promise<void> {
  requireStudyFlags(flags);
  if (flags.date !== undefined && (flags.from !== undefined || flags.to !== undefined)) {
    throw new MtokError('usage', 'expected --date, or --from and --to');
  }
  if (flags.reach !== undefined && flags.from === undefined) {
    throw new MtokError('usage', 'expected --from with --reach: it is a series');
  }
  const scores = await readScores(flags.scores, flags.benchmark);
  const book = await openBook(flags);
  const evidence = evidenceOf(book.rows);
  const rules = await priceRules(flags, book);
  const to = flags.date ?? flags.to ?? latestDay(evidence, [rules]);
  if (to === undefined) throw new MtokError('data', 'expected at least one quote');
  if (flags.from !== undefined) requireRange(flags.from, to);
  const study = frontierStudy({
    ...{ rules, evidence, scores, to, sources: [bookSource(flags)] },
    ...(flags.from === undefined ? {} : { from: flags.from }),
    ...(flags.reach === undefined ? {} : { reach: flags.reach }),
  });
  await giveStudy(study, flags, [flags.scores, flags.rulebook, flags.models]);
}

function reachFlag(text: string, before: readonly Decimal[] = []): Decimal[] {
  const score = parseDecimal(text);
  if (score) return [...before, score];
  throw new InvalidArgumentError('expected a score, such as 71.3');
}
