import { type Command, InvalidArgumentError } from 'commander';
import { addDays, type Day } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import { latestDay } from '../fix/latest.ts';
import { readScores } from '../ingest/scores.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { hedonicStudy } from '../study/hedonic-study.ts';
import {
  type BookFlags,
  chooseIndices,
  dayFlag,
  openBook,
  requireRange,
  withBookFlags,
} from './book.ts';
import { type PriceFlags, priceRules, withPriceFlags } from './price-rules.ts';
import { giveStudy, requireStudyFlags, type StudyFlags, withStudyFlags } from './study.ts';
import { bookSource } from './study-history.ts';

interface HedonicFlags extends BookFlags, StudyFlags, PriceFlags {
  readonly from?: Day;
  readonly to?: Day;
  readonly maxAge: number;
  readonly scores?: string;
  readonly benchmark?: string;
}

const YEAR_DAYS = 365;
const TWO_YEARS_DAYS = 730;

/** `mtok hedonic`: a regression of prices on what the book knows of models. */
export function addHedonic(program: Command): void {
  withStudyFlags(withPriceFlags(withBookFlags(program.command('hedonic'))))
    .description('regress prices on class, lab, openness and age of models: research, no fixing')
    .option('--from <day>', 'the first day (default: a year before the last)', dayFlag)
    .option('--to <day>', 'the last day, inclusive (default: the latest with data)', dayFlag)
    .option('--max-age <days>', 'leave out older models', daysFlag, TWO_YEARS_DAYS)
    .option('--scores <file>', 'also their scores: model,score[,benchmark,source]')
    .option('--benchmark <name>', 'which one, where the file has several')
    .addHelpText(
      'after',
      `
Prices of the last day of each month are pooled. The month terms are a time-dummy index; the matched
index of the same prices stands beside it, and with --index the level of that index.

Examples:
  mtok hedonic
  mtok hedonic --from 2025-01-01 --to 2026-06-30 --index MTOK-LIST
  mtok hedonic --scores scores.csv --out hedonic.csv`,
    )
    .action(run);
}

async function run(flags: HedonicFlags): Promise<void> {
  requireStudyFlags(flags);
  if (flags.benchmark !== undefined && flags.scores === undefined) {
    throw new MtokError('usage', 'expected --scores with --benchmark');
  }
  const scores = flags.scores && (await readScores(flags.scores, flags.benchmark));
  const book = await openBook(flags);
  const evidence = evidenceOf(book.rows);
  const rules = await priceRules(flags, book);
  const to = flags.to ?? latestDay(evidence, [rules]);
  if (to === undefined) throw new MtokError('data', 'expected at least one quote');
  const from = flags.from ?? addDays(to, -YEAR_DAYS);
  requireRange(from, to);
  const [index] = flags.index === undefined ? [] : chooseIndices(book, flags.index);
  const study = hedonicStudy({
    ...{ rules, evidence, from, to, maxAgeDays: flags.maxAge },
    sources: [bookSource(flags)],
    ...(scores ? { scores } : {}),
    ...(index ? { index } : {}),
  });
  await giveStudy(study, flags, [flags.scores, flags.rulebook, flags.models]);
}

function daysFlag(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a number of days, 1 or more');
}
