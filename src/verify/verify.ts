import type { Fixing } from '../domain/fixing.ts';
import {
  type Contents,
  contentsSchema,
  entrySchema,
  type FixingRow,
} from '../domain/publication.ts';
import type { SignedCheckpoint } from './checkpoint.ts';
import { checkApproved } from './conduct.ts';
import { parseDocument, readDigested } from './documents.ts';
import { fromBase64, toBase64 } from './encoding.ts';
import { checkInputs, checkLogged, checkRulebook, fixingName, readFixing } from './fixing.ts';
import { leafHash, verifyConsistency, verifyInclusion } from './merkle.ts';
import { signaturesBy } from './note.ts';
import type { Opened } from './opened.ts';
import { refuseNone, verifyRange } from './range.ts';
import { recompute } from './recompute.ts';
import { ensure } from './refusal.ts';
import type { SettleAgain } from './settlements.ts';
import type { Source } from './source.ts';
import { type Step, type Steps, takeSteps } from './steps.ts';
import { readTiles, type Tiles } from './tiles.ts';
import { openTrusted, requireUnrevoked } from './trust.ts';
import type { VerifierKey } from './verifier-key.ts';
import { verifyWhole } from './whole.ts';

/** The last tree that a reader saw of a log, and the keys that it then believed. */
export interface Seen {
  readonly origin: string;
  readonly size: number;
  /** base64 */
  readonly root: string;
  readonly keys: readonly string[];
}

export interface VerifyRequest {
  /** Keys that the reader knows. Without any, those of the publication are taken. */
  readonly keys: readonly VerifierKey[];
  /** Witnesses that must have cosigned the checkpoint, all of them. */
  readonly witnesses: readonly VerifierKey[];
  readonly seen?: Seen | undefined;
  /** One index, one day or a range of days, both inclusive, or all there is. */
  readonly index?: string | undefined;
  readonly date?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Settles again: without it settlements are checked for what the log says of them. */
  readonly settleAgain?: SettleAgain | undefined;
}

export interface Verification {
  readonly steps: readonly Step[];
  readonly pass: boolean;
  /** Fixings that were checked. */
  readonly fixings: number;
  /** What to remember for the next time; only of a log that passed. */
  readonly seen?: Seen;
}

/**
 * Verifies a publication from its files alone: who signed it, that it only grew since it was last
 * seen, that each fixing is in its log, and that it follows from its inputs and its rulebook.
 */
export async function verify(source: Source, request: VerifyRequest): Promise<Verification> {
  const steps = takeSteps();
  const opened = await openPublication(source, request, steps);
  const rows = opened?.contents.fixings.filter((row) => isAsked(row, request)) ?? [];
  const { index, date, from, to } = request;
  if (opened) {
    if (from !== undefined || to !== undefined) {
      await verifyRange(opened, rows, request, steps);
    } else if (index === undefined && date === undefined) {
      await verifyWhole(opened, steps, request.settleAgain);
    } else {
      await verifyRows(opened, rows, request, steps);
    }
  }
  const pass = steps.taken.every(({ result }) => result !== 'fail');
  const seen = opened && pass ? { seen: seenOf(opened) } : {};
  return { steps: steps.taken, pass, fixings: rows.length, ...seen };
}

/**
 * The first steps of a verification: whose signature the checkpoint has, whether the log only grew
 * since it was seen, and that index.json is the one that it names.
 *
 * @returns `undefined` where a step failed.
 */
export async function openPublication(
  source: Source,
  request: VerifyRequest,
  steps: Steps,
): Promise<Opened | undefined> {
  const trusted = await steps.check('signature', async () => {
    const found = await openTrusted(source, request.keys);
    const { checkpoint, isFirstUse } = found;
    const names = checkpoint.signed.map(({ key }) => `${key.name}+${key.id}`).join(', ');
    const cosigned = requireWitnesses(checkpoint, request.witnesses);
    const how = isFirstUse ? ' (its own word: compare the key with one from elsewhere)' : '';
    return [`${checkpoint.size} entries signed by ${names}${how}${cosigned}`, found];
  });
  if (!trusted) return undefined;
  const { checkpoint } = trusted;
  const tiles = readTiles(source, checkpoint.size);
  const isConsistent = await checkSeen(checkpoint, tiles, request.seen, steps);
  const contents = await steps.check('contents', async () => {
    const found = await readContents(source, tiles, checkpoint);
    requireUnrevoked(checkpoint, found.keys);
    return [`index.json is the one that entry ${checkpoint.size - 1} names`, found];
  });
  return contents && isConsistent
    ? { ...trusted, source, tiles, contents, witnesses: request.witnesses }
    : undefined;
}

async function checkSeen(
  checkpoint: SignedCheckpoint,
  tiles: Tiles,
  seen: Seen | undefined,
  steps: Steps,
): Promise<boolean> {
  if (!seen) {
    steps.skip('consistency', 'no checkpoint of this log was seen before');
    return true;
  }
  const done = await steps.check('consistency', async () => {
    const { origin, size } = checkpoint;
    ensure(seen.origin === origin, `this is the log ${origin}, and ${seen.origin} was seen before`);
    const old = { size: seen.size, root: fromBase64(seen.root, 'the root that was seen') };
    // A proof exists only where the log has grown.
    const proof = old.size <= size ? await tiles.consistency(old.size, size) : [];
    verifyConsistency(old, checkpoint, proof);
    return [`it begins with the ${seen.size} entries seen before`, true];
  });
  return done === true;
}

/** The last entry of a log names the contents of the publication. */
export async function readContents(
  source: Source,
  tiles: Tiles,
  checkpoint: SignedCheckpoint,
): Promise<Contents> {
  const last = checkpoint.size - 1;
  ensure(last >= 0, 'the log is empty');
  const bytes = await tiles.entry(last);
  const proof = await tiles.inclusion(last, checkpoint.size);
  verifyInclusion(leafHash(bytes), last, checkpoint, proof);
  const entry = parseDocument(bytes, entrySchema, `entry ${last}`);
  ensure(entry.kind === 'contents', `entry ${last}, the last one, names no contents`);
  const text = await readDigested(source, 'index.json', entry.index_json);
  const contents = parseDocument(text, contentsSchema, 'index.json');
  ensure(contents.origin === checkpoint.origin, `index.json is of the log ${contents.origin}`);
  requireListedOnce(contents.fixings);
  return contents;
}

/** Two rows of one fixing could say different things of it. */
function requireListedOnce(rows: readonly FixingRow[]): void {
  const names = new Set<string>();
  for (const row of rows) {
    const name = fixingName(row);
    ensure(!names.has(name), `index.json lists ${name} twice`);
    names.add(name);
  }
}

/** Some fixings, each alone: few files are read, however long the log is. */
async function verifyRows(
  opened: Opened,
  rows: readonly FixingRow[],
  { index, date }: VerifyRequest,
  steps: Steps,
): Promise<void> {
  if (rows.length === 0) await refuseNone({ index, date }, steps);
  for (const row of rows) await verifyRow(opened, row, steps);
}

async function verifyRow(opened: Opened, row: FixingRow, steps: Steps): Promise<void> {
  const { source } = opened;
  const name = fixingName(row);
  await steps.check('inclusion', async () => {
    const numbers = await checkLogged(opened, row);
    const by = `by entry ${numbers.join(' and ')} and its receipt`;
    return [`${name} is ${row.state}${supersededBy(row, opened.contents)}, ${by}`];
  });
  const fixing = await steps.check('fixing', async (): Promise<[string, Fixing]> => {
    const found = await readFixing(source, row);
    return [`${name} has the SHA-256 ${row.sha256}`, found];
  });
  if (!fixing) return;
  await checkFixing(opened, row, fixing, steps);
}

async function checkFixing(
  opened: Opened,
  row: FixingRow,
  fixing: Fixing,
  steps: Steps,
): Promise<void> {
  const { source } = opened;
  const name = fixingName(row);
  await steps.check('inputs', async () => {
    await checkInputs(source, row, fixing);
    return [`the inputs of ${name} have the digests that it names${keptBack(row)}`];
  });
  const isRead = await steps.check('rulebook', async () => {
    await checkRulebook(source, fixing);
    return [`the rulebook of ${name} is version ${row.version}, ${row.rulebook}`, true];
  });
  if (isRead) await checkApproved(opened, row, fixing, steps);
  if (row.digest_only) {
    steps.skip('recompute', `the rows behind ${name} are not all published${keptBack(row)}`);
    return;
  }
  await steps.check('recompute', async () => {
    await recompute(source, fixing);
    return [`${name} calculated again from its published inputs is the same bytes`];
  });
}

function supersededBy({ index, date, revision }: FixingRow, { fixings }: Contents): string {
  const later = fixings
    .filter((row) => row.index === index && row.date === date && row.revision > revision)
    .map((row) => row.revision);
  return later.length === 0 ? '' : `, superseded by revision ${Math.max(...later)}`;
}

function keptBack({ digest_only }: FixingRow): string {
  return digest_only ? ` (of ${digest_only.join(', ')} a digest only, for their licence)` : '';
}

export function requireWitnesses(
  { note }: SignedCheckpoint,
  witnesses: readonly VerifierKey[],
): string {
  const signed = signaturesBy(note, witnesses);
  for (const { name, id } of witnesses) {
    const has = signed.some(({ key }) => key.name === name && key.id === id);
    ensure(has, `the checkpoint is not cosigned by the witness ${name}+${id}`);
  }
  return witnesses.length === 0
    ? ''
    : `, cosigned by ${witnesses.map((one) => one.name).join(', ')}`;
}

function isAsked(row: FixingRow, { index, date, from, to }: VerifyRequest): boolean {
  return (
    (index === undefined || row.index === index) &&
    (date === undefined || row.date === date) &&
    (from === undefined || row.date >= from) &&
    (to === undefined || row.date <= to)
  );
}

function seenOf({ checkpoint, keys }: Opened): Seen {
  const { origin, size, root } = checkpoint;
  return { origin, size, root: toBase64(root), keys: keys.map(({ text }) => text) };
}
