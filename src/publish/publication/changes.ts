import { MtokError } from '../../domain/failure.ts';
import type { Fixing } from '../../domain/fixing.ts';
import { type Contents, type Entry, INPUT_KINDS } from '../../domain/publication.ts';
import { sha256Of } from '../../ingest/digest.ts';
import { canonicalJson } from '../canonical.ts';
import type { Signer } from '../log/keys.ts';
import { inclusionProof } from '../log/merkle.ts';
import { checkpointBody, signatureLine, signedNote } from '../log/note.ts';
import { receiptText } from '../log/receipt.ts';
import { changingDocuments, indicesOf } from './documents.ts';
import type { Changes } from './journal.ts';
import { PATHS } from './layout.ts';
import type { Plan, PublishRequest } from './plan.ts';
import type { Present } from './present.ts';

/** The files that a plan makes, in the order in which they are named, and its signed checkpoint. */
export function changesOf(
  present: Present,
  plan: Plan,
  signers: readonly Signer[],
  request: PublishRequest,
): Changes {
  const { log, contents } = present;
  if (log.size() !== plan.firstEntry) throw new RangeError('expected the log to end at the plan');
  const files = new Map<string, Uint8Array>();
  const put = (path: string, text: string) => files.set(path, Buffer.from(text, 'utf8'));
  /** A file that never changes: where it is there, it is the same. */
  const putOnce = (path: string, text: () => string) => {
    if (!files.has(path) && !present.read(path)) put(path, text());
  };
  const manifest = canonicalJson(request.manifest);
  if (plan.added.length > 0) putOnce(PATHS.input(sha256Of(manifest), 'json'), () => manifest);
  for (const { draft, row } of plan.added) {
    const { fixing } = draft;
    for (const kind of INPUT_KINDS) {
      if (request.digestOnly.includes(kind)) continue;
      putOnce(PATHS.input(fixing.inputs[kind].sha256, 'csv'), () => draft.input(kind));
    }
    for (const { version, sha256 } of rulebooksOf(fixing)) {
      const path = PATHS.rulebook(row.index, version);
      requireSame(files.get(path) ?? present.read(path), path, sha256);
      putOnce(path, () => rulebookText(request, sha256));
    }
    put(PATHS.fixing(fixing), canonicalJson(fixing));
  }
  for (const { row, text, files: named } of plan.recorded) {
    for (const one of named) {
      requireSame(files.get(one.path) ?? present.read(one.path), one.path, sha256Of(one.text));
      putOnce(one.path, () => one.text);
    }
    put(row.path, text);
  }
  const documents = changingDocuments(present, plan, request);
  const newContents: Contents = {
    schema: 'mtok.publication/1',
    origin: plan.origin,
    keys: [...plan.keys],
    indices: indicesOf(contents, plan),
    fixings: [...plan.rows],
    records: [...plan.records],
    files: {
      ...contents?.files,
      ...Object.fromEntries([...documents].map(([path, text]) => [path, sha256Of(text)])),
    },
  };
  const contentsText = canonicalJson(newContents);
  const last: Entry = { ...CONTENTS_ENTRY, index_json: sha256Of(contentsText) };
  for (const entry of [...plan.entries, last]) {
    log.append(Buffer.from(canonicalJson(entry), 'utf8'));
  }
  const body = checkpointBody(plan.origin, log.size(), log.root());
  const checkpoint = signedNote(
    body,
    signers.map((signer) => signatureLine(body, signer)),
  );
  for (const [path, bytes] of log.files()) files.set(path, bytes);
  for (const [at, entry] of plan.entries.entries()) {
    const number = plan.firstEntry + at;
    const proof = inclusionProof(log.subtree, number, log.size());
    put(receiptOf(entry, number), receiptText(number, proof, checkpoint));
  }
  for (const [path, text] of documents) put(path, text);
  put(PATHS.contents, contentsText);
  return { files, changing: new Set([...documents.keys(), PATHS.contents]), checkpoint };
}

function receiptOf(entry: Entry, number: number): string {
  if (entry.kind === 'fixing') return PATHS.receipt(entry, entry.state);
  return entry.kind === 'record' ? PATHS.recordReceipt(entry.path) : PATHS.keyReceipt(number);
}

const CONTENTS_ENTRY = { schema: 'mtok.entry/1', kind: 'contents' } as const;

/** The versions that a fixing names. */
function rulebooksOf({ rulebook: { earlier = [], ...inForce } }: Fixing): readonly RulebookName[] {
  return [...earlier, inForce];
}

type RulebookName = Pick<Fixing['rulebook'], 'version' | 'sha256'>;

function requireSame(found: Uint8Array | undefined, path: string, sha256: string): void {
  if (!found || sha256Of(found) === sha256) return;
  const advice = 'give the changed one a version of its own';
  throw new MtokError('no', `${path} is published with other bytes: ${advice}`);
}

function rulebookText({ rulebooks }: PublishRequest, sha256: string): string {
  const text = rulebooks.get(sha256);
  if (text !== undefined) return text;
  throw new MtokError('data', `expected the rulebook whose SHA-256 is ${sha256}: it has changed`);
}
