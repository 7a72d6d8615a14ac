import { z } from 'zod';
import { MtokError } from '../domain/failure.ts';
import { canonicalText } from './canonical.ts';
import { fromBase64, toBase64 } from './encoding.ts';
import type { Source } from './source.ts';

/** One file with everything that was read to verify a fixing: a dispute needs no network. */
const bundleSchema = z.strictObject({
  schema: z.literal('mtok.bundle/1'),
  source: z.string(),
  index: z.string(),
  date: z.string(),
  text: z.record(z.string(), z.string()),
  base64: z.record(z.string(), z.string()),
});

/** A source that remembers what was read from another, and can be written as a bundle. */
export function recording(source: Source): {
  source: Source;
  bundle: (of: { readonly index: string; readonly date: string }) => string;
} {
  const read = new Map<string, Uint8Array>();
  return {
    source: {
      name: source.name,
      read: async (path) => {
        const bytes = await source.read(path);
        if (bytes) read.set(path, bytes);
        return bytes;
      },
    },
    bundle: ({ index, date }) => {
      const [text, base64]: [Record<string, string>, Record<string, string>] = [{}, {}];
      for (const [path, bytes] of read) {
        const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
        const isText = sameText(decoded, bytes);
        if (isText) text[path] = decoded;
        else base64[path] = toBase64(bytes);
      }
      const schema = 'mtok.bundle/1';
      return canonicalText({ schema, source: source.name, index, date, text, base64 });
    },
  };
}

/** A bundle that was read: a publication, as far as one fixing needs it. */
export interface Bundle {
  readonly source: Source;
  readonly index: string;
  readonly date: string;
}

export function openBundle(document: string, name: string): Bundle {
  const parsed = bundleSchema.safeParse(parseJson(document));
  if (!parsed.success) {
    throw new MtokError('data', `expected ${name} to be a bundle, as mtok bundle writes it`);
  }
  const { text, base64, index, date } = parsed.data;
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const plain = own(text, path);
    if (plain !== undefined) return new TextEncoder().encode(plain);
    const encoded = own(base64, path);
    return encoded === undefined ? undefined : fromBase64(encoded, path);
  };
  return { source: { name, read }, index, date };
}

function own(files: Readonly<Record<string, string>>, path: string): string | undefined {
  return Object.hasOwn(files, path) ? files[path] : undefined;
}

/** The text is the bytes, and nothing was lost on the way. */
function sameText(text: string, bytes: Uint8Array): boolean {
  const again = new TextEncoder().encode(text);
  return again.length === bytes.length && again.every((byte, at) => byte === bytes[at]);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
