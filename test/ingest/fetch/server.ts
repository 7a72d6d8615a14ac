import { readFileSync } from 'node:fs';
import { createServer, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import type { Surroundings } from '../../../src/ingest/fetch/client.ts';
import type { Wire } from '../../../src/ingest/fetch/wire.ts';

const PEM = readFileSync(fileURLToPath(new URL('feed-test.pem', import.meta.url)), 'utf8');

/** Writes an answer to the request with this number, as raw bytes: whatever a server may do. */
export type Answer = (socket: TLSSocket, request: string, count: number) => void;

export interface TestServer {
  /** `feed.test:PORT` */
  readonly host: string;
  readonly port: number;
  /** The requests as they came, heads only. */
  readonly requests: string[];
  /** How many connections were made, with or without a request. */
  readonly connections: () => number;
  readonly close: () => Promise<void>;
}

/** A TLS server in this process that answers as it is told. */
export async function serve(answer: Answer): Promise<TestServer> {
  const requests: string[] = [];
  const sockets = new Set<TLSSocket>();
  let connections = 0;
  const server = createServer({ key: PEM, cert: PEM }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    let head = '';
    socket.on('data', (bytes) => {
      head += bytes.toString('latin1');
      if (!head.includes('\r\n\r\n')) return;
      const request = head;
      head = '';
      requests.push(request);
      answer(socket, request, requests.length);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    host: `feed.test:${port}`,
    port,
    requests,
    connections: () => connections,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** A wire to this machine, on which every name is here. Production has no way to ask for it. */
export function localWire(changes: Partial<Wire> = {}): Wire {
  return {
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    admits: (address) => address === '127.0.0.1',
    limits: {
      ...{ connectMs: 5000, idleMs: 5000, totalMs: 10_000 },
      ...{ bodyBytes: 100_000, headerBytes: 4096 },
    },
    ca: PEM,
    ...changes,
  };
}

/** A world whose clock moves only while it sleeps. */
export function world(wire: Wire = localWire()): Surroundings & {
  readonly slept: number[];
  readonly told: string[];
} {
  const slept: number[] = [];
  const told: string[] = [];
  let nowMs = Date.UTC(2026, 7, 1, 11, 48, 47, 500);
  return {
    ...{ wire, slept, told, userAgent: 'mtok/test' },
    nowMs: () => nowMs,
    sleep: async (ms) => {
      slept.push(ms);
      nowMs += ms;
    },
    tell: (line) => told.push(line),
  };
}

/** A whole answer with a body. */
export function reply(
  body: string | Uint8Array,
  { status = '200 OK', headers = {} as Record<string, string | number> } = {},
): Buffer {
  const bytes = Buffer.from(body);
  const lines = Object.entries({ 'content-length': bytes.length, ...headers });
  const head = [`HTTP/1.1 ${status}`, ...lines.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), bytes]);
}
