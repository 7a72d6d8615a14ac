import { z } from 'zod';
import {
  count,
  dayText as day,
  decimalText as decimal,
  id,
  momentText as moment,
  sha256Text as sha256,
} from './document-text.ts';

/**
 * What a log records beside fixings and keys (docs/publication.md): each a canonical JSON document
 * of its own, which never changes.
 */
export const RECORDS = ['capture', 'approvals', 'notice', 'settlement'] as const;
export type RecordKind = (typeof RECORDS)[number];

/** The folder of each kind. */
export const RECORD_FOLDERS: Readonly<Record<RecordKind, string>> = {
  capture: 'captures',
  approvals: 'approvals',
  notice: 'notices',
  settlement: 'settlements',
};

/** Paths become files: folders of plain names, and nothing that could leave the directory. */
export const recordPath = z
  .string()
  .max(200)
  .regex(
    /^(captures|approvals|notices|settlements)(\/[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*)+\.json$/,
  );

/** What was captured, logged when it was collected and before anything was calculated from it. */
export const captureSchema = z.strictObject({
  schema: z.literal('mtok.capture/1'),
  kind: z.enum(['quotes', 'usage', 'fx']),
  file: z.string().describe('Its file in the book'),
  sha256: sha256.describe("Of that file's bytes"),
  opening: z
    .boolean()
    .describe('What the book had before it was live: its rows were known earlier'),
  logged_at: moment.describe('Unless it is an opening, no row of it was known before'),
  rows: z.array(sha256).describe('Of each canonical row, in their order'),
});
export type CaptureRecord = z.output<typeof captureSchema>;

/** The signatures of the people who approved a fixing, all over the same bytes. */
export const approvalsSchema = z.strictObject({
  schema: z.literal('mtok.approvals/1'),
  index: id,
  date: day,
  revision: count,
  fixing: sha256.describe("Of the fixing's bytes"),
  keys: z.array(z.string()).describe('Verifier keys of those who signed'),
  note: z.string().describe('A signed note (C2SP signed-note) that names the fixing'),
});
export type ApprovalsRecord = z.output<typeof approvalsSchema>;

/** What a signature of approval is over. */
export function approvalBody({
  index,
  date,
  revision,
  fixing,
}: Pick<ApprovalsRecord, 'index' | 'date' | 'revision' | 'fixing'>): string {
  return `mtok.approval/1\n${index} ${date} ${revision}\n${fixing}\n`;
}

const printed = z
  .strictObject({ price: decimal, level: decimal })
  .nullable()
  .describe('null where the day is withheld');

const version = z.strictObject({ version: id, sha256 });

const subject = z.discriminatedUnion('notice', [
  z.strictObject({
    notice: z.literal('rebalance'),
    rebalance: day,
    first_day: day.describe('The first day on which the new basket is fixed'),
    known_at: moment.describe('What the basket was formed from'),
    basket: z.array(z.strictObject({ id, weight: decimal, share: decimal })),
    added: z.array(id),
    removed: z.array(id),
  }),
  z.strictObject({
    notice: z.literal('rulebook_change'),
    from: version.nullable(),
    to: version,
    change: z.enum(['material', 'clarifying', 'emergency']),
    effective_from: day,
    notice_days: count.describe('From the notice to the first day under the new version'),
  }),
  z.strictObject({
    notice: z.literal('consultation'),
    from: version,
    to: version,
    closes: day,
    period: z.strictObject({ from: day, to: day }),
    shadow: z
      .array(z.strictObject({ date: day, published: printed, proposed: printed }))
      .describe('What is in force, and beside it what is proposed'),
    largest_difference: z
      .strictObject({ date: day, percent: decimal })
      .nullable()
      .describe('Of the level; null where no day has both'),
  }),
  z.strictObject({
    notice: z.literal('cessation'),
    last_day: day,
    successor: id.nullable(),
    reason: z.string().min(1),
  }),
  z.strictObject({
    notice: z.literal('restatement'),
    date: day,
    revision: count,
    reason: z.string().min(1),
    published: printed,
    restated: printed,
    later: z
      .array(
        z.strictObject({ date: day, published: printed, restated: printed, stands: z.boolean() }),
      )
      .describe('Later published days that change with it; what is final or changes little stands'),
  }),
  z.strictObject({
    notice: z.literal('late_correction'),
    date: day,
    revision: count,
    reason: z.string().min(1),
    why: z.enum(['final', 'immaterial']).describe('Why the published fixing stands'),
    published: printed,
    would_be: printed,
  }),
]);

/** Something that users of an index are told, on its day. */
export const noticeSchema = z.strictObject({
  schema: z.literal('mtok.notice/1'),
  index: id,
  dated: day,
  text: z.string().min(1).describe('What it says, in words'),
  subject,
});
export type NoticeRecord = z.output<typeof noticeSchema>;
export type NoticeSubject = NoticeRecord['subject'];
