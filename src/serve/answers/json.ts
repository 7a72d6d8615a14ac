import { FOR_SECONDS, type Representation, representationOf } from '../representation.ts';

export const JSON_TYPE = 'application/json; charset=utf-8';

/** A document of the API, and the state of the log that it is of. */
export function jsonAnswer(
  document: { readonly log: { readonly size: number } },
  headers: Readonly<Record<string, string>> = {},
): Representation {
  return representationOf(JSON_TYPE, Buffer.from(JSON.stringify(document)), FOR_SECONDS, {
    ...logSize(document.log.size),
    ...headers,
  });
}

/** Says of which state of the log an answer is, so that several can be told to be of one. */
export function logSize(size: number): Record<string, string> {
  return { 'mtok-log-size': String(size) };
}
