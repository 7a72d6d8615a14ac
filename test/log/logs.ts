import { type Hash, type SubtreeReader, treeRoot } from '../../src/publish/log/merkle.ts';
import { openTileLog } from '../../src/publish/log/tiles.ts';
import type { Source } from '../../src/verify/source.ts';

export const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** A log of so many small entries, in memory. */
export function grow(size: number, entry = (at: number) => Buffer.from(`entry ${at}`)) {
  const log = openTileLog(() => undefined, 0);
  for (let at = 0; at < size; at += 1) log.append(entry(at));
  return {
    ...log,
    entry,
    rootAt: (of: number): Hash => treeRoot(log.subtree as SubtreeReader, of),
  };
}

export function memorySource(files: ReadonlyMap<string, Uint8Array>): Source {
  return {
    name: 'memory',
    read: async (path) => files.get(path),
    list: async () => [...files.keys()],
  };
}
