import type { Command } from 'commander';
import type { Day } from '../domain/dates.ts';
import { decimal, roundToPlaces, toFixedText } from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import { latestDay } from '../fix/latest.ts';
import { type ProForma, type ProFormaMember, proForma } from '../fix/pro-forma.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { type BookFlags, chooseIndices, dayFlag, openBook, withBookFlags } from './book.ts';
import { note, print, printJson } from './output.ts';
import { type Style, styleFor, table } from './terminal.ts';

interface RebalanceFlags extends BookFlags {
  readonly preview?: boolean;
  readonly index?: string;
  readonly date?: Day;
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** `mtok rebalance --preview`: the basket that is to come. */
export function addRebalance(program: Command): void {
  withBookFlags(program.command('rebalance'))
    .description('show the pro-forma basket of the next rebalance')
    .requiredOption('--preview', 'from what is known so far: nothing is changed')
    .option('--index <id>', 'one index (default: all)')
    .option('--date <day>', 'as of a day (default: the latest with data)', dayFlag)
    .option('--json', 'the basket as JSON; an array without --index')
    .option('--strict', 'exit with 1 where no basket can be formed')
    .addHelpText(
      'after',
      `
Examples:
  mtok rebalance --preview --index MTOK-LIST
  mtok rebalance --preview --date 2026-07-31 --json | jq '.[].roll_spread'`,
    )
    .action(run);
}

async function run(flags: RebalanceFlags): Promise<void> {
  const book = await openBook(flags);
  const indices = chooseIndices(book, flags.index);
  const evidence = evidenceOf(book.rows);
  const date = flags.date ?? latestDay(evidence, indices.flat());
  if (date === undefined) throw new MtokError('data', 'expected at least one quote');
  const found: ProForma[] = [];
  for (const versions of indices) {
    const result = proForma(versions, evidence, date);
    if (result.proForma) found.push(result.proForma);
    else if (flags.index !== undefined) throw new MtokError('no', result.none.message);
    else note(result.none.message);
  }
  if (flags.json) printJson(flags.index === undefined ? found : found[0]);
  else {
    const style = styleFor(process.stdout, process.env);
    const units = new Map(indices.flat().map(({ index, unit }) => [index, unit]));
    for (const one of found) {
      for (const line of describe(one, units.get(one.index) ?? '', style)) print(line);
    }
  }
  const faulty = found.filter(({ fault }) => fault !== null);
  if (flags.strict && faulty.length > 0) {
    const names = faulty.map(({ index, fault }) => `${index} (${fault})`);
    throw new MtokError('no', `no basket: ${names.join(', ')}`);
  }
}

function describe(basket: ProForma, unit: string, style: Style): string[] {
  const { index, date, rebalance_day, announced, fault, members } = basket;
  if (rebalance_day === null) return [`${style.bold(index)} never rebalances: one basket.`, ''];
  const how = announced ? 'as announced' : 'as it would be from what is known';
  const head = `${style.bold(index)} on ${rebalance_day}, ${how} on ${date}`;
  if (fault !== null) return [head, style.red(`No basket can be formed: ${fault}`), ''];
  const count = (change: ProFormaMember['change']) =>
    members.filter((one) => one.change === change).length;
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [
    ...[{ title: 'constituent' }, { title: 'lab' }, { title: '' }],
    ...[right('weight now'), right('next'), right('share of value')],
  ];
  const { now, next } = basket.price;
  return [
    head,
    `${count('enters')} enter, ${count('leaves')} leave, ${count('stays')} stay. ` +
      `Price ${cut(now)} now, ${cut(next)} with the next basket: ` +
      `roll spread ${cut(basket.roll_spread)} ${unit}`,
    '',
    ...table(
      columns,
      members.map((one) => rowOf(one, style)),
      style,
    ),
    '',
  ];
}

function rowOf(one: ProFormaMember, style: Style): string[] {
  const colour = { enters: style.green, leaves: style.red, stays: style.dim }[one.change];
  return [
    ...[one.id, one.lab, colour(one.change)],
    ...[one.weight_now, one.weight_next, one.share_next].map((value) => cut(value)),
  ];
}

function cut(value: string | null): string {
  return value === null ? '–' : toFixedText(roundToPlaces(decimal(value), 4, 'half_even'), 4);
}
