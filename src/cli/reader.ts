import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { MtokError, unreadable } from '../domain/failure.ts';
import { readText } from '../ingest/files.ts';
import { writeDurably } from '../publish/durable.ts';
import { openBundle } from '../verify/bundle.ts';
import { directorySource } from '../verify/directory.ts';
import { httpSource } from '../verify/http.ts';
import { Refusal } from '../verify/refusal.ts';
import type { Source } from '../verify/source.ts';
import { parseVerifierKey, type VerifierKey } from '../verify/verifier-key.ts';
import type { Seen } from '../verify/verify.ts';

/** A publication as a reader names it, and whether it is a copy that stands still. */
export interface Place {
  readonly name: string;
  readonly source: Source;
  readonly isBundle: boolean;
  /** What a bundle is of. */
  readonly index?: string | undefined;
  readonly date?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Opens a directory, a web address, or a bundle. */
export async function openPlace(place: string): Promise<Place> {
  if (/^https?:\/\//.test(place)) {
    return { name: place, source: httpSource(place), isBundle: false };
  }
  const found = await stat(place).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(place, error);
  });
  if (found.isDirectory()) {
    return { name: resolve(place), source: directorySource(place), isBundle: false };
  }
  const text = await readText(place);
  return { name: resolve(place), ...openBundle(text, place), isBundle: true };
}

/** Keys as they are given: each a verifier key, or a file with one on each line. */
export async function readKeys(given: readonly string[]): Promise<VerifierKey[]> {
  const keys: VerifierKey[] = [];
  for (const one of given) {
    const isKey = /^[^\s+]+\+[0-9a-f]{8}\+/.test(one);
    const lines = isKey ? [one] : (await readText(one)).split('\n');
    for (const line of lines) {
      if (line.trim() === '' || line.startsWith('#')) continue;
      keys.push(parseKey(line.trim()));
    }
  }
  return keys;
}

function parseKey(text: string): VerifierKey {
  try {
    return parseVerifierKey(text);
  } catch (error) {
    if (error instanceof Refusal) throw new MtokError('usage', error.message);
    throw error;
  }
}

/** What a reader remembers of logs, by origin, and which origin was at which place. */
const memorySchema = z.strictObject({
  schema: z.literal('mtok.seen/1'),
  logs: z.record(
    z.string(),
    z.strictObject({
      origin: z.string(),
      size: z.int().min(0),
      root: z.string(),
      keys: z.array(z.string()),
    }),
  ),
  places: z.record(z.string(), z.string()),
});
export type Memory = z.output<typeof memorySchema>;

/** `~/.local/state/mtok/seen.json`, where the machine does not say otherwise. */
export function memoryPath(): string {
  const state = process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  return join(state, 'mtok', 'seen.json');
}

export async function readMemory(path: string): Promise<Memory> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  });
  if (text === undefined) return { schema: 'mtok.seen/1', logs: {}, places: {} };
  try {
    return memorySchema.parse(JSON.parse(text));
  } catch {
    // To start anew would forget what protects the reader.
    throw new MtokError('data', `${path} is damaged: restore it, or remove it to start anew`);
  }
}

/** What was seen of the log at a place, or of the log that it says it is. */
export async function recall(memory: Memory, place: Place): Promise<Seen | undefined> {
  const bytes = await place.source.read('checkpoint');
  const origin = new TextDecoder().decode(bytes ?? new Uint8Array()).split('\n')[0] ?? '';
  const before = memory.places[place.name];
  return memory.logs[before ?? origin];
}

export async function remember(
  path: string,
  memory: Memory,
  place: Place,
  seen: Seen,
): Promise<void> {
  const places = { ...memory.places, [place.name]: seen.origin };
  await rememberLog(path, { ...memory, places }, seen);
}

/** Remembers the tree of a log. @returns what is remembered now. */
export async function rememberLog(path: string, memory: Memory, seen: Seen): Promise<Memory> {
  const logs = { ...memory.logs, [seen.origin]: { ...seen, keys: [...seen.keys] } };
  const now = { ...memory, logs };
  await writeDurably(path, [`${JSON.stringify(now, null, 2)}\n`], { mode: 0o600 });
  return now;
}

/** The keys by which a log was believed. */
export function storedKeys(seen: Seen | undefined): VerifierKey[] {
  return (seen?.keys ?? []).map(parseKey);
}
