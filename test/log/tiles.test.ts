import { describe, expect, it } from 'vitest';
import { openTileLog, tilePath } from '../../src/publish/log/tiles.ts';
import { readTiles, tileStem, widthOf } from '../../src/verify/tiles.ts';
import { grow, hex, memorySource } from './logs.ts';

describe('a tile', () => {
  it.each([
    [0, '000'],
    [67, '067'],
    [999, '999'],
    [1000, 'x001/000'],
    [1_234_067, 'x001/x234/067'],
    [1_000_000_000, 'x001/x000/x000/000'],
  ])('with the number %i lies at %s', (index, path) => {
    expect(tilePath(3, index)).toBe(`tile/3/${path}`);
    expect(tileStem('3', index)).toBe(`tile/3/${path}`);
  });

  it('says in its name how wide it is while it is partial', () => {
    expect(tilePath('entries', 4, 17)).toBe('tile/entries/004.p/17');
  });

  it.each([
    [1, ['tile/0/000.p/1', 'tile/entries/000.p/1']],
    [256, ['tile/0/000', 'tile/1/000.p/1', 'tile/entries/000']],
    [
      257,
      ['tile/0/000', 'tile/0/001.p/1', 'tile/1/000.p/1', 'tile/entries/000'].concat(
        'tile/entries/001.p/1',
      ),
    ],
  ])('of a log of %i entries has no file of width 0', (size, paths) => {
    expect([...grow(size).files().keys()].sort()).toEqual(paths);
  });

  it('is as wide as the size says at each level', () => {
    expect(widthOf(70_000, 0, 273)).toBe(112);
    expect(widthOf(70_000, 1, 1)).toBe(17);
    expect(widthOf(70_000, 2, 0)).toBe(1);
    expect(widthOf(70_000, 3, 0)).toBe(0);
  });
});

describe('a log that is opened again', () => {
  it('goes on where it stood, whatever the steps', () => {
    const files = new Map<string, Uint8Array>();
    let size = 0;
    for (const step of [1, 1, 253, 1, 1, 255, 300, 7]) {
      const log = openTileLog((path) => files.get(path), size);
      for (let at = 0; at < step; at += 1) log.append(Buffer.from(`entry ${size + at}`));
      for (const [path, bytes] of log.files()) {
        // What is there already never changes.
        if (files.has(path)) expect(hex(bytes)).toBe(hex(files.get(path)!));
        files.set(path, bytes);
      }
      size += step;
      expect(hex(log.root())).toBe(hex(grow(size).root()));
    }
  });

  it('reads only its right edge', () => {
    const files = grow(70_000).files();
    const read: string[] = [];
    const log = openTileLog((path) => {
      read.push(path);
      return files.get(path);
    }, 70_000);
    log.append(Buffer.from('one more'));
    log.root();
    expect(read.length).toBeLessThanOrEqual(5);
  });

  it('says which tile is missing or has another length', () => {
    const files = grow(300).files();
    const open = (change: (path: string) => Uint8Array | undefined) => openTileLog(change, 300);
    expect(() => open(() => undefined).root()).toThrow('tile/1/000.p/1: it is missing');
    const short = (path: string) => files.get(path)?.subarray(1);
    expect(() => open(short).root()).toThrow('expected 32 bytes in tile/1/000.p/1: 31');
  });
});

describe('entries', () => {
  it('are read from their bundles, the empty and the longest too', async () => {
    const entries = [Buffer.alloc(0), Buffer.alloc(65_535, 7), Buffer.from('x')];
    const log = openTileLog(() => undefined, 0);
    for (const entry of entries) log.append(entry);
    const tiles = readTiles(memorySource(log.files()), 3);
    for (const [at, entry] of entries.entries())
      expect(hex(await tiles.entry(at))).toBe(hex(entry));
    expect(() => log.append(Buffer.alloc(65_536))).toThrow('up to 65535 bytes');
  });

  it('of a partial bundle are found in the full one that took its place', async () => {
    const tiles = readTiles(memorySource(grow(256).files()), 20);
    expect(Buffer.from(await tiles.entry(19)).toString()).toBe('entry 19');
    expect(await tiles.inclusion(3, 20)).toHaveLength(5);
  });

  it.each([
    ['ends within a length', '00'],
    ['ends within an entry', '000561'],
  ])('are refused where the bundle %s', async (message, bytes) => {
    const files = new Map([['tile/entries/000.p/1', Buffer.from(bytes, 'hex')]]);
    await expect(readTiles(memorySource(files), 1).entry(0)).rejects.toThrow(message);
  });
});
