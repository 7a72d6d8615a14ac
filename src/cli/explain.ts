import type { Command } from 'commander';
import type { Day } from '../domain/dates.ts';
import {
  decimal,
  divideToPlaces,
  roundToPlaces,
  subtract,
  sum,
  toFixedText,
} from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import { groupBy } from '../domain/group.ts';
import { type ExplainedPart, type Explanation, explain } from '../fix/explain.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import {
  type BookFlags,
  chooseIndices,
  dayFlag,
  momentFlag,
  openBook,
  withBookFlags,
} from './book.ts';
import { note, print, printJson } from './output.ts';
import { type Style, sparkline, styleFor, table } from './terminal.ts';

interface ExplainFlags extends BookFlags {
  readonly from: Day;
  readonly to: Day;
  readonly index?: string;
  readonly knownAt?: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

const SHOWN_PARTS = 15;
const SHOWN_PLACES = 6;
const CHART_COLUMNS = 40;

/** `mtok explain`: why an index moved. */
export function addExplain(program: Command): void {
  withBookFlags(program.command('explain'))
    .description('split the move between two fixings into what each part did')
    .requiredOption('--from <day>', 'the first fixing', dayFlag)
    .requiredOption('--to <day>', 'the second fixing', dayFlag)
    .option('--index <id>', 'one index (default: all)')
    .option('--known-at <time>', 'use only what was known then (default: each cut-off)', momentFlag)
    .option('--all', `every part (default: the largest ${SHOWN_PARTS})`)
    .option('--json', 'the parts as JSON; an array without --index')
    .addHelpText(
      'after',
      `
The parts sum exactly to the published difference. price: what sellers did. fx: what exchange rates
did. sellers: other sellers behind a price. entry, exit, weights: what a rebalance changed; they
move the price and never the level. methodology: a new version of the rulebook.

Examples:
  mtok explain --from 2026-07-21 --to 2026-08-21 --index MTOK-LIST
  mtok explain --from 2026-08-16 --to 2026-08-18 --json | jq '.[].parts[0]'`,
    )
    .action(run);
}

async function run(flags: ExplainFlags): Promise<void> {
  if (flags.to < flags.from) {
    throw new MtokError('usage', `expected --to on or after --from ${flags.from}: ${flags.to}`);
  }
  const book = await openBook(flags);
  const indices = chooseIndices(book, flags.index);
  const evidence = evidenceOf(book.rows);
  const options = flags.knownAt === undefined ? {} : { knownAtMs: flags.knownAt };
  const found: Explanation[] = [];
  for (const versions of indices) {
    const result = explain(versions, evidence, flags.from, flags.to, options);
    if (result.explanation) found.push(result.explanation);
    else if (flags.index !== undefined) throw new MtokError('no', result.none.message);
    else note(result.none.message);
  }
  if (found.length === 0) throw new MtokError('no', 'no index has a value on both days');
  if (flags.json) return printJson(flags.index === undefined ? found : found[0]);
  const style = styleFor(process.stdout, process.env);
  for (const one of found) for (const line of describe(one, flags, style)) print(line);
}

function describe(explanation: Explanation, { all }: ExplainFlags, style: Style): string[] {
  const { index, unit, from, to, unsplit } = explanation;
  return [
    style.bold(`${index} from ${from} to ${to}`),
    '',
    ...table(
      [{ title: '' }, ...FIGURES, { title: 'day by day' }],
      [
        [`price, ${unit}`, ...changeCells(explanation.price), lineOf(explanation, 'raw')],
        ['level', ...changeCells(explanation.level), lineOf(explanation, 'matched')],
      ],
      style,
    ),
    '',
    ...(unsplit === null
      ? [...byCause(explanation, style), '', ...largest(explanation, all ?? false, style)]
      : crossed(explanation, unsplit, style)),
    '',
  ];
}

const right = (title: string) => ({ title, align: 'right' as const });
const FIGURES = [right('from'), right('to'), right('change'), right('percent')];

function changeCells({ from, to, change, percent }: Explanation['price']): string[] {
  return [from, to, signed(change), `${signed(percent)}%`];
}

function lineOf({ days }: Explanation, of: 'raw' | 'matched'): string {
  const step = Math.max(1, Math.ceil(days.length / CHART_COLUMNS));
  const shown = days.filter((_, index) => index % step === 0 || index === days.length - 1);
  return sparkline(shown.map((day) => Number(day[of])));
}

function signed(text: string): string {
  return text.startsWith('-') || /^[0.]+$/.test(text) ? text : `+${text}`;
}

/** What the kinds of causes did: the figures shown sum to the change shown. */
function byCause({ unit, parts, price, level }: Explanation, style: Style): string[] {
  const causes = [...groupBy(parts, ({ cause }) => cause)].map(([cause, of]) => ({
    cause,
    price: shownSum(of.map((part) => part.price)),
    level: shownSum(of.map((part) => part.level)),
  }));
  const left = (change: string, of: 'price' | 'level') =>
    toFixedText(
      subtract(decimal(change), sum(causes.map((one) => decimal(one[of])))),
      SHOWN_PLACES,
    );
  const rows = [
    ...causes.map((one) => [one.cause, signed(one.price), signed(one.level)]),
    ['rounding', signed(left(price.change, 'price')), signed(left(level.change, 'level'))],
    [style.bold('change'), style.bold(signed(price.change)), style.bold(signed(level.change))],
  ];
  return table([{ title: 'cause' }, right(unit), right('points')], rows, style);
}

function shownSum(values: readonly string[]): string {
  const total = sum(values.map((value) => decimal(value)));
  return toFixedText(roundToPlaces(total, SHOWN_PLACES, 'half_even'), SHOWN_PLACES);
}

function largest({ unit, parts, price }: Explanation, all: boolean, style: Style): string[] {
  const shown = all ? parts : parts.slice(0, SHOWN_PARTS);
  const rows = shown.map((part) => [
    part.constituent || 'all',
    part.cause,
    signed(shownSum([part.price])),
    `${signed(percentOf(part, price.from))}%`,
    signed(shownSum([part.level])),
  ]);
  const columns = [
    ...[{ title: 'constituent' }, { title: 'cause' }],
    ...[right(unit), right('of price'), right('points')],
  ];
  const rest = parts.length - shown.length;
  const more = rest > 0 ? [style.dim(`… and ${rest} smaller parts: --all shows them`)] : [];
  return parts.length === 0 ? ['Nothing moved.'] : [...table(columns, rows, style), ...more];
}

function percentOf({ price }: ExplainedPart, from: string): string {
  const hundredth = divideToPlaces(decimal(from), decimal(100), 40, 'half_even');
  return toFixedText(divideToPlaces(decimal(price), hundredth, 2, 'half_even'), 2);
}

function crossed({ crossed: found }: Explanation, unsplit: string, style: Style): string[] {
  const head = `The move of ${unsplit} has no additive split.`;
  if (found.length === 0) return [head];
  const rows = found.map(({ constituent, from, to, side_from, side_to }) => [
    ...[constituent, from, to, `${side_from}, now ${side_to}`],
  ]);
  const columns = [{ title: 'crossed the middle' }, right('from'), right('to'), { title: '' }];
  return [head, '', ...table(columns, rows, style)];
}
