import { join } from 'node:path';
import type { Command } from 'commander';
import type { Day } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import type { Fixing } from '../domain/fixing.ts';
import {
  calculateFixing,
  cannotFix,
  type FixingOptions,
  type FixingResult,
} from '../fix/fixing.ts';
import { latestDay } from '../fix/latest.ts';
import { type Evidence, evidenceOf } from '../normalize/evidence.ts';
import { canonicalJson, fixingPath } from '../publish/canonical.ts';
import { writeDurably } from '../publish/durable.ts';
import {
  type BookFlags,
  chooseIndices,
  dayFlag,
  momentFlag,
  openBook,
  seriesFlag,
  type Versions,
  withBookFlags,
  withEngineFlag,
} from './book.ts';
import { unknownNames } from './findings.ts';
import { describeAll, describeFixing } from './fix-view.ts';
import { type Viewed, view } from './history.ts';
import { note, print, printJson } from './output.ts';
import { styleFor } from './terminal.ts';

const OVERVIEW_COLUMNS = 24;
const CHART_COLUMNS = 60;

interface FixFlags extends BookFlags {
  readonly index?: string;
  readonly date?: Day;
  readonly knownAt?: number;
  readonly series?: number;
  readonly out?: string;
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** `mtok fix`: the fixings of a day. */
export function addFix(program: Command): void {
  withEngineFlag(withBookFlags(program.command('fix')))
    .description('calculate the fixings of a day')
    .option('--index <id>', 'one index in detail (default: all, a line each)')
    .option('--date <day>', 'the day (default: the latest with data)', dayFlag)
    .option('--known-at <time>', 'use only what was known then (default: each cut-off)', momentFlag)
    .option('--series <number>', 'a frozen series, priced on after its time', seriesFlag)
    .option('--out <dir>', 'write the fixing documents under this directory')
    .option('--json', 'the canonical document; an array of them without --index')
    .option('--strict', 'exit with 1 where a fixing is withheld')
    .addHelpText(
      'after',
      `
Examples:
  mtok fix                                       every index of the shipped book, latest day
  mtok fix --index MTOK-LIST --date 2025-06-10   one index on one day
  mtok fix --index MTOK-LIST --json | sha256sum  its canonical bytes
  mtok fix --book my-book --out fixings          my own book, documents written`,
    )
    .action(fix);
}

async function fix(flags: FixFlags): Promise<void> {
  const book = await openBook(flags);
  const indices = chooseIndices(book, flags.index);
  const evidence = evidenceOf(book.rows);
  for (const { message } of unknownNames(indices.flat(), evidence)) note(message);
  const date = flags.date ?? latestDay(evidence, indices.flat());
  if (date === undefined) throw new MtokError('data', 'expected at least one quote: none was read');
  const isNamed = flags.index !== undefined;
  const options = optionsOf(flags);
  const due = indices.filter((versions) => exists(versions, evidence, date, options, isNamed));
  if (due.length === 0) throw new MtokError('no', `no index has a fixing on ${date}`);
  const fixings = flags.json
    ? due.map((versions) => fixingAlone(versions, evidence, date, options))
    : show(due, evidence, date, flags);
  const written = flags.out === undefined ? [] : await write(fixings, flags.out);
  if (flags.json) printJson(flags.index === undefined ? fixings : fixings[0]);
  for (const line of written) (flags.json ? note : print)(line);
  const withheld = fixings.filter(({ status }) => status === 'withheld');
  if (flags.strict && withheld.length > 0) {
    const names = withheld.map(({ index, withheld: why }) => `${index} (${why.join(', ')})`);
    throw new MtokError('no', `withheld: ${names.join(', ')}`);
  }
}

/** False, with a note, where an index has no fixing on a day; an index asked for by name must. */
function exists(
  versions: Versions,
  evidence: Evidence,
  date: Day,
  options: FixingOptions,
  named: boolean,
): boolean {
  const none = cannotFix(versions, evidence, date, options);
  if (!none) return true;
  if (named) throw new MtokError('no', none.message);
  note(none.message);
  return false;
}

/** What was known, and which series is asked for. */
function optionsOf({ knownAt, series }: FixFlags): FixingOptions {
  return {
    ...(knownAt === undefined ? {} : { knownAtMs: knownAt }),
    ...(series === undefined ? {} : { series }),
  };
}

function fixingAlone(
  versions: Versions,
  evidence: Evidence,
  date: Day,
  options: FixingOptions,
): Fixing {
  const result = calculateFixing(versions, evidence, date, options);
  if (result.fixing) return result.fixing;
  throw whyNone(result);
}

function whyNone(result: FixingResult): Error {
  if (result.fixing) return new RangeError(`expected no fixing on ${result.fixing.date}`);
  const { code, message } = result.none;
  return new MtokError(code === 'no_first_basket' ? 'data' : 'no', message);
}

function show(
  indices: readonly Versions[],
  evidence: Evidence,
  date: Day,
  flags: FixFlags,
): Fixing[] {
  const columns = flags.index === undefined ? OVERVIEW_COLUMNS : CHART_COLUMNS;
  const options = optionsOf(flags);
  const views = view(indices, evidence, date, options, columns);
  const all = indices.map((versions, place): Viewed => {
    const viewed = views[place];
    if (viewed) return viewed;
    throw whyNone(calculateFixing(versions, evidence, date, options));
  });
  const style = styleFor(process.stdout, process.env);
  const [first] = all;
  const lines =
    flags.index !== undefined && first ? describeFixing(first, style) : describeAll(all, style);
  for (const line of lines) print(line);
  // The hints are commands as they stand: they hold for the shipped book only.
  const shipped = [flags.book, flags.rulebook, flags.quotes].every((flag) => flag === undefined);
  const hints = shipped ? whereNext(flags.index, first, date) : [];
  for (const line of hints) print(style.dim(line));
  return all.map(({ fixing }) => fixing);
}

function whereNext(index: string | undefined, first: Viewed | undefined, date: Day): string[] {
  if (index === undefined || !first) {
    return ['One index in detail: mtok fix --index ID    Its history: mtok backfill --help'];
  }
  const from = first.dayBefore?.date ?? first.rulebook.base.date;
  return [
    `Why it moved:  mtok explain --from ${from} --to ${date} --index ${index}`,
    `Its history:   mtok backfill --from ${first.rulebook.base.date} --to ${date} --index ${index}`,
    `What decides:  mtok sensitivity --index ${index}    Its rules: mtok methodology`,
  ];
}

async function write(fixings: readonly Fixing[], directory: string): Promise<string[]> {
  const lines: string[] = [];
  for (const fixing of fixings) {
    const path = join(directory, fixingPath(fixing));
    await writeDurably(path, [canonicalJson(fixing)]);
    lines.push(`written: ${path}`);
  }
  return lines;
}
