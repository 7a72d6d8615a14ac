import { type Fixing, fixingSchema } from '../../src/domain/fixing.ts';
import { contentsSchema } from '../../src/domain/publication.ts';
import { openBundle } from '../../src/verify/bundle.ts';
import { canonicalText } from '../../src/verify/canonical.ts';
import { parseDocument } from '../../src/verify/documents.ts';
import { digestHex } from '../../src/verify/encoding.ts';
import { fixingPath } from '../../src/verify/fixing.ts';
import { httpSource } from '../../src/verify/http.ts';
import { calculateAgain } from '../../src/verify/recompute.ts';
import { Refusal } from '../../src/verify/refusal.ts';
import type { Source } from '../../src/verify/source.ts';
import { parseVerifierKey } from '../../src/verify/verifier-key.ts';
import { verify } from '../../src/verify/verify.ts';
import { browserSignature } from './browser-signature.ts';
import type { Checked, CheckQuestion, Figures, FolderFile, Place } from './protocol.ts';

/** What is checked, and from where. */
interface Opened {
  readonly source: Source;
  /** It stands still: an older tree than was seen elsewhere is no fault of it. */
  readonly isCopy: boolean;
  readonly index?: string | undefined;
  readonly date?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Verifies a publication, or some fixings of one, and shows what came out of calculating again. */
export async function check(
  question: CheckQuestion,
  reading: (path: string) => void,
): Promise<Checked> {
  const opened = open(question.place);
  const { from, to } = opened;
  const index = question.index ?? opened.index;
  const date = question.date ?? opened.date;
  const one = index !== undefined && date !== undefined ? { index, date } : undefined;
  const { source, read } = readOnce(opened.source, reading, one !== undefined);
  const seen = opened.isCopy ? undefined : await seenOf(source, question);
  // The keys that were seen first count, until the reader gives others.
  const known = question.keys.length > 0 ? question.keys : (seen?.keys ?? []);
  const keys = known.map(parseVerifierKey);
  const request = { keys, witnesses: [], index, date, from, to };
  const done = await verify(source, { ...request, seen });
  const own = await browserSignature(source, keys);
  const steps = done.steps.flatMap((step) =>
    step.name === 'signature' && step.result === 'pass' ? [step, own] : [step],
  );
  const pass = steps.every(({ result }) => result !== 'fail');
  const published = one && (await lastFixing(source, one));
  return {
    ...{ kind: 'check', of: describe(opened, index, date), steps, pass },
    ...(done.seen && pass && !opened.isCopy ? { seen: done.seen } : {}),
    ...(published ? { figures: await figures(source, published) } : {}),
    rows: published ? Object.entries(published.inputs).map(([kind, of]) => [kind, of.count]) : [],
    ...{ files: read.size, bytes: [...read.values()].reduce((sum, size) => sum + size, 0) },
  };
}

function describe({ source, from, to }: Opened, index?: string, date?: string): string {
  const days = from === undefined ? (date ?? 'every day') : `${from} to ${to}`;
  return `${index ?? 'every index'}, ${days}, from ${source.name}`;
}

/** What was seen of one log says nothing of another. */
async function seenOf(source: Source, { seen }: CheckQuestion): Promise<CheckQuestion['seen']> {
  if (!seen) return undefined;
  const bytes = await source.read('checkpoint');
  const origin = bytes && new TextDecoder().decode(bytes).split('\n')[0];
  return origin === seen.origin ? seen : undefined;
}

function open(place: Place): Opened {
  if (place.kind === 'web') return { source: httpSource(place.base), isCopy: false };
  if (place.kind === 'folder') {
    return { source: folderSource(place.name, place.files), isCopy: true };
  }
  const { text, name, base } = place;
  if (/"schema":\s*"mtok\.bundle\/1"/.test(text)) {
    return { ...openBundle(text, name), isCopy: true };
  }
  const bytes = new TextEncoder().encode(text);
  const { index, date, revision } = readFixing(bytes, name);
  if (base === undefined) {
    throw new Refusal(
      `${name} is a fixing alone: a page from a disk cannot read the files that it rests on. ` +
        'Give its bundle, or the folder of the publication',
    );
  }
  const server = httpSource(base);
  const path = fixingPath({ index, date, revision });
  const read: Source['read'] = async (asked) => (asked === path ? bytes : server.read(asked));
  return { source: { name: `${name} and ${base}`, read }, isCopy: false, index, date };
}

function readFixing(bytes: Uint8Array, name: string): Fixing {
  try {
    return parseDocument(bytes, fixingSchema, name);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new Refusal(`expected a fixing or a bundle as mtok writes them: ${error.message}`);
  }
}

/** Names that begin with a dot are the writer's own business. */
function folderSource(name: string, files: readonly FolderFile[]): Source {
  const known = new Map(files.filter(([path]) => !path.startsWith('.') && !path.includes('/.')));
  return {
    name,
    read: async (path) => {
      const file = known.get(path);
      return file && new Uint8Array(await file.arrayBuffer());
    },
    list: async () => [...known.keys()].sort(),
  };
}

/** Reads each file once, where few are to be kept in memory, and tells of it. */
function readOnce(
  source: Source,
  reading: (path: string) => void,
  isKept: boolean,
): { source: Source; read: ReadonlyMap<string, number> } {
  const read = new Map<string, number>();
  const known = new Map<string, Promise<Uint8Array | undefined>>();
  const readNew = async (path: string): Promise<Uint8Array | undefined> => {
    reading(path);
    const bytes = await source.read(path);
    if (bytes) read.set(path, bytes.length);
    return bytes;
  };
  const readAgain: Source['read'] = (path) => {
    const found = known.get(path) ?? readNew(path);
    if (isKept) known.set(path, found);
    return found;
  };
  return { source: { ...source, read: readAgain }, read };
}

/** The last revision of a day, as index.json has it: `verify` says whether that is signed. */
async function lastFixing(
  source: Source,
  { index, date }: { readonly index: string; readonly date: string },
): Promise<Fixing | undefined> {
  const contents = contentsSchema.safeParse(parseJson(await source.read('index.json')));
  const row = contents.data?.fixings.findLast((one) => one.index === index && one.date === date);
  if (!row) return undefined;
  const fixing = fixingSchema.safeParse(parseJson(await source.read(fixingPath(row))));
  return fixing.data;
}

function parseJson(bytes: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

async function figures(source: Source, published: Fixing): Promise<Checked['figures']> {
  try {
    const calculated = figuresOf(await calculateAgain(source, published));
    return { published: figuresOf(published), calculated };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { published: figuresOf(published), calculated: why };
  }
}

function figuresOf(fixing: Fixing): Figures {
  const { value, level, coverage, constituents } = fixing;
  return {
    ...{ price: value?.price ?? null, input: value?.input ?? null },
    ...{
      cached_input: value?.cached_input ?? null,
      output: value?.output ?? null,
      level,
      coverage,
    },
    constituents: String(constituents.length),
    sha256: digestHex(new TextEncoder().encode(canonicalText(fixing))),
  };
}
