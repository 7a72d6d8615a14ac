import { parseMoment } from '../domain/dates.ts';
import { groupBy } from '../domain/group.ts';
import type { Contents, FixingRow, RecordRow } from '../domain/publication.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import type { SignedCheckpoint } from '../verify/checkpoint.ts';
import { inBatches, readDigested, readFile } from '../verify/documents.ts';
import { sameBytes } from '../verify/encoding.ts';
import { verifyConsistency } from '../verify/merkle.ts';
import { readRulebook } from '../verify/recompute.ts';
import { ensure } from '../verify/refusal.ts';
import type { Source } from '../verify/source.ts';
import { readTiles } from '../verify/tiles.ts';
import { openTrusted, requireUnrevoked } from '../verify/trust.ts';
import { readContents } from '../verify/verify.ts';

/** A fixing with the moment from which readers could see it. */
export interface PublishedRow extends FixingRow {
  readonly publishedAtMs: number;
}

/** The fixings of an index, as a snapshot has them. */
export interface IndexView {
  readonly index: string;
  readonly title: string;
  /** In the order of time. */
  readonly dates: readonly string[];
  /** The revisions of each day, the first one first. */
  readonly days: ReadonlyMap<string, readonly PublishedRow[]>;
}

/**
 * One state of a publication, whole: the checkpoint, what its last entry names, and each file that
 * changes, as they were signed together. Nothing of it is ever changed.
 */
export interface Snapshot {
  readonly checkpoint: SignedCheckpoint;
  readonly contents: Contents;
  /** The files that change, by their paths. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly indices: ReadonlyMap<string, IndexView>;
  /** Rulebooks by index and version. */
  readonly rulebooks: ReadonlyMap<string, Rulebook>;
  /** Captures, approvals, notices and settlements, by their paths. */
  readonly records: ReadonlyMap<string, RecordRow>;
  readonly loadedAtMs: number;
}

/**
 * Reads a snapshot and holds it against its signed checkpoint.
 *
 * @param before what is served now: a tree that does not grow out of it is refused.
 * @throws {Refusal} where the files are not those of one signed tree, as while a publication is
 * under way.
 */
export async function readSnapshot(
  source: Source,
  before: Snapshot | undefined,
  nowMs: number,
): Promise<Snapshot> {
  // The bytes that were checked are the bytes that are served: each file is read once.
  const once = remembering(source);
  const { checkpoint } = await openTrusted(once.source, []);
  const tiles = readTiles(once.source, checkpoint.size);
  if (before) await requireGrowth(before.checkpoint, checkpoint, tiles);
  const contents = await readContents(once.source, tiles, checkpoint);
  requireUnrevoked(checkpoint, contents.keys);
  const files = new Map<string, Uint8Array>();
  for (const path of ['checkpoint', 'index.json']) {
    files.set(path, await readFile(once.source, path));
  }
  await inBatches(Object.entries(contents.files), async ([path, sha256]) => {
    const known = before?.contents.files[path] === sha256 ? before.files.get(path) : undefined;
    files.set(path, known ?? (await readDigested(once.source, path, sha256)));
  });
  const rulebooks = await rulebooksOf(source, contents, before);
  const indices = viewsOf(contents);
  const records = new Map(contents.records.map((row) => [row.path, row]));
  return { checkpoint, contents, files, indices, rulebooks, records, loadedAtMs: nowMs };
}

type Tiles = ReturnType<typeof readTiles>;

async function requireGrowth(
  old: SignedCheckpoint,
  checkpoint: SignedCheckpoint,
  tiles: Tiles,
): Promise<void> {
  ensure(old.origin === checkpoint.origin, `this is the log ${checkpoint.origin} now`);
  const proof = old.size <= checkpoint.size ? tiles.consistency(old.size, checkpoint.size) : [];
  verifyConsistency(old, checkpoint, await proof);
}

function remembering(source: Source): { readonly source: Source } {
  const read = new Map<string, Uint8Array | undefined>();
  return {
    source: {
      name: source.name,
      read: async (path) => {
        if (!read.has(path)) read.set(path, await source.read(path));
        return read.get(path);
      },
    },
  };
}

export function versionKey({ index, version }: Pick<FixingRow, 'index' | 'version'>): string {
  return `${index} ${version}`;
}

/** The versions under which fixings were published, each with the digest that the log has. */
async function rulebooksOf(
  source: Source,
  { fixings }: Contents,
  before: Snapshot | undefined,
): Promise<Map<string, Rulebook>> {
  const rulebooks = new Map<string, Rulebook>();
  for (const row of fixings) {
    const key = versionKey(row);
    if (rulebooks.has(key)) continue;
    const known = before?.rulebooks.get(key);
    const same = known?.sha256 === row.rulebook ? known : undefined;
    const name = { version: row.version, sha256: row.rulebook };
    rulebooks.set(key, same ?? (await readRulebook(source, row.index, name)));
  }
  return rulebooks;
}

function viewsOf({ indices, fixings }: Contents): Map<string, IndexView> {
  const rows = groupBy(
    fixings.map((row) => ({ ...row, publishedAtMs: parseMoment(row.published_at) ?? 0 })),
    ({ index }) => index,
  );
  return new Map(
    indices.map(({ index, title }) => {
      const own = [...(rows.get(index) ?? [])].sort(byRevision);
      const days = groupBy(own, ({ date }) => date);
      return [index, { index, title, dates: [...days.keys()].sort(), days }];
    }),
  );
}

function byRevision(a: FixingRow, b: FixingRow): number {
  return a.revision - b.revision;
}

export function sameCheckpoint(snapshot: Snapshot, bytes: Uint8Array): boolean {
  const own = snapshot.files.get('checkpoint');
  return own !== undefined && sameBytes(own, bytes);
}
