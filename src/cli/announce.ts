import type { Command } from 'commander';
import { type Day, dayOf } from '../domain/dates.ts';
import { MtokError } from '../domain/failure.ts';
import type { NoticeRecord } from '../domain/records.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestDay } from '../fix/latest.ts';
import { readText } from '../ingest/files.ts';
import { parseRulebook } from '../ingest/rulebook.ts';
import {
  cessationNotice,
  consultationNotice,
  noticeRecord,
  rebalanceNotice,
  rulebookNotice,
} from '../operate/notices.ts';
import type { OpenedBook } from '../operate/publish-book.ts';
import { publishRecords } from '../publish/publication/publish.ts';
import { dayFlag, describeRejects } from './book.ts';
import {
  type DeskFlags,
  oneIndex,
  openDesk,
  openDeskBook,
  reasonFlag,
  withDeskFlags,
} from './desk.ts';
import { print, printJson } from './output.ts';
import { refreshSite } from './site.ts';

interface AnnounceFlags extends DeskFlags {
  readonly index: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

interface ConsultationFlags extends AnnounceFlags {
  readonly proposed: string;
  readonly from: Day;
  readonly to: Day;
  readonly closes: Day;
}

interface CessationFlags extends AnnounceFlags {
  readonly lastDay: Day;
  readonly successor?: string;
  readonly because: string;
}

/** Makes a notice of an index, dated on a day. */
type Make<Flags> = (
  versions: readonly Rulebook[],
  opened: OpenedBook,
  dated: Day,
  flags: Flags,
) => NoticeRecord | Promise<NoticeRecord>;

/** `mtok announce`: dated notices, logged like fixings. */
export function addAnnounce(program: Command): void {
  const announce = program
    .command('announce')
    .description('log a dated notice: a basket, a rulebook, a consultation, an end')
    .addHelpText(
      'after',
      `
A notice is logged and signed like a fixing, and listed in index.json. mtok run --daily announces
frozen baskets and the versions of rulebooks that say announced_at by itself.

Examples:
${Object.entries(EXAMPLES).map(exampleOf).join('\n')}`,
    );
  add(announce, 'rebalance', 'the pro-forma basket of the next rebalance').action(
    act<AnnounceFlags>((versions, { evidence }, dated) => {
      const date = latestDay(evidence, versions);
      if (date === undefined) throw new MtokError('data', 'expected at least one quote');
      return rebalanceNotice(versions, evidence, date < dated ? date : dated, dated);
    }),
  );
  add(announce, 'rulebook-change', 'the next version of the rulebook, in its notice period').action(
    act<AnnounceFlags>((versions, _, dated) => rulebookNotice(versions, dated)),
  );
  add(announce, 'consultation', 'a proposed rulebook beside the one in force')
    .requiredOption('--proposed <file>', 'the rulebook that is proposed')
    .requiredOption('--from <day>', 'the first day of the comparison', dayFlag)
    .requiredOption('--to <day>', 'the last day of it', dayFlag)
    .requiredOption('--closes <day>', 'by when comments are asked for', dayFlag)
    .action(
      act<ConsultationFlags>(async (versions, { evidence }, dated, flags) => {
        const { from, to, closes } = flags;
        if (to < from) throw new MtokError('usage', `expected --to on or after --from ${from}`);
        const proposed = await readProposed(flags.proposed);
        return consultationNotice(versions, proposed, evidence, { from, to }, { closes, dated });
      }),
    );
  add(announce, 'cessation', 'the last day of an index, and what follows it')
    .requiredOption('--last-day <day>', 'nothing is published of it after that', dayFlag)
    .requiredOption('--because <reason>', 'why, in words that will be published', reasonFlag)
    .option('--successor <id>', 'the index that users may turn to')
    .action(
      act<CessationFlags>((versions, _, dated, { lastDay, successor = null, because }) =>
        cessationNotice(versions, lastDay, successor, because, dated),
      ),
    );
}

/** Each notice, with flags of its own. */
const EXAMPLES: Readonly<Record<string, string>> = {
  rebalance: '',
  'rulebook-change': '',
  consultation: ' --proposed next.yaml --from 2026-01-01 --to 2026-06-30 --closes 2026-09-30',
  cessation: ' --last-day 2026-12-31 --successor MY-OTHER --because "too few sellers"',
};

function exampleOf([name, flags]: readonly [string, string]): string {
  const desk = '--index MY-INDEX --book my-book --publication public --key mtok.key';
  return `  mtok announce ${name}${flags} \\\n    ${desk}`;
}

function add(announce: Command, name: string, description: string): Command {
  return withDeskFlags(announce.command(name))
    .description(description)
    .requiredOption('--index <id>', 'the index')
    .option('--dry-run', 'show the notice, and log nothing')
    .option('--json', 'the notice as JSON')
    .addHelpText('after', `\nExample:\n${exampleOf([name, EXAMPLES[name] ?? ''])}`);
}

function act<Flags extends AnnounceFlags>(make: Make<Flags>): (flags: Flags) => Promise<void> {
  return async (flags) => {
    const desk = await openDesk(flags);
    const opened = await openDeskBook(desk);
    const versions = oneIndex(opened.book, flags.index);
    const notice = await make(versions, opened, dayOf(desk.now()), flags);
    const records = [noticeRecord(notice)];
    const done = flags.dryRun
      ? undefined
      : await publishRecords(desk.publication, desk.signers, { nowMs: desk.now(), records });
    if (done) await refreshSite(desk.publication);
    if (flags.json) return printJson(notice);
    print(notice.text);
    if (done === undefined) return;
    const [row] = done.recorded;
    print(row ? `logged: ${row.path}, entry ${row.entry}` : 'It is logged already.');
  };
}

async function readProposed(path: string): Promise<Rulebook> {
  const text = await readText(path);
  const { rulebook, rejects } = parseRulebook(text, path);
  if (rulebook) return rulebook;
  throw new MtokError('data', describeRejects(rejects).join('\n'), rejects);
}
