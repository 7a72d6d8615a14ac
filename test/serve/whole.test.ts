import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { addDays } from '../../src/domain/dates.ts';
import type { Contents } from '../../src/domain/publication.ts';
import { publishDays, RULES } from '../publish/publications.ts';
import { scaled } from '../scale.ts';
import { publication, served } from './served.ts';

const PUBLICATIONS = scaled(12, 200);
const ONE = { rules: RULES.slice(1) };

interface State {
  readonly size: number;
  readonly files: ReadonlyMap<string, string>;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('a reader while a publication is in progress', () => {
  it(`sees the old state or the new, through ${PUBLICATIONS} publications`, async () => {
    const first = '2026-07-01';
    const directory = await publication([first]);
    const { server, current } = await served(directory, { now: '2026-07-01T18:00:00Z' });
    await server.listen({ port: 0 });
    const { port } = server.server.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/`;
    const PATHS = ['checkpoint', 'index.json', 'latest.json', 'series/BETA.csv', 'keys.txt'];

    /** Files that came with the same size of the log, which each answer names. */
    const states = new Map<number, Map<string, string>>();
    const read = async (path: string): Promise<number> => {
      const answer = await fetch(url + path);
      expect(answer.status).toBe(200);
      const size = Number(answer.headers.get('mtok-log-size'));
      const text = await answer.text();
      expect(answer.headers.get('etag')).toMatch(new RegExp(`^(W/)?"${sha256(text)}`));
      const files = states.get(size) ?? new Map<string, string>();
      states.set(size, files);
      // Of one state there is one answer, whenever it is asked for.
      expect(files.get(path) ?? text).toBe(text);
      files.set(path, text);
      return size;
    };
    let isOver = false;
    const looking = (async () => {
      while (!isOver) {
        await current.refresh();
        await new Promise((resolve) => setTimeout(resolve, 3));
      }
    })();
    let latest = 0;
    const reading = [0, 1, 2].map(async (reader) => {
      for (let round = reader; !isOver; round += 1) {
        const size = await read(PATHS[round % PATHS.length] ?? '');
        // No reader goes back, whichever of them has seen more.
        expect(size).toBeGreaterThanOrEqual(reader === 0 ? latest : 0);
        if (reader === 0) latest = size;
      }
    });
    const asking = (async () => {
      while (!isOver) {
        const answer = (await fetch(`${url}v1/indices/BETA/fixings`)).json() as Promise<{
          log: { size: number };
          fixings: { date: string; state: string }[];
        }>;
        requireOrdered(await answer);
        const { fixing, log } = (await (await fetch(`${url}v1/indices/BETA/latest`)).json()) as {
          log: { size: number };
          fixing: { date: string; path: string; sha256: string; entries: { provisional: number } };
        };
        expect(fixing.entries.provisional).toBeLessThan(log.size);
        const document = await fetch(url + fixing.path);
        expect(sha256(await document.text())).toBe(fixing.sha256);
      }
    })();
    for (let day = 1; day <= PUBLICATIONS; day += 1) {
      await publishDays(directory, [addDays(first, day)], ONE);
    }
    await current.refresh();
    for (const path of PATHS) await read(path);
    isOver = true;
    await Promise.all([looking, asking, ...reading]);
    expect(states.size).toBeGreaterThan(PUBLICATIONS / 4);
    for (const [size, files] of states) requireWhole({ size, files });
    const last = Math.max(...states.keys());
    expect(states.get(last)?.get('latest.json')).toContain(addDays(first, PUBLICATIONS));
    await server.close();
  });
});

/** The files of one state are those that its index.json names, of the tree that it is signed in. */
function requireWhole({ size, files }: State): void {
  const checkpoint = files.get('checkpoint');
  if (checkpoint !== undefined) expect(checkpoint.split('\n')[1]).toBe(String(size));
  const text = files.get('index.json');
  if (text === undefined) return;
  const contents = JSON.parse(text) as Contents;
  const entries = contents.fixings.map((row) => Math.max(row.provisional ?? 0, row.final ?? 0));
  expect(Math.max(...entries)).toBe(size - 2);
  for (const [path, bytes] of files) {
    const expected = contents.files[path];
    if (expected !== undefined) expect(sha256(bytes), `${path} of ${size}`).toBe(expected);
  }
}

/** Each day but the last one is final: that is how they were published. */
function requireOrdered({ fixings }: { fixings: { date: string; state: string }[] }): void {
  expect(fixings.map(({ date }) => date)).toEqual(
    fixings.map((_, at) => addDays('2026-07-01', at)),
  );
  const states = fixings.map(({ state }) => state);
  expect(states).toEqual(
    fixings.map((_, at) => (at < fixings.length - 1 ? 'final' : 'provisional')),
  );
}
