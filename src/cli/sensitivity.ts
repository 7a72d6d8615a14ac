import type { Command } from 'commander';
import type { Day } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import { latestDay } from '../fix/latest.ts';
import { type Sensitivity, sensitivity, type Variant } from '../fix/sensitivity.ts';
import { readWorkloads } from '../ingest/workload.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { type BookFlags, chooseIndices, dayFlag, openBook, withBookFlags } from './book.ts';
import { note, print, printJson } from './output.ts';
import { progressOn } from './progress.ts';
import { shippedFile } from './shipped.ts';
import { type Style, styleFor, table } from './terminal.ts';

interface SensitivityFlags extends BookFlags {
  readonly index: string;
  readonly date?: Day;
  readonly json?: boolean;
  readonly workloads?: string;
}

/** `mtok sensitivity`: the same date under other choices. */
export function addSensitivity(program: Command): void {
  withBookFlags(program.command('sensitivity'))
    .description('show one fixing under other choices: what do its rules decide?')
    .requiredOption('--index <id>', 'the index')
    .option('--date <day>', 'the day (default: the latest with data)', dayFlag)
    .option('--workloads <path>', 'declared workloads: a folder or a file (default: shipped ones)')
    .option('--json', 'the variants as JSON')
    .addHelpText(
      'after',
      `
Each line is a whole history under another choice, so that its level is comparable. Declared
workloads are among them: mtok workloads says what each rests on.

Examples:
  mtok sensitivity --index MTOK-LIST
  mtok sensitivity --index MTOK-ALL --date 2026-08-21 --json | jq '.variants[].level'`,
    )
    .action(run);
}

async function run(flags: SensitivityFlags): Promise<void> {
  const workloads = await readWorkloads(flags.workloads ?? shippedFile('workloads'));
  const book = await openBook(flags);
  const [versions] = chooseIndices(book, flags.index);
  const evidence = evidenceOf(book.rows);
  const date = flags.date ?? latestDay(evidence, versions);
  if (!versions || date === undefined) throw new MtokError('data', 'expected at least one quote');
  const progress = progressOn(process.stderr);
  const asked = { workloads, onVariant: (name: string) => progress.show(name) };
  const result = sensitivity(versions, evidence, date, {}, asked);
  progress.clear();
  if (!result.sensitivity) throw new MtokError('no', result.none.message);
  if (flags.json) return printJson(result.sensitivity);
  const style = styleFor(process.stdout, process.env);
  for (const line of describe(result.sensitivity, style)) print(line);
  const failed = result.sensitivity.variants.filter(({ price }) => price === null).length;
  if (failed > 0) note(`${failed} of ${result.sensitivity.variants.length} variants have no value`);
}

function describe({ index, unit, date, own, variants }: Sensitivity, style: Style): string[] {
  const right = (title: string) => ({ title, align: 'right' as const });
  const columns = [
    ...[{ title: 'choice' }, { title: '' }, right(unit), right('')],
    ...[right('level'), right(''), right('held')],
  ];
  const ownRow = [
    ...['as the rulebook says', '', own.price ?? 'withheld', '', own.level ?? '', ''],
    String(own.constituents ?? ''),
  ].map(style.bold);
  let choice = '';
  const rows = variants.map((variant) => {
    const isNew = variant.choice !== choice;
    choice = variant.choice;
    return [isNew ? variant.choice : '', ...cells(variant, style)];
  });
  return [
    style.bold(`${index} on ${date}, and as other choices would have it`),
    '',
    ...table(columns, [ownRow, ...rows], style),
  ];
}

function cells(variant: Variant, style: Style): string[] {
  const { name, price, level, constituents, withheld } = variant;
  if (price === null) return [name, style.dim(withheld.join(', ')), '', '', '', ''];
  return [
    ...[name, price, changed(variant.price_percent)],
    ...[level ?? '', changed(variant.level_percent), String(constituents ?? '')],
  ];
}

function changed(percent: string | null): string {
  if (percent === null) return '';
  return percent.startsWith('-') || /^[0.]+$/.test(percent) ? `${percent}%` : `+${percent}%`;
}
