import { performance } from 'node:perf_hooks';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Source } from '../verify/source.ts';
import type { FileReader } from './answers/files.ts';
import type { CalendarReader, Context } from './context.ts';
import type { Current } from './current.ts';
import type { EventStreams } from './events.ts';
import type { Explainer } from './explainer.ts';
import type { FactsReader } from './facts.ts';
import type { Metrics } from './metrics.ts';
import { type Recent, recent } from './recent.ts';
import type { Representation } from './representation.ts';
import type { Sending } from './send.ts';
import type { Snapshot } from './snapshot.ts';

const MOST_BYTES_KEPT = 32 * 1024 * 1024;
const MOST_ANSWERS_KEPT = 2000;

/** What the handlers of one server share. */
export interface Place {
  readonly directory: string;
  readonly source: Source;
  readonly current: Current;
  readonly explainer: Explainer;
  readonly version: string;
  readonly now: () => number;
  readonly facts: FactsReader;
  readonly calendars: CalendarReader;
  readonly files: FileReader;
  readonly streams: EventStreams;
  readonly metrics: Metrics;
  readonly kept: WeakMap<Snapshot, Recent<Kept>>;
}

/** An answer, and until when it holds. */
export interface Kept {
  readonly answer: Representation;
  readonly untilMs: number;
  readonly takesRanges: boolean;
  /** For the counts. */
  readonly route: string;
}

/** What an answer is made of: all of it of one snapshot. */
export function contextOf(place: Place): Context {
  const { version, directory, source, facts, calendars, explainer } = place;
  const [snapshot, nowMs] = [place.current.snapshot(), place.now()];
  return { version, directory, source, snapshot, facts, calendars, explainer, nowMs };
}

/** Answers that were made of a snapshot, by their addresses; they go with it. */
export function keptOf({ kept }: Place, snapshot: Snapshot): Recent<Kept> {
  const own = kept.get(snapshot) ?? recent<Kept>(MOST_BYTES_KEPT, MOST_ANSWERS_KEPT);
  kept.set(snapshot, own);
  return own;
}

/** Counts a request once its answer is on its way; what fails is counted where it is answered. */
export function counted(
  place: Place,
  request: FastifyRequest,
  reply: FastifyReply,
  startMs: number,
  sending: Sending,
): Sending {
  if (sending) {
    return sending.then(() => {
      count(place, request, reply, startMs);
      return reply;
    });
  }
  count(place, request, reply, startMs);
  return undefined;
}

export function count(
  { metrics }: Place,
  request: FastifyRequest,
  reply: FastifyReply,
  startMs: number,
): void {
  const route = request.routeOptions.url ?? 'none';
  metrics.request(route, reply.raw.statusCode, (performance.now() - startMs) / 1000);
}
