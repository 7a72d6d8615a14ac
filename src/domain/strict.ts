import type { z } from 'zod';
import { nearest } from './failure.ts';

/** What is wrong in a file with a strict schema, and the path of the key that it is about. */
export interface StrictIssue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/**
 * Checks parsed YAML against a schema; an unknown key is refused with the nearest known one.
 *
 * @param shape the schema without its own refinements, in which known keys are looked up.
 */
export function checkStrictly<Schema extends z.ZodType>(
  schema: Schema,
  shape: z.ZodType,
  document: unknown,
): { readonly value?: z.output<Schema>; readonly issues: readonly StrictIssue[] } {
  const hidden = prototypeKeys(document, []);
  if (hidden.length > 0) return { issues: hidden };
  const result = schema.safeParse(document);
  if (result.success) return { value: result.data, issues: [] };
  return { issues: result.error.issues.flatMap((issue) => describeIssue(issue, shape)) };
}

/** A key that JavaScript's own objects would swallow in silence. */
function prototypeKeys(value: unknown, path: readonly (string | number)[]): StrictIssue[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => {
    const inside = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === '__proto__') {
      return [{ path: inside, message: 'expected a known key: __proto__ can be none' }];
    }
    return prototypeKeys((value as Record<string, unknown>)[key], inside);
  });
}

function describeIssue(issue: z.core.$ZodIssue, shape: z.ZodType): StrictIssue[] {
  const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
  if (issue.code !== 'unrecognized_keys') {
    const message = issue.message
      .replace(/^Invalid (input|option): /, '')
      .replace(/^Invalid discriminator value. Expected /, 'expected ')
      .replace(/^expected \w+, received undefined$/, 'expected a value: the key is missing');
    return [{ path, message }];
  }
  const known = keysAt(shape, path);
  return issue.keys.map((key) => {
    const near = nearest(key, known);
    const advice = near ? `did you mean \`${near}\`?` : `expected one of ${known.join(', ')}`;
    return { path: [...path, key], message: `expected a known key: ${advice}` };
  });
}

/** The keys that the schema knows under a path, through defaults, refinements and null. */
function keysAt(schema: unknown, path: readonly (string | number)[]): string[] {
  const definition = (schema as { def?: Record<string, unknown> }).def ?? {};
  if ('innerType' in definition) return keysAt(definition.innerType, path);
  // What is read and then transformed.
  if ('in' in definition) return keysAt(definition.in, path);
  if (Array.isArray(definition.options)) {
    return definition.options.flatMap((option: unknown) => keysAt(option, path));
  }
  if (definition.element !== undefined) return keysAt(definition.element, path.slice(1));
  const inner = definition.shape as Record<string, unknown> | undefined;
  if (!inner) return [];
  const [first, ...rest] = path;
  return first === undefined ? Object.keys(inner) : keysAt(inner[first], rest);
}
