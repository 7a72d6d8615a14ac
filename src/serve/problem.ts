import type { ApiProblem } from '../domain/api.ts';
import { shorten } from '../domain/failure.ts';
import { NEVER, type Representation, representationOf } from './representation.ts';

/** Each kind of problem: its title, and what it means. The page /docs lists them by these names. */
export const PROBLEMS = {
  'bad-parameter': { status: 400, title: 'A parameter is not of its form' },
  'bad-request': { status: 400, title: 'The request cannot be read' },
  'no-such-index': { status: 404, title: 'There is no such index' },
  'no-such-fixing': { status: 404, title: 'There is no such fixing, and none is to come' },
  'not-yet-published': { status: 404, title: 'The fixing is not published yet' },
  'no-such-settlement': { status: 404, title: 'There is no such settlement' },
  'no-such-page': { status: 404, title: 'There is nothing at this address' },
  'method-not-allowed': { status: 405, title: 'This server only reads' },
  'no-body-expected': { status: 413, title: 'A request without a body was expected' },
  'no-such-range': { status: 416, title: 'The file has no such range' },
  'cannot-be-explained': { status: 422, title: 'The move cannot be explained' },
  'too-slow': { status: 408, title: 'The request took too long' },
  'headers-too-large': { status: 431, title: 'The headers are too long' },
  damaged: { status: 500, title: 'A file is not what was signed' },
  fault: { status: 500, title: 'A fault of the server' },
  busy: { status: 503, title: 'Too much is asked for at once' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ProblemKind = keyof typeof PROBLEMS;

export interface ProblemDetails {
  readonly parameter?: string;
  readonly expected?: string;
  readonly found?: string;
}

/** Something that a request cannot have: thrown by a handler, and answered (RFC 9457). */
export class Problem extends Error {
  readonly kind: ProblemKind;
  readonly details: ProblemDetails;
  readonly retryAfterS: number | undefined;

  constructor(
    kind: ProblemKind,
    detail: string,
    details: ProblemDetails = {},
    retryAfterS?: number | undefined,
  ) {
    super(detail);
    this.name = 'Problem';
    this.kind = kind;
    this.details = details;
    this.retryAfterS = retryAfterS;
  }
}

/** A parameter that is not of its form: its name, what was expected, and what was found. */
export function badParameter(parameter: string, expected: string, found: unknown): Problem {
  const text = shownValue(found);
  const detail = `${parameter}: expected ${expected}, found ${JSON.stringify(text)}`;
  return new Problem('bad-parameter', detail, { parameter, expected, found: text });
}

/** What was sent, so that it cannot be taken for anything else: no control or bidi characters. */
export function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return shorten(text).replace(
    /[\p{C}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

export function problemDocument({ kind, message, details }: Problem): ApiProblem {
  const { status, title } = PROBLEMS[kind];
  return { type: `/docs#${kind}`, title, status, detail: message, ...details };
}

export const PROBLEM_TYPE = 'application/problem+json';

export function problemRepresentation(problem: Problem): Representation {
  const bytes = Buffer.from(JSON.stringify(problemDocument(problem)));
  const retry = problem.retryAfterS;
  const headers: Record<string, string> = {
    ...(retry === undefined ? {} : { 'retry-after': String(retry) }),
    ...(problem.kind === 'method-not-allowed' ? { allow: 'GET, HEAD' } : {}),
  };
  return representationOf(PROBLEM_TYPE, bytes, NEVER, headers, {
    status: PROBLEMS[problem.kind].status,
  });
}
