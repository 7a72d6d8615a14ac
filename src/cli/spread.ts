import type { Command } from 'commander';
import type { Day } from '../domain/dates.ts';
import { decimal } from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import type { Fixing } from '../domain/fixing.ts';
import type { GoodId } from '../domain/goods.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestOf } from '../domain/versions.ts';
import { backfill } from '../fix/backfill.ts';
import { latestDay } from '../fix/latest.ts';
import { lastRevisions } from '../fix/report/inputs.ts';
import type { Book } from '../ingest/book.ts';
import { readFixings } from '../ingest/fixings.ts';
import { type Evidence, evidenceOf } from '../normalize/evidence.ts';
import { type SpreadDay, spreadStudy } from '../study/spread.ts';
import {
  type BookFlags,
  chooseIndices,
  dayFlag,
  openBook,
  requireRange,
  SHIPPED_BOOK,
  withBookFlags,
} from './book.ts';
import { requireGood } from './require-good.ts';
import { giveStudy, requireStudyFlags, type StudyFlags, withStudyFlags } from './study.ts';
import { bookSource } from './study-history.ts';
import { systemNamed } from './systems.ts';

interface SpreadFlags extends BookFlags, StudyFlags {
  readonly system: string;
  readonly gpu: string;
  readonly token: string;
  readonly from?: Day;
  readonly to?: Day;
  readonly publication?: string;
}

/** `mtok spread`: what a token costs to make, beside what it is listed at. */
export function addSpread(program: Command): void {
  withStudyFlags(withBookFlags(program.command('spread')))
    .description('the token price that a GPU hour implies, and the margin to the listed one')
    .requiredOption('--system <file>', 'a reference system: a file, or one of the book')
    .requiredOption('--gpu <index>', 'an index of GPU hours')
    .requiredOption('--token <index>', 'an index of tokens')
    .option('--from <day>', 'the first day (default: the first with both)', dayFlag)
    .option('--to <day>', 'the last day (default: the latest with both)', dayFlag)
    .option('--publication <dir>', 'published fixings, instead of calculating from the book')
    .addHelpText(
      'after',
      `
implied = rate × GPUs × 10⁶ ÷ (tokens/s × 3600 × utilization), leg by leg, in the workload of the
token index. A reference system declares the GPUs, the throughput and the utilization, each with its
source; no number is shown without them. Days on which one of the two was withheld are left out.

Examples:
  mtok spread --system LLAMA-70B-H100X2 --gpu MTOK-H100 --token MTOK-LLAMA-70B-OUT
  mtok spread --system my.yaml --gpu MTOK-H100-SXM --token MTOK-OPEN --publication public
  mtok spread --system LLAMA-70B-H100X2 --gpu MTOK-H100 --token MTOK-LLAMA-70B-OUT --out s.json`,
    )
    .action(run);
}

async function run(flags: SpreadFlags): Promise<void> {
  requireStudyFlags(flags);
  if (flags.from !== undefined && flags.to !== undefined) requireRange(flags.from, flags.to);
  const system = await systemNamed(flags.system, flags.book ?? SHIPPED_BOOK);
  const book = await openBook(flags);
  const gpu = rulesOf(book, flags.gpu, 'gpu_hour');
  const token = rulesOf(book, flags.token, 'token');
  const [rates, listed] =
    flags.publication === undefined
      ? calculated([gpu, token], evidenceOf(book.rows), flags)
      : await published([flags.gpu, flags.token], flags.publication);
  const days = daysWithBoth(rates, listed, flags);
  if (days.length === 0) {
    const range = `${flags.from ?? 'the first day'} to ${flags.to ?? 'the last'}`;
    const names = `${flags.gpu} and ${flags.token}`;
    throw new MtokError('no', `no day from ${range} on which both ${names} have a price`);
  }
  const study = spreadStudy({
    ...{ system, gpuIndex: flags.gpu, tokenIndex: flags.token, days },
    workload: latestOf(token).workload,
    isMixed: latestOf(gpu).workload.tier === 'mixed',
    held: { gpus: heldOn(rates, days), models: heldOn(listed, days) },
    origin: flags.publication === undefined ? 'calculated from the book' : 'as published',
    sources: [flags.publication === undefined ? bookSource(flags) : flags.publication],
  });
  await giveStudy(study, flags, [flags.system, flags.rulebook]);
}

function rulesOf(book: Book, index: string, good: GoodId): readonly Rulebook[] {
  const [versions = []] = chooseIndices(book, index);
  requireGood(latestOf(versions), good);
  return versions;
}

function calculated(
  indices: readonly (readonly Rulebook[])[],
  evidence: Evidence,
  { from = '0000-01-01', to }: SpreadFlags,
): readonly (readonly Fixing[])[] {
  const last = to ?? latestDay(evidence, indices.flat());
  if (last === undefined) throw new MtokError('data', 'expected at least one quote');
  return indices.map((versions) => {
    const { date } = latestOf(versions).base;
    const run = backfill(versions, evidence, from < date ? date : from, last);
    if (!run.items) throw new MtokError('no', run.none.message);
    return [...run.items];
  });
}

async function published(indices: readonly string[], directory: string): Promise<Fixing[][]> {
  return Promise.all(
    indices.map(async (index) => {
      const files = await readFixings(directory, [index]);
      if (files.length === 0) throw new MtokError('no', `${directory} has no fixing of ${index}`);
      return [...lastRevisions(files.map(({ fixing }) => fixing)).values()];
    }),
  );
}

/** The constituents of an index on the last of some days. */
function heldOn(fixings: readonly Fixing[] = [], days: readonly SpreadDay[]): string[] {
  const last = fixings.find(({ date }) => date === days.at(-1)?.date);
  return (last?.constituents ?? []).map(({ id }) => id);
}

/** A repeated print is of another day: only days of their own count. */
function daysWithBoth(
  rates: readonly Fixing[] = [],
  listed: readonly Fixing[] = [],
  { from = '', to = '9999-12-31' }: SpreadFlags,
): SpreadDay[] {
  const priceOf = ({ value, repeats }: Fixing) => (repeats ? undefined : value?.price);
  const prices = new Map(listed.map((fixing) => [fixing.date, priceOf(fixing)]));
  return rates.flatMap((fixing): SpreadDay[] => {
    const { date } = fixing;
    const [rate, price] = [priceOf(fixing), prices.get(date)];
    if (rate === undefined || price === undefined || date < from || date > to) return [];
    return [{ date, rate: decimal(rate), listed: decimal(price) }];
  });
}
