import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MtokError } from '../../src/domain/failure.ts';
import { openCurrent } from '../../src/serve/current.ts';
import { guardedSource } from '../../src/serve/guarded.ts';
import type { Source } from '../../src/verify/source.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { publishDays } from '../publish/publications.ts';
import { publication, served } from './served.ts';

const copyOf = (directory: string): string => {
  const copy = temporaryDirectory();
  cpSync(directory, copy, { recursive: true });
  return copy;
};

describe('a snapshot', () => {
  it('is taken of a checkpoint, never of the files that are written before it', async () => {
    const directory = await publication(['2026-07-01']);
    const before = copyOf(directory);
    await publishDays(directory, ['2026-07-02']);
    const { current, server } = await served(before);
    const old = current.snapshot();
    // The new files one by one, in the order of the writer: the checkpoint last.
    cpSync(join(directory, 'fixings'), join(before, 'fixings'), { recursive: true });
    cpSync(join(directory, 'tile'), join(before, 'tile'), { recursive: true });
    for (const path of ['series/ALPHA.csv', 'latest.json', 'index.json']) {
      cpSync(join(directory, path), join(before, path));
      expect(await current.refresh(), path).toBe(false);
      expect(current.snapshot()).toBe(old);
    }
    expect((await server.inject('/fixings/ALPHA/2026-07-02.json')).statusCode).toBe(404);
    for (const path of ['series/BETA.csv', 'receipts', 'inputs', 'manifest.json', 'keys.txt']) {
      cpSync(join(directory, path), join(before, path), { recursive: true });
    }
    cpSync(join(directory, 'checkpoint'), join(before, 'checkpoint'));
    expect(await current.refresh()).toBe(true);
    expect(current.snapshot().checkpoint.size).toBe(8);
    expect(current.behind()).toBeUndefined();
    expect((await server.inject('/fixings/ALPHA/2026-07-02.json')).statusCode).toBe(200);
  });

  it('stays where the log is another one, or an older copy of it', async () => {
    const directory = await publication(['2026-07-01']);
    const older = copyOf(directory);
    await publishDays(directory, ['2026-07-02']);
    const other = await publication(['2026-07-01', '2026-07-03', '2026-07-04']);
    for (const [from, why] of [
      [older, /fewer than/],
      [other, /does not begin|does not lead/],
    ] as const) {
      const place = copyOf(directory);
      const { current } = await served(place);
      const old = current.snapshot();
      cpSync(from, place, { recursive: true });
      expect(await current.refresh()).toBe(false);
      expect(current.snapshot()).toBe(old);
      expect(current.behind()?.why).toMatch(why);
    }
  });

  it('is taken of each file once: what is checked is what is served', async () => {
    const directory = await publication(['2026-07-01']);
    const reads = new Map<string, number>();
    const plain = guardedSource(directory);
    const source: Source = {
      ...plain,
      read: async (path) => {
        reads.set(path, (reads.get(path) ?? 0) + 1);
        return plain.read(path);
      },
    };
    const current = await openCurrent(source, () => 0);
    for (const path of current.snapshot().files.keys()) expect(reads.get(path), path).toBe(1);
  });

  it.each([
    ['an empty directory', async () => temporaryDirectory(), 'usage'],
    ['no directory', async () => join(temporaryDirectory(), 'none'), 'usage'],
  ] as const)('of %s is none', async (_, place, kind) => {
    const opening = openCurrent(guardedSource(await place()), () => 0);
    const error = await opening.catch((found: unknown) => found);
    expect(error).toBeInstanceOf(MtokError);
    expect(error).toMatchObject({ kind, message: expect.stringContaining('mtok publish') });
  });

  it('of a checkpoint that nobody signed is none', async () => {
    const directory = await publication(['2026-07-01']);
    const path = join(directory, 'checkpoint');
    writeFileSync(path, readFileSync(path, 'utf8').replace('\n4\n', '\n5\n'));
    const opening = openCurrent(guardedSource(directory), () => 0, 2);
    await expect(opening).rejects.toThrow(/signature .* is wrong/);
  });
});
