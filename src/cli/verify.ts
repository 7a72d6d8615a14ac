import type { Command } from 'commander';
import type { Day } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import { writeDurably } from '../publish/durable.ts';
import { settleAgain } from '../settle/settle-again.ts';
import { recording } from '../verify/bundle.ts';
import { sameBytes } from '../verify/encoding.ts';
import { type Verification, type VerifyRequest, verify } from '../verify/verify.ts';
import { dayFlag, requireRange } from './book.ts';
import { print, printJson } from './output.ts';
import {
  memoryPath,
  openPlace,
  type Place,
  readKeys,
  readMemory,
  recall,
  remember,
} from './reader.ts';
import { type Style, styleFor } from './terminal.ts';

interface VerifyFlags {
  readonly index?: string;
  readonly date?: Day;
  readonly from?: Day;
  readonly to?: Day;
  readonly key?: string[];
  readonly witness?: string[];
  readonly state?: string;
  readonly json?: boolean;
}

interface BundleFlags {
  readonly index: string;
  readonly date: Day;
  readonly key?: string[];
  readonly out?: string;
}

/** `mtok verify`: checks a publication, or a fixing of it, from the outside. */
export function addVerify(program: Command): void {
  program
    .command('verify <publication>')
    .description('check a publication: a directory, a web address, or a bundle')
    .option('--index <id>', 'one index (default: all, and every file)')
    .option('--date <day>', 'one day', dayFlag)
    .option('--from <day>', 'the first day of a range', dayFlag)
    .option('--to <day>', 'the last day of a range, inclusive', dayFlag)
    .option('--key <key...>', 'public keys of the log, or files with them (default: those seen)')
    .option('--witness <key...>', 'witnesses that must have cosigned')
    .option('--state <file>', 'where the last checkpoint seen is kept (default: your state folder)')
    .option('--json', 'the steps, as JSON')
    .addHelpText(
      'after',
      `
Examples:
  mtok verify public
  mtok verify https://index.example/mtok/ --key index.example/mtok+…
  mtok verify public --index MTOK-LIST --date 2026-08-21
  mtok verify MTOK-LIST-2026-08-21.bundle.json
  mtok verify evidence-2026.json --from 2026-07-01 --to 2026-09-30`,
    )
    .action(run);
}

/** `mtok bundle`: one file with all that a dispute about a fixing needs. */
export function addBundle(program: Command): void {
  program
    .command('bundle <publication>')
    .description('write one file from which a fixing can be verified offline')
    .requiredOption('--index <id>', 'the index')
    .requiredOption('--date <day>', 'the day', dayFlag)
    .option('--key <key...>', 'public keys of the log, or files with them')
    .option('--out <file>', 'the bundle (default: INDEX-DATE.bundle.json)')
    .action(bundle);
}

async function run(name: string, flags: VerifyFlags): Promise<void> {
  const place = await openPlace(name);
  const path = flags.state ?? memoryPath();
  const memory = await readMemory(path);
  const before = await recall(memory, place);
  const request: VerifyRequest = {
    keys: await readKeys([...(flags.key ?? []), ...(before?.keys ?? [])]),
    witnesses: await readKeys(flags.witness ?? []),
    // A bundle stands still: what was seen later says nothing against it.
    seen: place.isBundle ? undefined : before,
    index: flags.index ?? place.index,
    ...daysOf(flags, place),
    settleAgain,
  };
  const done = await verifySettled(place, request);
  if (done.seen && !place.isBundle) await remember(path, memory, place, done.seen);
  if (flags.json) printJson({ publication: name, ...done });
  else for (const line of describe(done, styleFor(process.stdout, process.env))) print(line);
  if (!done.pass) throw new MtokError('no', `${name} does not verify`);
}

/** The days that are asked for, else those that a bundle is of. */
function daysOf({ date, from, to }: VerifyFlags, place: Place) {
  if (date !== undefined && (from !== undefined || to !== undefined)) {
    throw new MtokError('usage', 'expected --date, or --from and --to, not both');
  }
  if (from !== undefined && to !== undefined) requireRange(from, to);
  if (date !== undefined || from !== undefined || to !== undefined) return { date, from, to };
  return { date: place.date, from: place.from, to: place.to };
}

const MOST_TRIES = 3;

/** A reader may come between the documents of a publication and its checkpoint: it looks again. */
async function verifySettled(place: Place, request: VerifyRequest): Promise<Verification> {
  for (let tries = 1; ; tries += 1) {
    const before = await place.source.read('checkpoint');
    const done = await verify(place.source, request);
    if (done.pass || tries === MOST_TRIES) return done;
    const after = await place.source.read('checkpoint');
    if (!before || !after || sameBytes(before, after)) return done;
  }
}

async function bundle(name: string, flags: BundleFlags): Promise<void> {
  const place = await openPlace(name);
  const { source, bundle: text } = recording(place.source);
  const done = await verify(source, {
    keys: await readKeys(flags.key ?? []),
    witnesses: [],
    index: flags.index,
    date: flags.date,
  });
  requirePass(done, `${name} does not verify: no bundle was written`);
  // Without a key of its own a reader of the bundle takes that of the publication.
  await source.read('keys.txt');
  const path = flags.out ?? `${flags.index}-${flags.date}.bundle.json`;
  await writeDurably(path, [text({ index: flags.index, date: flags.date })]);
  print(`written: ${path}`);
}

/** @throws {MtokError} with the steps on stderr, where one failed. */
export function requirePass(done: Verification, message: string): void {
  if (done.pass) return;
  const style = styleFor(process.stderr, process.env);
  for (const line of describe(done, style)) process.stderr.write(`${line}\n`);
  throw new MtokError('no', message);
}

const MARKS = { pass: 'pass', fail: 'FAIL', skipped: 'skip' } as const;

function describe({ steps, pass, fixings }: Verification, style: Style): string[] {
  const lines = steps.flatMap(({ name, result, detail, advice }) => [
    `${MARKS[result]}  ${name.padEnd(12)} ${detail}`,
    ...(advice ? [style.dim(`      ${advice}`)] : []),
  ]);
  const noun = fixings === 1 ? 'fixing' : 'fixings';
  return [...lines, pass ? `verified: ${fixings} ${noun}` : 'not verified'];
}
