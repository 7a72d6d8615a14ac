import { performance } from 'node:perf_hooks';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { MtokError } from '../domain/failure.ts';
import { Refusal } from '../verify/refusal.ts';
import { fileReader } from './answers/files.ts';
import { answerClientError, refuseOddRequest } from './connection.ts';
import { calendarReader } from './context.ts';
import type { Current } from './current.ts';
import { eventStreams } from './events.ts';
import type { Explainer } from './explainer.ts';
import { factsReader } from './facts.ts';
import { frontOf, PATIENCE, type Patience } from './front.ts';
import { guardedSource } from './guarded.ts';
import { metricsOf } from './metrics.ts';
import { addOwnPages } from './own-pages.ts';
import { contextOf, counted, keptOf, type Place } from './place.ts';
import { Problem } from './problem.ts';
import { ROUTES, type Route } from './routes.ts';
import { type Sending, send, sendProblem } from './send.ts';

export interface ServerOptions {
  readonly directory: string;
  readonly current: Current;
  readonly explainer: Explainer;
  readonly version: string;
  readonly now: () => number;
  readonly patience?: Partial<Patience>;
}

const LONGEST_PARAMETER = 128;

/** Builds the server of a publication. It listens to nothing until it is told to. */
export function buildServer(options: ServerOptions): FastifyInstance {
  const patience = { ...PATIENCE, ...options.patience };
  const source = guardedSource(options.directory);
  const place: Place = {
    ...{ ...options, source },
    ...{ facts: factsReader(source), calendars: calendarReader(source), files: fileReader() },
    ...{ streams: eventStreams(options.current, patience.beatMs), metrics: metricsOf() },
    kept: new WeakMap(),
  };
  const server = Fastify({
    ...{ logger: false, forceCloseConnections: 'idle', exposeHeadRoutes: true, bodyLimit: 1 },
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
    serverFactory: (handler) => frontOf(() => place, handler, patience),
    clientErrorHandler: answerClientError,
    frameworkErrors: (_error, request, reply) => {
      const expected =
        'expected an address whose %-escapes are UTF-8, and no longer than it can be';
      void sendProblem(request, reply, new Problem('bad-request', expected));
    },
  });
  server.addHook('onRequest', refuseOddRequest);
  server.addHook('preClose', async () => {
    place.streams.close();
    await options.explainer.close();
    endConnections(server, patience.lastMs);
  });
  const refuse = (request: FastifyRequest, reply: FastifyReply, problem: Problem) =>
    counted(place, request, reply, performance.now(), sendProblem(request, reply, problem));
  server.setErrorHandler((error, request, reply) => refuse(request, reply, problemOf(error)));
  server.setNotFoundHandler((request, reply) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const what = isRead ? 'there is nothing here' : `expected GET or HEAD, found ${request.method}`;
    const kind = isRead ? 'no-such-page' : 'method-not-allowed';
    return refuse(request, reply, new Problem(kind, `${what}: /docs says what there is`));
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

function answerRoute(
  place: Place,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Sending {
  const startMs = performance.now();
  const snapshot = place.current.snapshot();
  const url = request.raw.url ?? '';
  const known = keptOf(place, snapshot).get(url);
  if (known && place.now() < known.untilMs) {
    return counted(place, request, reply, startMs, send(request, reply, known.answer));
  }
  return counted(place, request, reply, startMs, answerAnew(place, route, request, reply));
}

async function answerAnew(
  place: Place,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const context = contextOf(place);
  const { params, query } = request;
  const answer = await route.answer(context, { params, query });
  const untilMs = context.nowMs + route.holdsMs;
  const url = request.raw.url ?? '';
  const bytes = answer.bytes.length * 2 + url.length;
  const kept = { answer, untilMs, takesRanges: false, route: route.path };
  keptOf(place, context.snapshot).set(url, kept, bytes);
  await send(request, reply, answer);
  return reply;
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
