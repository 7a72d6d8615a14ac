import type { ApiEvent } from '../domain/api.ts';
import type { FixingRow } from '../domain/publication.ts';
import { fixingPath } from '../verify/fixing.ts';
import type { Current } from './current.ts';
import { Problem } from './problem.ts';
import type { Snapshot } from './snapshot.ts';

/** What the entries of a log say happened, in their order. */
export function eventsOf({ contents }: Snapshot): readonly ApiEvent[] {
  const events: ApiEvent[] = [];
  for (const row of contents.fixings) {
    const first = row.provisional ?? row.final;
    if (first !== null) events.push(eventOf(row, first, firstKind(row)));
    if (row.provisional !== null && row.final !== null) {
      events.push(eventOf(row, row.final, 'finalized'));
    }
  }
  return events.sort((a, b) => a.entry - b.entry);
}

function firstKind({ revision, status }: FixingRow): ApiEvent['event'] {
  if (revision > 0) return 'restated';
  return status;
}

function eventOf(row: FixingRow, entry: number, event: ApiEvent['event']): ApiEvent {
  const { index, date, revision, status, sha256 } = row;
  const state = entry === row.final ? 'final' : 'provisional';
  return { entry, event, index, date, revision, status, state, sha256, path: fixingPath(row) };
}

/** One event as it goes over the wire. */
export function eventText(event: ApiEvent): string {
  return `id: ${event.entry}\nevent: ${event.event}\ndata: ${JSON.stringify(event)}\n\n`;
}

/** Readers that wait for events. */
export interface EventStreams {
  /**
   * The events after an entry, as text: first those that are there, then, where it is followed,
   * each as it comes. A reader that does not read is waited for, and nothing is kept for it.
   */
  readonly open: (request: {
    readonly after: number;
    readonly follow: boolean;
    readonly signal: AbortSignal;
  }) => AsyncGenerator<string>;
  readonly readers: () => number;
  /** Ends every stream. */
  readonly close: () => void;
}

const MOST_READERS = 1000;
const RETRY_S = 30;
const AT_ONCE = 256;

/** @param beatMs a comment goes out as often, so that proxies keep an idle stream open. */
export function eventStreams(current: Current, beatMs: number): EventStreams {
  const known = new WeakMap<Snapshot, readonly ApiEvent[]>();
  const closing = new AbortController();
  let readers = 0;

  const events = (): readonly ApiEvent[] => {
    const snapshot = current.snapshot();
    const found = known.get(snapshot) ?? eventsOf(snapshot);
    known.set(snapshot, found);
    return found;
  };
  async function* stream(after: number, follow: boolean, ended: AbortSignal) {
    let last = after;
    try {
      yield 'retry: 5000\n\n';
      while (!ended.aborted) {
        const batch = events()
          .filter(({ entry }) => entry > last)
          .slice(0, AT_ONCE);
        if (batch.length > 0) {
          last = batch.at(-1)?.entry ?? last;
          yield batch.map(eventText).join('');
        } else if (!follow) {
          return;
        } else if (!(await changed(current, beatMs, ended))) {
          yield ': still here\n\n';
        }
      }
    } finally {
      readers -= 1;
    }
  }
  return {
    open: ({ after, follow, signal }) => {
      if (readers >= MOST_READERS) {
        throw new Problem('busy', `${readers} readers follow the events already`, {}, RETRY_S);
      }
      readers += 1;
      return stream(after, follow, AbortSignal.any([signal, closing.signal]));
    },
    readers: () => readers,
    close: () => closing.abort(),
  };
}

/** Waits for the next snapshot. @returns false where none came in a while, or it is over. */
function changed(current: Current, beatMs: number, ended: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (isNew: boolean): void => {
      clearTimeout(timer);
      forget();
      ended.removeEventListener('abort', over);
      resolve(isNew);
    };
    const over = () => done(false);
    const timer = setTimeout(over, beatMs);
    const forget = current.onChange(() => done(true));
    ended.addEventListener('abort', over, { once: true });
    if (ended.aborted) over();
  });
}
