import { utf8ToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import type { Entry, FixingRow, RecordRow } from '../domain/publication.ts';
import {
  type ApprovalsRecord,
  approvalBody,
  approvalsSchema,
  captureSchema,
  noticeSchema,
  RECORD_FOLDERS,
} from '../domain/records.ts';
import { settlementSchema } from '../domain/settlement.ts';
import { parseDocument, readDigested } from './documents.ts';
import { parseNote, signaturesBy } from './note.ts';
import { ensure } from './refusal.ts';
import type { Source } from './source.ts';
import { parseVerifierKey } from './verifier-key.ts';

/** The entry of the log that speaks of a record. */
export function recordEntryOf({ record, path, sha256 }: RecordRow): Entry {
  return { schema: 'mtok.entry/1', kind: 'record', record, path, sha256 };
}

export function recordReceiptPath({ path }: Pick<RecordRow, 'path'>): string {
  return `receipts/${path.replace(/json$/, 'tlog-proof')}`;
}

const recordSchema = z.discriminatedUnion('schema', [
  captureSchema,
  approvalsSchema,
  noticeSchema,
  settlementSchema,
]);
export type RecordDocument = z.output<typeof recordSchema>;

/** Reads a record: its bytes are those that the log has the digest of, and of its kind's form. */
export async function readRecord(
  source: Source,
  { record, path, sha256 }: RecordRow,
): Promise<RecordDocument> {
  const bytes = await readDigested(source, path, sha256);
  const document = parseDocument(bytes, recordSchema, path);
  const isOfKind =
    document.schema === `mtok.${record}/1` && path.startsWith(`${RECORD_FOLDERS[record]}/`);
  ensure(isOfKind, `${path} is logged as ${record}, and is of ${document.schema}`);
  return document;
}

/** Where the approvals of a fixing lie. */
export function approvalsPath({
  index,
  date,
  revision,
}: Pick<FixingRow, 'index' | 'date' | 'revision'>): string {
  return `approvals/${index}/${date}${revision === 0 ? '' : `.r${revision}`}.json`;
}

/**
 * A fixing has as many approvals as its rulebook asks for: signatures of its very bytes, each by
 * another key, and where the rulebook names the approvers, by theirs.
 *
 * @returns the names of those who signed.
 */
export function checkApprovals(
  record: ApprovalsRecord,
  { index, date, revision, sha256 }: FixingRow,
  rules: { readonly approvals: number; readonly approvers: readonly string[] },
): readonly string[] {
  const name = `${index} ${date} revision ${revision}`;
  const body = approvalBody({ index, date, revision, fixing: sha256 });
  const note = parseNote(utf8ToBytes(record.note));
  ensure(note.body === body, `the approvals of ${name} are of other bytes`);
  const keys = record.keys.map(parseVerifierKey);
  const signed = signaturesBy(note, keys).map(({ key }) => key);
  const allowed = signed.filter(
    ({ text }) => rules.approvers.length === 0 || rules.approvers.includes(text),
  );
  // One key under two names is one key.
  const different = new Set(allowed.map(({ publicKey }) => publicKey.join()));
  ensure(
    different.size >= rules.approvals,
    `${name} has ${different.size} approvals of the ${rules.approvals} that its rulebook asks for`,
  );
  return allowed.map((key) => key.name);
}
