import type { Command } from 'commander';
import { type Day, formatMoment } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { momentsOfDay } from '../domain/schedule.ts';
import { inOrder, versionOn } from '../domain/versions.ts';
import { calculateFixing } from '../fix/fixing.ts';
import { sha256Of } from '../ingest/digest.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { approve } from '../operate/approvals.ts';
import { canonicalJson } from '../publish/canonical.ts';
import { CORRECT, dayFlag, openBook, ownBook } from './book.ts';
import { clock } from './clock.ts';
import { oneIndex } from './desk.ts';
import { openSigner } from './key.ts';
import { print, printJson } from './output.ts';

interface ApproveFlags {
  readonly book?: string;
  readonly index: string;
  readonly date: Day;
  readonly key: string;
  readonly sha256?: string;
  readonly json?: boolean;
}

/** `mtok approve`: a person signs the bytes of a fixing. */
export function addApprove(program: Command): void {
  program
    .command('approve')
    .description('sign a proposed fixing, calculated again here, as one of those who approve it')
    .option('--book <dir>', 'the book; its approvals/ gets the signature')
    .requiredOption('--index <id>', 'the index')
    .requiredOption('--date <day>', 'the day', dayFlag)
    .requiredOption('--key <file>', 'your private key (mtok key new)')
    .option('--sha256 <digest>', 'approve these bytes and no others')
    .option('--json', 'what was approved, and by whom, as JSON')
    .addHelpText(
      'after',
      `
A rulebook with \`approvals: 2\` has its fixings published once two different keys have signed the
same bytes. What changes the bytes makes the signatures before it worthless. A key that has signed
already is refused: exit code 1, as is a day before its cut-off.

Example:
  mtok approve --book my-book --index MY-INDEX --date 2026-08-21 --key ann.key`,
    )
    .action(run);
}

/** What nobody has to approve, or what may still change, is not signed. */
function requireProposal(rules: Rulebook, date: Day): void {
  const { approvals, index, version } = rules;
  if (approvals < 2) {
    const what = `version ${version} of ${index} asks for no approvals`;
    throw new MtokError('no', `${what}: mtok run --daily publishes its fixings`);
  }
  const { cutoffMs } = momentsOfDay(rules, date);
  if (clock()() >= cutoffMs) return;
  const moment = formatMoment(cutoffMs);
  throw new MtokError('no', `${index} ${date} may still change: approve it after ${moment}`);
}

async function run({ index, date, ...flags }: ApproveFlags): Promise<void> {
  const directory = ownBook(flags.book);
  const book = await openBook({ book: directory }, CORRECT);
  const versions = oneIndex(book, index);
  const rules = versionOn(inOrder(versions), date);
  requireProposal(rules, date);
  const result = calculateFixing(versions, evidenceOf(book.rows), date);
  if (!result.fixing) throw new MtokError('no', result.none.message);
  const { fixing } = result;
  const sha256 = sha256Of(canonicalJson(fixing));
  if (flags.sha256 !== undefined && flags.sha256 !== sha256) {
    throw new MtokError('no', `expected the bytes ${flags.sha256}: they are ${sha256} here`);
  }
  const signer = await openSigner(flags.key);
  const { keys } = await approve(directory, fixing, rules, signer);
  const approved_by = keys.map(({ name }) => name);
  const { revision, value, level } = fixing;
  if (flags.json) {
    return printJson({ index, date, revision, sha256, approved_by, approvals: rules.approvals });
  }
  const print_ = value
    ? `${value.price} ${fixing.unit}, level ${level}`
    : fixing.withheld.join(', ');
  const name = `${index} ${date}${revision === 0 ? '' : ` revision ${revision}`}`;
  print(`approved: ${name}, ${print_}`);
  print(`  ${sha256}`);
  const rest = rules.approvals - approved_by.length;
  const more = rest > 0 ? `; ${rest} more needed` : ': it can be published';
  print(`  by ${approved_by.join(', ')}${more}`);
}
