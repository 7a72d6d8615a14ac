import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, relative, sep } from 'node:path';
import { type Command, Option } from 'commander';
import { addDays, type Day, daysBetween } from '../domain/dates.ts';
import { MtokError, unreadable } from '../domain/failure.ts';
import { byCodePoint } from '../domain/group.ts';
import { INPUT_KINDS, type Manifest } from '../domain/publication.ts';
import { latestOf } from '../domain/versions.ts';
import { cannotFix } from '../fix/fixing.ts';
import type { InputKind } from '../fix/inputs.ts';
import { latestDay } from '../fix/latest.ts';
import type { BookFiles } from '../ingest/book.ts';
import { type Evidence, evidenceOf } from '../normalize/evidence.ts';
import type { Signer } from '../publish/log/keys.ts';
import { renderMethodology } from '../publish/methodology/document.ts';
import { calculated } from '../publish/publication/calculated.ts';
import type { FixingDraft, PublishRequest } from '../publish/publication/plan.ts';
import { type Published, publish, rehearse } from '../publish/publication/publish.ts';
import type { VerifierKey } from '../verify/verifier-key.ts';
import {
  type BookFlags,
  bookFiles,
  chooseIndices,
  dayFlag,
  openBook,
  SHIPPED_BOOK,
  type Versions,
  withBookFlags,
} from './book.ts';
import { openSigner } from './key.ts';
import { note, print, printJson } from './output.ts';
import { readKeys } from './reader.ts';
import { askWitnesses, type Cosigned } from './witnesses.ts';

interface PublishFlags extends BookFlags {
  readonly out: string;
  readonly index?: string;
  readonly date?: Day;
  readonly from?: Day;
  readonly to?: Day;
  readonly key: string;
  readonly origin?: string;
  readonly digestOnly?: InputKind[];
  readonly witness?: string[];
  readonly witnessKey?: string[];
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `mtok publish`: calculates fixings, writes them, logs them and signs the log. */
export function addPublish(program: Command): void {
  withBookFlags(program.command('publish'))
    .description('calculate, write, log and sign fixings: a directory that strangers can check')
    .requiredOption('--out <dir>', 'the publication: a directory for any web server')
    .requiredOption('--key <file>', 'the private key to sign with (mtok key new)')
    .option('--index <id>', 'one index (default: all)')
    .option('--date <day>', 'the day (default: the latest with data)', dayFlag)
    .option('--from <day>', 'the first day of a range', dayFlag)
    .option('--to <day>', 'the last day of a range, inclusive', dayFlag)
    .option('--origin <name>', 'the name of the log, where it has to be that of the key')
    .addOption(
      new Option('--digest-only <kind...>', 'inputs whose licence keeps their rows back').choices(
        INPUT_KINDS,
      ),
    )
    .option('--witness <url...>', 'witnesses to hand the checkpoint to (C2SP tlog-witness)')
    .option('--witness-key <key...>', 'their public keys, or files with them')
    .option('--dry-run', 'say what would be published, and write nothing')
    .option('--json', 'what was published, as JSON')
    .addHelpText(
      'after',
      `
Run twice it does nothing the second time. The passphrase of the key is taken from MTOK_PASSPHRASE,
else asked for on the terminal.

Examples:
  mtok key new --name index.example/mtok --out mtok.key
  mtok publish --out public --key mtok.key
  mtok publish --out public --key mtok.key --from 2026-08-01 --to 2026-08-21`,
    )
    .action(run);
}

async function run(flags: PublishFlags): Promise<void> {
  const [from, to] = rangeOf(flags);
  const witnessKeys = await witnessKeysOf(flags);
  const signer = await openSigner(flags.key);
  if (flags.origin !== undefined && flags.origin !== signer.name) {
    throw new MtokError(
      'usage',
      `expected a key of ${flags.origin}: ${flags.key} is of ${signer.name}`,
    );
  }
  const book = await openBook(flags);
  const evidence = evidenceOf(book.rows);
  const last = to ?? latestDay(evidence);
  if (last === undefined) throw new MtokError('data', 'expected at least one quote: none was read');
  const first = from ?? last;
  const files = await bookFiles(flags);
  const request = {
    rulebooks: await rulebookTexts(files),
    manifest: await manifestOf(files, flags.book ?? SHIPPED_BOOK),
    digestOnly: flags.digestOnly ?? [],
    methodology: () => renderMethodology(book.rulebooks, evidence, last),
    keys: [],
  };
  const indices = chooseIndices(book, flags.index);
  const done: Published[] = [];
  for (const [start, end] of monthsOf(first, last)) {
    const drafts = draftsOf(indices, evidence, start, end);
    done.push(await perform(flags, signer, { ...request, drafts, nowMs: Date.now() }));
  }
  const cosigned =
    flags.witness && !flags.dryRun
      ? await askWitnesses(flags.out, flags.witness, witnessKeys)
      : NOBODY;
  report(done, cosigned, flags);
  if (cosigned.failures.length > 0) {
    const what = ['published, and not cosigned by all witnesses:', ...cosigned.failures].join('\n');
    throw new MtokError('environment', `${what}\nRun this again to ask them again`);
  }
}

const NOBODY: Cosigned = { by: [], failures: [] };

/** Without its key nobody could tell a witness's cosignature from another line. */
async function witnessKeysOf({ witness, witnessKey = [] }: PublishFlags): Promise<VerifierKey[]> {
  const keys = (await readKeys(witnessKey)).filter(({ role }) => role === 'witness');
  if (witness && keys.length === 0) {
    throw new MtokError('usage', 'expected the public keys of the witnesses, with --witness-key');
  }
  return keys;
}

function perform(
  { out, dryRun }: PublishFlags,
  signer: Signer,
  request: PublishRequest,
): Promise<Published> {
  return dryRun ? rehearse(out, [signer], request) : publish(out, [signer], request);
}

function rangeOf({ date, from, to }: PublishFlags): [Day | undefined, Day | undefined] {
  if (date !== undefined && (from !== undefined || to !== undefined)) {
    throw new MtokError('usage', 'expected --date, or --from and --to, not both');
  }
  if ((from === undefined) !== (to === undefined)) {
    throw new MtokError('usage', 'expected --from and --to together');
  }
  if (from !== undefined && to !== undefined && to < from) {
    throw new MtokError('usage', `expected --to on or after --from ${from}: ${to}`);
  }
  return [from ?? date, to ?? date];
}

/** A long range is published a month at a time: each is signed, and what is done stays done. */
function monthsOf(from: Day, to: Day): [Day, Day][] {
  const months: [Day, Day][] = [];
  for (let start = from; start <= to; ) {
    const next = addDays(`${start.slice(0, 7)}-28`, 4);
    const end = addDays(`${next.slice(0, 7)}-01`, -1);
    months.push([start, daysBetween(end, to) < 0 ? to : end]);
    start = addDays(end, 1);
  }
  return months;
}

function draftsOf(
  indices: readonly Versions[],
  evidence: Evidence,
  from: Day,
  to: Day,
): FixingDraft[] {
  return indices.flatMap((versions) => {
    const none = from === to ? cannotFix(versions, evidence, to) : undefined;
    if (none) note(none.message);
    if (none || latestOf(versions).base.date > to) return [];
    return [...calculated(versions, evidence, from, to)];
  });
}

/** Each rulebook's text as it is on the disk: what a fixing holds the digest of. */
async function rulebookTexts({ rulebooks }: BookFiles): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  for (const path of rulebooks) {
    const text = (await read(path)).toString('utf8');
    texts.set(sha256(Buffer.from(text, 'utf8')), text);
  }
  return texts;
}

/** The files that were read; those outside the book go by their own name. */
async function manifestOf(files: BookFiles, book: string): Promise<Manifest> {
  const paths = Object.values(files).flat();
  const listed = await Promise.all(
    paths.map(async (path) => {
      const bytes = await read(path);
      const within = relative(book, path).split(sep).join('/');
      const name = within.startsWith('..') ? basename(path) : within;
      return { path: name, bytes: bytes.length, sha256: sha256(bytes) };
    }),
  );
  return {
    schema: 'mtok.manifest/1',
    files: listed.sort((a, b) => byCodePoint(a.path, b.path)),
  };
}

const SHOWN_IN_FULL = 20;

function report(
  done: readonly Published[],
  { by }: Cosigned,
  { json, dryRun }: PublishFlags,
): void {
  const added = done.flatMap((one) => one.added);
  const finalized = done.flatMap((one) => one.finalized);
  const unchanged = done.reduce((count, one) => count + one.unchanged, 0);
  const isRecovered = done.some((one) => one.isRecovered);
  const size = done.at(-1)?.size ?? 0;
  if (json) {
    printJson({ added, finalized, unchanged, isRecovered, size, cosigned: by });
    return;
  }
  const would = dryRun ? 'would be ' : '';
  if (isRecovered) note(`an interrupted publication ${would}completed first`);
  for (const { index, date, revision, state, status } of added.slice(0, SHOWN_IN_FULL)) {
    const name = `${index} ${date}${revision === 0 ? '' : ` revision ${revision}`}`;
    print(`${would}published: ${name}, ${status === 'withheld' ? 'withheld, ' : ''}${state}`);
  }
  if (added.length > SHOWN_IN_FULL) print(`… and ${added.length - SHOWN_IN_FULL} more`);
  if (finalized.length > 0) print(`${would}final: ${finalized.length} that were provisional`);
  if (unchanged > 0) print(`there already: ${unchanged}`);
  print(`the log ${dryRun ? 'would have' : 'has'} ${size} entries`);
  if (by.length > 0) print(`cosigned by ${by.join(', ')}`);
}

async function read(path: string): Promise<Buffer> {
  return readFile(path).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(path, error);
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
