import { type Fixing, fixingSchema } from '../domain/fixing.ts';
import {
  type Entry,
  entrySchema,
  type FixingRow,
  INPUT_KINDS,
  manifestSchema,
} from '../domain/publication.ts';
import type { SignedCheckpoint } from './checkpoint.ts';
import { parseDocument, readDigested, readFile } from './documents.ts';
import { leafHash, verifyConsistency, verifyInclusion } from './merkle.ts';
import type { Opened } from './opened.ts';
import { parseReceipt } from './receipt.ts';
import { inputPath, readRulebooks } from './recompute.ts';
import { ensure } from './refusal.ts';
import type { Source } from './source.ts';
import type { Tiles } from './tiles.ts';
import { openLogged } from './trust.ts';

/** `MTOK-LIST 2026-08-21`, with its revision where it has one. */
export function fixingName({ index, date, revision }: FixingRow): string {
  return `${index} ${date}${revision === 0 ? '' : ` revision ${revision}`}`;
}

export function fixingPath({
  index,
  date,
  revision,
}: Pick<FixingRow, 'index' | 'date' | 'revision'>): string {
  return `fixings/${index}/${date}${revision === 0 ? '' : `.r${revision}`}.json`;
}

export function receiptPath(row: FixingRow, state: FixingRow['state']): string {
  return fixingPath(row)
    .replace(/^fixings/, 'receipts')
    .replace(/json$/, `${state}.tlog-proof`);
}

/** The entries of the log that speak of a fixing: what each says, and where it stands. */
export function entriesOf(row: FixingRow): { readonly number: number; readonly entry: Entry }[] {
  return (['provisional', 'final'] as const).flatMap((state) => {
    const number = row[state];
    if (number === null) return [];
    const { index, date, revision, sha256, manifest, rulebook, digest_only } = row;
    const entry: Entry = {
      ...{ schema: 'mtok.entry/1', kind: 'fixing', index, date, revision, state },
      ...{ fixing: sha256, manifest, rulebook },
      ...(digest_only ? { digest_only } : {}),
    };
    return [{ number, entry }];
  });
}

/** The bytes of a fixing are those that the log has the digest of, and say what its row says. */
export async function readFixing(source: Source, row: FixingRow): Promise<Fixing> {
  const path = fixingPath(row);
  const bytes = await readDigested(source, path, row.sha256);
  const fixing = parseDocument(bytes, fixingSchema, path);
  for (const key of ['index', 'date', 'revision', 'status'] as const) {
    ensure(fixing[key] === row[key], `${path} says ${key} ${fixing[key]}, index.json ${row[key]}`);
  }
  const { version, sha256 } = fixing.rulebook;
  ensure(version === row.version && sha256 === row.rulebook, `${path} names another rulebook`);
  return fixing;
}

/** Each input and the list of its files have the digests that the fixing and the log give. */
export async function checkInputs(source: Source, row: FixingRow, fixing: Fixing): Promise<void> {
  for (const kind of INPUT_KINDS) {
    if (row.digest_only?.includes(kind)) continue;
    const { sha256 } = fixing.inputs[kind];
    await readDigested(source, inputPath(sha256), sha256);
  }
  const path = `inputs/${row.manifest}.json`;
  const bytes = await readDigested(source, path, row.manifest);
  parseDocument(bytes, manifestSchema, path);
}

export async function checkRulebook(source: Source, fixing: Fixing): Promise<void> {
  await readRulebooks(source, fixing);
}

/** An entry of the log under a checkpoint: the bytes that lead to its root say what they should. */
export async function checkIncluded(
  tiles: Tiles,
  checkpoint: SignedCheckpoint,
  number: number,
  expected: Entry,
): Promise<Uint8Array> {
  ensure(number < checkpoint.size, `entry ${number} is beyond the log of ${checkpoint.size}`);
  const bytes = await tiles.entry(number);
  const proof = await tiles.inclusion(number, checkpoint.size);
  verifyInclusion(leafHash(bytes), number, checkpoint, proof);
  const found = parseDocument(bytes, entrySchema, `entry ${number}`);
  const same = JSON.stringify(sorted(found)) === JSON.stringify(sorted(expected));
  ensure(same, `entry ${number} of the log says ${JSON.stringify(found)}`);
  return bytes;
}

/** The log has what index.json says of a fixing. @returns the numbers of the entries. */
export async function checkLogged(opened: Opened, row: FixingRow): Promise<number[]> {
  const { tiles, checkpoint } = opened;
  const numbers: number[] = [];
  for (const { number, entry } of entriesOf(row)) {
    const bytes = await checkIncluded(tiles, checkpoint, number, entry);
    const state = entry.kind === 'fixing' ? entry.state : row.state;
    await checkReceipt(opened, receiptPath(row, state), number, bytes);
    numbers.push(number);
  }
  return numbers;
}

/** A receipt proves its entry, in a tree that the log still begins with. */
export async function checkReceipt(
  { source, tiles, contents, checkpoint }: Opened,
  path: string,
  number: number,
  entry: Uint8Array,
): Promise<void> {
  const receipt = parseReceipt(await readFile(source, path));
  ensure(receipt.index === number, `${path} is of entry ${receipt.index}, expected ${number}`);
  const old = openLogged(receipt.checkpoint, contents.keys);
  verifyInclusion(leafHash(entry), number, old, receipt.proof);
  verifyConsistency(old, checkpoint, await tiles.consistency(old.size, checkpoint.size));
}

function sorted(entry: Entry): [string, unknown][] {
  return Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1));
}
