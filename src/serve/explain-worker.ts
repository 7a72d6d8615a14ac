import { parentPort, workerData } from 'node:worker_threads';
import { type ExplainRequest, explainFrom } from '../verify/explain-again.ts';
import type { Answered } from './explain-thread.ts';

import { guardedSource } from './guarded.ts';

/** The thread that explains: it reads what it is asked for from the publication, and answers. */
const source = guardedSource((workerData as { readonly directory: string }).directory);

parentPort?.on('message', (request: ExplainRequest) => {
  explainFrom(source, request).then(
    (explained) => parentPort?.postMessage({ explained } satisfies Answered),
    (error: unknown) => {
      const fault = error instanceof Error ? error.message : String(error);
      parentPort?.postMessage({ fault } satisfies Answered);
    },
  );
});
