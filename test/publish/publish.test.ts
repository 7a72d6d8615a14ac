import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { signerOf } from '../../src/publish/log/keys.ts';
import { publish, rehearse } from '../../src/publish/publication/publish.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { filesUnder, ORIGIN, publishDays, RULES, requestFor, SIGNER } from './publications.ts';

const json = (directory: string, path: string) =>
  JSON.parse(readFileSync(join(directory, path), 'utf8'));

describe('a publication', () => {
  it('is laid out for people and programs', async () => {
    const directory = temporaryDirectory();
    const [first, second] = await publishDays(directory, ['2026-07-01', '2026-07-02']);
    // A key, two fixings and the contents; two fixings, the one that became final, the contents.
    expect([first?.size, second?.size]).toEqual([4, 8]);
    expect(second?.finalized.map(({ index, date }) => `${index} ${date}`)).toEqual([
      'BETA 2026-07-01',
    ]);
    const paths = [...filesUnder(directory).keys()].filter((path) => !path.startsWith('inputs/'));
    expect(paths).toEqual([
      'checkpoint',
      'fixings/ALPHA/2026-07-01.json',
      'fixings/ALPHA/2026-07-02.json',
      'fixings/BETA/2026-07-01.json',
      'fixings/BETA/2026-07-02.json',
      'index.json',
      'keys.txt',
      'latest.json',
      'manifest.json',
      'methodology.md',
      'receipts/ALPHA/2026-07-01.final.tlog-proof',
      'receipts/ALPHA/2026-07-02.final.tlog-proof',
      'receipts/BETA/2026-07-01.final.tlog-proof',
      'receipts/BETA/2026-07-01.provisional.tlog-proof',
      'receipts/BETA/2026-07-02.provisional.tlog-proof',
      'receipts/keys/0.tlog-proof',
      'rulebooks/ALPHA/1.0.0.yaml',
      'rulebooks/BETA/1.0.0.yaml',
      'series/ALPHA.csv',
      'series/BETA.csv',
      'tile/0/000.p/4',
      'tile/0/000.p/8',
      'tile/entries/000.p/4',
      'tile/entries/000.p/8',
    ]);
    const contents = json(directory, 'index.json');
    expect(contents.indices).toEqual([
      { first: '2026-07-01', index: 'ALPHA', latest: '2026-07-02', title: 'A small index' },
      { first: '2026-07-01', index: 'BETA', latest: '2026-07-02', title: 'A small index' },
    ]);
    const states = contents.fixings.map(
      (row: Record<string, string>) => `${row.date} ${row.state}`,
    );
    expect(states.slice(2)).toEqual(['2026-07-01 final', '2026-07-02 provisional']);
    expect(json(directory, 'latest.json').fixings).toHaveLength(2);
    expect(readFileSync(join(directory, 'series/ALPHA.csv'), 'utf8').split('\n')).toHaveLength(4);
  });

  it('does nothing the second time', async () => {
    const directory = temporaryDirectory();
    await publishDays(directory, ['2026-07-01']);
    const before = filesUnder(directory);
    const again = await publish(directory, [SIGNER], requestFor('2026-07-01'));
    expect(again).toMatchObject({ added: [], finalized: [], unchanged: 2, size: 4 });
    expect(filesUnder(directory)).toEqual(before);
  });

  it('is the same bytes wherever it is made', async () => {
    const [a, b] = [temporaryDirectory(), temporaryDirectory()];
    for (const directory of [a, b]) await publishDays(directory, ['2026-07-01', '2026-07-05']);
    expect(filesUnder(a)).toEqual(filesUnder(b));
  });

  it('changes no file but those that it lists', async () => {
    const directory = temporaryDirectory();
    const days = Array.from({ length: 8 }, (_, at) => `2026-07-0${at + 1}`);
    for (const day of days) {
      const before = filesUnder(directory);
      await publishDays(directory, [day]);
      const after = filesUnder(directory);
      const changed = [...before].filter(([path, bytes]) => !after.get(path)?.equals(bytes));
      const listed = [...Object.keys(json(directory, 'index.json').files), 'index.json'];
      const others = changed.map(([path]) => path).filter((path) => !listed.includes(path));
      expect(others).toEqual(before.size === 0 ? [] : ['checkpoint']);
    }
  });

  it('keeps rows back whose licence does not let them out, and says so', async () => {
    const directory = temporaryDirectory();
    await publishDays(directory, ['2026-07-01'], { digestOnly: ['usage'] });
    const { inputs } = json(directory, 'fixings/BETA/2026-07-01.json');
    const paths = [...filesUnder(directory).keys()];
    expect(paths).toContain(`inputs/${inputs.quotes.sha256}.csv`);
    expect(paths).not.toContain(`inputs/${inputs.usage.sha256}.csv`);
    expect(json(directory, 'index.json').fixings[0].digest_only).toEqual(['usage']);
  });

  it('can be rehearsed', async () => {
    const directory = temporaryDirectory();
    const planned = await rehearse(directory, [SIGNER], requestFor('2026-07-01'));
    expect(filesUnder(directory).size).toBe(0);
    expect(await publish(directory, [SIGNER], requestFor('2026-07-01'))).toEqual(planned);
  });
});

describe('publishing refuses', () => {
  const published = async () => {
    const directory = temporaryDirectory();
    await publishDays(directory, ['2026-07-01', '2026-07-02']);
    return directory;
  };
  const again = (directory: string, day = '2026-07-03', changes = {}) =>
    publish(directory, [SIGNER], requestFor(day, day, changes));

  it('other bytes for a fixing that is published', async () => {
    const directory = await published();
    const rules = RULES.map((text) => text.replace('2026-07-01', '2026-06-30'));
    const request = requestFor('2026-07-01', '2026-07-01', { rules });
    await expect(publish(directory, [SIGNER], request)).rejects.toThrow('A published fixing never');
  });

  it('other bytes for a version of a rulebook', async () => {
    const directory = await published();
    const rules = RULES.map((text) => `${text}# a remark\n`);
    await expect(again(directory, '2026-07-03', { rules })).rejects.toThrow('version of its own');
  });

  it('a revision without the one before it', async () => {
    const directory = await published();
    const { drafts, ...rest } = requestFor('2026-07-01');
    const revised = drafts.map((draft) => ({
      ...draft,
      fixing: { ...draft.fixing, revision: 2 },
    }));
    const request = { ...rest, drafts: revised };
    await expect(publish(directory, [SIGNER], request)).rejects.toThrow(
      'revision 0 is the last one published',
    );
  });

  it('a key that is not logged, of another origin, or of a witness', async () => {
    const directory = await published();
    const request = requestFor('2026-07-03');
    const seed = new Uint8Array(32).fill(9);
    const by = (name: string, role: 'log' | 'witness') =>
      publish(directory, [signerOf(name, role, seed)], request);
    await expect(by(ORIGIN, 'log')).rejects.toThrow('is not a key of this publication');
    await expect(by('other.example', 'log')).rejects.toThrow('expected a log key of');
    await expect(by(ORIGIN, 'witness')).rejects.toThrow('expected a log key of');
  });

  it.each([
    ['checkpoint', 'not signed by one of its keys'],
    ['index.json', 'index.json is not'],
    ['series/ALPHA.csv', 'series/ALPHA.csv is not what was written'],
    ['tile/0/000.p/8', 'do not lead to the root'],
    ['tile/entries/000.p/8', 'cannot be continued'],
  ])('to build upon a damaged %s', async (path, message) => {
    const directory = await published();
    const place = join(directory, path);
    const bytes = readFileSync(place);
    bytes[10] = (bytes[10] ?? 0) ^ 1;
    writeFileSync(place, bytes);
    await expect(again(directory)).rejects.toThrow(message);
  });

  it.each([
    ['checkpoint', 'it has tile and no checkpoint'],
    ['index.json', 'index.json is missing'],
    ['latest.json', 'latest.json is missing'],
  ])('to go on without %s', async (path, message) => {
    const directory = await published();
    renameSync(join(directory, path), join(directory, '.mtok', 'away'));
    await expect(again(directory)).rejects.toThrow(message);
  });

  it('to write over an immutable file that has other bytes', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'receipts/ALPHA'), { recursive: true });
    writeFileSync(join(directory, 'receipts/ALPHA/2026-07-01.final.tlog-proof'), 'x');
    await expect(again(directory, '2026-07-01')).rejects.toThrow('never changes');
  });
});

describe('of many at once', () => {
  it('exactly one wins, and the others say who', async () => {
    const directory = temporaryDirectory();
    const tries = Array.from({ length: 8 }, () =>
      publish(directory, [SIGNER], requestFor('2026-07-01')),
    );
    const settled = await Promise.allSettled(tries);
    const reasons = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
    expect(reasons).toHaveLength(7);
    for (const { message } of reasons) expect(message).toContain(`process ${process.pid} on`);
    expect(await publish(directory, [SIGNER], requestFor('2026-07-01'))).toMatchObject({
      unchanged: 2,
    });
  });

  it('a holder that is gone is passed over, one on another machine is not', async () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, '.mtok'));
    const lock = (number: number, holder: object) =>
      writeFileSync(join(directory, '.mtok', `lock.${number}`), JSON.stringify(holder));
    const { hostname } = await import('node:os');
    lock(7, { pid: process.pid, host: hostname(), born: 'another boot' });
    await publish(directory, [SIGNER], requestFor('2026-07-01'));
    lock(9, { pid: 1, host: 'elsewhere', born: '' });
    await expect(publish(directory, [SIGNER], requestFor('2026-07-01'))).rejects.toThrow(
      'process 1 on elsewhere',
    );
  });
});

describe('keys', () => {
  const next = signerOf(ORIGIN, 'log', new Uint8Array(32).fill(8));

  it('are rotated and revoked by entries of the log', async () => {
    const directory = temporaryDirectory();
    await publishDays(directory, ['2026-07-01']);
    const add = { action: 'add', key: next.verifierKey, reason: 'yearly rotation' } as const;
    const rotated = await publish(
      directory,
      [SIGNER],
      requestFor('2026-07-02', undefined, { keys: [add] }),
    );
    expect(rotated.size).toBe(9);
    const revoke = { action: 'revoke', key: SIGNER.verifierKey, reason: 'rotated' } as const;
    const request = requestFor('2026-07-03', undefined, { keys: [revoke] });
    await expect(publish(directory, [SIGNER], request)).rejects.toThrow('is not a key');
    await publish(directory, [next], request);
    const keys = readFileSync(join(directory, 'keys.txt'), 'utf8');
    expect(keys).toBe(`# revoked by entry 9: ${SIGNER.verifierKey}\n${next.verifierKey}\n`);
    await expect(publish(directory, [SIGNER], requestFor('2026-07-04'))).rejects.toThrow(
      'is not a key',
    );
  });
});
