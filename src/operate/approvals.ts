import { join } from 'node:path';
import { z } from 'zod';
import { MtokError } from '../domain/failure.ts';
import type { Fixing } from '../domain/fixing.ts';
import { byCodePoint } from '../domain/group.ts';
import { type ApprovalsRecord, approvalBody } from '../domain/records.ts';
import type { RulebookRules } from '../domain/rulebook.ts';
import { sha256Of } from '../ingest/digest.ts';
import { filesIn, readText } from '../ingest/files.ts';
import { canonicalJson, fixingPath } from '../publish/canonical.ts';
import { createDurably } from '../publish/durable.ts';
import type { Signer } from '../publish/log/keys.ts';
import { signatureLine, signedNote } from '../publish/log/note.ts';
import type { RecordDraft } from '../publish/publication/plan-records.ts';
import { parseNote, signaturesBy } from '../verify/note.ts';
import { Refusal } from '../verify/refusal.ts';
import { parseVerifierKey, type VerifierKey } from '../verify/verifier-key.ts';

/** One signature, as the book keeps it until the fixing is published. */
const approvalSchema = z.strictObject({
  schema: z.literal('mtok.approval/1'),
  key: z.string(),
  note: z.string(),
});

/** The signatures that count for the bytes of a fixing, one for each key, in the order of keys. */
export interface Approvals {
  /** Of the fixing's bytes. */
  readonly sha256: string;
  readonly keys: readonly VerifierKey[];
  readonly lines: readonly string[];
}

type Approvers = Pick<RulebookRules, 'approvals' | 'approvers'>;

/**
 * Signs the bytes of a fixing, as its rulebook has it approved.
 *
 * @returns the signatures that it now has.
 * @throws {MtokError} where the key has signed already, or is not one of the approvers.
 */
export async function approve(
  book: string,
  fixing: Fixing,
  rules: Approvers,
  signer: Signer,
): Promise<Approvals> {
  const key = parseVerifierKey(signer.verifierKey);
  if (key.role !== 'log') {
    const advice = 'make one with mtok key new';
    throw new MtokError('usage', `${key.name} is a ${key.role} key, and cannot approve: ${advice}`);
  }
  const before = await readApprovals(book, fixing, rules);
  const name = `${fixing.index} ${fixing.date} revision ${fixing.revision}`;
  if (rules.approvers.length > 0 && !rules.approvers.includes(key.text)) {
    throw new MtokError('no', `${key.text} is not an approver: the rulebook of ${name} lists them`);
  }
  if (before.keys.some((one) => isSameKey(one, key))) {
    const what = `${key.name} has approved these bytes of ${name} already`;
    throw new MtokError('no', `${what}: the next approval has to be by another key`);
  }
  const body = bodyOf(fixing, before.sha256);
  const note = signedNote(body, [signatureLine(body, signer)]);
  const document = canonicalJson({ schema: 'mtok.approval/1', key: key.text, note });
  // A name for each: of two who sign at once, neither is in the other's way.
  const file = `${before.sha256.slice(0, NAMED_DIGITS)}-${key.id}.json`;
  await createDurably(join(folderOf(book, fixing), file), document);
  return readApprovals(book, fixing, rules);
}

const NAMED_DIGITS = 12;

/** The approvals that a book has of a fixing as it is now: those of other bytes do not count. */
export async function readApprovals(
  book: string,
  fixing: Fixing,
  { approvers }: Approvers,
): Promise<Approvals> {
  const sha256 = sha256Of(canonicalJson(fixing));
  const body = bodyOf(fixing, sha256);
  const folder = folderOf(book, fixing);
  const found = new Map<string, { key: VerifierKey; line: string }>();
  for (const path of await filesIn(folder, '.json')) {
    const { key, line } = await readApproval(path, body);
    if (!key || (approvers.length > 0 && !approvers.includes(key.text))) continue;
    const isThere = [...found.values()].some((one) => isSameKey(one.key, key));
    if (!isThere) found.set(key.text, { key, line });
  }
  const sorted = [...found.values()].sort((a, b) => byCodePoint(a.key.text, b.key.text));
  return {
    sha256,
    keys: sorted.map(({ key }) => key),
    lines: sorted.map(({ line }) => line),
  };
}

/** The document that the log gets: the same, in whatever order people signed. */
export function approvalsRecord(fixing: Fixing, { sha256, keys, lines }: Approvals): RecordDraft {
  const { index, date, revision } = fixing;
  const document: ApprovalsRecord = {
    schema: 'mtok.approvals/1',
    ...{ index, date, revision, fixing: sha256 },
    keys: keys.map(({ text }) => text),
    note: signedNote(bodyOf(fixing, sha256), lines),
  };
  return { record: 'approvals', name: fixingPath(fixing), document };
}

/** The signature of a file, where it is of these bytes. */
async function readApproval(
  path: string,
  body: string,
): Promise<{ key?: VerifierKey; line: string }> {
  const text = await readText(path);
  try {
    const { key: keyText, note: noteText } = approvalSchema.parse(JSON.parse(text));
    const note = parseNote(new TextEncoder().encode(noteText));
    if (note.body !== body) return { line: '' };
    const [signed] = signaturesBy(note, [parseVerifierKey(keyText)]);
    const line = noteText.slice(noteText.lastIndexOf('\n\n') + 2);
    return signed ? { key: signed.key, line } : { line: '' };
  } catch (error) {
    if (
      !(error instanceof Refusal || error instanceof z.ZodError || error instanceof SyntaxError)
    ) {
      throw error;
    }
    const what = error instanceof Refusal ? `: ${error.message}` : '';
    throw new MtokError('data', `${path} is no approval${what}: remove it, and approve again`);
  }
}

/** One key under two names is one key. */
function isSameKey(a: VerifierKey, b: VerifierKey): boolean {
  return a.publicKey.join() === b.publicKey.join();
}

function bodyOf({ index, date, revision }: Fixing, sha256: string): string {
  return approvalBody({ index, date, revision, fixing: sha256 });
}

function folderOf(book: string, fixing: Fixing): string {
  return join(book, 'approvals', fixingPath(fixing).replace(/\.json$/, ''));
}
