import { isUtf8 } from 'node:buffer';
import { MtokError, shorten } from '../../domain/failure.ts';
import { faultOf, WireFault } from './fault.ts';
import type { FeedSource } from './source.ts';
import { get, type Wire, type WireResponse } from './wire.ts';

/** What a fetch needs of the world, so that a test can be all of it. */
export interface Surroundings {
  readonly wire: Wire;
  readonly userAgent: string;
  readonly nowMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Says what is being done, for a person. */
  readonly tell: (line: string) => void;
}

export interface Document {
  /** Where it came from in the end. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const MOST_REDIRECTS = 3;

/**
 * Gets one document, JSON or a table, from an allow-listed host, through redirects among such
 * hosts, and tries again where that may help.
 *
 * @param source its hosts, with a port where it is not 443, and how the names of its files end.
 * @param key sent as a bearer token; it is in no message.
 * @throws {MtokError} of kind `environment`, or `data` where what came is no such document.
 */
export async function getDocument(
  start: string,
  { hosts, extension = 'json' }: Pick<FeedSource, 'hosts' | 'extension'>,
  key: string | undefined,
  world: Surroundings,
): Promise<Document> {
  let url = start;
  for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects += 1) {
    const response = await persist(admitted(url, hosts), FORMS[extension].type, key, world);
    if (response.status === 200) {
      return { url, ...response, body: checked(response.body, url, extension) };
    }
    const { location } = response.headers;
    if (location === undefined || !URL.canParse(location, url)) {
      const found = location === undefined ? 'nothing' : shorten(location);
      throw cannot(url, new WireFault('bad_redirect', `expected a location, found ${found}`));
    }
    url = new URL(location, url).href;
  }
  throw cannot(start, new WireFault('bad_redirect', `more than ${MOST_REDIRECTS} redirects`));
}

/** A redirect, or a link in a page, leads nowhere but to the feed's own hosts. */
function admitted(text: string, hosts: readonly string[]): URL {
  const fault = (found: string) => {
    const expected = `expected https://${hosts.join(' or https://')}, found ${shorten(found)}`;
    return cannot(text, new WireFault('refused', expected));
  };
  if (!URL.canParse(text)) throw fault('no address');
  const url = new URL(text);
  if (url.protocol !== 'https:' || !hosts.includes(url.host)) throw fault(url.origin);
  // A name and a password in an address would be sent, and would be kept beside the file.
  if (url.username !== '' || url.password !== '') throw fault('a user in the address');
  return url;
}

const MOST_ATTEMPTS = 4;
const FIRST_WAIT_MS = 1000;
/** Who asks for more patience is asked again by a person. */
const LONGEST_WAIT_MS = 120_000;

/** Asks until there is an answer or a redirect, or no hope for one. */
async function persist(
  url: URL,
  accept: string,
  key: string | undefined,
  world: Surroundings,
): Promise<WireResponse> {
  const headers = {
    accept,
    'user-agent': world.userAgent,
    ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return judged(await get(url, headers, world.wire), world.nowMs());
    } catch (error) {
      const fault = faultOf(error);
      const waitMs = fault.retryAfterMs ?? FIRST_WAIT_MS * 2 ** (attempt - 1);
      if (!fault.passes || attempt === MOST_ATTEMPTS) throw cannot(url.href, fault, attempt);
      if (waitMs > LONGEST_WAIT_MS) throw cannot(url.href, fault, attempt);
      world.tell(`${url.host}: ${fault.message}; trying again in ${Math.ceil(waitMs / 1000)} s`);
      await world.sleep(waitMs);
    }
  }
}

const REDIRECTS = [301, 302, 303, 307, 308];
/** Statuses that servers give for a while. */
const BUSY = [408, 425, 429, 500, 502, 503, 504];

function judged(response: WireResponse, nowMs: number): WireResponse {
  const { status, headers } = response;
  if (status === 200 || REDIRECTS.includes(status)) return response;
  if (!BUSY.includes(status)) throw new WireFault('refused', `expected 200, found ${status}`);
  const waitMs = retryAfterMs(headers['retry-after'] ?? '', nowMs);
  const asks = waitMs === undefined ? '' : `, which asks for ${Math.ceil(waitMs / 1000)} s`;
  throw new WireFault('busy', `expected 200, found ${status}${asks}`, waitMs);
}

/** Seconds, or the time in HTTP's form; `undefined` for anything else. */
function retryAfterMs(text: string, nowMs: number): number | undefined {
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const atMs = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

/**
 * A login page or the half of a file comes with status 200 as well, and GitHub calls JSON plain
 * text: so the body is looked at, not the type that it claims. The import reads it in earnest.
 */
function checked(body: Uint8Array, url: string, extension: keyof typeof FORMS): Uint8Array {
  const { what, isWhole } = FORMS[extension];
  const fault = (found: string) => {
    const message = `cannot use ${url}: expected ${what}, found ${found} [not_${extension}]`;
    return new MtokError('data', `${message}; nothing was kept`);
  };
  if (!isUtf8(body)) throw fault('bytes that are no UTF-8');
  // Trimming takes a byte order mark off as well.
  const head = Buffer.from(body.subarray(0, ENDS)).toString('utf8').trimStart();
  const tail = Buffer.from(body.subarray(-ENDS)).toString('latin1');
  if (!isWhole(head, tail))
    throw fault(head === '' ? 'nothing' : JSON.stringify(head.slice(0, 40)));
  return body;
}

const FORMS = {
  json: {
    type: 'application/json',
    what: 'a whole JSON document',
    isWhole: (head: string, tail: string) => /^\{.*\}$|^\[.*\]$/s.test(`${head}${tail.trimEnd()}`),
  },
  csv: {
    type: 'text/csv',
    what: 'a table of comma-separated values with whole lines',
    isWhole: (head: string, tail: string) => /^[^<{,\n]+,/.test(head) && tail.endsWith('\n'),
  },
};

/** Enough to see past some white space. */
const ENDS = 1000;

const LONGEST_URL = 300;

function cannot(url: string, { code, message }: WireFault, attempts = 1): MtokError {
  const tried = attempts > 1 ? ` (${attempts} attempts)` : '';
  // What follows a question mark may be a secret of somebody else's redirect.
  const [place = ''] = url.split('?');
  const text = `cannot fetch ${place.slice(0, LONGEST_URL)}: ${message} [${code}]${tried}`;
  return new MtokError('environment', `${text}; nothing was kept`);
}
