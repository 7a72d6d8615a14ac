import { note } from './output.ts';

/** What a shell reports of a command that Ctrl-C ended. */
const INTERRUPTED = 130;
/** A calculation lets signals in as often as this. */
const LISTEN_EVERY_MS = 50;

/** Ends a command at a Ctrl-C, between its files and never within one. */
export interface Interruption {
  /** Lets a signal in, now and then: to be awaited within a long calculation. */
  heard(): Promise<void>;
  /**
   * Writes a file. A Ctrl-C stops it before it has its name, and ends the command.
   *
   * @param write is given the chunks again, which end in an error once it is to stop.
   */
  write(
    path: string,
    chunks: Iterable<string>,
    write: (path: string, chunks: Iterable<string>) => Promise<void>,
  ): Promise<void>;
}

/** @param files that are to be written, in their order. */
export function interruptionOf(files: readonly string[]): Interruption {
  const written = new Set<string>();
  let [isWriting, isAsked] = [false, false];
  let lastMs = Date.now();
  const end = (): never => {
    const missing = files.filter((path) => !written.has(path));
    const what = missing.length === 0 ? '' : `: ${missing.join(' and ')} not written`;
    note(`\ninterrupted${what}`);
    process.exit(INTERRUPTED);
  };
  process.on('SIGINT', () => {
    // The file that is being written is cleared away first; who insists does not wait.
    if (!isWriting || isAsked) end();
    isAsked = true;
  });

  return {
    heard: async () => {
      if (Date.now() - lastMs < LISTEN_EVERY_MS) return;
      await new Promise((resolve) => setImmediate(resolve));
      lastMs = Date.now();
    },
    write: async (path, chunks, write) => {
      isWriting = true;
      try {
        await write(path, untilAsked(chunks));
        written.add(path);
      } catch (error) {
        if (!isAsked) throw error;
      }
      isWriting = false;
      if (isAsked) end();
    },
  };

  function* untilAsked(chunks: Iterable<string>): Generator<string> {
    for (const chunk of chunks) {
      if (isAsked) throw new Error('interrupted');
      yield chunk;
    }
  }
}
