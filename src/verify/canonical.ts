import { ensure } from './refusal.ts';

/**
 * Canonical JSON (RFC 8785), written again for the reader: keys in UTF-16 order, no white space,
 * numbers and strings as ECMAScript writes them.
 *
 * @throws {Refusal} for what JSON cannot hold.
 */
export function canonicalText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const pairs = Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => `${canonicalText(key)}:${canonicalText(inner)}`);
    return `{${pairs.join(',')}}`;
  }
  if (typeof value === 'string') ensure(!/\p{Surrogate}/u.test(value), 'expected whole characters');
  if (typeof value === 'number') ensure(Number.isFinite(value), 'expected a finite number');
  const text = JSON.stringify(value);
  ensure(text !== undefined, 'expected a value that JSON can hold');
  return text;
}
