import { z } from 'zod';
import { INDEX_ID } from '../domain/api.ts';
import { isDay, LAST_DAY, parseMoment } from '../domain/dates.ts';
import { nearest } from '../domain/failure.ts';
import { badParameter } from './problem.ts';

/**
 * The parameters of requests. Each message says what was expected; the OpenAPI document has the
 * same patterns.
 */
const text = (expected: string) => z.string({ error: `${expected}, once` });

const INDEX = 'the id of an index, such as MTOK-LIST';
export const indexParameter = text(INDEX)
  .max(64, INDEX)
  .regex(INDEX_ID, INDEX)
  .describe('The id of an index');

const DAY = 'a day that exists, YYYY-MM-DD';
export const dayParameter = text(DAY)
  .regex(/^\d{4}-\d{2}-\d{2}$/, DAY)
  .refine((value) => isDay(value) && value < LAST_DAY, DAY)
  .meta({ format: 'date' })
  .describe('A day in UTC');

const MOMENT = 'a moment with an offset (RFC 3339), such as 2026-08-21T18:00:00Z';
export const momentParameter = text(MOMENT)
  .regex(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/, MOMENT)
  .refine((value) => parseMoment(value) !== undefined, MOMENT)
  .meta({ format: 'date-time' })
  .describe('Only what was published by then is seen');

const wholeNumber = (least: number, most: number) => {
  const expected = `a whole number from ${least} to ${most}`;
  return text(expected)
    .regex(/^(0|[1-9]\d{0,11})$/, expected)
    .transform(Number)
    .pipe(z.int().min(least, expected).max(most, expected));
};

export const revisionParameter = wholeNumber(0, 999_999).describe('A revision; 0 is the first');

export const MOST_ROWS = 10_000;
export const USUAL_ROWS = 1000;
export const limitParameter = wholeNumber(1, MOST_ROWS).describe(
  `At most so many rows on a page; ${USUAL_ROWS} where it is not given`,
);

export const FORMATS = ['json', 'csv', 'ndjson'] as const;
export const formatParameter = z
  .enum(FORMATS, { error: 'json, csv or ndjson, once' })
  .describe('The form of the answer; json where it is not given');

const CURSOR = 'the cursor of the page before, as its `next` has it';
export const cursorParameter = text(CURSOR)
  .regex(/^\d{4}-\d{2}-\d{2}~[1-9]\d{0,11}$/, CURSOR)
  .refine((value) => isDay(value.slice(0, 10)), CURSOR)
  .describe('Where the page begins; all pages are of one state of the log');

export const entryParameter = wholeNumber(0, 999_999_999_999).describe('The number of an entry');

export const followParameter = z
  .enum(['true', 'false'], { error: 'true or false, once' })
  .describe('false: end after the events that are there already');

const CONTRACT = 'the id of a contract, such as MTOK-LIST-USD-MONTH';
export const contractParameter = text(CONTRACT)
  .max(64, CONTRACT)
  .regex(INDEX_ID, CONTRACT)
  .describe('The id of a contract');

const PERIOD = 'a period, such as 2026-08; of two days 2026-07-01_2026-07-31';
export const periodParameter = text(PERIOD)
  .max(64, PERIOD)
  .regex(/^[A-Za-z0-9]+([_-][A-Za-z0-9]+)*$/, PERIOD)
  .describe('A period of the contract, as its file names it');

/**
 * Reads the parameters of a request.
 *
 * @throws {Problem} that names the first one that is not of its form.
 */
export function readParameters<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  found: unknown,
): z.output<z.ZodObject<Shape>> {
  const given: Record<string, unknown> = { ...(found as object) };
  const names = Object.keys(found as object);
  const unknown = names.find((name) => !Object.hasOwn(schema.shape, name));
  if (unknown !== undefined) throw unknownParameter(unknown, Object.keys(schema.shape));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const name = String(issue?.path[0] ?? '');
  throw badParameter(name, issue?.message ?? 'another value', given[name]);
}

function unknownParameter(name: string, known: readonly string[]) {
  const near = nearest(name, known);
  const meant = near === undefined ? '' : `; ${near} is near`;
  const expected = known.length === 0 ? 'no parameter' : `one of ${known.join(', ')}${meant}`;
  return badParameter(name.replace(/[^\w.~-]/g, '?').slice(0, 64), expected, name);
}
