import type { Command } from 'commander';
import { type Day, daysBetween } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import { byCodePoint, groupBy } from '../domain/group.ts';
import { latestOf } from '../domain/versions.ts';
import { rowOf, type SeriesRow } from '../fix/backfill.ts';
import { fixingOf } from '../fix/fixing.ts';
import { resultsTogether } from '../fix/together.ts';
import { filesNamed } from '../ingest/named-files.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import {
  type BookFlags,
  chooseIndices,
  dayFlag,
  momentFlag,
  openBook,
  seriesFlag,
  withBookFlags,
  withEngineFlag,
} from './book.ts';
import { unknownNames } from './findings.ts';
import { keepHeapSmall } from './heap.ts';
import { interruptionOf } from './interruption.ts';
import { note, print, refuseClashes } from './output.ts';
import { advanceText, progressOn } from './progress.ts';
import {
  type ConstituentRow,
  constituentRows,
  constituentsFile,
  seriesFile,
  seriesFormat,
} from './series-files.ts';

interface BackfillFlags extends BookFlags {
  readonly from: Day;
  readonly to: Day;
  readonly index?: string;
  readonly knownAt?: number;
  readonly series?: number;
  readonly out?: string;
  readonly constituents?: string;
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** `mtok backfill`: a series, and what is inside it. */
export function addBackfill(program: Command): void {
  withEngineFlag(withBookFlags(program.command('backfill')))
    .description('calculate a series: every day of a range, by date and index')
    .requiredOption('--from <day>', 'the first day', dayFlag)
    .requiredOption('--to <day>', 'the last day, inclusive', dayFlag)
    .option('--index <id>', 'one index (default: all)')
    .option('--known-at <time>', 'use only what was known then (default: each cut-off)', momentFlag)
    .option('--series <number>', 'a frozen series, priced on after its time', seriesFlag)
    .option('--out <file>', 'a .csv, .json or .parquet file (default: CSV on stdout)')
    .option('--constituents <file>', 'also what is inside each fixing: .csv or .parquet')
    .option('--json', 'JSON on stdout instead of CSV')
    .option('--strict', 'exit with 1 where a fixing is withheld')
    .addHelpText(
      'after',
      `
Examples:
  mtok backfill --from 2024-01-02 --to 2026-08-21 --index MTOK-LIST --out series.csv
  mtok backfill --from 2026-01-01 --to 2026-06-30 --out s.parquet --constituents c.parquet
  mtok backfill --from 2026-01-01 --to 2026-06-30 | column -s, -t
  mtok backfill --rulebook my.yaml --quotes prices.csv --from 2026-01-01 --to 2026-03-31`,
    )
    .action(run);
}

async function run(flags: BackfillFlags): Promise<void> {
  if (flags.to < flags.from) {
    throw new MtokError('usage', `expected --to on or after --from ${flags.from}: ${flags.to}`);
  }
  keepHeapSmall();
  const format = seriesFormat(flags);
  const { paths: named } = await filesNamed([flags.quotes ?? [], flags.usage ?? []].flat());
  refuseClashes(
    [flags.out, flags.constituents],
    [flags.rulebook, flags.fx, flags.models, flags.sellers, flags.corrections].concat(named),
  );
  const files = [flags.out, flags.constituents].flatMap((path) => path ?? []);
  const interruption = interruptionOf(files);
  const book = await openBook(flags);
  const indices = chooseIndices(book, flags.index);
  const evidence = evidenceOf(book.rows);
  for (const { message } of unknownNames(indices.flat(), evidence)) note(message);
  const progress = progressOn(process.stderr);
  const startMs = Date.now();
  const bases = indices.map((versions) => latestOf(versions).base.date);
  const total = sumOf(bases.map((base) => daysOf(base, flags)));
  const done = bases.map(() => 0);
  const rows: SeriesRow[] = [];
  const reasons: string[] = [];
  const inside: ConstituentRow[] = [];
  const options = {
    ...(flags.knownAt === undefined ? {} : { knownAtMs: flags.knownAt }),
    ...(flags.series === undefined ? {} : { series: flags.series }),
  };
  const wanted = indices.map((rules) => ({ rules, isOn: (day: Day) => day >= flags.from }));
  for (const { place, result, none } of resultsTogether(wanted, evidence, flags.to, options)) {
    if (none) throw new MtokError('data', none.message);
    const row = rowOf(result);
    rows.push(row);
    for (const reason of result.withheld) reasons.push(reason);
    done[place] = daysOf(bases[place] ?? row.date, { ...flags, to: row.date });
    const advance = { done: sumOf(done), total, elapsedMs: Date.now() - startMs };
    progress.show(`${row.date}  ${advanceText(advance)}`);
    await interruption.heard();
    if (flags.constituents === undefined) continue;
    const { fixing } = fixingOf(result, evidence, options);
    for (const one of constituentRows(fixing)) inside.push(one);
  }
  progress.clear();
  rows.sort(byDateAndIndex);
  inside.sort((a, b) => byDateAndIndex(a, b) || byCodePoint(a.constituent, b.constituent));
  const { chunks, write } = seriesFile(
    format,
    rows,
    indices.map((versions) => latestOf(versions).good),
  );
  if (flags.out === undefined) for (const chunk of chunks) process.stdout.write(chunk);
  else {
    await interruption.write(flags.out, chunks, write);
    print(`written: ${flags.out}, ${rows.length} fixings`);
  }
  if (flags.constituents !== undefined) {
    const file = constituentsFile(flags.constituents, inside);
    await interruption.write(flags.constituents, file.chunks, file.write);
    note(`written: ${flags.constituents}, ${inside.length} rows`);
  }
  const begins = indices.map(latestOf).map(({ index, base }) => `${index} ${base.date}`);
  finish(rows, reasons, flags, begins);
}

/** The days of a range on which an index may have a fixing, those off its calendar included. */
function daysOf(base: Day, { from, to }: Pick<BackfillFlags, 'from' | 'to'>): number {
  return Math.max(0, daysBetween(from < base ? base : from, to) + 1);
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function finish(
  rows: readonly SeriesRow[],
  reasons: readonly string[],
  flags: BackfillFlags,
  begins: readonly string[],
): void {
  if (rows.length === 0) {
    note(`no fixings from ${flags.from} to ${flags.to}; base dates: ${begins.join(', ')}`);
  }
  const withheld = rows.filter(({ status }) => status === 'withheld').length;
  if (withheld > 0) {
    const counts = [...groupBy(reasons, (reason) => reason)];
    const why = counts.map(([reason, days]) => `${reason} on ${days.length}`).join(', ');
    note(`${withheld} of ${rows.length} fixings are withheld: ${why}`);
  }
  if (flags.strict && withheld > 0) throw new MtokError('no', `${withheld} fixings are withheld`);
}

function byDateAndIndex(a: { date: string; index: string }, b: { date: string; index: string }) {
  return byCodePoint(a.date, b.date) || byCodePoint(a.index, b.index);
}
