import { Worker } from 'node:worker_threads';
import { MtokError } from '../domain/failure.ts';
import type { Explained, ExplainRequest } from '../verify/explain-again.ts';
import type { Explainer } from './explainer.ts';
import { Problem } from './problem.ts';

/** More than these wait for nothing: the reader is told to come again. */
const MOST_WAITING = 8;
const PATIENCE_MS = 30_000;

interface Waiting {
  readonly request: ExplainRequest;
  readonly resolve: (explained: Explained) => void;
  readonly reject: (error: Error) => void;
}

/** What the thread answers. */
export type Answered =
  | { readonly explained: Explained; readonly fault?: undefined }
  | { readonly explained?: undefined; readonly fault: string };

/**
 * Explains in a thread of its own, one at a time: a calculation of seconds keeps no other reader
 * waiting. One that takes too long is ended with its thread, and the next has a new one.
 */
export function explainInThread(directory: string): Explainer {
  const queue: Waiting[] = [];
  let thread: Worker | undefined;
  let current: Waiting | undefined;
  let timer: NodeJS.Timeout | undefined;

  const settle = (act: (one: Waiting) => void): void => {
    clearTimeout(timer);
    const done = current;
    current = undefined;
    if (done) act(done);
    next();
  };
  const drop = (why: Error): void => {
    const old = thread;
    thread = undefined;
    void old?.terminate();
    settle(({ reject }) => reject(why));
  };
  const start = (): Worker => {
    const worker = new Worker(new URL('./explain-worker.js', import.meta.url), {
      workerData: { directory },
    });
    worker.unref();
    worker.on('message', ({ explained, fault }: Answered) => {
      settle(({ resolve, reject }) =>
        explained ? resolve(explained) : reject(new MtokError('data', fault ?? '')),
      );
    });
    worker.on('error', (error) => {
      if (worker === thread) drop(error);
    });
    return worker;
  };
  const next = (): void => {
    if (current || queue.length === 0) return;
    current = queue.shift();
    thread ??= start();
    thread.postMessage(current?.request);
    timer = setTimeout(() => drop(tooMuch('the calculation took too long')), PATIENCE_MS);
    timer.unref();
  };
  return {
    explain: (request) =>
      new Promise((resolve, reject) => {
        if (queue.length >= MOST_WAITING) {
          reject(tooMuch(`${MOST_WAITING} explanations wait already`));
          return;
        }
        queue.push({ request, resolve, reject });
        next();
      }),
    close: async () => {
      queue.length = 0;
      clearTimeout(timer);
      await thread?.terminate();
      thread = undefined;
    },
  };
}

const RETRY_S = 10;

function tooMuch(why: string): Problem {
  return new Problem('busy', `${why}: try again`, {}, RETRY_S);
}
