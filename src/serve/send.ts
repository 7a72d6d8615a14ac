import { createReadStream } from 'node:fs';
import { createBrotliCompress, createGzip } from 'node:zlib';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { LargeFile } from './answers/files.ts';
import { Problem, problemRepresentation } from './problem.ts';
import {
  type ByteRange,
  type Encoding,
  encodedBytes,
  encodingFor,
  etagOf,
  FOR_EVER,
  isMatch,
  NEVER,
  type Representation,
  rangeFor,
} from './representation.ts';

type Headers = Record<string, string>;

/**
 * What a handler gives back: nothing where the answer is on its way already, else the reply itself,
 * once it is. A promise of nothing would be taken for an answer of nothing.
 */
export type Sending = Promise<FastifyReply> | undefined;

/** Answers with bytes in memory: whole, compressed, or not at all where the reader has them. */
export function send(
  request: FastifyRequest,
  reply: FastifyReply,
  of: Representation,
  takesRanges = false,
): Sending {
  const { headers } = request;
  if (takesRanges && headers.range !== undefined && of.status === 200) {
    sendRange(request, reply, of);
    return undefined;
  }
  const encoding = of.isCompressible ? encodingFor(headers['accept-encoding']) : undefined;
  if (isKept(of) && isMatch(headers['if-none-match'], etagOf(of, encoding))) {
    reply
      .headers(headersOf(of, encoding, takesRanges))
      .code(304)
      .send();
    return undefined;
  }
  if (encoding === undefined) {
    write(request, reply, of, encoding, takesRanges);
    return undefined;
  }
  return encodedBytes(of, encoding).then((bytes) => {
    write(request, reply, of, encoding, takesRanges, bytes);
    return reply;
  });
}

/**
 * What is whole goes out past the framework, with headers that were made before: they are most of
 * what a short answer costs.
 */
function write(
  request: FastifyRequest,
  reply: FastifyReply,
  of: Representation,
  encoding: Encoding | undefined,
  ranges: boolean,
  bytes = of.bytes,
): void {
  if (of.status !== 200) {
    reply
      .headers(headersOf(of, encoding, ranges))
      .code(of.status)
      .send(bytes);
    return;
  }
  reply.hijack();
  reply.raw.writeHead(200, linesOf(of, encoding, ranges, bytes.length));
  reply.raw.end(request.method === 'HEAD' ? undefined : bytes);
}

/** The headers of the bytes as they are, in pairs. */
export function plainLines(of: Representation, ranges: boolean): string[] {
  return linesOf(of, undefined, ranges, of.bytes.length);
}

function linesOf(
  of: Representation,
  encoding: Encoding | undefined,
  ranges: boolean,
  length: number,
): string[] {
  const forms = written.get(of) ?? new Map<string, string[]>();
  written.set(of, forms);
  const key = encoding === undefined ? (ranges ? 'ranges' : 'plain') : `${encoding} ${ranges}`;
  const known = forms.get(key);
  if (known) return known;
  const headers = { ...headersOf(of, encoding, ranges), 'content-length': `${length}` };
  const lines = Object.entries(headers).flat();
  forms.set(key, lines);
  return lines;
}

const written = new WeakMap<Representation, Map<string, string[]>>();

function headersOf(of: Representation, encoding: Encoding | undefined, ranges: boolean): Headers {
  return {
    'content-type': of.type,
    'cache-control': of.cacheControl,
    'x-content-type-options': 'nosniff',
    ...(isKept(of) ? { etag: etagOf(of, encoding) } : {}),
    ...(of.isCompressible ? { vary: 'Accept-Encoding' } : {}),
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    ...(ranges ? { 'accept-ranges': 'bytes' } : {}),
    ...of.headers,
  };
}

/** What no cache keeps has no tag to compare it by. */
function isKept({ status, cacheControl }: Representation): boolean {
  return status === 200 && cacheControl !== NEVER;
}

function sendRange(request: FastifyRequest, reply: FastifyReply, of: Representation): void {
  reply.headers(headersOf(of, undefined, true));
  const etag = etagOf(of, undefined);
  if (isMatch(request.headers['if-none-match'], etag)) {
    reply.code(304).send();
    return;
  }
  const range = askedRange(request, etag, of.bytes.length);
  if (range === undefined) {
    reply.send(of.bytes);
    return;
  }
  reply.code(206).header('content-range', `bytes ${range.from}-${range.to}/${of.bytes.length}`);
  reply.send(of.bytes.subarray(range.from, range.to + 1));
}

/** A range of another version of the file is none: then the whole is the answer. */
function askedRange(
  { headers }: FastifyRequest,
  etag: string,
  length: number,
): ByteRange | undefined {
  const ifRange = headers['if-range'];
  if (ifRange !== undefined && ifRange !== etag) return undefined;
  const range = rangeFor(headers.range, length);
  if (range !== 'unsatisfiable') return range;
  throw new NoSuchRange(length);
}

/** RFC 9110, section 15.5.17: the answer says how long the file is. */
export class NoSuchRange extends Problem {
  readonly length: number;

  constructor(length: number) {
    super('no-such-range', `expected a range of the ${length} bytes that the file has`);
    this.length = length;
  }
}

/** Answers with a file that is read as it is sent. */
export function sendLarge(
  request: FastifyRequest,
  reply: FastifyReply,
  file: LargeFile,
): FastifyReply {
  const { headers, method } = request;
  const { place, length, type } = file;
  const isPlain = headers.range !== undefined || !type.startsWith('text/');
  const encoding = isPlain ? undefined : encodingFor(headers['accept-encoding']);
  const etag = etagOf(file, encoding);
  reply.headers({
    ...{ 'content-type': type, 'cache-control': FOR_EVER, 'x-content-type-options': 'nosniff' },
    ...{ etag, vary: 'Accept-Encoding', 'accept-ranges': 'bytes', ...file.headers },
    ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
  });
  if (isMatch(headers['if-none-match'], etag)) return reply.code(304).send();
  const range = headers.range === undefined ? undefined : askedRange(request, etag, length);
  if (range) {
    reply.code(206).header('content-range', `bytes ${range.from}-${range.to}/${length}`);
  }
  const { from, to } = range ?? { from: 0, to: length - 1 };
  if (encoding === undefined) reply.header('content-length', to - from + 1);
  if (method === 'HEAD') {
    // The framework would say that it has no bytes.
    reply.hijack();
    reply.raw.writeHead(reply.statusCode, reply.getHeaders() as Headers).end();
    return reply;
  }
  const bytes = createReadStream(place, { start: from, end: to });
  if (encoding === undefined) return reply.send(bytes);
  const compress = encoding === 'gzip' ? createGzip() : createBrotliCompress();
  bytes.on('error', (error) => compress.destroy(error));
  compress.on('close', () => bytes.destroy());
  return reply.send(bytes.pipe(compress));
}

/** Answers with why a request is not answered otherwise. */
export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  problem: Problem,
): Sending {
  if (problem instanceof NoSuchRange) {
    reply.header('content-range', `bytes */${problem.length}`);
  }
  for (const name of ['etag', 'accept-ranges', 'content-encoding', 'content-disposition']) {
    reply.removeHeader(name);
  }
  return send(request, reply, problemRepresentation(problem));
}
