import { extname } from 'node:path';
import { type Command, Option } from 'commander';
import type { Day } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import { fixingSchema } from '../domain/fixing.ts';
import { contentsSchema, type FixingRow } from '../domain/publication.ts';
import { resultsOn, rowOf } from '../fix/backfill.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { writeDurably } from '../publish/durable.ts';
import { chartFile } from '../site/charts/chart-file.ts';
import { MEASURES, type Measure, marksOf, seriesLines } from '../site/charts/series-lines.ts';
import { seriesOf } from '../site/series-csv.ts';
import type { SeriesPoint } from '../site/view.ts';
import { directorySource } from '../verify/directory.ts';
import { parseDocument, readDigested, readFile } from '../verify/documents.ts';
import { fromUtf8 } from '../verify/encoding.ts';
import { fixingPath } from '../verify/fixing.ts';
import { Refusal } from '../verify/refusal.ts';
import type { Source } from '../verify/source.ts';
import {
  type BookFlags,
  chooseIndices,
  dayFlag,
  openBook,
  requireRange,
  withBookFlags,
} from './book.ts';
import { note, print, refuseClashes } from './output.ts';
import { pngOf } from './png.ts';

interface GivenFlags extends BookFlags {
  readonly index?: readonly string[];
  readonly from?: Day;
  readonly to?: Day;
  readonly study?: string;
  readonly chart?: string;
  readonly out: string;
  readonly measure: Measure;
  readonly publication?: string;
  readonly log?: boolean;
  readonly dark?: boolean;
  readonly width: number;
  readonly height: number;
}

interface ChartFlags extends GivenFlags {
  readonly index: readonly string[];
  readonly from: Day;
  readonly to: Day;
}

/** `mtok chart`: a series as a picture for a report. */
export function addChart(program: Command): void {
  withBookFlags(program.command('chart'))
    .description('draw a series, or a study, as SVG or PNG, with the look of the pages')
    .option('--index <id...>', 'one index, or several to compare from 100')
    .option('--from <day>', 'the first day', dayFlag)
    .option('--to <day>', 'the last day, inclusive', dayFlag)
    .option('--study <file>', 'a study (mtok stats --out study.json), instead of an index')
    .option('--chart <name>', 'which of its charts (default: the first)')
    .requiredOption('--out <file>', 'a .svg or .png file')
    .option('--publication <dir>', 'published series, instead of calculating from the book')
    .addOption(new Option('--measure <what>', 'of one index').choices(MEASURES).default('level'))
    .option('--log', 'a logarithmic scale')
    .option('--dark', 'light on dark')
    .option('--width <pixels>', 'its width', sizeFlag, 960)
    .option('--height <pixels>', 'its height', sizeFlag, 480)
    .addHelpText(
      'after',
      `
A rebalance is a tick below the line, a withheld day a triangle, a restated one a diamond.

Examples:
  mtok chart --index MTOK-LIST --from 2024-01-02 --to 2026-08-21 --out list.svg
  mtok chart --index MTOK-LIST --from 2024-01-02 --to 2026-08-21 --measure legs --log --out legs.png
  mtok chart --index MTOK-LIST MTOK-OPEN --from 2025-06-01 --to 2026-08-21 --out both.svg
  mtok chart --study study.json --chart volatility --out volatility.png`,
    )
    .action(run);
}

async function run(flags: GivenFlags): Promise<void> {
  const ending = extname(flags.out);
  if (ending !== '.svg' && ending !== '.png') {
    throw new MtokError('usage', `expected --out to end with .svg or .png, found ${flags.out}`);
  }
  const { study } = flags;
  if (study === undefined) return drawIndices(ofIndices(flags));
  const other = Object.entries({ index: flags.index, publication: flags.publication }).find(
    ([, given]) => given !== undefined,
  );
  if (other) throw new MtokError('usage', `expected --study without --${other[0]}`);
  refuseClashes([flags.out], [study]);
  const { drawnStudy } = await import('./chart-study.ts');
  const { svg, said } = await drawnStudy({ ...flags, study });
  await writeChart(svg, flags.out);
  print(`written: ${flags.out}, ${said}`);
}

function ofIndices(flags: GivenFlags): ChartFlags {
  const { index, from, to } = flags;
  if (flags.chart !== undefined) throw new MtokError('usage', 'expected --chart with --study');
  if (index === undefined || from === undefined || to === undefined) {
    throw new MtokError('usage', 'expected --index, --from and --to, or --study');
  }
  return { ...flags, index, from, to };
}

async function drawIndices(flags: ChartFlags): Promise<void> {
  requireRange(flags.from, flags.to);
  if (flags.index.length > 1 && flags.measure !== 'level') {
    throw new MtokError('usage', 'expected one --index with --measure: several compare levels');
  }
  const { all, revised, source, unit } =
    flags.publication === undefined
      ? await calculatedSeries(flags)
      : await publishedSeries(flags, flags.publication);
  const days = [...all.values()].flat();
  if (days.every(({ level }) => level === null)) {
    const range = `${flags.from} to ${flags.to}`;
    throw new MtokError('no', `${flags.index.join(', ')} has no value from ${range}`);
  }
  const [[, first] = ['', []]] = all;
  const marks = all.size === 1 ? marksOf(first, revised) : [];
  const { width, height, log: isLog = false, dark: isDark = false } = flags;
  const lines = seriesLines(all, flags.measure);
  const text = { title: flags.index.join(', '), subtitle: subtitleOf(flags, unit), source };
  const svg = chartFile(lines, marks, text, { width, height, isLog, isDark });
  await writeChart(svg, flags.out);
  print(`written: ${flags.out}, ${first.length} days`);
}

async function writeChart(svg: string, out: string): Promise<void> {
  if (extname(out) === '.svg') return writeDurably(out, [svg]);
  const { png, hasText } = await pngOf(svg);
  if (!hasText) note('This machine has no font, so the picture has no text: fonts-dejavu has one.');
  await writeDurably(out, [png]);
}

interface Found {
  readonly all: ReadonlyMap<string, readonly SeriesPoint[]>;
  readonly revised: ReadonlySet<Day>;
  readonly source: string;
  /** Of the prices of one index. */
  readonly unit: string;
}

async function calculatedSeries(flags: ChartFlags): Promise<Found> {
  const book = await openBook(flags);
  const evidence = evidenceOf(book.rows);
  const all = new Map<string, SeriesPoint[]>();
  for (const index of flags.index) {
    for (const versions of chooseIndices(book, index)) {
      const run = resultsOn(versions, evidence, flags.to, (day) => day >= flags.from);
      if (!run.items) throw new MtokError('data', run.none.message);
      all.set(
        index,
        [...run.items].map((result) => pointOf(rowOf(result))),
      );
    }
  }
  const revised = new Set(
    book.rows.revisions.filter((one) => flags.index.includes(one.index)).map(({ date }) => date),
  );
  const unit = book.rulebooks.find(({ index }) => index === flags.index[0])?.unit ?? '';
  return { all, revised, source: 'Calculated by mtok', unit };
}

function pointOf(row: ReturnType<typeof rowOf>): SeriesPoint {
  const value = (text: string) => (text === '' ? null : text);
  return {
    ...{ date: row.date, series: Number(row.series), price: value(row.price) },
    ...{ input: value(row.input), cachedInput: value(row.cached_input) },
    ...{ output: value(row.output), level: value(row.level) },
  };
}

async function publishedSeries(flags: ChartFlags, directory: string): Promise<Found> {
  const source = directorySource(directory);
  try {
    const bytes = await readFile(source, 'index.json');
    const { origin, files, fixings } = parseDocument(bytes, contentsSchema, 'index.json');
    const all = new Map<string, SeriesPoint[]>();
    for (const index of flags.index) {
      const path = `series/${index}.csv`;
      const sha256 = files[path];
      if (sha256 === undefined) {
        throw new MtokError('usage', `expected an index of ${origin}, found ${index}`);
      }
      const points = seriesOf(fromUtf8(await readDigested(source, path, sha256), path));
      all.set(
        index,
        points.filter(({ date }) => flags.from <= date && date <= flags.to),
      );
    }
    const own = fixings.filter((row) => row.revision > 0 && flags.index.includes(row.index));
    const revised = new Set(own.map(({ date }) => date));
    return { all, revised, source: origin, unit: await unitOf(source, fixings, flags.index[0]) };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new MtokError('data', `${directory}: ${error.message}`);
  }
}

/** The unit that the last fixing of an index says. */
async function unitOf(
  source: Source,
  fixings: readonly FixingRow[],
  index: string | undefined,
): Promise<string> {
  const last = fixings.findLast((row) => row.index === index);
  if (!last) return '';
  const path = fixingPath(last);
  return parseDocument(await readFile(source, path), fixingSchema, path).unit;
}

function subtitleOf({ index, measure, from, to }: ChartFlags, unit: string): string {
  const what = index.length > 1 ? 'level, 100 on the first day' : measure;
  const shown = measure === 'level' ? '' : `, ${unit}`;
  return `${what}${shown} · ${from} to ${to}`;
}

const [LEAST, MOST] = [320, 4000];

function sizeFlag(text: string): number {
  const size = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (size >= LEAST && size <= MOST) return size;
  throw new MtokError('usage', `expected ${LEAST} to ${MOST} pixels, found ${text}`);
}
