import { join } from 'node:path';
import { readText } from '../../ingest/files.ts';
import { writeDurably } from '../durable.ts';
import { consistencyProof } from '../log/merkle.ts';
import { recover } from './journal.ts';
import { PATHS } from './layout.ts';
import { takeLock } from './lock.ts';
import { readPresent } from './present.ts';

/** A signed checkpoint, and the way to it from each smaller tree: what a witness is handed. */
export interface Offered {
  readonly checkpoint: string;
  readonly size: number;
  /** The body of `add-checkpoint` (C2SP tlog-witness) for what a witness knows. */
  readonly submission: (oldSize: number) => string;
}

/** The checkpoint of a publication, for its witnesses. */
export async function offeredBy(directory: string): Promise<Offered> {
  const { log } = readPresent(directory);
  const checkpoint = await readCheckpoint(directory);
  const size = log.size();
  return {
    ...{ checkpoint, size },
    submission: (oldSize) => {
      const proof = consistencyProof(log.subtree, oldSize, size);
      const lines = proof.map((hash) => `${Buffer.from(hash).toString('base64')}\n`);
      return `old ${oldSize}\n${lines.join('')}\n${checkpoint}`;
    },
  };
}

/**
 * Adds signature lines of witnesses to the checkpoint that they signed.
 *
 * @returns false where another checkpoint has come in its place: the lines say nothing of that.
 */
export async function addCosignatures(
  directory: string,
  checkpoint: string,
  lines: readonly string[],
): Promise<boolean> {
  const lock = await takeLock(join(directory, PATHS.locks));
  try {
    await recover(directory);
    if ((await readCheckpoint(directory)) !== checkpoint) return false;
    const [, size = ''] = checkpoint.split('\n');
    // The checkpoint is replaced by the next one; what witnesses said of this one stays.
    for (const path of [PATHS.cosigned(size), PATHS.checkpoint]) {
      await writeDurably(join(directory, path), [checkpoint, ...lines]);
    }
    return true;
  } finally {
    await lock.release();
  }
}

async function readCheckpoint(directory: string): Promise<string> {
  return readText(join(directory, PATHS.checkpoint));
}
