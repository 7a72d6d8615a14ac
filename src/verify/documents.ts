import type { z } from 'zod';
import { canonicalText } from './canonical.ts';
import { digestHex, fromUtf8 } from './encoding.ts';
import { ensure, Refusal } from './refusal.ts';
import type { Source } from './source.ts';

/** The bytes of a file that must be there. */
export async function readFile(source: Source, path: string): Promise<Uint8Array> {
  const bytes = await source.read(path);
  if (bytes) return bytes;
  throw new Refusal(`${path} is missing`);
}

/** The bytes of a file that must have a digest. */
export async function readDigested(
  source: Source,
  path: string,
  sha256: string,
): Promise<Uint8Array> {
  const bytes = await readFile(source, path);
  const found = digestHex(bytes);
  ensure(found === sha256, `${path} has the SHA-256 ${found}, expected ${sha256}`);
  return bytes;
}

/** A canonical JSON document: its bytes are the only ones that say it. */
export function parseDocument<Schema extends z.ZodType>(
  bytes: Uint8Array,
  schema: Schema,
  what: string,
): z.output<Schema> {
  const text = fromUtf8(bytes, what);
  const result = schema.safeParse(parseJson(text, what));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new Refusal(`${what}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'wrong form'}`);
  }
  ensure(canonicalText(result.data) === text, `${what} is not in canonical form`);
  return result.data;
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(`expected ${what} to be JSON`);
  }
}

/** Does things some at a time: a web server is not asked for thousands of files at once. */
export async function inBatches<Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<void>,
): Promise<void> {
  const AT_ONCE = 16;
  for (let at = 0; at < items.length; at += AT_ONCE) {
    await Promise.all(items.slice(at, at + AT_ONCE).map(act));
  }
}
