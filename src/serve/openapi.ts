import { z } from 'zod';
import {
  eventSchema,
  explainSchema,
  fixingsSchema,
  healthSchema,
  indexSchema,
  indicesSchema,
  latestSchema,
  oneFixingSchema,
  problemSchema,
  settlementAnswerSchema,
  statusSchema,
} from '../domain/api.ts';
import { entryParameter, followParameter } from './parameters.ts';
import { PROBLEM_TYPE, PROBLEMS, type ProblemKind } from './problem.ts';
import { ROUTES, type Route } from './routes.ts';

/** The schemas of what the API answers, by the names that its description gives them. */
const SCHEMAS = {
  Indices: indicesSchema,
  Index: indexSchema,
  Fixings: fixingsSchema,
  OneFixing: oneFixingSchema,
  Latest: latestSchema,
  Explain: explainSchema,
  Settlement: settlementAnswerSchema,
  Status: statusSchema,
  Event: eventSchema,
  Health: healthSchema,
  Problem: problemSchema,
  Text: z.string(),
} as const;

/** The query of the stream of events, which is read as the routes' are. */
export const EVENTS_QUERY = z.strictObject({
  after: entryParameter.optional(),
  follow: followParameter.optional(),
});

export interface OpenApi {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, { readonly get: Operation; readonly head?: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly Parameter[];
  readonly responses: Readonly<Record<string, Answer>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: object;
}

interface Answer {
  readonly description: string;
  readonly headers?: Readonly<Record<string, object>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}

/** The OpenAPI 3.1 document of the server, made of the schemas that validate. */
export function openApiDocument(version: string): OpenApi {
  const routes = ROUTES.map((route): [string, { get: Operation }] => [
    route.path.replaceAll(/:(\w+)/g, '{$1}'),
    { get: operationOf(route) },
  ]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'mtok',
      version,
      description:
        'Price indices for LLM tokens, as a publication has them: read-only. Nothing here needs ' +
        'to be believed: the publication itself, which mtok verify and the client of the package ' +
        'check, lies beside it. Each address answers HEAD as it answers GET.',
    },
    paths: { ...Object.fromEntries(routes), ...OWN_PATHS },
    components: { schemas: schemasOf() },
  };
}

function schemasOf(): Record<string, object> {
  return Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, schema]) => [name, jsonSchema(schema)]),
  );
}

function jsonSchema(schema: z.ZodType): object {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    target: 'draft-2020-12',
    io: 'output',
  });
  return rest;
}

function operationOf(route: Route): Operation {
  const parameters = [
    ...parametersOf(route.params, 'path', Object.keys(route.params.shape)),
    ...parametersOf(route.query, 'query', route.required),
  ];
  const content = Object.fromEntries(
    Object.entries(route.gives).map(([type, name]) => [type, { schema: reference(name) }]),
  );
  return {
    operationId: route.operation,
    summary: route.summary,
    parameters,
    responses: {
      200: { description: route.summary, headers: HEADERS, content },
      ...NOT_MODIFIED,
      ...problemsOf(route.problems),
    },
  };
}

function parametersOf(
  { shape }: z.ZodObject,
  place: Parameter['in'],
  required: readonly string[],
): Parameter[] {
  return Object.entries(shape).map(([name, schema]) => {
    const { description, ...rest } = jsonSchema(unwrapped(schema as z.ZodType)) as {
      description?: string;
    };
    return {
      ...{ name, in: place, required: required.includes(name) },
      ...(description === undefined ? {} : { description }),
      schema: rest,
    };
  });
}

function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional ? (schema.unwrap() as z.ZodType) : schema;
}

function reference(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

/** Problems of one status stand together. */
function problemsOf(kinds: readonly ProblemKind[]): Record<string, Answer> {
  const all: readonly ProblemKind[] = [...kinds, ...EVERYWHERE];
  const answers: Record<string, Answer> = {};
  for (const kind of all) {
    const { status, title } = PROBLEMS[kind];
    const before = answers[status]?.description;
    answers[status] = {
      description: before === undefined ? title : `${before}. ${title}`,
      content: { [PROBLEM_TYPE]: { schema: reference('Problem') } },
      ...(RETRIED.includes(kind) || answers[status]?.headers
        ? { headers: { 'Retry-After': { schema: { type: 'integer' } } } }
        : {}),
    };
  }
  return answers;
}

const RETRIED: readonly ProblemKind[] = ['not-yet-published', 'busy'];
/** Whatever is asked for can be asked for so. */
const EVERYWHERE: readonly ProblemKind[] = ['bad-request', 'no-body-expected', 'headers-too-large'];

const HEADERS = {
  ETag: { description: 'SHA-256 of the bytes', schema: { type: 'string' } },
  'Mtok-Log-Size': {
    description: 'Entries of the log that the answer is of',
    schema: { type: 'integer' },
  },
};

function ownPath(
  operationId: string,
  summary: string,
  type: string,
  schema: object,
  parameters: readonly Parameter[] = [],
  problems: readonly ProblemKind[] = [],
  more: Readonly<Record<string, Answer>> = {},
): { get: Operation } {
  const content = { [type]: { schema } };
  const responses = { 200: { description: summary, content }, ...more, ...problemsOf(problems) };
  return { get: { operationId, summary, parameters, responses } };
}

const NOT_MODIFIED = { 304: { description: 'The same as If-None-Match names' } };

const LAST_EVENT_ID: Parameter = {
  ...{ name: 'Last-Event-ID', in: 'header', required: false },
  description: 'The entry of the last event that was read: as `after`, which it goes before',
  schema: { type: 'string', pattern: '^(0|[1-9]\\d{0,11})$' },
};

/** What the server answers beside the documents. */
const OWN_PATHS = {
  '/v1/events': ownPath(
    'followEvents',
    'Server-sent events: published, withheld, restated, finalized; the id is the entry of the log',
    'text/event-stream',
    reference('Text'),
    [...parametersOf(EVENTS_QUERY, 'query', []), LAST_EVENT_ID],
    ['bad-parameter', 'busy'],
  ),
  '/healthz': ownPath(
    'getHealth',
    'Whether it serves, and which state of the log',
    'application/json',
    reference('Health'),
  ),
  '/metrics': ownPath('getMetrics', 'For Prometheus', 'text/plain', reference('Text')),
  '/openapi.json': ownPath(
    ...(['getOpenApi', 'This document', 'application/json', { type: 'object' }] as const),
    ...([[], [], NOT_MODIFIED] as const),
  ),
  '/docs': ownPath(
    ...(['getDocs', 'This document as a page', 'text/html', reference('Text')] as const),
    ...([[], [], NOT_MODIFIED] as const),
  ),
  '/{file}': ownPath(
    'getFile',
    'A file of the publication, such as index.json or checkpoint: docs/publication.md lists them',
    '*/*',
    {},
    [
      {
        ...{ name: 'file', in: 'path', required: true },
        description: 'The path of the file, with its slashes',
        schema: { type: 'string' },
      },
    ],
    ['no-such-page', 'no-such-range', 'damaged'],
    {
      206: { description: 'The range that was asked for', content: { '*/*': { schema: {} } } },
      ...NOT_MODIFIED,
    },
  ),
};
