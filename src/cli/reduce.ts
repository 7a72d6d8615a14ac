import { type Command, InvalidArgumentError, Option } from 'commander';
import { describeReject, MtokError, type Reject } from '../domain/failure.ts';
import type { EngineChoice } from '../ingest/engines/choose.ts';
import { shownPath } from '../ingest/files.ts';
import { filesNamed } from '../ingest/named-files.ts';
import { UseSums } from '../ingest/reduce/logs.ts';
import type { GroupSink, RawFiles, RawReading } from '../ingest/reduce/looks.ts';
import { METHODS, type Method, needsVolume } from '../ingest/reduce/method.ts';
import { readRaw } from '../ingest/reduce/read.ts';
import { type ReducedQuote, Reduction } from '../ingest/reduce/reduction.ts';
import { tickSink } from '../ingest/reduce/tick-sink.ts';
import { DAILY, daysUntil, parseWindows, type Windows } from '../ingest/reduce/window.ts';
import { writeDurably } from '../publish/durable.ts';
import { reducedCsv, usedCsv, volumesCsv } from '../publish/reduced.ts';
import { DEFAULT_MEMORY_MB, describeRejects, withEngineFlag } from './book.ts';
import { type Interruption, interruptionOf } from './interruption.ts';
import { note, print, printJson, refuseClashes } from './output.ts';
import { progressOn } from './progress.ts';

interface ReduceFlags {
  readonly quotes?: Method;
  readonly usage?: boolean;
  readonly window?: Windows;
  readonly until?: Windows;
  readonly basis?: string;
  readonly volumes?: string;
  readonly out?: string;
  readonly json?: boolean;
  readonly ignoreUnknownColumns?: boolean;
  readonly skipRejects?: boolean;
  readonly engine: EngineChoice;
  readonly memory?: number;
}

/** What was asked for, and how it ends at a Ctrl-C. */
interface Run extends ReduceFlags {
  readonly interruption: Interruption;
}

/** `mtok reduce`: ticks and logs become daily quotes and usage, exactly. */
export function addReduce(program: Command): void {
  const method = new Option('--quotes <method>', 'prices: one for each offer and window');
  const basis = new Option('--basis <basis>', 'of the quotes (default: transacted by volume)');
  withEngineFlag(program.command('reduce <file...>'))
    .description('reduce raw observations to quotes or usage: files, globs or a table')
    .addOption(method.choices(METHODS))
    .option('--usage', 'tokens: their sum for each model, seller and day')
    .option('--window <span>', 'of --quotes: 15m, 1h, 1d (default: 1d)', windowFlag)
    .option('--until <time>', 'of --quotes: when days end, HH:MM in UTC', untilFlag)
    .addOption(basis.choices(['list', 'aggregated', 'transacted', 'curated']))
    .option('--volumes <file>', 'with --quotes: ticks and volume behind each, as CSV')
    .option('--out <file>', 'the quotes or usage (default: CSV on stdout)')
    .option('--json', 'what was read and written, as JSON; with --out')
    .option('--ignore-unknown-columns', 'leave out columns that are not known')
    .option('--skip-rejects', 'go on without the rows that are rejected')
    .addHelpText('after', HELP)
    .action(run);
}

const HELP = `
Rows are ticks: seller, model, at, input, output, and optionally cached_input, cache_write, venue,
region, service_tier, context_from, currency, unit, volume. Logs of use have model, at,
input_tokens, output_tokens, and optionally seller, cached_tokens, requests. A file may have both.

Methods, over the ticks of an offer in a window:
  last                   the last tick, all its legs as they stand
  median                 of the prices; of an even number the mean of the middle two
  lower-weighted-median  the first price, from the lowest on, with 2·cum >= W by volume
  vwap                   sum(price·volume) / sum(volume)
  twap                   the price in force, by the time that it was in force
All but last take each leg on its own. Divisions are rounded half-even to 40 significant digits.
A window is known when it has ended: observed_at is its end, effective_at its start.

Examples:
  mtok reduce ticks.csv --quotes vwap --out quotes/reduced.csv
  mtok reduce 'ticks/**/*.csv.gz' --quotes twap --window 1h --engine duckdb --memory 1000
  mtok reduce offers.parquet --quotes median --until 16:00 --volumes volumes.csv
  mtok reduce logs/ --usage --out usage/reduced.csv
  mtok reduce clickhouse://host/books.ticks --quotes twap --out quotes/reduced.csv`;

async function run(names: readonly string[], flags: ReduceFlags): Promise<void> {
  const { quotes: method, usage, out, volumes } = flags;
  if ((method === undefined) === (usage === undefined)) {
    throw new MtokError(
      'usage',
      `expected --quotes ${METHODS.join('|')}, or --usage, and not both`,
    );
  }
  if (usage && (flags.window || flags.until || flags.basis || volumes)) {
    throw new MtokError(
      'usage',
      'expected --window, --until, --basis, --volumes with --quotes only',
    );
  }
  if (flags.json && out === undefined) throw new MtokError('usage', 'expected --out with --json');
  const { paths, constants } = await filesNamed(names);
  refuseClashes([out, volumes], paths);
  const files: RawFiles = {
    ...{ paths, constants },
    options: { ignoreUnknownColumns: flags.ignoreUnknownColumns ?? false },
  };
  const interruption = interruptionOf([out, volumes].flatMap((path) => path ?? []));
  if (method === undefined) await reduceUsage(files, { ...flags, interruption });
  else await reduceQuotes(files, method, { ...flags, interruption });
}

async function reduceUsage(files: RawFiles, flags: Run): Promise<void> {
  const sums = new UseSums();
  const reading = await read(files, sums, flags);
  requireGood(reading.rejects, flags);
  const daily = sums.daily();
  const counts = { rows: reading.count, rejects: reading.rejects.length, usage: daily.length };
  await write(() => usedCsv(daily), counts, flags);
}

async function reduceQuotes(files: RawFiles, method: Method, flags: Run): Promise<void> {
  const basis = flags.basis ?? (needsVolume(method) ? 'transacted' : 'aggregated');
  const reduction = new Reduction(method, windowsOf(flags), basis);
  const reading = await read(files, tickSink(reduction), flags);
  requireGood(reading.rejects, flags);
  const { quotes, rejects, unpriced } = reduction.reduced(namesOf(files));
  requireGood(rejects, flags);
  if (unpriced > 0) note(`${unpriced} windows have no volume, and so no price`);
  const counts = {
    ...{ rows: reading.count, rejects: reading.rejects.length + rejects.length },
    ...{ quotes: quotes.length, unpriced },
  };
  await write(() => reducedCsv(quotes), counts, flags, quotes);
}

function windowsOf({ window, until }: ReduceFlags): Windows {
  if (window && until && window.name !== DAILY.name) {
    throw new MtokError('usage', `expected --until with days only, found --window ${window.name}`);
  }
  return until ?? window ?? DAILY;
}

async function read<Row, Kind, Look>(
  files: RawFiles,
  sink: GroupSink<Row, Kind, Look>,
  { engine, memory }: ReduceFlags,
): Promise<RawReading> {
  const progress = progressOn(process.stderr);
  const begun = performance.now();
  const options = { memoryMb: memory ?? DEFAULT_MEMORY_MB };
  const reading = await readRaw(files, sink, engine, options, (rows) => {
    const perSecond = Math.round((1000 * rows) / (performance.now() - begun));
    progress.show(`${rows} rows, ${perSecond} rows/s`);
  });
  progress.clear();
  for (const warning of reading.warnings.slice(0, SHOWN))
    note(`warning: ${describeReject(warning)}`);
  if (reading.warnings.length > SHOWN) {
    note(`… and ${reading.warnings.length - SHOWN} more warnings`);
  }
  return reading;
}

const SHOWN = 20;

function requireGood(rejects: readonly Reject[], { skipRejects }: ReduceFlags): void {
  if (rejects.length === 0) return;
  const lines = describeRejects(rejects);
  if (skipRejects) {
    note([...lines, 'Going on without them.'].join('\n'));
    return;
  }
  const advice = 'Correct the rows, or leave them out with --skip-rejects; nothing was written.';
  throw new MtokError('data', [...lines, advice].join('\n'), rejects);
}

function namesOf({ paths }: RawFiles): string {
  const [first = ''] = paths;
  return paths.length === 1 ? shownPath(first) : `${paths.length} files`;
}

/** To the files that the flags name, else to stdout. */
async function write(
  csv: () => Iterable<string>,
  counts: Readonly<Record<string, number>>,
  { out, volumes, json, interruption }: Run,
  quotes: readonly ReducedQuote[] = [],
): Promise<void> {
  if (out === undefined) for (const line of csv()) process.stdout.write(line);
  else await interruption.write(out, csv(), writeDurably);
  if (volumes !== undefined) {
    await interruption.write(volumes, volumesCsv(quotes), writeDurably);
  }
  const said = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  if (json) printJson({ schema: 'mtok.reduce/1', ...counts });
  else if (out !== undefined) print(`written: ${out}, ${said.join(', ')}`);
  if (volumes !== undefined) note(`written: ${volumes}`);
}

function windowFlag(text: string): Windows {
  const windows = parseWindows(text);
  if (windows) return windows;
  throw new InvalidArgumentError('expected a span that divides a day: 15m, 1h, 6h, 1d');
}

function untilFlag(text: string): Windows {
  const windows = daysUntil(text);
  if (windows) return windows;
  throw new InvalidArgumentError('expected a time of day in UTC: 16:00');
}
