import { afterEach } from 'vitest';
import type { FeedSource } from '../../../src/ingest/fetch/source.ts';
import { sourceNamed } from '../../../src/ingest/fetch/sources.ts';
import { fetchFeed } from '../../../src/ingest/fetch/walk.ts';
import { reply, serve, type TestServer, world } from './server.ts';

export let server: TestServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

export const ASKED = { only: [] as string[], from: '2026-07-03', to: '2026-08-01' };

/** Fetches a feed as it is declared, but from a server here that answers by path. */
export async function fetchHere(
  name: string,
  answer: (path: string, origin: string) => string | undefined,
  only: string[] = [],
  key?: string,
) {
  const started = await serve((socket, request) => {
    const path = request.split(' ')[1] ?? '';
    const body = answer(path, `https://${started.host}`);
    socket.end(body === undefined ? reply('', { status: '404 Not Found' }) : reply(body));
  });
  server = started;
  const source = sourceNamed(name);
  const here = (url: string) =>
    url.replace(`https://${source.hosts[0]}/`, `https://${started.host}/`);
  const local: FeedSource = {
    ...source,
    hosts: [started.host],
    start: (asked) => source.start(asked).map((one) => ({ ...one, url: here(one.url) })),
    ...(source.follow
      ? {
          follow: (got, asked) =>
            (source.follow?.(got, asked) ?? []).map((one) => ({ ...one, url: here(one.url) })),
        }
      : {}),
  };
  const surroundings = world();
  const fetched = await fetchFeed(local, { ...ASKED, only }, key, surroundings);
  return { fetched, paths: started.requests.map((one) => one.split(' ')[1]), surroundings };
}
