import { MtokError } from '../domain/failure.ts';
import { openCurrent } from './current.ts';
import { explainInThread } from './explain-thread.ts';
import { guardedSource } from './guarded.ts';
import { buildServer } from './server.ts';

/** Where a publication is served. */
export interface ServePlace {
  readonly directory: string;
  readonly host: string;
  readonly port: number;
  readonly version: string;
  readonly note: (line: string) => void;
}

const LOOK_MS = 500;

/**
 * Serves a publication until it is told to end (SIGINT, SIGTERM): then it answers what it is
 * answering, and ends.
 *
 * @throws {MtokError} where there is no publication, or the address cannot be listened on.
 */
export async function serve(place: ServePlace): Promise<void> {
  const { directory, note } = place;
  const current = await openCurrent(guardedSource(directory), Date.now);
  const explainer = explainInThread(directory);
  const { version } = place;
  const server = buildServer({ directory, current, explainer, version, now: Date.now });
  let said: string | undefined;
  const timer = setInterval(() => {
    void current.refresh().then((isNew) => {
      if (isNew) note(`new state: ${current.snapshot().checkpoint.size} entries`);
      const why = current.behind()?.why;
      // A publication that is under way is behind for one look: what stays is worth a line.
      if (why !== undefined && why === said) note(`the state of before is served on: ${why}`);
      said = why === said ? said : why;
    });
  }, LOOK_MS);
  const ended = new Promise<string>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  try {
    const address = await server.listen({ host: place.host, port: place.port });
    const { origin, size } = current.snapshot().checkpoint;
    note(`serving: ${directory}, the log ${origin} of ${size} entries`);
    note(`listening: ${address}`);
    await ended;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const where = `${place.host}:${place.port}`;
    throw new MtokError('environment', `cannot listen on ${where}: ${code ?? message}`);
  } finally {
    clearInterval(timer);
    await server.close();
  }
}
