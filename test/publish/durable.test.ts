import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createDurably,
  removeDurably,
  writeAllDurably,
  writeDurably,
} from '../../src/publish/durable.ts';
import { temporaryDirectory } from '../cli/run.ts';

const text = (path: string) => readFileSync(path, 'utf8');

describe('writing durably', () => {
  it('makes the directories, replaces the file, and leaves nothing beside it', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'a', 'b', 'file');
    await writeDurably(path, ['one ', 'two']);
    await writeDurably(path, ['three', '', ' four']);
    expect(text(path)).toBe('three four');
    expect(readdirSync(join(directory, 'a', 'b'))).toEqual(['file']);
  });

  it('gives a file the mode that is asked for from the start', async () => {
    const path = join(temporaryDirectory(), 'key');
    await writeDurably(path, ['secret'], { mode: 0o600 });
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('writes through a link, and leaves a directory alone', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'file'), 'old');
    symlinkSync(join(directory, 'file'), join(directory, 'link'));
    await writeDurably(join(directory, 'link'), ['new']);
    expect(text(join(directory, 'file'))).toBe('new');
    mkdirSync(join(directory, 'there'));
    await expect(writeDurably(join(directory, 'there'), [''])).rejects.toThrow('found a directory');
  });

  it('leaves the old file where its new content cannot be made', async () => {
    const directory = temporaryDirectory();
    const path = join(directory, 'file');
    writeFileSync(path, 'old');
    const broken = function* () {
      yield 'half';
      throw new RangeError('no more');
    };
    await expect(writeDurably(path, broken())).rejects.toThrow(`cannot write ${path}: no more`);
    expect(text(path)).toBe('old');
    expect(readdirSync(directory)).toEqual(['file']);
  });
});

describe('writing many files', () => {
  it('names none before all are staged', async () => {
    const directory = temporaryDirectory();
    const broken = function* () {
      yield existsSync(join(directory, 'first')) ? 'named' : 'not named';
      throw new RangeError('no more');
    };
    const drafts = [
      { path: join(directory, 'first'), chunks: ['1'] },
      { path: join(directory, 'second'), chunks: broken() },
    ];
    await expect(writeAllDurably(drafts)).rejects.toThrow('no more');
    expect(readdirSync(directory)).toEqual([]);
  });

  it('takes bytes as well as text', async () => {
    const path = join(temporaryDirectory(), 'x', 'bytes');
    await writeAllDurably([{ path, chunks: [Uint8Array.of(0, 255)] }]);
    expect([...readFileSync(path)]).toEqual([0, 255]);
  });
});

describe('making a file that must not be there', () => {
  it('is done by one of many at once', async () => {
    const path = join(temporaryDirectory(), 'lock');
    const won = await Promise.all(
      Array.from({ length: 20 }, (_, at) => createDurably(path, `${at}`)),
    );
    expect(won.filter((one) => one)).toHaveLength(1);
    expect(text(path)).toBe(String(won.indexOf(true)));
  });

  it('can be undone, twice', async () => {
    const path = join(temporaryDirectory(), 'lock');
    await createDurably(path, '');
    await removeDurably([path]);
    await removeDurably([path]);
    expect(existsSync(path)).toBe(false);
  });
});
