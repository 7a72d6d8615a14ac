import canonicalize from 'canonicalize';
import type { Fixing } from '../domain/fixing.ts';

/**
 * Canonical JSON (RFC 8785): keys sorted, no white space, one way to write each value. The same
 * document is the same bytes.
 *
 * @throws {RangeError} for what JSON cannot hold.
 */
export function canonicalJson(document: unknown): string {
  const text = canonicalize(document);
  if (text === undefined) throw new RangeError('expected a JSON document');
  return text;
}

/** Where a fixing lies under a directory of fixings. */
export function fixingPath(fixing: Pick<Fixing, 'index' | 'date' | 'revision'>): string {
  const revision = fixing.revision === 0 ? '' : `.r${fixing.revision}`;
  return `${fixing.index}/${fixing.date}${revision}.json`;
}
