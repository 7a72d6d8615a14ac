import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { PROBLEM_TYPE, Problem, type ProblemKind, problemDocument } from './problem.ts';
import { sendProblem } from './send.ts';

/**
 * Refuses what two readers of one request could read differently: a second Host, a body that
 * nobody asked for. The connection ends with it, so that nothing after it is taken for a request.
 */
export function refuseOddRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  done: (error?: Error) => void,
): void {
  const problem = oddityOf(request);
  if (!problem) {
    done();
    return;
  }
  reply.header('connection', 'close');
  void sendProblem(request, reply, problem);
}

function oddityOf({ raw, headers }: FastifyRequest): Problem | undefined {
  let hosts = 0;
  const { rawHeaders } = raw;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at];
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1;
  }
  if (hosts > 1) return new Problem('bad-request', `expected one Host, found ${hosts}`);
  const length = headers['content-length'];
  const hasBody = headers['transfer-encoding'] !== undefined || (length ?? '0') !== '0';
  return hasBody ? new Problem('no-body-expected', 'expected a request without a body') : undefined;
}

const KINDS: Readonly<Record<string, ProblemKind>> = {
  HPE_HEADER_OVERFLOW: 'headers-too-large',
  ERR_HTTP_REQUEST_TIMEOUT: 'too-slow',
};

const STATUS_LINES: Readonly<Record<number, string>> = {
  400: '400 Bad Request',
  408: '408 Request Timeout',
  431: '431 Request Header Fields Too Large',
};

/** Answers what is no request, and ends its connection. */
export function answerClientError(error: Error & { code?: string }, socket: Socket): void {
  // What comes after it is read and passed over: to cut it off could cut off the answer too.
  if (ending.has(socket)) return;
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const kind = KINDS[error.code ?? ''] ?? 'bad-request';
  const document = problemDocument(new Problem(kind, DETAILS[kind] ?? 'expected HTTP/1.1'));
  const body = JSON.stringify(document);
  const lines = [
    `HTTP/1.1 ${STATUS_LINES[document.status] ?? STATUS_LINES[400]}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...['X-Content-Type-Options: nosniff', 'Cache-Control: no-store', 'Connection: close', '', ''],
  ];
  ending.add(socket);
  socket.end(lines.join('\r\n') + body);
  const timer = setTimeout(() => socket.destroy(), LAST_READING_MS);
  socket.once('close', () => clearTimeout(timer));
}

const LAST_READING_MS = 500;
const ending = new WeakSet<Socket>();

const DETAILS: Partial<Record<ProblemKind, string>> = {
  'headers-too-large': 'expected headers of at most 16 KiB in all',
  'too-slow': 'expected the whole request sooner',
};
