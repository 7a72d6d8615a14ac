import { z } from 'zod';
import type { Day } from '../domain/dates.ts';
import { dayText } from '../domain/document-text.ts';
import { MtokError } from '../domain/failure.ts';
import { canonicalText } from './canonical.ts';
import { fromBase64, toBase64 } from './encoding.ts';
import type { Source } from './source.ts';

/**
 * One file with everything that was read to verify a fixing, or those of a range of days: a
 * dispute and an audit need no network.
 */
const bundleSchema = z
  .strictObject({
    schema: z.literal('mtok.bundle/1'),
    source: z.string(),
    index: z.string().optional(),
    date: dayText.optional(),
    from: dayText.optional(),
    to: dayText.optional(),
    text: z.record(z.string(), z.string()),
    base64: z.record(z.string(), z.string()),
  })
  .refine(({ index, date, from, to }) =>
    date === undefined
      ? from !== undefined && to !== undefined
      : index !== undefined && from === undefined && to === undefined,
  );

/** What a bundle is of: one fixing, or the fixings of a range of days, of one index or of all. */
export type Extent =
  | { readonly index: string; readonly date: Day }
  | { readonly index?: string; readonly from: Day; readonly to: Day };

/** A source that remembers what was read from another, and can be written as a bundle. */
export function recording(source: Source): {
  source: Source;
  /** @param notes files that are for people, and no part of what was read. */
  bundle: (of: Extent & { readonly source?: string }, notes?: Record<string, string>) => string;
  /** The files that were read, with their sizes in bytes. */
  read: () => ReadonlyMap<string, number>;
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
    read: () => new Map([...read].map(([path, { length }]) => [path, length])),
    bundle: (of, notes = {}) => {
      const [text, base64]: [Record<string, string>, Record<string, string>] = [{ ...notes }, {}];
      for (const [path, bytes] of read) {
        const decoded = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
        const isText = sameText(decoded, bytes);
        if (isText) text[path] = decoded;
        else base64[path] = toBase64(bytes);
      }
      const schema = 'mtok.bundle/1';
      return canonicalText({ schema, source: source.name, ...of, text, base64 });
    },
  };
}

/** A bundle that was read: a publication, as far as its fixings need it. */
export interface Bundle {
  readonly source: Source;
  readonly index?: string | undefined;
  readonly date?: Day | undefined;
  readonly from?: Day | undefined;
  readonly to?: Day | undefined;
}

export function openBundle(document: string, name: string): Bundle {
  const parsed = bundleSchema.safeParse(parseJson(document));
  if (!parsed.success) {
    const writers = 'as mtok bundle and mtok evidence write it';
    throw new MtokError('data', `expected ${name} to be a bundle, ${writers}`);
  }
  const { text, base64, index, date, from, to } = parsed.data;
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const plain = own(text, path);
    if (plain !== undefined) return new TextEncoder().encode(plain);
    const encoded = own(base64, path);
    return encoded === undefined ? undefined : fromBase64(encoded, path);
  };
  return { source: { name, read }, index, date, from, to };
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
