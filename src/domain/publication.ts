import { z } from 'zod';
import {
  count,
  dayText as day,
  momentText as moment,
  sha256Text as sha256,
} from './document-text.ts';
import type { Fixing } from './fixing.ts';
import { RECORDS, recordPath } from './records.ts';

/**
 * The documents of a publication (docs/publication.md): what its log records, and what its
 * directory says of itself. Writer and verifier share these words, and no code.
 */
/** Names become paths: nothing that could leave the directory passes. */
const index = z.string().regex(/^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$/);

export const INPUT_KINDS = [
  ...(['quotes', 'usage', 'fx', 'models', 'sellers', 'corrections'] as const),
  ...(['holds', 'judgements', 'succession', 'revisions', 'calendars'] as const),
] as const satisfies readonly (keyof Fixing['inputs'])[];
const inputKind = z.enum(INPUT_KINDS);

export const stateSchema = z.enum(['provisional', 'final']);
export type FixingState = z.output<typeof stateSchema>;

/** One entry of the log: digests go in, never the inputs themselves. */
export const entrySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    schema: z.literal('mtok.entry/1'),
    kind: z.literal('fixing'),
    index,
    date: day,
    revision: count,
    state: stateSchema,
    fixing: sha256.describe("Of the fixing's bytes"),
    manifest: sha256.describe('Of the list of files that its rows came from'),
    rulebook: sha256.describe("Of the rulebook's bytes"),
    digest_only: z.array(inputKind).optional().describe('Inputs whose rows are not published'),
  }),
  z.strictObject({
    schema: z.literal('mtok.entry/1'),
    kind: z.literal('key'),
    action: z.enum(['add', 'revoke']),
    key: z.string().describe('A verifier key: name+hexid+base64'),
    reason: z.string(),
  }),
  z.strictObject({
    schema: z.literal('mtok.entry/1'),
    kind: z.literal('record'),
    record: z.enum(RECORDS),
    path: recordPath,
    sha256: sha256.describe("Of the document's bytes"),
  }),
  z.strictObject({
    schema: z.literal('mtok.entry/1'),
    kind: z.literal('contents'),
    index_json: sha256.describe('Of index.json, which holds the digest of each changing file'),
  }),
]);
export type Entry = z.output<typeof entrySchema>;
export type FixingEntry = Extract<Entry, { kind: 'fixing' }>;
export type KeyEntry = Extract<Entry, { kind: 'key' }>;
export type RecordEntry = Extract<Entry, { kind: 'record' }>;

const row = z.strictObject({
  index,
  date: day,
  revision: count,
  status: z.enum(['published', 'withheld']),
  state: stateSchema,
  sha256,
  manifest: sha256,
  rulebook: sha256,
  version: z.string(),
  provisional: count.nullable().describe('The entry of the log that says so'),
  final: count.nullable(),
  published_at: moment,
  final_from: moment.describe('When it becomes final'),
  digest_only: z.array(inputKind).optional(),
});
export type FixingRow = z.output<typeof row>;

const key = z.strictObject({ key: z.string(), added: count, revoked: count.nullable() });
export type KeyRow = z.output<typeof key>;

const record = z.strictObject({
  record: z.enum(RECORDS),
  path: recordPath,
  sha256,
  entry: count.describe('The entry of the log that says so'),
  at: moment.describe('When it was logged'),
});
export type RecordRow = z.output<typeof record>;

/** `index.json`: what is here, and the state of each fixing. */
export const contentsSchema = z.strictObject({
  schema: z.literal('mtok.publication/1'),
  origin: z.string(),
  keys: z.array(key),
  indices: z.array(z.strictObject({ index, title: z.string(), first: day, latest: day })),
  fixings: z.array(row),
  records: z.array(record).describe('In the order of the log'),
  files: z.record(z.string(), sha256).describe('The files that change, with their digests'),
});
export type Contents = z.output<typeof contentsSchema>;

/** `manifest.json`: the files that the rows came from. */
export const manifestSchema = z.strictObject({
  schema: z.literal('mtok.manifest/1'),
  files: z.array(z.strictObject({ path: z.string(), bytes: count, sha256 })),
});
export type Manifest = z.output<typeof manifestSchema>;
