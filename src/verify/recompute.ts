import { parseMoment } from '../domain/dates.ts';
import { describeReject, MtokError } from '../domain/failure.ts';
import { ENGINE, type Fixing } from '../domain/fixing.ts';
import { groupBy } from '../domain/group.ts';
import type { INPUT_KINDS } from '../domain/publication.ts';
import type { BookRows } from '../domain/rows.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { inOrder, versionOn } from '../domain/versions.ts';
import { backfill } from '../fix/backfill.ts';
import { calculateFixing, type FixingOptions } from '../fix/fixing.ts';
import { CALENDAR, HOLDS, JUDGEMENTS, REVISIONS, SUCCESSION } from '../ingest/decisions.ts';
import { QUOTES } from '../ingest/quotes.ts';
import { CORRECTIONS, FX, MODELS, SELLERS } from '../ingest/reference.ts';
import { parseRulebook } from '../ingest/rulebook.ts';
import { readTable, type Table } from '../ingest/table.ts';
import { USAGE } from '../ingest/usage.ts';
import { type Evidence, evidenceOf } from '../normalize/evidence.ts';
import { canonicalText } from './canonical.ts';
import { readDigested } from './documents.ts';
import { digestHex, fromUtf8 } from './encoding.ts';
import { ensure, Refusal } from './refusal.ts';
import type { Source } from './source.ts';

export type InputKind = (typeof INPUT_KINDS)[number];

export function inputPath(sha256: string): string {
  return `inputs/${sha256}.csv`;
}

export function rulebookPath(index: string, version: string): string {
  return `rulebooks/${index}/${version}.yaml`;
}

/** Reads the canonical rows that a fixing names, as the CSV files that they are. */
export async function readEvidence(source: Source, inputs: Fixing['inputs']): Promise<Evidence> {
  const read = async <Row>(table: Table<Row>, kind: InputKind): Promise<Row[]> => {
    const { sha256, count } = inputs[kind];
    // A header alone is a file without rows, which the reader of books would ask about.
    if (count === 0) return [];
    const bytes = await readDigested(source, inputPath(sha256), sha256);
    const { rows, rejects } = await readTable(table, [bytes], inputPath(sha256));
    const [first] = rejects;
    if (first) throw new Refusal(`the published ${kind} cannot be read: ${describeReject(first)}`);
    ensure(rows.length === count, `expected ${count} rows of ${kind}, found ${rows.length}`);
    return rows.map(({ row }) => row);
  };
  const rows: BookRows = {
    quotes: await read(QUOTES, 'quotes'),
    usage: await read(USAGE, 'usage'),
    fx: await read(FX, 'fx'),
    models: await read(MODELS, 'models'),
    sellers: await read(SELLERS, 'sellers'),
    corrections: await read(CORRECTIONS, 'corrections'),
    holds: await read(HOLDS, 'holds'),
    judgements: await read(JUDGEMENTS, 'judgements'),
    succession: await read(SUCCESSION, 'succession'),
    revisions: await read(REVISIONS, 'revisions'),
    calendars: await read(CALENDAR, 'calendars'),
  };
  return evidenceOf(rows);
}

/** The versions of its rulebook that a fixing names: the one in force, and those before it. */
export function rulebooksNamed({ rulebook }: Fixing): readonly RulebookName[] {
  const { earlier = [], ...inForce } = rulebook;
  return [...earlier, inForce];
}

/** Reads every version of its rulebook that a fixing names. */
export async function readRulebooks(source: Source, fixing: Fixing): Promise<readonly Rulebook[]> {
  const versions: Rulebook[] = [];
  for (const name of rulebooksNamed(fixing)) {
    versions.push(await readRulebook(source, fixing.index, name));
  }
  const inForce = versionOn(inOrder(versions), fixing.date);
  const { version } = fixing.rulebook;
  ensure(inForce.version === version, `version ${inForce.version} is in force, not ${version}`);
  return versions;
}

export type RulebookName = Pick<Fixing['rulebook'], 'version' | 'sha256'>;

/** Reads one version of a rulebook. */
export async function readRulebook(
  source: Source,
  index: string,
  { version, sha256 }: RulebookName,
): Promise<Rulebook> {
  const path = rulebookPath(index, version);
  const bytes = await readDigested(source, path, sha256);
  const { rulebook, rejects } = parseRulebook(fromUtf8(bytes, path), path);
  const [first] = rejects;
  if (!rulebook) throw new Refusal(first ? describeReject(first) : `${path} cannot be read`);
  const own = `${index} ${version}`;
  const found = `${rulebook.index} ${rulebook.version}`;
  ensure(found === own, `${path} is the rulebook of ${found}`);
  return rulebook;
}

/**
 * Calculates a fixing again from its own published inputs, and compares the bytes.
 *
 * @throws {Refusal} that names the first part that differs.
 */
export async function recompute(source: Source, published: Fixing): Promise<void> {
  requireEqual(published, await calculateAgain(source, published));
}

/** A fixing as it comes out of the inputs and rulebooks that a published one names. */
export async function calculateAgain(source: Source, published: Fixing): Promise<Fixing> {
  requireEngine(published);
  const evidence = await readEvidence(source, published.inputs);
  const versions = await readRulebooks(source, published);
  const result = attempt(() =>
    calculateFixing(versions, evidence, published.date, optionsOf(published)),
  );
  if (!result.fixing) throw new Refusal(`no fixing can be calculated: ${result.none.message}`);
  return result.fixing;
}

/** What calculating refuses, such as a calendar that is not there, is a fault of the fixing. */
function attempt<Result>(calculate: () => Result): Result {
  try {
    return calculate();
  } catch (error) {
    if (error instanceof MtokError) throw new Refusal(`nothing is calculated: ${error.message}`);
    throw error;
  }
}

/** A revision has its moment from `revisions.csv`; any other than the cut-off was asked for. */
export function optionsOf({ revision, known_at, cutoff }: Fixing): FixingOptions {
  if (revision > 0 || known_at === cutoff) return {};
  return { knownAtMs: parseMoment(known_at) ?? 0 };
}

/**
 * Calculates the fixings of an index again in one pass, from the inputs and rulebooks of the last
 * of them: they hold what the days before knew, and each day is calculated at its own cut-off.
 *
 * @param published by date, and of one date by revision.
 * @returns those whose bytes and digests of inputs came out; the others have to be calculated each
 * from its own inputs.
 */
export async function recomputeSeries(
  source: Source,
  published: readonly Fixing[],
): Promise<ReadonlySet<Fixing>> {
  const [first] = published;
  const last = published.at(-1);
  const same = new Set<Fixing>();
  if (!first || !last) return same;
  const evidence = await readEvidence(source, last.inputs);
  const versions = await readRulebooks(source, last);
  const byDate = groupBy(published, ({ date }) => date);
  attempt(() => {
    const run = backfill(versions, evidence, first.date, last.date);
    for (const fixing of run.items ?? []) {
      const text = canonicalText(fixing);
      const found = byDate.get(fixing.date)?.find((one) => canonicalText(one) === text);
      if (found) same.add(found);
    }
  });
  return same;
}

function requireEngine({ engine }: Fixing): void {
  const own = `${ENGINE.name} calculation ${ENGINE.calculation}`;
  const theirs = `${engine.name} calculation ${engine.calculation}`;
  ensure(own === theirs, `the fixing is by ${theirs}, and this is ${own}`);
}

function requireEqual(published: Fixing, calculated: Fixing): void {
  const [theirs, ours] = [canonicalText(published), canonicalText(calculated)];
  if (theirs === ours) return;
  const keys = Object.keys(published) as (keyof Fixing)[];
  const part = keys.find((key) => canonicalText(published[key]) !== canonicalText(calculated[key]));
  const shown = (fixing: Fixing) => (part ? canonicalText(fixing[part]).slice(0, 200) : '');
  const digest = digestHex(new TextEncoder().encode(ours));
  throw new Refusal(
    `calculated again it has the SHA-256 ${digest}: ${part} is ${shown(published)} as published, ` +
      `${shown(calculated)} as calculated`,
  );
}
