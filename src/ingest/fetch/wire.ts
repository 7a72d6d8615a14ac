import { lookup } from 'node:dns/promises';
import type { IncomingMessage } from 'node:http';
import { type RequestOptions, request } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { addressIn, isPublicAddress } from './address.ts';
import { faultOf, WireFault } from './fault.ts';

/** The one module that opens sockets. What a server may do to us ends here. */
export interface Wire {
  /** The addresses of a name. */
  readonly resolve: (host: string) => Promise<readonly Address[]>;
  /** Which of them may be connected to. */
  readonly admits: (address: string) => boolean;
  readonly limits: Limits;
  /** Certificates to trust instead of the platform's. */
  readonly ca?: string;
}

export interface Address {
  readonly address: string;
  readonly family: number;
}

export interface Limits {
  /** From the look-up of the name to the end of the TLS handshake. */
  readonly connectMs: number;
  /** Without a byte. */
  readonly idleMs: number;
  /** All of one request: a server that sends a byte now and then is stopped too. */
  readonly totalMs: number;
  /** Of a body, both as it is sent and as it is decompressed. */
  readonly bodyBytes: number;
  readonly headerBytes: number;
}

/** The public internet. No flag and no variable replaces it: only a program that passes another. */
export const PUBLIC_WIRE: Wire = {
  resolve: (host) => lookup(host, { all: true, verbatim: true }),
  admits: isPublicAddress,
  limits: {
    connectMs: 15_000,
    idleMs: 30_000,
    totalMs: 300_000,
    bodyBytes: 128 * 1024 * 1024,
    headerBytes: 16 * 1024,
  },
};

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Decompressed. Empty where the status is not 200: nobody reads it. */
  readonly body: Uint8Array;
}

/**
 * Makes one GET request over https, without following a redirect and without trying again. The
 * address is checked where the connection takes it from, so that a name cannot change in between.
 *
 * @throws {WireFault} for whatever keeps a whole answer from arriving within the limits.
 */
export async function get(
  url: URL,
  headers: Readonly<Record<string, string>>,
  wire: Wire,
): Promise<WireResponse> {
  if (url.protocol !== 'https:') throw new WireFault('refused', `${url.protocol} is not https`);
  const literal = addressIn(url);
  if (literal !== undefined) admit(literal, wire);
  const { limits } = wire;
  const stopped = new AbortController();
  const stop = (fault: WireFault) => stopped.abort(fault);
  const total = deadline(limits.totalMs, 'the whole answer', stop);
  try {
    const response = await respond(url, headers, wire, stopped);
    return { ...response.head, body: await bodyOf(response.message, limits, stopped.signal) };
  } catch (error) {
    throw stopped.signal.aborted ? faultOf(stopped.signal.reason) : faultOf(error);
  } finally {
    clearTimeout(total);
    // Closes what is still open, such as the body of a redirect.
    stopped.abort();
  }
}

interface Head {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** Sends the request and waits for the head of the answer. */
function respond(
  url: URL,
  headers: Readonly<Record<string, string>>,
  wire: Wire,
  stopped: AbortController,
): Promise<{ head: Head; message: IncomingMessage }> {
  const { limits } = wire;
  const stop = (fault: WireFault) => stopped.abort(fault);
  const connect = deadline(limits.connectMs, 'a connection', stop);
  const options: RequestOptions = {
    agent: false,
    headers: { ...headers, 'accept-encoding': 'gzip' },
    lookup: lookupOf(wire),
    maxHeaderSize: limits.headerBytes,
    // Not left to NODE_TLS_REJECT_UNAUTHORIZED.
    rejectUnauthorized: true,
    signal: stopped.signal,
    ...(wire.ca === undefined ? {} : { ca: wire.ca }),
  };
  return new Promise<{ head: Head; message: IncomingMessage }>((resolve, reject) => {
    const outgoing = request(url, options);
    outgoing.on('socket', (socket) => {
      // The hook above has checked it already; nothing is sent before this says so again.
      socket.once('connect', () => {
        if (!wire.admits(socket.remoteAddress ?? '')) stop(privateAddress(socket.remoteAddress));
      });
      socket.once('secureConnect', () => clearTimeout(connect));
    });
    outgoing.setTimeout(limits.idleMs, () => stop(late(limits.idleMs, 'another byte')));
    outgoing.on('error', reject);
    outgoing.on('response', (message) => resolve({ head: headOf(message), message }));
    outgoing.end();
  }).finally(() => clearTimeout(connect));
}

function headOf(message: IncomingMessage): Head {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(message.headers)) {
    headers[name] = Array.isArray(value) ? value.join(', ') : (value ?? '');
  }
  return { status: message.statusCode ?? 0, headers };
}

async function bodyOf(
  message: IncomingMessage,
  { bodyBytes }: Limits,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  if (message.statusCode !== 200) return Buffer.concat(chunks);
  const encoding = (message.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  const keep = async (body: AsyncIterable<Uint8Array>) => {
    for await (const chunk of body) chunks.push(chunk);
  };
  const most = atMost(bodyBytes);
  if (encoding === 'identity') await pipeline(message, most, keep, { signal });
  else if (encoding === 'gzip') {
    await pipeline(message, most, createGunzip(), atMost(bodyBytes), keep, { signal });
  } else throw new WireFault('bad_encoding', `expected gzip or nothing, found ${encoding}`);
  if (!message.complete) throw new WireFault('incomplete', 'the answer ends too early');
  return Buffer.concat(chunks);
}

function atMost(bytes: number) {
  return async function* (chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    let size = 0;
    for await (const chunk of chunks) {
      size += chunk.length;
      if (size > bytes) throw new WireFault('too_large', `expected at most ${bytes} bytes`);
      yield chunk;
    }
  };
}

/** Resolves a name for a connection that is about to be made, and lets none through in part. */
function lookupOf(wire: Wire): NonNullable<RequestOptions['lookup']> {
  return (host, options, done) => {
    const give = async () => {
      const found = await wire.resolve(host);
      for (const { address } of found) admit(address, wire);
      const [first] = found;
      if (!first) throw new WireFault('no_address', 'the name has no address');
      return { found, first };
    };
    give().then(
      ({ found, first }) =>
        options.all ? done(null, [...found]) : done(null, first.address, first.family),
      (error) => done(error, '', 0),
    );
  };
}

function admit(address: string, wire: Wire): void {
  if (!wire.admits(address)) throw privateAddress(address);
}

function privateAddress(address: string | undefined): WireFault {
  const message = `expected an address of the public internet, found ${address ?? 'none'}`;
  return new WireFault('private_address', message);
}

function deadline(ms: number, what: string, stop: (fault: WireFault) => void): NodeJS.Timeout {
  return setTimeout(() => stop(late(ms, what)), ms);
}

function late(ms: number, what: string): WireFault {
  return new WireFault('timeout', `expected ${what} within ${ms / 1000} s`);
}
