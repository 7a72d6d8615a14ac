import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { FixingRow, RecordRow } from '../../domain/publication.ts';
import { removeDurably } from '../durable.ts';
import type { Signer } from '../log/keys.ts';
import { changesOf } from './changes.ts';
import { commit, pending, recover } from './journal.ts';
import { PATHS } from './layout.ts';
import { takeLock } from './lock.ts';
import { NOTHING, type Plan, type PublishRequest, planOf } from './plan.ts';
import { type Present, readPresent } from './present.ts';

/** What a publication did, or would do. */
export interface Published {
  readonly added: readonly FixingRow[];
  /** Provisional fixings that became final. */
  readonly finalized: readonly FixingRow[];
  readonly recorded: readonly RecordRow[];
  /** Asked for, and there already with the same bytes. */
  readonly unchanged: number;
  /** An interrupted publication was completed first. */
  readonly isRecovered: boolean;
  /** Entries of the log. */
  readonly size: number;
}

/**
 * Publishes fixings into a directory: calculated ones go in, nothing of what is there changes, and
 * the log grows by what is new. Run again it does nothing. All of it is published, or nothing.
 *
 * @throws {MtokError} where a fixing of the same name has other bytes, where the directory is
 * damaged, or where another publication is under way.
 */
export async function publish(
  directory: string,
  signers: readonly Signer[],
  request: PublishRequest,
): Promise<Published> {
  const lock = await takeLock(join(directory, PATHS.locks));
  try {
    if (lock.isTakenOver) await sweep(directory);
    const isRecovered = await recover(directory);
    const present = readPresent(directory);
    const { log, contents } = present;
    const plan = planOf(contents, log.size(), signers, request);
    if (plan.entries.length > 0) {
      await commit(directory, changesOf(present, plan, signers, request));
    }
    await lock.release();
    return publishedOf(plan, isRecovered, log.size());
  } catch (error) {
    await lock.release().catch(() => undefined);
    throw error;
  }
}

/** A publication to be continued: what an interruption had committed to is carried out first. */
export async function openPublication(
  directory: string,
): Promise<Present & { readonly isRecovered: boolean }> {
  const lock = await takeLock(join(directory, PATHS.locks));
  try {
    if (lock.isTakenOver) await sweep(directory);
    const isRecovered = await recover(directory);
    return { ...readPresent(directory), isRecovered };
  } finally {
    await lock.release();
  }
}

/** Logs something beside fixings: records, or keys; what is due becomes final with it. */
export function publishRecords(
  directory: string,
  signers: readonly Signer[],
  request: Pick<PublishRequest, 'nowMs'> & Partial<Pick<PublishRequest, 'records' | 'keys'>>,
): Promise<Published> {
  return publish(directory, signers, { ...NOTHING, ...request });
}

/** What `publish` would do; nothing is written, and no lock is taken. */
export async function rehearse(
  directory: string,
  signers: readonly Signer[],
  request: PublishRequest,
): Promise<Published> {
  const interrupted = await pending(directory);
  const { contents, log } = readPresent(directory);
  const plan = planOf(contents, log.size(), signers, request);
  const grown = plan.entries.length === 0 ? 0 : plan.entries.length + 1;
  return publishedOf(plan, interrupted !== undefined, log.size() + grown);
}

function publishedOf(plan: Plan, isRecovered: boolean, size: number): Published {
  const { finalized, unchanged } = plan;
  const added = plan.added.map(({ row }) => row);
  const recorded = plan.recorded.map(({ row }) => row);
  return { added, finalized, recorded, unchanged, isRecovered, size };
}

/** Removes what a killed process had staged and not yet named. */
async function sweep(directory: string): Promise<void> {
  const names = await readdir(directory, { recursive: true });
  const staged = names.filter((name) => /(?:^|[\\/])\.[^\\/]*\.[0-9a-f]{12}\.tmp$/.test(name));
  const paths = staged.map((name) => join(directory, name));
  if (paths.length > 0) await removeDurably(paths);
}
