import { type Command, Option } from 'commander';
import { addDays, type Day } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import type { Fixing } from '../domain/fixing.ts';
import { GPU_HOUR } from '../domain/goods/gpu-hour.ts';
import { byCodePoint } from '../domain/group.ts';
import { latestOf } from '../domain/versions.ts';
import { backfill } from '../fix/backfill.ts';
import { latestDay } from '../fix/latest.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { trackerStudy } from '../study/tracker.ts';
import {
  type BookFlags,
  chooseIndices,
  countFlag,
  dayFlag,
  openBook,
  withBookFlags,
} from './book.ts';
import { feedMarket, type Market } from './feed-market.ts';
import { giveStudy, requireStudyFlags, type StudyFlags, withStudyFlags } from './study.ts';

interface TrackerFlags extends BookFlags, StudyFlags {
  readonly index?: string;
  readonly feed?: string;
  readonly gpu?: string;
  readonly offer: string;
  readonly gpus: number;
  readonly date?: Day;
  readonly days: number;
}

/** `mtok tracker`: a market across its marketplaces, as trackers publish it. */
export function addTracker(program: Command): void {
  withStudyFlags(withBookFlags(program.command('tracker [file...]')))
    .description('across marketplaces: how many, lowest, median, mean, highest, and over a week')
    .option('--index <id>', 'an index of the book, instead of files')
    .option('--feed <name>', 'what the files are: gpu-hours, gpurentalprices (mtok import)')
    .option('--gpu <name>', 'with files: the GPU, as they call it')
    .addOption(
      new Option('--offer <terms>', 'with files: the terms')
        .choices(GPU_HOUR.tiers)
        .default('mixed'),
    )
    .option('--gpus <count>', 'with files: how many GPUs at once', countFlag, 1)
    .option('--date <day>', 'the last day (default: the latest with data)', dayFlag)
    .option('--days <count>', 'how many days up to it', countFlag, 7)
    .addHelpText(
      'after',
      `
The cross-section of each day is that of a fixing: the same quotes in force, the same rules. A panel
of daily minima mixes forms and terms, and the study says so.

Examples:
  mtok tracker gpu_hour_prices.csv --feed gpu-hours --gpu H100 --date 2026-08-22
  mtok tracker 2026-08-22.json --feed gpurentalprices --gpu h100-sxm-80gb --offer on_demand --gpus 8
  mtok tracker --index MTOK-H100 --days 30 --out h100.csv`,
    )
    .action(run);
}

async function run(files: readonly string[], flags: TrackerFlags): Promise<void> {
  requireStudyFlags(flags);
  if (files.length > 0 === (flags.index !== undefined)) {
    throw new MtokError('usage', 'expected files with --feed and --gpu, or --index');
  }
  const ofFiles = flags.feed ?? flags.gpu;
  if (flags.index !== undefined && ofFiles !== undefined) {
    throw new MtokError('usage', `expected ${ofFiles} with files, found it with --index`);
  }
  const { rules, evidence, date, warnings } =
    files.length > 0 ? await fromFiles(files, flags) : await fromBook(flags);
  const first = addDays(date, 1 - flags.days);
  const range = backfill(rules, evidence, first, date);
  if (!range.items) throw new MtokError('no', range.none.message);
  const fixings = [...range.items];
  const isSold = ({ constituents }: Fixing) => constituents.some((one) => one.sellers.length > 0);
  if (!fixings.some(isSold)) {
    throw new MtokError('no', `no price of ${flags.index ?? flags.gpu} from ${first} to ${date}`);
  }
  const study = trackerStudy({
    ...{ rules: latestOf(rules), fixings, days: flags.days, warnings },
    sources: sourcesOf(fixings),
  });
  await giveStudy(study, flags, [...files, flags.rulebook]);
}

function fromFiles(files: readonly string[], flags: TrackerFlags): Promise<Market> {
  const { feed, gpu } = flags;
  if (feed === undefined || gpu === undefined) {
    throw new MtokError('usage', 'expected --feed NAME and --gpu NAME with files');
  }
  return feedMarket(files, { ...flags, feed, gpu });
}

async function fromBook(flags: TrackerFlags): Promise<Market> {
  const book = await openBook(flags);
  const [rules = []] = chooseIndices(book, flags.index);
  const evidence = evidenceOf(book.rows);
  const date = flags.date ?? latestDay(evidence, rules);
  if (date === undefined) throw new MtokError('data', 'expected at least one quote');
  return { rules, evidence, date, warnings: [] };
}

/** Where the prices were seen, as their licences ask for it. */
function sourcesOf(fixings: readonly Fixing[]): string[] {
  const sellers = fixings.flatMap(({ constituents }) => constituents.flatMap((one) => one.sellers));
  const venues = [...new Set(sellers.map(({ venue }) => venue))].sort(byCodePoint);
  const shown = venues.slice(0, SHOWN_SOURCES).map((venue) => ATTRIBUTIONS[venue] ?? venue);
  const left = venues.length - shown.length;
  return left > 0 ? [...shown, `and ${left} more`] : shown;
}

const SHOWN_SOURCES = 5;

const ATTRIBUTIONS: Readonly<Record<string, string>> = {
  'gpurentalprices.com':
    'GPU rental price data by gpurentalprices.com (https://gpurentalprices.com), ' +
    'licensed under CC BY 4.0.',
};
