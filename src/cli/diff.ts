import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { isDay } from '../domain/dates.ts';
import { MtokError, unreadable } from '../domain/failure.ts';
import { type Fixing, fixingSchema } from '../domain/fixing.ts';
import { diffFixings, type FixingDiff } from '../fix/diff.ts';
import { calculateFixing } from '../fix/fixing.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { type BookFlags, chooseIndices, openBook, withBookFlags } from './book.ts';
import { print, printJson } from './output.ts';
import { type Style, styleFor, table } from './terminal.ts';

interface DiffFlags extends BookFlags {
  readonly index?: string;
  readonly json?: boolean;
}

/** `mtok diff`: two fixings side by side. */
export function addDiff(program: Command): void {
  withBookFlags(program.command('diff'))
    .description('set two fixings side by side')
    .argument('<a>', 'a fixing document, or a day of --index')
    .argument('<b>', 'another')
    .option('--index <id>', 'the index, where a or b is a day')
    .option('--json', 'the differences as JSON')
    .addHelpText(
      'after',
      `
Examples:
  mtok diff 2025-06-09 2025-06-10 --index MTOK-LIST
  mtok diff fixings/MTOK-ALL/2026-08-20.json fixings/MTOK-ALL/2026-08-21.json`,
    )
    .action(diff);
}

async function diff(first: string, second: string, flags: DiffFlags): Promise<void> {
  const days = [first, second].filter(isDay);
  const calculated = days.length > 0 ? await calculator(flags) : undefined;
  const load = (name: string) => (isDay(name) && calculated ? calculated(name) : readFixing(name));
  const [a, b] = [await load(first), await load(second)];
  const differences = diffFixings(a, b);
  if (flags.json) return printJson(differences);
  for (const line of describe(differences, styleFor(process.stdout, process.env))) print(line);
}

async function calculator(flags: DiffFlags): Promise<(day: string) => Fixing> {
  if (flags.index === undefined) {
    throw new MtokError('usage', 'expected --index ID: a or b is a day');
  }
  const book = await openBook(flags);
  const [versions] = chooseIndices(book, flags.index);
  const evidence = evidenceOf(book.rows);
  return (day) => {
    if (!versions) throw new MtokError('usage', `unknown index ${flags.index}`);
    const result = calculateFixing(versions, evidence, day);
    if (!result.fixing) throw new MtokError('no', result.none.message);
    return result.fixing;
  };
}

async function readFixing(path: string): Promise<Fixing> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EISDIR') {
      throw new MtokError('data', `expected a fixing document, found a directory: ${path}`);
    }
    throw unreadable(path, error);
  });
  const parsed = fixingSchema.safeParse(parseJson(text, path));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || 'the document';
  throw new MtokError('data', `${path} is no fixing: ${where}: ${issue?.message}`);
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new MtokError('data', `${path} is not JSON: ${why}`);
  }
}

function describe({ a, b, facts, constituents, inputs }: FixingDiff, style: Style): string[] {
  const name = ({ index, date, revision }: FixingDiff['a']) =>
    `${index} ${date}${revision === 0 ? '' : ` r${revision}`}`;
  if (facts.length + constituents.length + inputs.length === 0) {
    return [`${name(a)} and ${name(b)} say the same.`];
  }
  const columns = [
    { title: '' },
    { title: name(a), align: 'right' as const },
    { title: name(b), align: 'right' as const },
    { title: 'change', align: 'right' as const },
  ];
  const rows = facts.map((fact) => [
    fact.name,
    shown(fact.a),
    shown(fact.b),
    shown(fact.change, ''),
  ]);
  const inside = constituents.flatMap(({ id, kind, differences }) =>
    differences
      .filter((one) => kind === 'changed' || one.name === 'price' || one.name === 'weight')
      .map((one, index) => [
        index === 0 ? id : '',
        index === 0 ? kind : '',
        one.name,
        shown(one.a),
        shown(one.b),
        shown(one.change, ''),
      ]),
  );
  const insideColumns = [
    { title: 'constituent' },
    { title: '' },
    { title: '' },
    ...columns.slice(1),
  ];
  return [
    ...table(columns, rows, style),
    ...(inside.length > 0 ? ['', ...table(insideColumns, inside, style)] : []),
    ...(inputs.length > 0 ? ['', `Other input rows: ${inputs.join(', ')}`] : []),
  ];
}

/** Long decimals are cut for the eye; --json has them whole. */
function shown(text: string | null, missing = '–'): string {
  if (text === null) return missing;
  return /^-?\d+\.\d{7,}$/.test(text) ? `${Number(text).toPrecision(7)}…` : text;
}
