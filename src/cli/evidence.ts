import { relative, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import type { Day } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import { fixingSchema } from '../domain/fixing.ts';
import { type Contents, contentsSchema } from '../domain/publication.ts';
import { writeDurably } from '../publish/durable.ts';
import { evidenceReadme } from '../publish/evidence/readme.ts';
import { settleAgain } from '../settle/settle-again.ts';
import { recording } from '../verify/bundle.ts';
import { parseDocument, readFile } from '../verify/documents.ts';
import { Refusal } from '../verify/refusal.ts';
import type { Source } from '../verify/source.ts';
import { counted } from '../verify/steps.ts';
import { readTiles } from '../verify/tiles.ts';
import { openTrusted } from '../verify/trust.ts';
import { parseVerifierKey } from '../verify/verifier-key.ts';
import { type Seen, verify } from '../verify/verify.ts';
import { dayFlag, requireRange } from './book.ts';
import { note, print, printJson } from './output.ts';
import { openPlace, readKeys } from './reader.ts';
import { requirePass } from './verify.ts';

interface EvidenceFlags {
  readonly publication: string;
  readonly from: Day;
  readonly to: Day;
  readonly index?: string;
  readonly key?: string[];
  readonly out: string;
  readonly json?: boolean;
}

/** `mtok evidence`: one archive for an auditor. */
export function addEvidence(program: Command): void {
  program
    .command('evidence')
    .description('write one archive from which an auditor verifies and replays a range of days')
    .requiredOption('--publication <dir>', 'the publication: a directory, a web address, a bundle')
    .requiredOption('--from <day>', 'the first day', dayFlag)
    .requiredOption('--to <day>', 'the last day, inclusive', dayFlag)
    .requiredOption('--out <file>', 'the archive')
    .option('--index <id>', 'one index (default: all)')
    .option('--key <key...>', 'public keys of the log, or files with them')
    .option('--json', 'what was written, as JSON')
    .addHelpText(
      'after',
      `
Fixings, inputs, decisions, rulebooks, receipts and proofs, with a README.md that says how to
replay them: a bundle of many days, which mtok verify reads. The same publication gives the same
bytes. What does not verify is not written.

Examples:
  mtok evidence --publication public --from 2026-01-01 --to 2026-12-31 --out evidence-2026.json
  mtok verify evidence-2026.json --key index.example/mtok+…
  jq -j '.text["README.md"]' evidence-2026.json`,
    )
    .action(run);
}

/** One string holds the archive, and an engine has a longest string. */
const MOST_BYTES = 384 * 1024 * 1024;

async function run(flags: EvidenceFlags): Promise<void> {
  const { publication, from, to, index, out } = flags;
  requireRange(from, to);
  const place = await openPlace(publication);
  if (!place.isBundle) refuseWithin(publication, out);
  const { source, bundle, read } = recording(place.source);
  const keys = await readKeys(flags.key ?? []);
  const request = { keys, witnesses: [], index, from, to, settleAgain };
  const done = await verify(source, request);
  requirePass(done, `${publication} does not verify: no evidence was written`);
  const contents = await readContents(source);
  const tree = treeOf(done.seen);
  await readForOtherKeys(source, contents, tree);
  await source.read('methodology.md');
  const files = read();
  requireRoom([...files.values()].reduce((total, size) => total + size, 0));
  const paths = [...files.keys()];
  const readme = evidenceReadme({
    ...{ from, to, contents, paths, ...tree },
    ...(index === undefined ? {} : { index }),
    calculation: await calculationsOf(source, paths),
  });
  // The name of the log, and not where it was read: the bytes are the same on every machine.
  const extent = { ...(index === undefined ? {} : { index }), from, to, source: contents.origin };
  const text = bundle(extent, { 'README.md': readme });
  await writeDurably(out, [text]);
  if (flags.json) {
    printJson({ written: out, fixings: done.fixings, files: paths.length, steps: done.steps });
    return;
  }
  const recomputed = done.steps.find(({ name }) => name === 'recompute');
  if (recomputed?.detail.includes('not all rows')) note(recomputed.detail);
  print(`written: ${out}, ${counted(done.fixings, 'fixing')}, ${counted(paths.length, 'file')}`);
}

/** A file that the log does not know would make the publication fail to verify. */
function refuseWithin(publication: string, out: string): void {
  if (/^https?:/.test(publication)) return;
  const path = relative(resolve(publication), resolve(out));
  if (path.split(sep)[0] === '..') return;
  throw new MtokError('usage', `expected --out outside of the publication, found ${out}`);
}

async function readContents(source: Source): Promise<Contents> {
  return parseDocument(await readFile(source, 'index.json'), contentsSchema, 'index.json');
}

/**
 * A reader may know an older key alone, or one that is none of this log: what leads from each key
 * to the next goes along, and the word of the log on every key.
 */
async function readForOtherKeys(
  source: Source,
  { keys }: Contents,
  { size }: { readonly size: number },
): Promise<void> {
  await source.read('keys.txt');
  const tiles = readTiles(source, size);
  for (const number of keys.flatMap(({ added, revoked }) => [added, revoked])) {
    if (number === null) continue;
    await source.read(`receipts/keys/${number}.tlog-proof`);
    await tiles.entry(number);
  }
  for (const { key } of keys) {
    try {
      await openTrusted(source, [parseVerifierKey(key)]);
    } catch (error) {
      // A key that leads nowhere, as a revoked one may, needs no proof.
      if (!(error instanceof Refusal)) throw error;
    }
  }
}

function treeOf(seen: Seen | undefined): { size: number; root: string } {
  if (!seen) throw new RangeError('expected a tree of a publication that passed');
  return { size: seen.size, root: seen.root };
}

/** Which calculations the fixings are of, in order. */
async function calculationsOf(source: Source, paths: readonly string[]): Promise<number[]> {
  const found = new Set<number>();
  for (const path of paths.filter((one) => one.startsWith('fixings/'))) {
    const { engine } = parseDocument(await readFile(source, path), fixingSchema, path);
    found.add(engine.calculation);
  }
  return [...found].sort((a, b) => a - b);
}

function requireRoom(bytes: number): void {
  if (bytes <= MOST_BYTES) return;
  const size = `${Math.round(bytes / 1024 / 1024)} MiB`;
  const advice = 'take fewer days, or one index with --index';
  throw new MtokError('usage', `expected at most 384 MiB of files, found ${size}: ${advice}`);
}
