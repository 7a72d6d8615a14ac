import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { HEADER_POLICY } from '../../domain/site-path.ts';
import { fixingPath } from '../../verify/fixing.ts';
import type { Context } from '../context.ts';
import { type FoundFile, findFile } from '../guarded.ts';
import { revisionsSeen } from '../horizon.ts';
import { Problem } from '../problem.ts';
import { recent } from '../recent.ts';
import { FOR_EVER, FOR_SECONDS, type Representation, representationOf } from '../representation.ts';
import { type ServedPath, servedPath } from '../served-path.ts';
import { type Snapshot, versionKey } from '../snapshot.ts';
import { logSize } from './json.ts';

/** A file that is too long to be kept in memory. */
export interface LargeFile {
  readonly place: string;
  readonly length: number;
  readonly type: string;
  /** SHA-256 of the bytes. */
  readonly tag: string;
  readonly headers: Readonly<Record<string, string>>;
}

export type FileAnswer =
  | { readonly whole: Representation; readonly large?: undefined }
  | { readonly whole?: undefined; readonly large: LargeFile };

export interface FileReader {
  /** What is in memory: answered at once. */
  readonly known: (snapshot: Snapshot, path: string) => Representation | undefined;
  readonly read: (at: Pick<Context, 'snapshot' | 'directory'>, path: string) => Promise<FileAnswer>;
}

const LONGEST_WHOLE = 4 * 1024 * 1024;
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_FILES = 20_000;
/** With its compressed forms a file takes up to so many times its length. */
const FORMS = 2;

/**
 * Serves the files of a publication: those that change from the snapshot, the others from the disk,
 * and of the log no more than the snapshot's checkpoint has signed.
 */
export function fileReader(): FileReader {
  const kept = recent<Representation>(MOST_BYTES, MOST_FILES);
  const changing = new WeakMap<Snapshot, Map<string, Representation>>();
  const large = recent<LargeFile>(MOST_BYTES, MOST_FILES);
  /** Read again each time: kept for their compressed forms. */
  const pages = recent<Representation>(MOST_BYTES, MOST_FILES);

  const ofSnapshot = (snapshot: Snapshot, served: ServedPath): Representation => {
    const own = changing.get(snapshot) ?? new Map<string, Representation>();
    changing.set(snapshot, own);
    const bytes = snapshot.files.get(served.path);
    if (!bytes) throw noPage(served.path);
    const made =
      own.get(served.path) ??
      representationOf(served.type, bytes, FOR_SECONDS, logSize(snapshot.checkpoint.size));
    own.set(served.path, made);
    return made;
  };
  const known: FileReader['known'] = (snapshot, path) => {
    const served = servedPath(path);
    if (!served) throw noPage(path);
    if (served.isChanging) return ofSnapshot(snapshot, served);
    requireLogged(snapshot, served);
    return kept.get(path);
  };
  const read: FileReader['read'] = async ({ snapshot, directory }, path) => {
    const found = known(snapshot, path);
    if (found) return { whole: found };
    const served = servedPath(path);
    if (!served) throw noPage(path);
    const digest = requireLogged(snapshot, served);
    const file = await findFile(directory, path);
    if (!file) throw noPage(path);
    if (served.site) {
      const whole = await siteAnswer(served, file, pages.get(path));
      const keep = served.site === 'asset' ? kept : pages;
      keep.set(path, whole, whole.bytes.length * FORMS + path.length);
      return { whole };
    }
    const headers = headersOf(served);
    if (file.bytes <= LONGEST_WHOLE) {
      const bytes = await readFile(file.place);
      const whole = representationOf(served.type, bytes, FOR_EVER, headers);
      requireDigest(path, whole.tag, digest);
      kept.set(path, whole, bytes.length * FORMS + path.length);
      return { whole };
    }
    const before = large.get(path);
    if (before?.place === file.place && before.length === file.bytes) return { large: before };
    const tag = await digestOf(file.place);
    requireDigest(path, tag, digest);
    const { place, bytes: length } = file;
    const made: LargeFile = { place, length, type: served.type, tag, headers };
    large.set(path, made, path.length);
    return { large: made };
  };
  return { known, read };
}

/** Pages change with a publication and are small; what they load is named by its digest. */
async function siteAnswer(
  { type, site, isAttachment }: ServedPath,
  { place }: FoundFile,
  before: Representation | undefined,
): Promise<Representation> {
  const headers = {
    ...headersOf({ isAttachment }),
    ...{ 'content-security-policy': HEADER_POLICY, 'referrer-policy': 'no-referrer' },
  };
  const cache = site === 'asset' ? FOR_EVER : FOR_SECONDS;
  const made = representationOf(type, await readFile(place), cache, headers);
  return before?.tag === made.tag ? before : made;
}

function noPage(path: string): Problem {
  const what = path.length > 100 ? `${path.slice(0, 100)}…` : path;
  const shown = what.replace(/[^\x21-\x7e…]/g, '?');
  return new Problem('no-such-page', `there is no ${shown} here: /docs says what there is`);
}

function headersOf({ isAttachment }: Pick<ServedPath, 'isAttachment'>): Record<string, string> {
  return isAttachment ? { 'content-disposition': 'attachment' } : {};
}

/**
 * What is not in the signed tree yet is not to be seen yet, though its file may be there already.
 *
 * @returns the digest that the file must have, where it is known.
 */
function requireLogged(snapshot: Snapshot, { path, needs }: ServedPath): string | undefined {
  if (needs.kind === 'digest') return needs.sha256;
  // A version that was never in force on a published day is known by its fixings alone.
  if (needs.kind === 'rulebook') return snapshot.rulebooks.get(versionKey(needs))?.sha256;
  if (needs.kind === 'entries') {
    const hashes = Math.floor(snapshot.checkpoint.size / 256 ** needs.level);
    if (needs.until > hashes) throw noPage(path);
  }
  if (needs.kind === 'record') {
    const row = snapshot.records.get(needs.path);
    if (!row) throw noPage(path);
    return path === row.path ? row.sha256 : undefined;
  }
  if (needs.kind !== 'fixing') return undefined;
  const { index, date, revision, state } = needs;
  const view = snapshot.indices.get(index);
  const horizon = { size: snapshot.checkpoint.size, knownAtMs: undefined };
  const seen =
    view && revisionsSeen(view, date, horizon).find((one) => one.row.revision === revision);
  const isThere = state === undefined || seen?.row[state] !== null;
  if (!seen || !isThere) throw noPage(path);
  return path === fixingPath(seen.row) ? seen.row.sha256 : undefined;
}

function requireDigest(path: string, found: string, expected: string | undefined): void {
  if (expected === undefined || found === expected) return;
  throw new Problem('damaged', `${path} has the SHA-256 ${found}, and ${expected} was signed`);
}

async function digestOf(place: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(place), hash);
  return hash.digest('hex');
}
