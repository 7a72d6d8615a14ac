import { MtokError } from '../domain/failure.ts';
import { Refusal } from './refusal.ts';
import type { Source } from './source.ts';

const PATIENCE_MS = 30_000;
const LONGEST_FILE = 512 * 1024 * 1024;

/** What asks: the platform's own, or another that speaks as it does. */
export type Fetch = (place: URL, request: RequestInit) => Promise<Response>;

const platform: Fetch = (place, request) => fetch(place, request);

/** A publication on a web server. The one module of the library that asks the network. */
export function httpSource(url: string, send: Fetch = platform): Source {
  const base = url.endsWith('/') ? url : `${url}/`;
  return {
    name: url,
    read: async (path) => {
      const place = new URL(path, base);
      const response = await ask(place, {}, send);
      if (response.status === 404 || response.status === 410) return undefined;
      if (!response.ok) throw new MtokError('environment', `${place} answered ${response.status}`);
      const length = Number(response.headers.get('content-length') ?? 0);
      if (length > LONGEST_FILE) throw new Refusal(`${place} is ${length} bytes long`);
      return new Uint8Array(await response.arrayBuffer());
    },
  };
}

/** Asks a web server for a document: what it answers, whatever its status. */
export async function httpGet(
  url: string,
  send: Fetch = platform,
): Promise<{ readonly status: number; readonly retryAfter: string | null; readonly text: string }> {
  const response = await ask(new URL(url), {}, send);
  const length = Number(response.headers.get('content-length') ?? 0);
  if (length > LONGEST_FILE) throw new Refusal(`${url} is ${length} bytes long`);
  const retryAfter = response.headers.get('retry-after');
  return { status: response.status, retryAfter, text: await response.text() };
}

/** Sends a text to a web server: what it answers, whatever its status. */
export async function httpPost(
  url: string,
  text: string,
): Promise<{ readonly status: number; readonly text: string }> {
  const response = await ask(new URL(url), { method: 'POST', body: text });
  return { status: response.status, text: (await response.text()).slice(0, LONGEST_ANSWER) };
}

const LONGEST_ANSWER = 65_536;

async function ask(
  place: URL,
  request: RequestInit = {},
  send: Fetch = platform,
): Promise<Response> {
  try {
    // A checkpoint from a cache could be older than the documents beside it.
    return await send(place, {
      headers: { 'cache-control': 'no-cache' },
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...request,
    });
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new MtokError('environment', `cannot reach ${place}: ${why}`);
  }
}
