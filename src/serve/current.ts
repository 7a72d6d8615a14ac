import { MtokError } from '../domain/failure.ts';
import { Refusal } from '../verify/refusal.ts';
import type { Source } from '../verify/source.ts';
import { readSnapshot, type Snapshot, sameCheckpoint } from './snapshot.ts';

/** The state of a publication that readers see now. */
export interface Current {
  readonly snapshot: () => Snapshot;
  /** Why the files are not those of a newer signed tree; `undefined` where all is well. */
  readonly behind: () => { readonly sinceMs: number; readonly why: string } | undefined;
  /** Looks for a new checkpoint. @returns whether there is a new snapshot. */
  readonly refresh: () => Promise<boolean>;
  /** Calls back at each new snapshot. @returns how to end that. */
  readonly onChange: (listener: () => void) => () => void;
}

/**
 * Opens a publication. Its checkpoint is written last, so a new one says that the files beside it
 * are whole; a snapshot is taken of them in memory, and takes the place of the old one at once. As
 * long as they are not those that are signed, the old one stays.
 *
 * @param tries how often it is looked for a first state, a quarter of a second apart.
 * @throws {MtokError} where there is nothing to serve yet.
 */
export async function openCurrent(
  source: Source,
  now: () => number,
  tries = FIRST_TRIES,
): Promise<Current> {
  let snapshot = await firstSnapshot(source, now, tries);
  let behind: { sinceMs: number; why: string } | undefined;
  let busy: Promise<boolean> | undefined;
  const listeners = new Set<() => void>();

  const look = async (): Promise<boolean> => {
    try {
      const bytes = await source.read('checkpoint');
      if (bytes && sameCheckpoint(snapshot, bytes)) {
        behind = undefined;
        return false;
      }
      snapshot = await readSnapshot(source, snapshot, now());
      behind = undefined;
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof MtokError)) throw error;
      behind = { sinceMs: behind?.sinceMs ?? now(), why: error.message };
      return false;
    }
    for (const listener of [...listeners]) listener();
    return true;
  };
  return {
    snapshot: () => snapshot,
    behind: () => behind,
    refresh: () => {
      busy ??= look().finally(() => {
        busy = undefined;
      });
      return busy;
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const FIRST_TRIES = 20;
const BETWEEN_TRIES_MS = 250;

/** A publication may be under way just now: it is over within seconds. */
async function firstSnapshot(
  source: Source,
  now: () => number,
  mostTries: number,
): Promise<Snapshot> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await readSnapshot(source, undefined, now());
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const isThere = (await source.read('checkpoint')) !== undefined;
      if (isThere && tries < mostTries) {
        await new Promise((resolve) => setTimeout(resolve, BETWEEN_TRIES_MS));
        continue;
      }
      const what = `expected ${source.name} to be a publication: ${error.message}`;
      const advice = isThere
        ? 'run mtok verify, and where a publication was interrupted the same mtok publish again'
        : 'mtok publish --out writes one';
      throw new MtokError(isThere ? 'no' : 'usage', `${what}; ${advice}`);
    }
  }
}
