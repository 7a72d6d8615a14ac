import { formatMoment, HOUR_MS, parseMoment } from '../../domain/dates.ts';
import { MtokError } from '../../domain/failure.ts';
import type { Fixing } from '../../domain/fixing.ts';
import { byCodePoint } from '../../domain/group.ts';
import type {
  Contents,
  Entry,
  FixingEntry,
  FixingRow,
  KeyEntry,
  KeyRow,
  Manifest,
} from '../../domain/publication.ts';
import type { InputKind } from '../../fix/inputs.ts';
import { canonicalJson } from '../canonical.ts';
import type { Signer } from '../log/keys.ts';
import { sha256 } from '../log/merkle.ts';

/** A calculated fixing that is to be published, with what it rests on. */
export interface FixingDraft {
  readonly fixing: Fixing;
  /** The canonical rows of a kind: the file that the fixing's digest is of. */
  readonly input: (kind: InputKind) => string;
  /** From its publication to its being final, as its rulebook says. */
  readonly finalityHours: number;
}

export interface PublishRequest {
  readonly nowMs: number;
  readonly drafts: readonly FixingDraft[];
  /** The text of each rulebook, by its SHA-256. */
  readonly rulebooks: ReadonlyMap<string, string>;
  readonly manifest: Manifest;
  /** Kinds whose licence does not let their rows be published. */
  readonly digestOnly: readonly InputKind[];
  /** Rendered only where a rulebook is new. */
  readonly methodology: () => string;
  readonly keys: readonly Pick<KeyEntry, 'action' | 'key' | 'reason'>[];
}

/** What is new, and the entries that the log gets for it. */
export interface Plan {
  readonly origin: string;
  readonly added: readonly { readonly draft: FixingDraft; readonly row: FixingRow }[];
  readonly finalized: readonly FixingRow[];
  readonly unchanged: number;
  /** All rows and keys as they will be. */
  readonly rows: readonly FixingRow[];
  readonly keys: readonly KeyRow[];
  /** Without the last one, which names the new contents. Empty where nothing is new. */
  readonly entries: readonly Entry[];
  /** Number of the first of them in the log. */
  readonly firstEntry: number;
}

/**
 * Decides what of a request is new. Nothing is written or signed here.
 *
 * @param firstEntry the size of the log.
 */
export function planOf(
  contents: Contents | undefined,
  firstEntry: number,
  signers: readonly Signer[],
  request: PublishRequest,
): Plan {
  const origin = originOf(contents, signers);
  const entries: Entry[] = [];
  const next = () => firstEntry + entries.length;
  const keys = plannedKeys(contents, signers, request, entries, firstEntry);
  const known = new Map((contents?.fixings ?? []).map((row) => [nameOf(row), row]));
  const manifest = digest(canonicalJson(request.manifest));
  const added: { draft: FixingDraft; row: FixingRow }[] = [];
  let unchanged = 0;
  for (const draft of [...request.drafts].sort(byDateIndexRevision)) {
    const found = known.get(nameOf(draft.fixing));
    const row = found ?? rowOf(draft, request, manifest, next());
    if (found) {
      requireSame(found, draft);
      unchanged += 1;
      continue;
    }
    requireEarlierRevision(known, draft.fixing);
    requireSameRules(known.values(), row);
    known.set(nameOf(row), row);
    entries.push(entryOf(row));
    added.push({ draft, row });
  }
  const finalized: FixingRow[] = [];
  for (const row of known.values()) {
    const isDue = (parseMoment(row.final_from) ?? 0) <= request.nowMs;
    if (row.state === 'final' || !isDue) continue;
    const final: FixingRow = { ...row, state: 'final', final: next() };
    known.set(nameOf(row), final);
    entries.push(entryOf(final));
    finalized.push(final);
  }
  const rows = [...known.values()].sort(
    (a, b) =>
      byCodePoint(a.index, b.index) || byCodePoint(a.date, b.date) || a.revision - b.revision,
  );
  return { origin, added, finalized, unchanged, rows, keys, entries, firstEntry };
}

function originOf(contents: Contents | undefined, signers: readonly Signer[]): string {
  const [first] = signers;
  if (!first) throw new RangeError('expected a key to sign with');
  const origin = contents?.origin ?? first.name;
  for (const { name, role } of signers) {
    if (name !== origin || role !== 'log') {
      throw new MtokError(
        'usage',
        `expected a log key of ${origin}, found one of ${name} (${role})`,
      );
    }
  }
  return origin;
}

function plannedKeys(
  contents: Contents | undefined,
  signers: readonly Signer[],
  request: PublishRequest,
  entries: Entry[],
  firstEntry: number,
): KeyRow[] {
  const keys = [...(contents?.keys ?? [])];
  const log = (action: KeyEntry['action'], key: string, reason: string): void => {
    const number = firstEntry + entries.length;
    const at = keys.findIndex((row) => row.key === key && row.revoked === null);
    if (action === 'add' && at >= 0) return;
    const row = keys[at];
    if (action === 'revoke' && !row) {
      throw new MtokError('usage', `expected a key of this publication to revoke, found ${key}`);
    }
    if (row) keys[at] = { ...row, revoked: number };
    else keys.push({ key, added: number, revoked: null });
    entries.push({ schema: 'mtok.entry/1', kind: 'key', action, key, reason });
  };
  if (!contents) for (const { verifierKey } of signers) log('add', verifierKey, 'first key');
  for (const { action, key, reason } of request.keys) log(action, key, reason);
  const valid = new Set(keys.filter(({ revoked }) => revoked === null).map(({ key }) => key));
  for (const { verifierKey } of signers) {
    if (valid.has(verifierKey)) continue;
    const what = `${verifierKey} is not a key of this publication`;
    throw new MtokError('usage', `${what}: log it with mtok key add, signed by one that is`);
  }
  return keys;
}

function rowOf(
  { fixing, finalityHours }: FixingDraft,
  { nowMs, digestOnly }: PublishRequest,
  manifest: string,
  entry: number,
): FixingRow {
  const isFinal = finalityHours === 0;
  const { index, date, revision, status, rulebook } = fixing;
  return {
    ...{ index, date, revision, status, manifest },
    state: isFinal ? 'final' : 'provisional',
    sha256: digest(canonicalJson(fixing)),
    ...{ rulebook: rulebook.sha256, version: rulebook.version },
    provisional: isFinal ? null : entry,
    final: isFinal ? entry : null,
    final_from: formatMoment(nowMs + finalityHours * HOUR_MS),
    ...(digestOnly.length > 0 ? { digest_only: [...digestOnly].sort() } : {}),
  };
}

function entryOf(row: FixingRow): FixingEntry {
  return {
    ...{ schema: 'mtok.entry/1', kind: 'fixing' },
    ...{ index: row.index, date: row.date, revision: row.revision, state: row.state },
    ...{ fixing: row.sha256, manifest: row.manifest, rulebook: row.rulebook },
    ...(row.digest_only ? { digest_only: row.digest_only } : {}),
  };
}

function requireSame(row: FixingRow, { fixing }: FixingDraft): void {
  if (digest(canonicalJson(fixing)) === row.sha256) return;
  throw new MtokError(
    'no',
    `${row.index} ${row.date} revision ${row.revision} is published, and what is calculated now ` +
      'has other bytes: the book, a rulebook or the calculation has changed since. A published ' +
      'fixing never changes; a restatement is a new revision',
  );
}

function requireEarlierRevision(known: ReadonlyMap<string, FixingRow>, fixing: Fixing): void {
  const { index, date, revision } = fixing;
  if (revision === 0 || known.has(nameOf({ index, date, revision: revision - 1 }))) return;
  const before = `revision ${revision - 1} of ${index} ${date}`;
  throw new MtokError('no', `expected ${before} to be published before revision ${revision}`);
}

function requireSameRules(known: Iterable<FixingRow>, row: FixingRow): void {
  for (const { index, version, rulebook } of known) {
    if (index !== row.index || version !== row.version || rulebook === row.rulebook) continue;
    const what = `the rulebook of ${index} ${version} is published with other bytes`;
    throw new MtokError('no', `${what}: give the changed one a version of its own`);
  }
}

export function nameOf({ index, date, revision }: Pick<Fixing, 'index' | 'date' | 'revision'>) {
  return `${index} ${date} ${revision}`;
}

export function digest(text: string | Uint8Array): string {
  return Buffer.from(sha256(Buffer.from(text))).toString('hex');
}

function byDateIndexRevision({ fixing: a }: FixingDraft, { fixing: b }: FixingDraft): number {
  return byCodePoint(a.date, b.date) || byCodePoint(a.index, b.index) || a.revision - b.revision;
}
