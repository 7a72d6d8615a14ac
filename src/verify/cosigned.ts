import type { LoggedCapture } from './captures.ts';

import { readFile } from './documents.ts';
import { signaturesBy } from './note.ts';
import type { Opened } from './opened.ts';
import { parseReceipt } from './receipt.ts';
import { recordReceiptPath } from './records.ts';
import { ensure } from './refusal.ts';
import { openLogged } from './trust.ts';

/** Where a checkpoint lies with the cosignatures that it got: witnesses say when they saw it. */
export function cosignedPath(size: number): string {
  return `cosigned/${size}`;
}

/**
 * Finds out how many captures a witness of the reader had seen in the log before the cut-off of the
 * first fixing that rests on them. Their time is then not the word of the log's owner alone.
 *
 * @param used captures, with that cut-off in epoch milliseconds.
 * @returns what to add to the step; empty where the reader knows no witness.
 */
export async function cosignedInTime(
  opened: Opened,
  used: ReadonlyMap<LoggedCapture, number>,
): Promise<string> {
  if (opened.witnesses.length === 0 || used.size === 0) return '';
  let inTime = 0;
  for (const [{ row }, cutoffMs] of used) {
    const receipt = parseReceipt(await readFile(opened.source, recordReceiptPath(row)));
    const { size } = openLogged(receipt.checkpoint, opened.contents.keys);
    const seenMs = await seenAtMs(opened, size);
    if (seenMs !== undefined && seenMs <= cutoffMs) inTime += 1;
  }
  const names = opened.witnesses.map(({ name }) => name).join(', ');
  return `; ${inTime} of ${used.size} captures were seen by ${names} before the cut-off`;
}

/** When the first of the reader's witnesses saw a tree of a size; epoch milliseconds. */
async function seenAtMs(
  { source, contents, witnesses }: Opened,
  size: number,
): Promise<number | undefined> {
  const path = cosignedPath(size);
  const bytes = await source.read(path);
  if (!bytes) return undefined;
  const tree = openLogged(bytes, contents.keys);
  ensure(tree.size === size, `${path} is of a tree of ${tree.size} entries`);
  const times = signaturesBy(tree.note, witnesses).flatMap(({ timeS }) =>
    timeS === undefined ? [] : [timeS * 1000],
  );
  return times.length === 0 ? undefined : Math.min(...times);
}
