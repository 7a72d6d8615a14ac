import type { ApiProblem } from '../domain/api.ts';

/** Why a client has no answer. */
export type ClientFailureCode =
  /** The log does not have what was asked for. */
  | 'not_found'
  /** It is to come: ask again after a while. */
  | 'not_yet_published'
  /** What came is not what was signed: do not use it. */
  | 'not_verified'
  /** The server refuses the request as it is. */
  | 'refused'
  /** The server cannot be reached, or cannot answer. */
  | 'unreachable'
  /** What was asked for cannot be: the message says what was expected. */
  | 'bad_request';

export interface ClientFailure {
  readonly code: ClientFailureCode;
  readonly message: string;
  /** When to ask again, in seconds, where the server says so. */
  readonly retryAfterS?: number;
  /** What the server said (RFC 9457). */
  readonly problem?: ApiProblem;
}

export type ClientResult<Value> =
  | { readonly ok: true; readonly value: Value; readonly failure?: undefined }
  | { readonly ok: false; readonly failure: ClientFailure; readonly value?: undefined };

/** Carries a failure up to the method that was called. */
export class Failed extends Error {
  readonly failure: ClientFailure;

  constructor(failure: ClientFailure) {
    super(failure.message);
    this.name = 'Failed';
    this.failure = failure;
  }
}

export function failed(code: ClientFailureCode, message: string): Failed {
  return new Failed({ code, message });
}
