import { decimal, toFixedText } from '../../domain/decimal.ts';
import { MtokError } from '../../domain/failure.ts';
import { type Fixing, namedLegs } from '../../domain/fixing.ts';
import { goodOfUnit } from '../../domain/goods.ts';
import { byCodePoint } from '../../domain/group.ts';
import type { Contents, FixingRow } from '../../domain/publication.ts';
import { type SeriesRow, seriesColumns } from '../../fix/backfill.ts';
import { sha256Of } from '../../ingest/digest.ts';
import { canonicalJson, fixingPath } from '../canonical.ts';
import { csvText } from '../csv.ts';
import { PATHS } from './layout.ts';
import { nameOf, type Plan, type PublishRequest } from './plan.ts';
import type { Present } from './present.ts';

/** The documents that change with a publication, but for index.json and the checkpoint. */
export function changingDocuments(
  present: Present,
  plan: Plan,
  request: PublishRequest,
): Map<string, string> {
  const documents = new Map<string, string>();
  const fixings = new Map(plan.added.map(({ draft }) => [nameOf(draft.fixing), draft.fixing]));
  for (const index of new Set(plan.added.map(({ row }) => row.index))) {
    documents.set(PATHS.series(index), seriesText(present, plan, index));
  }
  documents.set(PATHS.latest, latestText(present, plan, fixings));
  documents.set(PATHS.keys, keysText(plan));
  if (plan.added.length > 0) documents.set(PATHS.manifest, canonicalJson(request.manifest));
  const known = new Set(present.contents?.fixings.map(({ rulebook }) => rulebook));
  if (plan.added.some(({ row }) => !known.has(row.rulebook))) {
    documents.set(PATHS.methodology, request.methodology());
  }
  return documents;
}

/** Each index with its title, and the days of its first and latest fixing. */
export function indicesOf(contents: Contents | undefined, plan: Plan): Contents['indices'] {
  const indices = new Map(contents?.indices.map((one) => [one.index, one]));
  for (const { draft } of plan.added) {
    const { index, title, date } = draft.fixing;
    const before = indices.get(index) ?? { index, title, first: date, latest: date };
    indices.set(index, {
      ...{ index, title: date >= before.latest ? title : before.title },
      first: date < before.first ? date : before.first,
      latest: date > before.latest ? date : before.latest,
    });
  }
  return [...indices.values()].sort((a, b) => byCodePoint(a.index, b.index));
}

/** The series with the new days; of a day that was revised, its last revision. */
function seriesText(present: Present, plan: Plan, index: string): string {
  const before = documentBefore(present, PATHS.series(index)) ?? '';
  const [known = '', ...lines] = before.split('\n').slice(0, -1);
  const rows = new Map(lines.map((line) => [line.slice(0, 10), line]));
  let header = known;
  for (const { draft } of plan.added) {
    const { fixing } = draft;
    if (fixing.index !== index) continue;
    const columns = seriesColumns([goodOfUnit(fixing.unit)]);
    const [first = '', line = ''] = csvText(columns, [seriesRow(fixing)]);
    header = first.trimEnd();
    rows.set(fixing.date, line.trimEnd());
  }
  const sorted = [...rows].sort(([a], [b]) => byCodePoint(a, b));
  return [header, ...sorted.map(([, line]) => line), ''].join('\n');
}

const COVERAGE_PLACES = 4;

function seriesRow(fixing: Fixing): SeriesRow {
  const { value, level } = fixing;
  return {
    ...{ date: fixing.date, index: fixing.index, status: fixing.status, basis: fixing.basis },
    series: String(fixing.series.number),
    ...{ input: '', cached_input: '', output: '', price: '' },
    ...(value ? Object.fromEntries(namedLegs(fixing, value)) : {}),
    ...(value ? { price: value.price } : {}),
    level: level ?? '',
    constituents: String(fixing.constituents.length),
    coverage: toFixedText(decimal(fixing.coverage), COVERAGE_PLACES),
  };
}

interface Latest {
  readonly schema: 'mtok.latest/1';
  readonly fixings: readonly LatestRow[];
}

interface LatestRow extends Pick<FixingRow, 'index' | 'date' | 'revision' | 'status' | 'state'> {
  readonly value: Fixing['value'];
  readonly level: Fixing['level'];
  readonly path: string;
  readonly sha256: string;
}

function latestText(present: Present, plan: Plan, added: ReadonlyMap<string, Fixing>): string {
  const before = documentBefore(present, PATHS.latest);
  const known = before === undefined ? [] : (JSON.parse(before) as Latest).fixings;
  const last = new Map<string, FixingRow>();
  // Rows are in the order of dates and revisions.
  for (const row of plan.rows) last.set(row.index, row);
  const fixings = [...last.values()].map((row): LatestRow => {
    const { index, date, revision, status, state, sha256 } = row;
    const from = added.get(nameOf(row)) ?? known.find((one) => one.sha256 === sha256);
    if (!from) throw new RangeError(`expected the latest fixing of ${index} to be known`);
    const path = `fixings/${fixingPath(row)}`;
    return {
      index,
      date,
      revision,
      status,
      state,
      value: from.value,
      level: from.level,
      path,
      sha256,
    };
  });
  return canonicalJson({ schema: 'mtok.latest/1', fixings });
}

/** One verifier key a line; a revoked one is a comment, and says since which entry. */
function keysText({ keys }: Plan): string {
  const lines = keys.map(({ key, revoked }) =>
    revoked === null ? key : `# revoked by entry ${revoked}: ${key}`,
  );
  return `${lines.join('\n')}\n`;
}

/** A changing document as it is; what the log does not vouch for is not built upon. */
function documentBefore({ contents, read }: Present, path: string): string | undefined {
  const expected = contents?.files[path];
  if (expected === undefined) return undefined;
  const bytes = read(path);
  if (bytes && sha256Of(bytes) === expected) return Buffer.from(bytes).toString('utf8');
  throw new MtokError(
    'no',
    `${path} is ${bytes ? 'not what was written' : 'missing'}: restore it from a copy`,
  );
}
