import { z } from 'zod';
import { explainAnswer } from './answers/explain.ts';
import { fixingAnswer, latestAnswer } from './answers/fixing.ts';
import { fixingsAnswer } from './answers/fixings.ts';
import { indexAnswer, indicesAnswer } from './answers/indices.ts';
import { settlementAnswer } from './answers/settlement.ts';
import { statusAnswer } from './answers/status.ts';
import type { Context } from './context.ts';
import {
  contractParameter,
  cursorParameter,
  dayParameter,
  formatParameter,
  indexParameter,
  limitParameter,
  momentParameter,
  periodParameter,
  readParameters,
  revisionParameter,
} from './parameters.ts';
import type { ProblemKind } from './problem.ts';
import type { Representation } from './representation.ts';

/** What a request says: still text, and as it was sent. */
export interface Asked {
  readonly params: unknown;
  readonly query: unknown;
}

/** One operation of the API: what it takes and gives, for the server and for its description. */
export interface Route {
  readonly path: string;
  readonly operation: string;
  readonly summary: string;
  readonly params: z.ZodObject;
  readonly query: z.ZodObject;
  /** Parameters of the query that have to be there. */
  readonly required: readonly string[];
  /** Names of schemas by content type. */
  readonly gives: Readonly<Record<string, string>>;
  readonly problems: readonly ProblemKind[];
  /** How long an answer of one snapshot holds, in milliseconds: what depends on the clock. */
  readonly holdsMs: number;
  readonly answer: (context: Context, asked: Asked) => Promise<Representation>;
}

interface RouteShape<Params extends z.ZodRawShape, Query extends z.ZodRawShape> {
  readonly path: string;
  readonly operation: string;
  readonly summary: string;
  readonly params: z.ZodObject<Params>;
  readonly query: z.ZodObject<Query>;
  readonly required?: readonly string[];
  readonly gives: Readonly<Record<string, string>>;
  readonly problems?: readonly ProblemKind[];
  readonly holdsMs?: number;
  readonly answer: (
    context: Context,
    params: z.output<z.ZodObject<Params>>,
    query: z.output<z.ZodObject<Query>>,
  ) => Promise<Representation>;
}

/** Ties the answer to the schemas: it gets what they let pass, and nothing else. */
function route<Params extends z.ZodRawShape, Query extends z.ZodRawShape>(
  shape: RouteShape<Params, Query>,
): Route {
  const { params, query, answer, required = [], problems = [], holdsMs } = shape;
  return {
    ...{ path: shape.path, operation: shape.operation, summary: shape.summary },
    ...{ params, query, required, gives: shape.gives },
    problems: ['bad-parameter', ...problems],
    holdsMs: holdsMs ?? Number.POSITIVE_INFINITY,
    answer: (context, asked) =>
      answer(context, readParameters(params, asked.params), readParameters(query, asked.query)),
  };
}

const NOTHING = z.strictObject({});
const JSON_TYPE = 'application/json';
const ofIndex = z.strictObject({ id: indexParameter });
const A_SECOND = 1000;

/** The documents of the API; files, events and the server's own pages are apart. */
export const ROUTES: readonly Route[] = [
  route({
    path: '/v1/indices',
    operation: 'listIndices',
    summary: 'Every index, with its first and its latest day',
    params: NOTHING,
    query: NOTHING,
    gives: { [JSON_TYPE]: 'Indices' },
    answer: (context) => indicesAnswer(context),
  }),
  route({
    path: '/v1/indices/:id',
    operation: 'getIndex',
    summary: 'One index, with the rulebook of its latest fixing',
    params: ofIndex,
    query: NOTHING,
    gives: { [JSON_TYPE]: 'Index' },
    problems: ['no-such-index'],
    answer: (context, { id }) => indexAnswer(context, id),
  }),
  route({
    path: '/v1/indices/:id/fixings',
    operation: 'listFixings',
    summary: 'Fixings in the order of days: of each the last revision that was known',
    params: ofIndex,
    query: z.strictObject({
      from: dayParameter.optional(),
      to: dayParameter.optional(),
      known_at: momentParameter.optional(),
      format: formatParameter.optional(),
      limit: limitParameter.optional(),
      cursor: cursorParameter.optional(),
    }),
    gives: { [JSON_TYPE]: 'Fixings', 'text/csv': 'Text', 'application/x-ndjson': 'Text' },
    problems: ['no-such-index', 'damaged'],
    answer: (context, { id }, query) => fixingsAnswer(context, id, query),
  }),
  route({
    path: '/v1/indices/:id/fixings/:date',
    operation: 'getFixing',
    summary: 'One fixing in short; `path` is that of its document',
    params: z.strictObject({ id: indexParameter, date: dayParameter }),
    query: z.strictObject({
      revision: revisionParameter.optional(),
      known_at: momentParameter.optional(),
    }),
    gives: { [JSON_TYPE]: 'OneFixing' },
    problems: ['no-such-index', 'no-such-fixing', 'not-yet-published', 'damaged'],
    holdsMs: A_SECOND,
    answer: (context, { id, date }, query) => fixingAnswer(context, id, date, query),
  }),
  route({
    path: '/v1/indices/:id/latest',
    operation: 'getLatest',
    summary: 'The latest fixing, and whether it is the one of the day that counts now',
    params: ofIndex,
    query: NOTHING,
    gives: { [JSON_TYPE]: 'Latest' },
    problems: ['no-such-index', 'damaged'],
    holdsMs: A_SECOND,
    answer: (context, { id }) => latestAnswer(context, id),
  }),
  route({
    path: '/v1/indices/:id/explain',
    operation: 'explain',
    summary: 'Why an index moved between two fixings, calculated from its published inputs',
    params: ofIndex,
    query: z.strictObject({ from: dayParameter, to: dayParameter }),
    required: ['from', 'to'],
    gives: { [JSON_TYPE]: 'Explain' },
    problems: ['no-such-index', 'no-such-fixing', 'cannot-be-explained', 'damaged', 'busy'],
    answer: (context, { id }, query) => explainAnswer(context, id, query),
  }),
  route({
    path: '/v1/contracts/:id/settlements/:period',
    operation: 'getSettlement',
    summary: 'What a contract settles at for a period: the last document that was logged',
    params: z.strictObject({ id: contractParameter, period: periodParameter }),
    query: z.strictObject({ known_at: momentParameter.optional() }),
    gives: { [JSON_TYPE]: 'Settlement' },
    problems: ['no-such-settlement', 'damaged'],
    answer: (context, { id, period }, query) => settlementAnswer(context, id, period, query),
  }),
  route({
    path: '/v1/status',
    operation: 'getStatus',
    summary: 'Of each index: is its fixing due, late, provisional, final or withheld',
    params: NOTHING,
    query: NOTHING,
    gives: { [JSON_TYPE]: 'Status' },
    problems: ['damaged'],
    holdsMs: A_SECOND,
    answer: (context) => statusAnswer(context),
  }),
];
