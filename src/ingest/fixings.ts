import { readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { parseMoment } from '../domain/dates.ts';
import { MtokError, unreadable } from '../domain/failure.ts';
import { type Fixing, fixingSchema } from '../domain/fixing.ts';
import { sha256Of } from './digest.ts';
import { filesIn, readBytes } from './files.ts';

/** A fixing's file: what it says, and the SHA-256 of its bytes. */
export interface FixingFile {
  readonly fixing: Fixing;
  readonly sha256: string;
  /** From when it was known, where a publication says that it was later than its own `known_at`. */
  readonly publishedAtMs?: number;
  /** From when it is final, `null` where a revision took its place, where a publication says so. */
  readonly finalFromMs?: number | null;
}

/** The part of a publication's `index.json` that says what is final. */
const statesSchema = z.object({
  schema: z.literal('mtok.publication/1'),
  fixings: z.array(
    z.object({
      index: z.string(),
      date: z.string(),
      revision: z.number(),
      sha256: z.string(),
      published_at: z.string(),
      final_from: z.string(),
    }),
  ),
});

/**
 * Reads the published fixings of indices: from a directory with `<INDEX>/<date>.json` in it, as
 * `mtok fix --out` writes them, or from a publication, which says which of them are final and lists
 * every one that counts.
 *
 * @throws {MtokError} where a file cannot be read, is no fixing, or is not as the publication says.
 */
export async function readFixings(
  directory: string,
  indices: readonly string[],
): Promise<FixingFile[]> {
  const states = await statesIn(directory);
  const folder = states ? join(directory, 'fixings') : directory;
  const files: FixingFile[] = [];
  for (const index of indices) {
    for (const path of await filesIn(join(folder, index), '.json')) {
      const file = await readFixing(path, index);
      files.push(states ? { ...file, ...stateOf(file, states, relative(folder, path)) } : file);
    }
  }
  return files;
}

async function readFixing(path: string, index: string): Promise<FixingFile> {
  const bytes = await readBytes(path);
  const result = fixingSchema.safeParse(jsonOf(bytes.toString('utf8'), path));
  if (!result.success) {
    const [issue] = result.error.issues;
    const where = issue ? `: ${issue.path.map(String).join('.')}: ${issue.message}` : '';
    throw new MtokError('data', `${path} is no fixing${where}`);
  }
  if (result.data.index !== index) {
    throw new MtokError(
      'data',
      `${path}: expected a fixing of ${index}, found ${result.data.index}`,
    );
  }
  return { fixing: result.data, sha256: sha256Of(bytes) };
}

type States = ReadonlyMap<string, z.output<typeof statesSchema>['fixings'][number]>;

/** `undefined` for a directory that is no publication. */
async function statesIn(directory: string): Promise<States | undefined> {
  const path = join(directory, 'index.json');
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw unreadable(path, error);
  });
  if (text === undefined) return undefined;
  const result = statesSchema.safeParse(jsonOf(text, path));
  if (!result.success) throw new MtokError('data', `${path} is no list of a publication's fixings`);
  return new Map(result.data.fixings.map((row) => [row.sha256, row]));
}

/**
 * When a live fixing was known and final, by what its publication says: it counts from when it was
 * published, and is final from its `final_from`, unless a revision takes its place before. One that
 * was reconstructed was published long after its day: its own `known_at` has to do.
 */
function stateOf(
  { fixing, sha256 }: FixingFile,
  states: States,
  name: string,
): Pick<FixingFile, 'publishedAtMs' | 'finalFromMs'> {
  const row = states.get(sha256);
  if (!row) {
    const advice = 'run mtok verify on the publication';
    throw new MtokError('data', `${name} is not as index.json lists it: ${advice}`);
  }
  return standingOf(row, fixing, [...states.values()]);
}

type Row = z.output<typeof statesSchema>['fixings'][number];

export function standingOf(
  row: Row,
  { basis }: Pick<Fixing, 'basis'>,
  rows: readonly Row[],
): Pick<FixingFile, 'publishedAtMs' | 'finalFromMs'> {
  if (basis === 'reconstructed') return {};
  const { index, date, revision } = row;
  const isReplaced = rows.some(
    (one) => one.index === index && one.date === date && one.revision > revision,
  );
  return {
    publishedAtMs: parseMoment(row.published_at) ?? 0,
    finalFromMs: isReplaced ? null : (parseMoment(row.final_from) ?? null),
  };
}

function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new MtokError('data', `${path}: expected JSON`);
  }
}
