import { MtokError, shorten } from '../../domain/failure.ts';
import { sha256Of } from '../digest.ts';
import { type Document, getDocument, type Surroundings } from './client.ts';
import { type Asked, type FeedSource, partOf, type Target } from './source.ts';

/** A document as it was fetched, with all that an auditor asks of it. */
export interface RawFile {
  /** What tells it from the other files of the feed; empty for a feed of one file. */
  readonly part: string;
  readonly url: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
  /** What the server says of the file: type, date, version. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Fetched {
  readonly feed: string;
  readonly extension: 'json' | 'csv';
  /** When the last byte had come: nothing in it was known later. */
  readonly fetchedAtMs: number;
  readonly files: readonly RawFile[];
}

/** A feed that leads on and on is not one that we know. */
const MOST_REQUESTS = 1000;
const MOST_BYTES = 512 * 1024 * 1024;
/** Between two requests, so that a feed of hundreds of files is no burden. */
const PAUSE_MS = 200;

/**
 * Gets all documents of a feed: all, or none. Where one is missing, the feed would look as if its
 * prices had gone.
 *
 * @param key of the feed's own variable; never part of what is returned or said.
 * @throws {MtokError} of kind `environment` or `data`.
 */
export async function fetchFeed(
  source: FeedSource,
  asked: Asked,
  key: string | undefined,
  world: Surroundings,
): Promise<Fetched> {
  const files: RawFile[] = [];
  const seen = { urls: new Set<string>(), parts: new Set<string>(), sums: new Set<string>() };
  const queue: Target[] = [...source.start(asked)];
  let bytes = 0;
  for (let index = 0; index < queue.length; index += 1) {
    const target = queue[index] as Target;
    if (index === MOST_REQUESTS) throw incomplete(source, `more than ${MOST_REQUESTS} documents`);
    once(seen.urls, target.url, 'a link to what was fetched before');
    if (index > 0) await world.sleep(PAUSE_MS);
    world.tell(`${source.name} ${index + 1}/${queue.length} ${target.part}`.trimEnd());
    const document = await getDocument(target.url, source, key, world);
    bytes += document.body.length;
    if (bytes > MOST_BYTES) throw incomplete(source, `more than ${MOST_BYTES} bytes`);
    if (target.keep) files.push(kept(target, document));
    if (!source.follow) continue;
    const text = Buffer.from(document.body).toString('utf8');
    for (const next of source.follow({ target, url: document.url, text }, asked)) queue.push(next);
  }
  const missing = asked.only.filter((name) => !files.some(({ part }) => names(part, name)));
  if (source.parts && missing.length > 0) {
    throw incomplete(source, `no ${source.parts} called ${shorten(missing.join(', '))}`);
  }
  if (files.length === 0) throw incomplete(source, 'an index of nothing');
  const { name: feed, extension = 'json' } = source;
  return { feed, extension, fetchedAtMs: world.nowMs(), files };

  function kept({ part }: Target, { url, headers, body }: Document): RawFile {
    if (part !== '' && !SAFE_PART.test(part)) {
      throw incomplete(source, `a name that is not fit for a file: ${shorten(part)}`);
    }
    once(seen.parts, part, 'two documents of one name');
    const sha256 = sha256Of(body);
    // Pages that repeat themselves never end, or hide those that they stand for.
    if (!source.parts) once(seen.sums, sha256, 'the same page under two addresses');
    return { part, url, bytes: body, sha256, headers: told(headers) };
  }

  function once(known: Set<string>, value: string, found: string): void {
    if (known.has(value)) throw incomplete(source, `${found} (${shorten(value)})`);
    known.add(value);
  }
}

const SAFE_PART = /^[A-Za-z0-9][A-Za-z0-9._@+-]{0,119}$/;

function names(part: string, name: string): boolean {
  const own = partOf(name);
  return part === own || part.endsWith(`.${own}`);
}

const TELLING = ['content-type', 'date', 'etag', 'last-modified'];

function told(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    TELLING.flatMap((name) => {
      const value = headers[name];
      return value === undefined ? [] : [[name, shorten(value)]];
    }),
  );
}

function incomplete({ name }: FeedSource, found: string): MtokError {
  const expected = `expected the feed as its format page describes it, found ${found}`;
  return new MtokError('data', `cannot fetch ${name}: ${expected}; nothing was kept`);
}
