import { Readable } from 'node:stream';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { formatMoment } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import { Refusal } from '../verify/refusal.ts';
import { type FileReader, fileReader } from './answers/files.ts';
import { answerClientError, refuseOddRequest } from './connection.ts';
import { type CalendarReader, type Context, calendarReader, logOf } from './context.ts';
import type { Current } from './current.ts';
import { DOCS_POLICY, docsPage } from './docs-page.ts';
import { type EventStreams, eventStreams } from './events.ts';
import type { Explainer } from './explainer.ts';
import { type FactsReader, factsReader } from './facts.ts';
import { guardedSource } from './guarded.ts';
import { type Gauge, type Metrics, metricsOf } from './metrics.ts';
import { EVENTS_QUERY, openApiDocument } from './openapi.ts';
import { entryParameter, readParameters } from './parameters.ts';
import { badParameter, Problem } from './problem.ts';
import { type Recent, recent } from './recent.ts';
import { FOR_SECONDS, NEVER, type Representation, representationOf } from './representation.ts';
import { ROUTES, type Route } from './routes.ts';
import { send, sendLarge, sendProblem } from './send.ts';
import type { Snapshot } from './snapshot.ts';

/** How long a connection may take over what. */
export interface Patience {
  /** From its opening, or the end of the last request, to the end of the headers. */
  readonly headersMs: number;
  /** To the end of the whole request. */
  readonly requestMs: number;
  /** Between two requests of one connection: longer than the proxy before it waits. */
  readonly idleMs: number;
  /** Without a byte in either direction, within an answer too. */
  readonly silenceMs: number;
  /** How often connections are looked at. */
  readonly checkMs: number;
  /** Between two signs of life in a stream of events. */
  readonly beatMs: number;
  /** At the end, for the last answers. */
  readonly lastMs: number;
}

export const PATIENCE: Patience = {
  ...{ headersMs: 10_000, requestMs: 15_000, idleMs: 72_000, silenceMs: 120_000 },
  ...{ checkMs: 1000, beatMs: 15_000, lastMs: 5000 },
};

export interface ServerOptions {
  readonly directory: string;
  readonly current: Current;
  readonly explainer: Explainer;
  readonly version: string;
  readonly now: () => number;
  readonly patience?: Partial<Patience>;
}

const LONGEST_HEADERS = 16_384;
const LONGEST_PARAMETER = 128;
const MOST_BYTES_KEPT = 32 * 1024 * 1024;
const MOST_ANSWERS_KEPT = 2000;

/** What the handlers share. */
interface Place extends ServerOptions {
  readonly facts: FactsReader;
  readonly calendars: CalendarReader;
  readonly files: FileReader;
  readonly streams: EventStreams;
  readonly metrics: Metrics;
  readonly kept: WeakMap<Snapshot, Recent<Kept>>;
}

/** An answer, and until when it holds. */
interface Kept {
  readonly answer: Representation;
  readonly untilMs: number;
}

/** Builds the server of a publication. It listens to nothing until it is told to. */
export function buildServer(options: ServerOptions): FastifyInstance {
  const patience = { ...PATIENCE, ...options.patience };
  const source = guardedSource(options.directory);
  const place: Place = {
    ...options,
    ...{ facts: factsReader(source), calendars: calendarReader(source), files: fileReader() },
    ...{ streams: eventStreams(options.current, patience.beatMs), metrics: metricsOf() },
    kept: new WeakMap(),
  };
  const server = Fastify({
    ...{ logger: false, forceCloseConnections: 'idle', exposeHeadRoutes: true, bodyLimit: 1 },
    ...{ requestTimeout: patience.requestMs, keepAliveTimeout: patience.idleMs },
    connectionTimeout: patience.silenceMs,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    http: {
      ...{ maxHeaderSize: LONGEST_HEADERS, headersTimeout: patience.headersMs },
      connectionsCheckingInterval: patience.checkMs,
    },
    clientErrorHandler: answerClientError,
    frameworkErrors: (_error, request, reply) => {
      const expected =
        'expected an address whose %-escapes are UTF-8, and no longer than it can be';
      void sendProblem(request, reply, new Problem('bad-request', expected));
    },
  });
  server.addHook('onRequest', refuseOddRequest);
  server.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    place.metrics.request(route, reply.statusCode, reply.elapsedTime / 1000);
    done();
  });
  server.addHook('preClose', async () => {
    place.streams.close();
    await options.explainer.close();
    endConnections(server, patience.lastMs);
  });
  server.setErrorHandler((error, request, reply) => sendProblem(request, reply, problemOf(error)));
  server.setNotFoundHandler((request, reply) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const what = isRead ? 'there is nothing here' : `expected GET or HEAD, found ${request.method}`;
    const kind = isRead ? 'no-such-page' : 'method-not-allowed';
    return sendProblem(request, reply, new Problem(kind, `${what}: /docs says what there is`));
  });
  for (const route of ROUTES) {
    server.get(route.path, (request, reply) => answerRoute(place, route, request, reply));
  }
  addOwnPages(server, place);
  return server;
}

/** Ends each connection with its answer; one that is not read is cut off after a while. */
function endConnections({ server: listening }: FastifyInstance, lastMs: number): void {
  if (!listening.listening) return;
  const idle = setInterval(() => listening.closeIdleConnections(), BETWEEN_LOOKS_MS);
  const last = setTimeout(() => listening.closeAllConnections(), lastMs);
  listening.once('close', () => {
    clearInterval(idle);
    clearTimeout(last);
  });
}

const BETWEEN_LOOKS_MS = 50;

async function answerRoute(
  place: Place,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const context = contextOf(place);
  const own = keptOf(place, context.snapshot);
  const url = request.raw.url ?? '';
  const known = own.get(url);
  if (known && context.nowMs < known.untilMs) return send(request, reply, known.answer);
  const { params, query } = request;
  const answer = await route.answer(context, { params, query });
  const untilMs = context.nowMs + route.holdsMs;
  own.set(url, { answer, untilMs }, answer.bytes.length * 2 + url.length);
  return send(request, reply, answer);
}

function contextOf(place: Place): Context {
  const { directory, facts, calendars, explainer } = place;
  const source = guardedSource(directory);
  const snapshot = place.current.snapshot();
  return { directory, source, snapshot, facts, calendars, explainer, nowMs: place.now() };
}

function keptOf({ kept }: Place, snapshot: Snapshot): Recent<Kept> {
  const own = kept.get(snapshot) ?? recent<Kept>(MOST_BYTES_KEPT, MOST_ANSWERS_KEPT);
  kept.set(snapshot, own);
  return own;
}

/** What went wrong, as a reader is told: nothing of the machine. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof Refusal) return new Problem('damaged', error.message);
  if (error instanceof MtokError) return new Problem('fault', 'a file could not be read');
  const { statusCode = 500 } = error as { statusCode?: number };
  if (statusCode === 413 || statusCode === 415) {
    return new Problem('no-body-expected', 'expected a request without a body');
  }
  if (statusCode < 500) return new Problem('bad-request', 'the request cannot be read');
  return new Problem('fault', 'this is a fault of mtok: please report it');
}

function addOwnPages(server: FastifyInstance, place: Place): void {
  const document = openApiDocument(place.version);
  const openApi = representationOf(
    'application/json; charset=utf-8',
    Buffer.from(JSON.stringify(document)),
    FOR_SECONDS,
  );
  const docs = representationOf(
    'text/html; charset=utf-8',
    Buffer.from(docsPage(document)),
    FOR_SECONDS,
    { 'content-security-policy': DOCS_POLICY },
  );
  server.get('/openapi.json', (request, reply) => send(request, reply, openApi));
  server.get('/docs', (request, reply) => send(request, reply, docs));
  server.get('/healthz', (request, reply) => send(request, reply, healthOf(place)));
  server.get('/metrics', (request, reply) => {
    const text = Buffer.from(place.metrics.text(gaugesOf(place)));
    const type = 'text/plain; version=0.0.4; charset=utf-8';
    return send(request, reply, representationOf(type, text, NEVER));
  });
  server.get('/v1/events', (request, reply) => answerEvents(place, request, reply));
  server.get('/*', async (request, reply) => {
    // As it was sent: what has to be decoded first is no path of a publication.
    const [path = ''] = (request.raw.url ?? '').replace(/^https?:\/\/[^/]*/, '').split('?');
    const { whole, large } = await place.files(contextOf(place), path.slice(1));
    return whole ? send(request, reply, whole, true) : sendLarge(request, reply, large);
  });
}

function healthOf({ current }: Place): Representation {
  const behind = current.behind();
  const snapshot = current.snapshot();
  const document = {
    status: behind ? 'behind' : 'ok',
    log: logOf(snapshot),
    loaded_at: formatMoment(snapshot.loadedAtMs),
    ...(behind ? { why: behind.why } : {}),
  };
  const bytes = Buffer.from(JSON.stringify(document));
  return representationOf('application/json; charset=utf-8', bytes, NEVER);
}

function gaugesOf({ current, streams, now }: Place): Gauge[] {
  const snapshot = current.snapshot();
  const behind = current.behind();
  const { rss, heapUsed } = process.memoryUsage();
  return [
    { name: 'mtok_log_size', help: 'Entries of the log', value: snapshot.checkpoint.size },
    {
      ...{ name: 'mtok_snapshot_age_seconds', help: 'Since the state was loaded' },
      value: (now() - snapshot.loadedAtMs) / 1000,
    },
    {
      ...{ name: 'mtok_behind_seconds', help: 'Since the files are not those that are signed' },
      value: behind ? (now() - behind.sinceMs) / 1000 : 0,
    },
    { name: 'mtok_event_readers', help: 'Open streams of events', value: streams.readers() },
    { name: 'process_resident_memory_bytes', help: 'Resident memory', value: rss },
    { name: 'nodejs_heap_size_used_bytes', help: 'Used heap', value: heapUsed },
  ];
}

async function answerEvents(
  { streams, current }: Place,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const query = readParameters(EVENTS_QUERY, request.query);
  const last = lastEventId(request) ?? query.after ?? current.snapshot().checkpoint.size - 1;
  reply.headers({
    'content-type': 'text/event-stream; charset=utf-8',
    ...{ 'cache-control': NEVER, 'x-content-type-options': 'nosniff' },
    // nginx would keep events back until its buffer is full.
    'x-accel-buffering': 'no',
  });
  if (request.method === 'HEAD') return reply.send();
  const ended = new AbortController();
  reply.raw.on('close', () => ended.abort());
  const follow = query.follow !== 'false';
  const events = streams.open({ after: last, follow, signal: ended.signal });
  return reply.send(Readable.from(events, { objectMode: false }));
}

/** A reader that lost its connection says what it has read. */
function lastEventId({ headers }: FastifyRequest): number | undefined {
  const found = headers['last-event-id'];
  if (found === undefined || found === '') return undefined;
  const result = entryParameter.safeParse(found);
  if (result.success) return result.data;
  throw badParameter('Last-Event-ID', 'the id of an event', found);
}
