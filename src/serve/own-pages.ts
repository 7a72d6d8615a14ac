import { performance } from 'node:perf_hooks';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { formatMoment } from '../domain/dates.ts';
import { logOf } from './context.ts';
import { DOCS_POLICY, docsPage } from './docs-page.ts';
import type { Gauge } from './metrics.ts';
import { EVENTS_QUERY, openApiDocument } from './openapi.ts';
import { entryParameter, readParameters } from './parameters.ts';
import { count, counted, keptOf, type Place } from './place.ts';
import { badParameter } from './problem.ts';
import { FOR_SECONDS, NEVER, type Representation, representationOf } from './representation.ts';
import { type Sending, send, sendLarge } from './send.ts';

/** What a server answers beside the documents: files, events, and pages about itself. */
export function addOwnPages(server: FastifyInstance, place: Place): void {
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
  const page = (path: string, answer: () => Representation) =>
    server.get(path, (request, reply) => {
      const startMs = performance.now();
      return counted(place, request, reply, startMs, send(request, reply, answer()));
    });
  page('/openapi.json', () => openApi);
  page('/docs', () => docs);
  page('/healthz', () => healthOf(place));
  page('/metrics', () => metricsPage(place));
  server.get('/v1/events', (request, reply) => answerEvents(place, request, reply));
  server.get('/*', (request, reply) => answerFile(place, request, reply));
}

function answerFile(place: Place, request: FastifyRequest, reply: FastifyReply): Sending {
  const startMs = performance.now();
  const snapshot = place.current.snapshot();
  const own = keptOf(place, snapshot);
  const url = request.raw.url ?? '';
  const again = own.get(url)?.answer;
  if (again) return counted(place, request, reply, startMs, send(request, reply, again, true));
  const path = pathOf(url);
  const known = place.files.known(snapshot, path);
  if (known) {
    const kept = { answer: known, untilMs: Number.POSITIVE_INFINITY, takesRanges: true };
    own.set(url, { ...kept, route: '/*' }, known.bytes.length * 2);
    return counted(place, request, reply, startMs, send(request, reply, known, true));
  }
  const { directory } = place;
  const sending = place.files.read({ snapshot, directory }, path).then(async ({ whole, large }) => {
    if (whole) await send(request, reply, whole, true);
    else sendLarge(request, reply, large);
    return reply;
  });
  return counted(place, request, reply, startMs, sending);
}

/** As it was sent: what has to be decoded first is no path of a publication. */
function pathOf(url: string): string {
  const path = url.startsWith('/') ? url.slice(1) : url.replace(/^https?:\/\/[^/?]*\/?/, '');
  const end = path.indexOf('?');
  return (end < 0 ? path : path.slice(0, end)) || 'index.html';
}

function metricsPage(place: Place): Representation {
  const text = Buffer.from(place.metrics.text(gaugesOf(place)));
  return representationOf('text/plain; version=0.0.4; charset=utf-8', text, NEVER);
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

function answerEvents(place: Place, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const startMs = performance.now();
  const { streams, current } = place;
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
  count(place, request, reply, startMs);
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
