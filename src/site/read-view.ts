import { addDays, type Day, formatMoment } from '../domain/dates.ts';
import type { Fixing } from '../domain/fixing.ts';
import { groupBy } from '../domain/group.ts';
import { type Contents, contentsSchema, type FixingRow } from '../domain/publication.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { momentsOfDay } from '../domain/schedule.ts';
import { settlementSchema } from '../domain/settlement.ts';
import { CALENDAR } from '../ingest/decisions.ts';
import { readTable } from '../ingest/table.ts';
import { type Calendar, calendarsOf, nextOpenDay } from '../normalize/calendars.ts';
import { inBatches, parseDocument, readDigested, readFile } from '../verify/documents.ts';
import { fromUtf8 } from '../verify/encoding.ts';
import { fixingPath, readFixing } from '../verify/fixing.ts';
import { inputPath, readRulebook } from '../verify/recompute.ts';
import type { Source } from '../verify/source.ts';
import { seriesOf } from './series-csv.ts';
import type { IndexView, LoggedSettlementView, NextFixing, SeriesPoint, SiteView } from './view.ts';

/**
 * Reads what the pages of a publication show. Documents that are shown have the digests that the
 * publication names.
 *
 * @throws {Refusal} for a publication that is damaged.
 */
export async function readView(source: Source): Promise<SiteView> {
  const bytes = await readFile(source, 'index.json');
  const contents = parseDocument(bytes, contentsSchema, 'index.json');
  const rows = groupBy(contents.fixings, ({ index }) => index);
  const indices: IndexView[] = [];
  for (const { index, title } of contents.indices) {
    indices.push(await readIndex(source, contents, title, rows.get(index) ?? []));
  }
  const methodology = contents.files['methodology.md'];
  return {
    ...{ origin: contents.origin, contents, indices },
    settlements: await readSettlements(source, contents),
    methodology:
      methodology === undefined
        ? undefined
        : fromUtf8(await readDigested(source, 'methodology.md', methodology), 'methodology.md'),
  };
}

async function readIndex(
  source: Source,
  contents: Contents,
  title: string,
  rows: readonly FixingRow[],
): Promise<IndexView> {
  const row = rows.at(-1);
  if (!row) throw new RangeError('expected an index to have a fixing');
  const fixing = await readFixing(source, row);
  const rulebook = await readRulebook(source, row.index, fixing.rulebook);
  const last = new Map(rows.map((one) => [one.date, one]));
  const revised = [...last.values()].filter(({ revision }) => revision > 0);
  return {
    ...{ index: row.index, title, row, fixing, rulebook },
    series: await readSeries(source, contents, row.index),
    revised: new Map(revised.map(({ date, revision }) => [date, revision])),
    next: await nextOf(source, row, fixing, rulebook),
    sparks: await readSparks(source, last, fixing),
  };
}

async function readSeries(
  source: Source,
  { files }: Contents,
  index: string,
): Promise<SeriesPoint[]> {
  const path = `series/${index}.csv`;
  const text = fromUtf8(await readDigested(source, path, files[path] ?? ''), path);
  return seriesOf(text);
}

/** `undefined` where the rows of its calendar are not published. */
async function nextOf(
  source: Source,
  row: FixingRow,
  fixing: Fixing,
  rulebook: Rulebook,
): Promise<NextFixing | undefined> {
  const calendar = await calendarOf(source, row, fixing, rulebook.calendar);
  if (!calendar) return undefined;
  const date = nextOpenDay(row.date, calendar.isOpen);
  const { publishByMs } = momentsOfDay(rulebook, date);
  const dueMs = publishByMs ?? momentsOfDay(rulebook, nextOpenDay(date, calendar.isOpen)).cutoffMs;
  return { date, dueBy: formatMoment(dueMs) };
}

async function calendarOf(
  source: Source,
  { digest_only }: FixingRow,
  { inputs }: Fixing,
  name: string,
): Promise<Calendar | undefined> {
  const { sha256, count } = inputs.calendars;
  if (count === 0 || digest_only?.includes('calendars')) return calendarsOf([])(name);
  const bytes = await readDigested(source, inputPath(sha256), sha256);
  const { rows } = await readTable(CALENDAR, [bytes], inputPath(sha256));
  return calendarsOf(rows.map((one) => one.row))(name);
}

const SPARK_WEEKS = 26;

/** Prices of the constituents over half a year, from the fixings that are a week apart. */
async function readSparks(
  source: Source,
  rows: ReadonlyMap<Day, FixingRow>,
  fixing: Fixing,
): Promise<IndexView['sparks']> {
  const weeks = Array.from({ length: SPARK_WEEKS }, (_, at) => SPARK_WEEKS - at);
  const days = weeks.map((week) => rows.get(addDays(fixing.date, -7 * week)));
  const found = new Map<FixingRow, Fixing>();
  await inBatches(
    days.filter((row) => row !== undefined),
    async (row) => {
      const bytes = await readDigested(source, fixingPath(row), row.sha256);
      // Its digest is the signed one, so its form was checked when it was written.
      found.set(row, JSON.parse(fromUtf8(bytes, fixingPath(row))) as Fixing);
    },
  );
  const all = days.map((row) => row && found.get(row));
  const at = (of: Fixing | undefined, id: string) => {
    const price = of?.constituents.find((one) => one.id === id)?.price;
    return price === undefined ? null : Number(price);
  };
  return new Map(
    fixing.constituents.map(({ id }) => [id, [...all, fixing].map((one) => at(one, id))]),
  );
}

const MOST_SETTLEMENTS = 100;

async function readSettlements(
  source: Source,
  { records }: Contents,
): Promise<LoggedSettlementView[]> {
  const last = new Map<string, Contents['records'][number]>();
  for (const row of records) {
    if (row.record !== 'settlement') continue;
    const name = row.path.replace(/\.\d+\.json$/, '');
    last.delete(name);
    last.set(name, row);
  }
  const found: LoggedSettlementView[] = [];
  for (const { path, sha256, at } of [...last.values()].reverse().slice(0, MOST_SETTLEMENTS)) {
    const bytes = await readDigested(source, path, sha256);
    found.push({ path, at, settlement: parseDocument(bytes, settlementSchema, path) });
  }
  return found;
}
