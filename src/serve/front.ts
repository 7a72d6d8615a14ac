import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import { keptOf, type Place } from './place.ts';
import { encodingFor } from './representation.ts';
import { plainLines } from './send.ts';

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

const LONGEST_HEADERS = 16_384;

/**
 * The HTTP server under the framework. What was answered before to a plain request is answered
 * again before the framework sees it: most requests of a publication ask for the same few things.
 *
 * @param place `undefined` until the server is built.
 */
export function frontOf(
  place: () => Place | undefined,
  handler: (request: IncomingMessage, response: ServerResponse) => void,
  patience: Patience,
): Server {
  const options = {
    ...{ maxHeaderSize: LONGEST_HEADERS, headersTimeout: patience.headersMs },
    ...{ requestTimeout: patience.requestMs, keepAliveTimeout: patience.idleMs },
    connectionsCheckingInterval: patience.checkMs,
  };
  const server = createServer(options, (request, response) => {
    const own = place();
    if (!own || !server.listening || !answerAgain(own, request, response)) {
      handler(request, response);
    }
  });
  server.setTimeout(patience.silenceMs);
  return server;
}

/** @returns false for what is not there yet, and for each request that is not a plain one. */
function answerAgain(place: Place, request: IncomingMessage, response: ServerResponse): boolean {
  const startMs = performance.now();
  if (request.method !== 'GET' || !isPlain(request)) return false;
  const known = keptOf(place, place.current.snapshot()).get(request.url ?? '');
  if (!known || place.now() >= known.untilMs) return false;
  const { answer } = known;
  const encodings = request.headers['accept-encoding'];
  if (encodings !== undefined && answer.isCompressible && encodingFor(encodings)) return false;
  response.writeHead(answer.status, plainLines(answer, known.takesRanges));
  response.end(answer.bytes);
  place.metrics.request(known.route, answer.status, (performance.now() - startMs) / 1000);
  return true;
}

/** Nothing in it bears on the answer, and no two readers could read it differently. */
function isPlain({ headers, rawHeaders }: IncomingMessage): boolean {
  for (const name of BEARING) if (headers[name] !== undefined) return false;
  let hosts = 0;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  return hosts < 2;
}

const BEARING = [
  ...(['content-length', 'transfer-encoding', 'if-none-match', 'range', 'expect'] as const),
];
