import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

/** The bytes that answer a request, with what is said of them. */
export interface Representation {
  readonly status: number;
  readonly type: string;
  readonly bytes: Uint8Array;
  /** SHA-256 of the bytes, or of all that they follow from, in hexadecimal. */
  readonly tag: string;
  readonly cacheControl: string;
  /** Other headers, in pairs. */
  readonly headers: Readonly<Record<string, string>>;
  /** It gets shorter by more than the header costs that says so. */
  readonly isCompressible: boolean;
  /** Compressed forms, once they were asked for. */
  readonly encoded: Map<Encoding, Promise<Uint8Array>>;
}

export type Encoding = 'br' | 'gzip';

/** Immutable files for a year; what changes for seconds. */
export const FOR_EVER = 'public, max-age=31536000, immutable';
export const FOR_SECONDS = 'public, max-age=2, must-revalidate';
export const NEVER = 'no-store';

export function representationOf(
  type: string,
  bytes: Uint8Array,
  cacheControl: string,
  headers: Readonly<Record<string, string>> = {},
  more: { readonly status?: number; readonly tag?: string } = {},
): Representation {
  const tag = more.tag ?? createHash('sha256').update(bytes).digest('hex');
  const isCompressible = bytes.length >= LEAST_COMPRESSED && COMPRESSIBLE.test(type);
  const { status = 200 } = more;
  return { status, type, bytes, tag, cacheControl, headers, isCompressible, encoded: new Map() };
}

const LEAST_COMPRESSED = 512;
const COMPRESSIBLE = /^(?:text\/|application\/(?:json|yaml|x-ndjson|problem\+json))/;

/** A compressed form: made once, and kept with what it is made of. */
export function encodedBytes(of: Representation, encoding: Encoding): Promise<Uint8Array> {
  const known = of.encoded.get(encoding);
  if (known) return known;
  const made = encoding === 'gzip' ? gzipped(of.bytes) : brotli(of.bytes);
  of.encoded.set(encoding, made);
  return made;
}

const gzipAsync = promisify(gzip);
const brotliAsync = promisify(brotliCompress);

const gzipped = (bytes: Uint8Array): Promise<Uint8Array> => gzipAsync(bytes);

const BROTLI_QUALITY = 5;

const brotli = (bytes: Uint8Array): Promise<Uint8Array> =>
  brotliAsync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } });

/**
 * The encoding to answer in (RFC 9110, section 12.5.3): br before gzip where both are as welcome.
 *
 * @returns `undefined` for the bytes as they are.
 */
export function encodingFor(acceptEncoding: string | undefined): Encoding | undefined {
  if (acceptEncoding === undefined || acceptEncoding.length > LONGEST_HEADER) return undefined;
  const weights = new Map<string, number>();
  for (const part of acceptEncoding.split(',')) {
    const [name = '', ...parameters] = part.split(';').map((one) => one.trim().toLowerCase());
    weights.set(name, weightOf(parameters));
  }
  const weight = (name: string) => weights.get(name) ?? weights.get('*') ?? 0;
  const identity = weights.get('identity') ?? 0;
  const [br, gz] = [weight('br'), weight('gzip')];
  if (br > 0 && br >= gz && br >= identity) return 'br';
  return gz > 0 && gz >= identity ? 'gzip' : undefined;
}

const LONGEST_HEADER = 1024;

function weightOf(parameters: readonly string[]): number {
  const q = parameters.find((one) => one.startsWith('q='));
  if (q === undefined) return 1;
  const text = q.slice(2);
  return /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(text) ? Number(text) : 0;
}

/** The entity tag of a form: each encoding has other bytes, and so another tag. */
export function etagOf({ tag }: { readonly tag: string }, encoding: Encoding | undefined): string {
  return encoding === undefined ? `"${tag}"` : `"${tag}-${encoding}"`;
}

/** True where `If-None-Match` names a tag, or any (RFC 9110, section 13.1.2: weak comparison). */
export function isMatch(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  return ifNoneMatch.split(',').some((one) => one.trim().replace(/^W\//, '') === etag);
}

/** One part of the bytes, both ends inclusive. */
export interface ByteRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The range that is asked for (RFC 9110, section 14). Several ranges, other units and what is no
 * range are passed over, as that section allows: then the whole is the answer.
 */
export function rangeFor(
  range: string | undefined,
  length: number,
): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(range ?? '');
  if (!match) return undefined;
  const [, first = '', last = ''] = match;
  if (first === '' && last === '') return undefined;
  if (first === '') {
    const suffix = Number(last);
    if (suffix === 0 || length === 0) return 'unsatisfiable';
    return { from: Math.max(0, length - suffix), to: length - 1 };
  }
  const [from, to] = [Number(first), last === '' ? length - 1 : Number(last)];
  if (last !== '' && to < from) return undefined;
  return from >= length ? 'unsatisfiable' : { from, to: Math.min(to, length - 1) };
}
