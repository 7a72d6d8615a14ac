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
  RecordRow,
} from '../../domain/publication.ts';
import type { InputKind } from '../../fix/inputs.ts';
import { sha256Of } from '../../ingest/digest.ts';
import { canonicalJson } from '../canonical.ts';
import type { Signer } from '../log/keys.ts';
import { type PlannedRecord, plannedRecords, type RecordDraft } from './plan-records.ts';

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
  readonly records: readonly RecordDraft[];
}

/** A request for nothing, to begin with. */
export const NOTHING: Omit<PublishRequest, 'nowMs'> = {
  drafts: [],
  rulebooks: new Map(),
  manifest: { schema: 'mtok.manifest/1', files: [] },
  digestOnly: [],
  methodology: () => '',
  keys: [],
  records: [],
};

/** What is new, and the entries that the log gets for it. */
export interface Plan {
  readonly origin: string;
  readonly added: readonly { readonly draft: FixingDraft; readonly row: FixingRow }[];
  readonly finalized: readonly FixingRow[];
  readonly recorded: readonly PlannedRecord[];
  readonly unchanged: number;
  /** All rows, keys and records as they will be. */
  readonly rows: readonly FixingRow[];
  readonly keys: readonly KeyRow[];
  readonly records: readonly RecordRow[];
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
  const latest = latestRevisions(known.values());
  const rules = new Map([...known.values()].map((row) => [versionOf(row), row.rulebook]));
  const manifest = sha256Of(canonicalJson(request.manifest));
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
    requireNextRevision(latest.get(dayOf(row)), row, request.nowMs);
    requireSameRules(rules, draft.fixing);
    known.set(nameOf(row), row);
    latest.set(dayOf(row), row);
    entries.push(entryOf(row));
    added.push({ draft, row });
  }
  const finalized: FixingRow[] = [];
  for (const row of known.values()) {
    // What a revision has taken the place of stays provisional.
    const isSuperseded = latest.get(dayOf(row)) !== row;
    if (row.state === 'final' || isSuperseded || !isDue(row, request.nowMs)) continue;
    const final: FixingRow = { ...row, state: 'final', final: next() };
    known.set(nameOf(row), final);
    entries.push(entryOf(final));
    finalized.push(final);
  }
  const recorded = plannedRecords(contents, request, entries, firstEntry);
  unchanged += request.records.length - recorded.length;
  const rows = [...known.values()].sort(
    (a, b) =>
      byCodePoint(a.index, b.index) || byCodePoint(a.date, b.date) || a.revision - b.revision,
  );
  const records = [...(contents?.records ?? []), ...recorded.map(({ row }) => row)];
  const planned = { added, finalized, recorded, unchanged };
  return { origin, ...planned, rows, keys, records, entries, firstEntry };
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
    sha256: sha256Of(canonicalJson(fixing)),
    ...{ rulebook: rulebook.sha256, version: rulebook.version },
    provisional: isFinal ? null : entry,
    final: isFinal ? entry : null,
    published_at: formatMoment(nowMs),
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

function isDue({ final_from }: FixingRow, nowMs: number): boolean {
  return (parseMoment(final_from) ?? 0) <= nowMs;
}

function requireSame(row: FixingRow, { fixing }: FixingDraft): void {
  if (sha256Of(canonicalJson(fixing)) === row.sha256) return;
  const next = `revision ${row.revision + 1} in revisions.csv`;
  const advice =
    row.state === 'final' ? 'and it is final' : `while it is provisional it can have ${next}`;
  throw new MtokError(
    'no',
    `${row.index} ${row.date} revision ${row.revision} is published, and what is calculated now ` +
      'has other bytes: the book, the revision of an earlier day, a rulebook or the calculation ' +
      `has changed since. A published fixing never changes; ${advice}`,
  );
}

/** The last revision of each day. */
function latestRevisions(rows: Iterable<FixingRow>): Map<string, FixingRow> {
  const latest = new Map<string, FixingRow>();
  for (const row of rows) {
    const before = latest.get(dayOf(row));
    if (!before || before.revision < row.revision) latest.set(dayOf(row), row);
  }
  return latest;
}

/** A revision follows the one before it while that is not final; what is new begins with any. */
function requireNextRevision(before: FixingRow | undefined, row: FixingRow, nowMs: number): void {
  if (!before) return;
  const name = `revision ${row.revision} of ${row.index} ${row.date}`;
  if (row.revision !== before.revision + 1) {
    const published = `revision ${before.revision} is the last one published`;
    throw new MtokError('no', `${name} is not the next one: ${published}`);
  }
  if (before.state === 'final' || isDue(before, nowMs)) {
    const since = `revision ${before.revision} is final since ${before.final_from}`;
    throw new MtokError('no', `${name} comes too late: ${since}, and a final fixing stands`);
  }
}

/** Every version that a fixing names has the bytes under which it is published. */
function requireSameRules(published: Map<string, string>, { index, rulebook }: Fixing): void {
  const { earlier = [], ...inForce } = rulebook;
  for (const { version, sha256 } of [...earlier, inForce]) {
    const known = published.get(versionOf({ index, version }));
    if (known !== undefined && known !== sha256) {
      const what = `the rulebook of ${index} ${version} is published with other bytes`;
      throw new MtokError('no', `${what}: give the changed one a version of its own`);
    }
    published.set(versionOf({ index, version }), sha256);
  }
}

const versionOf = ({ index, version }: Pick<FixingRow, 'index' | 'version'>): string =>
  `${index} ${version}`;

const dayOf = ({ index, date }: Pick<FixingRow, 'index' | 'date'>): string => `${index} ${date}`;

export function nameOf({ index, date, revision }: Pick<Fixing, 'index' | 'date' | 'revision'>) {
  return `${index} ${date} ${revision}`;
}

function byDateIndexRevision({ fixing: a }: FixingDraft, { fixing: b }: FixingDraft): number {
  return byCodePoint(a.date, b.date) || byCodePoint(a.index, b.index) || a.revision - b.revision;
}
