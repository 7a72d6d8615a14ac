import { basename } from 'node:path';
import type { Command } from 'commander';
import type { Day } from '../domain/dates.ts';
import { describeReject, MtokError } from '../domain/failure.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestOf } from '../domain/versions.ts';
import {
  type Comparison,
  compareRulebooks,
  type DayDifference,
  type LevelCause,
  type Side,
} from '../fix/compare.ts';
import { latestDay } from '../fix/latest.ts';
import type { Book } from '../ingest/book.ts';
import { readText } from '../ingest/files.ts';
import { parseRulebook } from '../ingest/rulebook.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import {
  type BookFlags,
  chooseIndices,
  dayFlag,
  openBook,
  type Versions,
  withBookFlags,
} from './book.ts';
import { print, printJson } from './output.ts';
import { type Style, styleFor, table } from './terminal.ts';

interface CompareFlags extends BookFlags {
  readonly from?: Day;
  readonly to?: Day;
  readonly json?: boolean;
}

/** `mtok compare`: two rulebooks over one history. */
export function addCompare(program: Command): void {
  withBookFlags(program.command('compare'))
    .description('compare two rulebooks, or two versions of one, over the same history')
    .argument('<a>', 'an index, a version of one (ID@1.0.0), or a rulebook file')
    .argument('<b>', 'another')
    .option('--from <day>', 'the first day (default: the later of the base dates)', dayFlag)
    .option('--to <day>', 'the last day (default: the latest with data)', dayFlag)
    .option('--json', 'the comparison as JSON')
    .addHelpText(
      'after',
      `
It is the impact report of a consultation on a change: level, volatility, drawdown, turnover, and
the days on which the two differ most, with what moved each.

Examples:
  mtok compare MTOK-LIST MTOK-ALL
  mtok compare MTOK-LIST proposal.yaml --from 2026-01-01
  mtok compare MY-INDEX@1.0.0 MY-INDEX@2.0.0 --book my-book`,
    )
    .action(run);
}

async function run(first: string, second: string, flags: CompareFlags): Promise<void> {
  const book = await openBook(flags);
  const [a, b] = [await rulesNamed(first, book), await rulesNamed(second, book)];
  const evidence = evidenceOf(book.rows);
  const bases = [a, b].map((versions) => latestOf(versions).base.date).sort();
  const from = flags.from ?? bases[1] ?? '';
  const to = flags.to ?? latestDay(evidence, [...a, ...b]);
  if (to === undefined) throw new MtokError('data', 'expected at least one quote');
  if (to < from) throw new MtokError('usage', `expected days from ${from} on, found --to ${to}`);
  const { comparison, none } = compareRulebooks(a, b, evidence, from, to);
  if (!comparison) throw new MtokError('no', none.message);
  if (flags.json) return printJson(comparison);
  const style = styleFor(process.stdout, process.env);
  for (const line of describe(comparison, [first, second], style)) print(line);
}

/** The rules that an argument names: a file, a version of an index, or an index as it is. */
async function rulesNamed(name: string, book: Book): Promise<Versions> {
  if (name.endsWith('.yaml') || name.endsWith('.yml')) return [await rulebookAt(name)];
  const [index, version] = name.split('@');
  const [versions = []] = chooseIndices(book, index);
  if (version === undefined) return versions;
  const chosen = versions.filter((one) => one.version === version);
  if (chosen.length > 0) return chosen;
  const known = versions.map((one) => one.version).join(', ');
  throw new MtokError('usage', `unknown version ${version} of ${index}: expected one of ${known}`);
}

async function rulebookAt(path: string): Promise<Rulebook> {
  const text = await readText(path);
  const { rulebook, rejects } = parseRulebook(text, path);
  if (rulebook) return rulebook;
  throw new MtokError('data', rejects.map(describeReject).join('\n'), rejects);
}

const right = (title: string) => ({ title, align: 'right' as const });

function describe(
  { from, to, a, b, correlation, differences }: Comparison,
  names: readonly string[],
  style: Style,
): string[] {
  const unit = a.unit === b.unit ? `, ${a.unit}` : '';
  const rows = FIGURES.map(({ name, show }) => [
    name === LAST_PRICE ? `${name}${unit}` : name,
    show(a),
    show(b),
  ]);
  return [
    style.bold(`${names.join(' and ')} from ${from} to ${to}`),
    '',
    ...table([{ title: '' }, ...names.map((name) => right(basename(name)))], rows, style),
    ...(correlation === null ? [] : ['', `Correlation of monthly changes: ${correlation}`]),
    '',
    ...(differences.length === 0
      ? ['The levels moved alike on every day.']
      : largest(differences, names, style)),
  ];
}

const LAST_PRICE = 'last price';

const FIGURES: readonly { readonly name: string; readonly show: (side: Side) => string }[] = [
  { name: 'version', show: ({ version }) => version },
  { name: 'first level', show: ({ first }) => first?.level ?? '–' },
  { name: 'last level', show: ({ last }) => last?.level ?? '–' },
  { name: 'change', show: ({ change_percent }) => percent(change_percent) },
  { name: LAST_PRICE, show: ({ last }) => last?.price ?? '–' },
  { name: 'volatility, a year', show: ({ volatility_percent }) => percent(volatility_percent) },
  { name: 'deepest fall', show: ({ drawdown }) => percent(drawdown?.percent ?? null) },
  { name: '  from', show: ({ drawdown }) => drawdown?.from ?? '–' },
  { name: '  to', show: ({ drawdown }) => drawdown?.to ?? '–' },
  { name: 'rebalances', show: ({ rebalances }) => String(rebalances) },
  { name: 'turnover, mean', show: ({ turnover_percent: one }) => percent(one?.mean ?? null) },
  { name: 'turnover, largest', show: ({ turnover_percent: one }) => percent(one?.largest ?? null) },
  { name: 'fixings published', show: ({ published }) => String(published) },
  { name: 'fixings withheld', show: ({ withheld }) => String(withheld) },
];

function percent(value: string | null): string {
  return value === null ? '–' : `${value}%`;
}

function largest(
  differences: readonly DayDifference[],
  names: readonly string[],
  style: Style,
): string[] {
  const rows = differences.flatMap(({ date, a_percent, b_percent, a_causes, b_causes }) => {
    const lines = Math.max(1, a_causes.length, b_causes.length);
    return Array.from({ length: lines }, (_, line) => [
      line === 0 ? date : '',
      line === 0 ? `${a_percent}%` : '',
      causeText(a_causes[line]),
      line === 0 ? `${b_percent}%` : '',
      causeText(b_causes[line]),
    ]);
  });
  const [a = '', b = ''] = names.map((name) => basename(name));
  const why = { title: 'points from' };
  return table([{ title: 'largest differences' }, right(a), why, right(b), why], rows, style);
}

function causeText(cause: LevelCause | undefined): string {
  return cause ? `${cause.points} ${cause.constituent} ${cause.cause}` : '';
}
