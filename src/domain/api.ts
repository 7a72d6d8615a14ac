import { z } from 'zod';
import { count, dayText, decimalText, id, momentText, sha256Text } from './document-text.ts';
import { valueSchema } from './fixing.ts';
import { stateSchema } from './publication.ts';
import { settlementSchema } from './settlement.ts';

/**
 * What `mtok serve` answers under /v1 (docs/serve.md). The server, its OpenAPI document and the
 * client share these schemas.
 */
export const INDEX_ID = /^[A-Z][A-Z0-9]*(-[A-Z0-9]+)*$/;

const indexId = z.string().max(64).regex(INDEX_ID).describe('The id of an index');
const entry = count.nullable().describe('An entry of the log');

/** What every fixing has, whether it has a value or not. */
const common = {
  index: indexId,
  date: dayText,
  revision: count.describe('0 first'),
  state: stateSchema,
  published_at: momentText.describe('When this revision was published'),
  final_from: momentText.describe('When it becomes final'),
  superseded_by: count.nullable().describe('The next revision of the day, where there is one'),
  rulebook: z.strictObject({ version: id, sha256: sha256Text }),
  sha256: sha256Text.describe("Of the fixing's bytes"),
  path: z.string().describe('Of the fixing in the publication'),
  entries: z.strictObject({ provisional: entry, final: entry }),
};

const withValue = {
  basis: z.enum(['live', 'reconstructed']),
  series: z.int().min(1),
  unit: id,
  value: valueSchema.describe('In the unit'),
  level: decimalText,
  repeats: dayText.optional().describe('The day whose values are published again'),
  withheld: z
    .array(z.string())
    .optional()
    .describe('Of a repeated print: why it is none of its own'),
};

const published = z.strictObject({ ...common, status: z.literal('published'), ...withValue });
const withheld = z.strictObject({
  ...common,
  status: z.literal('withheld'),
  withheld: z.array(z.string()).min(1).describe('Why the day has no value'),
});

/** A fixing as lists show it. A withheld one has its reasons, and no key that holds a price. */
export const fixingRowSchema = z
  .discriminatedUnion('status', [published, withheld])
  .describe('A published fixing in short; a withheld one has reasons and no value');
export type ApiFixing = z.output<typeof fixingRowSchema>;

const log = z
  .strictObject({ origin: z.string(), size: count.describe('Entries of the signed tree') })
  .describe('The state of the log that the answer is of');

const link = z.string().nullable().describe('The next page; null on the last one');

export const indicesSchema = z.strictObject({
  log,
  indices: z.array(
    z.strictObject({
      index: indexId,
      title: z.string(),
      first: dayText,
      latest: dayText,
      fixings: count.describe('Days that have one'),
    }),
  ),
});
export type ApiIndices = z.output<typeof indicesSchema>;

export const indexSchema = z.strictObject({
  log,
  index: indexId,
  title: z.string(),
  first: dayText,
  latest: dayText,
  fixings: count,
  unit: id,
  mode: z.enum(['research', 'settlement']),
  rulebook: z.strictObject({ version: id, sha256: sha256Text, path: z.string() }),
  series: z.string().describe('The path of the series as CSV'),
});
export type ApiIndex = z.output<typeof indexSchema>;

export const fixingsSchema = z.strictObject({
  log,
  index: indexId,
  fixings: z.array(fixingRowSchema),
  next: link,
});
export type ApiFixings = z.output<typeof fixingsSchema>;

export const STATUSES = [
  ...(['due', 'late', 'provisional', 'final', 'withheld', 'unknown'] as const),
] as const;

/** Where the day that counts now stands; what is older than that day is never current. */
export const indexStatusSchema = z.strictObject({
  index: indexId,
  status: z.enum(STATUSES).describe('Of the fixing of `day`'),
  day: dayText
    .nullable()
    .describe('The last day whose cut-off is over, or a later one that is there; null: not known'),
  cutoff: momentText.nullable().describe('Of that day'),
  due_by: momentText
    .nullable()
    .describe("When it is late: the rulebook's publish_by, else the next cut-off"),
  missing: count.describe('Days of the calendar since the latest fixing that have none'),
  next_cutoff: momentText.nullable(),
  latest: z.strictObject({
    date: dayText,
    revision: count,
    status: z.enum(['published', 'withheld']),
    state: stateSchema,
    is_current: z
      .boolean()
      .describe('It is of `day` and has a value of that day, which is not a repeated one'),
  }),
  why: z.string().optional().describe('Why the status is unknown'),
});
export type ApiIndexStatus = z.output<typeof indexStatusSchema>;

export const statusSchema = z.strictObject({
  log,
  at: momentText.describe("By the server's clock"),
  indices: z.array(indexStatusSchema),
});
export type ApiStatus = z.output<typeof statusSchema>;

export const oneFixingSchema = z.strictObject({ log, fixing: fixingRowSchema });
export type ApiOneFixing = z.output<typeof oneFixingSchema>;

export const latestSchema = z.strictObject({
  log,
  fixing: fixingRowSchema,
  current: indexStatusSchema.describe('Whether that is the fixing of the day that counts now'),
});
export type ApiLatest = z.output<typeof latestSchema>;

export const settlementAnswerSchema = z.strictObject({
  log,
  record: z.strictObject({
    path: z.string().describe('Of the document in the publication'),
    sha256: sha256Text.describe("Of the document's bytes"),
    entry: count.describe('The entry of the log that says so'),
    at: momentText.describe('When it was logged'),
  }),
  superseded_by: z.string().nullable().describe('The path of the next document of the period'),
  settlement: settlementSchema,
});
export type ApiSettlement = z.output<typeof settlementAnswerSchema>;

export const EVENT_KINDS = ['published', 'withheld', 'restated', 'finalized'] as const;

/** The data of one server-sent event; its id is the number of the entry. */
export const eventSchema = z.strictObject({
  entry: count,
  event: z.enum(EVENT_KINDS),
  index: indexId,
  date: dayText,
  revision: count,
  status: z.enum(['published', 'withheld']),
  state: stateSchema,
  sha256: sha256Text,
  path: z.string(),
});
export type ApiEvent = z.output<typeof eventSchema>;

/** RFC 9457. */
export const problemSchema = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  detail: z.string(),
  parameter: z.string().optional().describe('The parameter that is at fault'),
  expected: z.string().optional(),
  found: z.string().optional(),
});
export type ApiProblem = z.output<typeof problemSchema>;

export const healthSchema = z.strictObject({
  status: z.enum(['ok', 'behind']).describe('`behind`: the files are not those that are signed'),
  log,
  loaded_at: momentText,
  why: z.string().optional(),
});

const change = z.strictObject({
  from: decimalText,
  to: decimalText,
  change: decimalText,
  percent: decimalText,
});
const side = z.enum(['above', 'at', 'below']);

/** Why an index moved between two published fixings. */
export const explanationSchema = z.strictObject({
  schema: z.literal('mtok.explanation/1'),
  index: indexId,
  unit: id.describe('Of prices: USD/MTok, USD/GPU-hour'),
  from: dayText,
  to: dayText,
  price: change.describe('In the unit'),
  level: change,
  unsplit: z.string().nullable().describe('What has no additive split; null where it has one'),
  parts: z.array(
    z.strictObject({
      cause: z.string(),
      constituent: z.string(),
      price: decimalText,
      level: decimalText,
    }),
  ),
  rounding: z.strictObject({ price: decimalText, level: decimalText }),
  crossed: z.array(
    z.strictObject({
      constituent: z.string(),
      from: decimalText,
      to: decimalText,
      side_from: side,
      side_to: side,
    }),
  ),
  days: z.array(z.strictObject({ date: dayText, raw: decimalText, matched: decimalText })),
});

export const explainSchema = z.strictObject({
  log,
  fixings: z
    .strictObject({ from: sha256Text, to: sha256Text })
    .describe('SHA-256 of the two fixings'),
  explanation: explanationSchema,
});
export type ApiExplain = z.output<typeof explainSchema>;
