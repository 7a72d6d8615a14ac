import { join } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import type { Contract } from '../domain/contract.ts';
import { type Decimal, decimal, parseDecimal } from '../domain/decimal.ts';
import { MtokError } from '../domain/failure.ts';
import { type Settlement, settlementSchema } from '../domain/settlement.ts';
import { sha256Of } from '../ingest/digest.ts';
import { readBytes } from '../ingest/files.ts';
import { canonicalJson } from '../publish/canonical.ts';
import { writeDurably } from '../publish/durable.ts';
import { dailyHorizons } from '../settle/daily.ts';
import { type Period, periodsOf } from '../settle/period.ts';
import { type SettlementInputs, settle } from '../settle/settle.ts';
import { type Target, targetOf } from '../settle/target.ts';
import { momentFlag, openBook, withBookFlags } from './book.ts';
import { contractNamed } from './contract-named.ts';
import { note, print, printJson } from './output.ts';
import { settlementInputs } from './settle-inputs.ts';
import { type LogFlags, logAll } from './settle-log.ts';
import { describeDaily, describePeriods, describeSettlement } from './settle-view.ts';
import { styleFor } from './terminal.ts';

interface SettleFlags extends LogFlags {
  readonly period?: string;
  readonly fixings?: string;
  readonly supersedes?: string;
  readonly daily?: boolean;
  readonly target?: Decimal;
  readonly out?: string;
  readonly json?: boolean;
}

/** `mtok settle`: what a contract settles at. */
export function addSettle(program: Command): void {
  withBookFlags(program.command('settle'))
    .description('settle a contract on published fixings')
    .requiredOption('--contract <file>', "a contract's file, or the name of one in the book")
    .option('--period <period>', 'a month (2026-08), or a year of a strip (2026)')
    .option('--fixings <dir>', 'published fixings (default: calculated from the book)')
    .option('--known-at <time>', 'as it was known then (default: at the last fixing)', momentFlag)
    .option('--prior <value>', 'the settlement before, for ties that settle nearer to it', value)
    .option('--supersedes <file>', 'the settlement document that this one takes over from')
    .option('--daily', 'the indicative settlement of each day of the period')
    .option('--target <value>', 'what the remaining days would have to average for it', value)
    .option('--out <dir>', 'write the document, and the evidence where it is undetermined')
    .option('--publication <dir>', 'settle on its fixings, and log the document there')
    .option('--key <file>', 'the private key to sign the log with (mtok key new)')
    .option('--json', 'the canonical document; an array with --daily, or for a year')
    .addHelpText(
      'after',
      `
It rests on published fixings alone. Each day settles on its fixing, else on the first rung of the
contract's ladder that gives a value. Exit code 1 where a settlement is undetermined, with the
evidence of each day.

With --publication the document is logged and signed as fixings are, with the contract and the rows
that it rests on: mtok verify settles it again. Each one supersedes the one before it of its period,
up to the final one; run again it logs nothing new.

Examples:
  mtok settle --contract MTOK-LIST-USD-MONTH --period 2026-07
  mtok settle --contract MTOK-LIST-USD-MONTH --period 2026-08 --target 72
  mtok settle --contract MTOK-LIST-USD-MONTH --period 2026-08 --daily
  mtok settle --contract MTOK-LIST-USD-MONTH --period 2026-07 --publication public --key mtok.key
  mtok settle --contract terms.yaml --period 2026-07 --fixings out --known-at 2026-08-04 --json`,
    )
    .action(run);
}

async function run(flags: SettleFlags): Promise<void> {
  requireTogether(flags);
  const book = await openBook(flags);
  const contract = await contractNamed(flags.contract, book);
  const { periods, expected } = periodsOf(contract, flags.period);
  if (!periods) {
    const found = flags.period === undefined ? 'none' : `"${flags.period}"`;
    throw new MtokError('usage', `expected --period to be ${expected}: found ${found}`);
  }
  const source = flags.publication ?? flags.fixings;
  const inputs = await settlementInputs(contract, periods, book, source);
  if (flags.daily) return daily(contract, inputs, periods, flags);
  const settled =
    flags.publication === undefined
      ? await settleAll(contract, inputs, periods, flags)
      : (await logAll(contract, inputs, periods, flags)).map((settlement) => ({ settlement }));
  const isOne = settled.length === 1;
  if (flags.json) printJson(isOne ? documentOf(settled[0]) : settled.map(documentOf));
  else show(settled);
  if (flags.out !== undefined) await write(settled, inputs, flags.out, flags.json ? note : print);
  const undetermined = settled.filter(({ settlement }) => settlement.status === 'undetermined');
  if (undetermined.length > 0) throw refusal(undetermined.map(({ settlement }) => settlement));
}

/** What is logged is settled on what the log has, and supersedes what the log has. */
function requireTogether(flags: SettleFlags): void {
  const { publication, key, fixings, supersedes, daily, target } = flags;
  if ((publication === undefined) !== (key === undefined)) {
    throw new MtokError('usage', 'expected --publication and --key together');
  }
  if (publication === undefined) return;
  const other = Object.entries({ fixings, supersedes, daily, target }).find(([, given]) => given);
  if (other) throw new MtokError('usage', `expected --publication without --${other[0]}`);
}

interface Settled {
  readonly settlement: Settlement;
  readonly target?: Target;
}

/** The months of a strip come one after the other: each is the settlement before of the next. */
async function settleAll(
  contract: Contract,
  inputs: SettlementInputs,
  periods: readonly Period[],
  flags: SettleFlags,
): Promise<Settled[]> {
  const supersedes = await supersededBy(flags, contract, periods);
  const settled: Settled[] = [];
  let prior = flags.prior;
  for (const period of periods) {
    const options = {
      ...(flags.knownAt === undefined ? {} : { knownAtMs: flags.knownAt }),
      ...(prior === undefined ? {} : { prior }),
      ...(supersedes === undefined ? {} : { supersedes }),
    };
    const result = settle(contract, inputs, period, options);
    if (!result.settlement) {
      if (periods.length === 1) throw new MtokError('no', result.none.message);
      note(result.none.message);
      continue;
    }
    const { settlement, assessment } = result;
    const target = flags.target === undefined ? {} : { target: targetOf(assessment, flags.target) };
    settled.push({ settlement, ...target });
    if (settlement.settled !== null) prior = decimal(settlement.settled);
  }
  if (settled.length === 0) throw new MtokError('no', 'no period can be settled');
  return settled;
}

function documentOf(settled: Settled | undefined): unknown {
  return settled?.target === undefined ? settled?.settlement : settled;
}

function show(settled: readonly Settled[]): void {
  const style = styleFor(process.stdout, process.env);
  const [one] = settled;
  const lines =
    settled.length === 1 && one
      ? describeSettlement(one.settlement, one.target, style)
      : describePeriods(
          settled.map(({ settlement }) => settlement),
          style,
        );
  for (const line of lines) print(line);
}

function daily(
  contract: Contract,
  inputs: SettlementInputs,
  periods: readonly Period[],
  flags: SettleFlags,
): void {
  const [period] = periods;
  if (!period || periods.length > 1) throw new MtokError('usage', 'expected a month with --daily');
  const options = flags.prior === undefined ? {} : { prior: flags.prior };
  const documents = dailyHorizons(contract, inputs, period, flags.knownAt).flatMap((knownAtMs) => {
    const { settlement } = settle(contract, inputs, period, { ...options, knownAtMs });
    return settlement ? [settlement] : [];
  });
  if (documents.length === 0) throw new MtokError('no', `${period.id} has no day with a fixing`);
  const style = styleFor(process.stdout, process.env);
  if (flags.json) printJson(documents);
  else for (const line of describeDaily(documents, style)) print(line);
}

/** A final settlement is never adjusted: nothing takes over from it. */
async function supersededBy(
  { supersedes: path }: SettleFlags,
  { contract }: Contract,
  periods: readonly Period[],
): Promise<string | undefined> {
  if (path === undefined) return undefined;
  const bytes = await readBytes(path);
  const before = settlementOf(bytes.toString('utf8'), path);
  if (before.contract.id !== contract || before.period.id !== periods[0]?.id || periods[1]) {
    const what = `${before.contract.id} for ${before.period.id}`;
    throw new MtokError(
      'usage',
      `expected a settlement of the same period, found ${what}: ${path}`,
    );
  }
  if (before.status === 'final') {
    throw new MtokError('no', `${path} is final: a final settlement is never adjusted`);
  }
  return sha256Of(bytes);
}

function settlementOf(text: string, path: string): Settlement {
  try {
    return settlementSchema.parse(JSON.parse(text));
  } catch {
    throw new MtokError('data', `${path}: expected a settlement document`);
  }
}

/** The document, and beside an undetermined one all the fixings that it was looked for in. */
async function write(
  settled: readonly Settled[],
  inputs: SettlementInputs,
  directory: string,
  say: (line: string) => void,
): Promise<void> {
  for (const { settlement } of settled) {
    const name = settlement.period.id.replace('/', '_');
    const path = join(directory, settlement.contract.id, `${name}.json`);
    await writeDurably(path, [canonicalJson(settlement)]);
    say(`written: ${path}`);
    if (settlement.status !== 'undetermined') continue;
    const evidence = join(directory, settlement.contract.id, `${name}.evidence.json`);
    const fixings = inputs.fixings.map(({ fixing }) => fixing);
    await writeDurably(evidence, [canonicalJson({ settlement, fixings })]);
    say(`written: ${evidence}, ${fixings.length} fixings`);
  }
}

function refusal(settlements: readonly Settlement[]): MtokError {
  const lines = settlements.map(({ contract, period, reasons }) => {
    const why = reasons.map(({ code, detail }) => `${detail} [${code}]`).join('; ');
    return `${contract.id} for ${period.id} is undetermined: ${why}`;
  });
  return new MtokError('no', lines.join('\n'));
}

/** For commander: a decimal number. */
function value(text: string): Decimal {
  const found = parseDecimal(text);
  if (found) return found;
  throw new InvalidArgumentError('expected a decimal number: 72.5');
}
