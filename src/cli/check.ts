import type { Command } from 'commander';
import { regimesOf } from '../calculate/regime.ts';
import { describeReject, MtokError, type Reject } from '../domain/failure.ts';
import type { Revision } from '../domain/rows.ts';
import type { Rulebook } from '../domain/rulebook.ts';
import { latestOf } from '../domain/versions.ts';
import { calculateFixing } from '../fix/fixing.ts';
import { latestDay } from '../fix/latest.ts';
import type { Book } from '../ingest/book.ts';
import { type Evidence, evidenceOf } from '../normalize/evidence.ts';
import {
  type BookFlags,
  indicesOf,
  readNamedBook,
  SHIPPED_BOOK,
  type Versions,
  withBookFlags,
  withEngineFlag,
} from './book.ts';
import { contractFindings, smallContracts } from './contract-findings.ts';
import { type Finding, unknownNames } from './findings.ts';
import { print, printJson } from './output.ts';
import { systemFaults } from './systems.ts';
import { styleFor } from './terminal.ts';

interface CheckFlags extends BookFlags {
  readonly json?: boolean;
}

interface Report {
  readonly findings: readonly Finding[];
  readonly notices: readonly Finding[];
  readonly counts: Readonly<Record<string, number>>;
}

/** `mtok check`: everything in a book that would make a fixing wrong or impossible. */
export function addCheck(program: Command): void {
  withEngineFlag(withBookFlags(program.command('check')))
    .description('validate a book: every file, every row, cross-references, first baskets')
    .option('--json', 'the report as JSON')
    .addHelpText(
      'after',
      `
Findings make the exit code 3; notices do not.

Examples:
  mtok check                   the shipped book
  mtok check --book my-book    my own`,
    )
    .action(check);
}

async function check(flags: CheckFlags): Promise<void> {
  const book = await readNamedBook(flags);
  const report = reportOn(book, await systemFaults(flags.book ?? SHIPPED_BOOK));
  if (flags.json) printJson(report);
  else show(report);
  if (report.findings.length > 0) {
    const count = report.findings.length;
    throw new MtokError('data', `${count} ${count === 1 ? 'finding' : 'findings'}: see above`);
  }
}

function show({ findings, notices, counts }: Report): void {
  const style = styleFor(process.stdout, process.env);
  for (const { code, message } of findings) print(`${style.red('finding')} ${code}: ${message}`);
  for (const { code, message } of notices) print(`${style.dim('notice')}  ${code}: ${message}`);
  const read = Object.entries(counts).map(([kind, count]) => `${kind} ${count}`);
  print(`Rows read: ${read.join(', ')}.`);
  if (findings.length === 0) print(style.green('The book is sound.'));
}

function reportOn(book: Book, systems: readonly Reject[]): Report {
  const evidence = evidenceOf(book.rows);
  const { rows, rulebooks } = book;
  const findings = [
    ...[...book.rulebookRejects, ...book.rejects, ...book.contractRejects, ...systems].map(
      (reject) => ({
        code: reject.code,
        message: describeReject(reject),
      }),
    ),
    ...(rulebooks.length === 0
      ? [{ code: 'no_rulebook', message: 'the book has no rulebook that can be read' }]
      : []),
    ...evidence.unmatchedCorrections.map((correction) => ({
      code: 'unmatched_correction',
      message: `no quote of ${correction.seller} ${correction.model} is as the correction says`,
    })),
    ...evidence.unmatchedHolds.map(({ seller, model, decision }) => ({
      code: 'unmatched_hold',
      message: `no quote of ${seller} ${model} is of the moment that ${decision} decides on`,
    })),
    ...unknownNames(rulebooks, evidence),
    ...unknownIndices(rows.revisions, rulebooks),
    ...contractFindings(book),
    ...(book.rejects.length === 0
      ? indicesOf(rulebooks).flatMap((versions) => firstBasket(versions, evidence))
      : []),
  ];
  const notices = [
    ...book.warnings.map((warning) => ({ code: warning.code, message: describeReject(warning) })),
    ...unmapped(evidence),
    ...smallContracts(book),
  ];
  const counts = {
    rulebooks: rulebooks.length,
    contracts: book.contracts.length,
    ...Object.fromEntries(Object.entries(rows).map(([kind, all]) => [kind, all.length])),
    quotes: book.looks,
  };
  return { findings, notices, counts };
}

/** The first basket has to be formed, and the last fixing has to come out. */
function firstBasket(versions: Versions, evidence: Evidence): Finding[] {
  const rulebook = latestOf(versions);
  const calendar = calendarFault(versions, evidence);
  if (calendar) return [{ code: 'unknown_calendar', message: calendar }];
  const latest = latestDay(evidence, [rulebook]) ?? rulebook.base.date;
  if (latest < rulebook.base.date) {
    const message = `${rulebook.index} starts on ${rulebook.base.date}, after the latest data`;
    return [{ code: 'base_after_data', message }];
  }
  const result = calculateFixing(versions, evidence, rulebook.base.date);
  if (!result.fixing) return [{ code: result.none.code, message: result.none.message }];
  if (result.fixing.status === 'published') return [];
  const why = result.fixing.withheld.join(', ');
  const message = `${rulebook.index} is withheld on its base date: ${why}`;
  return [{ code: 'withheld_at_base', message }];
}

/** What is wrong with the calendars that the versions of a rulebook name. */
function calendarFault(versions: Versions, evidence: Evidence): string | undefined {
  try {
    regimesOf(versions, evidence);
    return undefined;
  } catch (error) {
    if (error instanceof MtokError) return error.message;
    throw error;
  }
}

function unknownIndices(revisions: readonly Revision[], rulebooks: readonly Rulebook[]): Finding[] {
  const known = new Set(rulebooks.map(({ index }) => index));
  const unknown = new Set(revisions.map(({ index }) => index).filter((index) => !known.has(index)));
  return [...unknown].map((index) => {
    const message = `revisions.csv speaks of ${index}, of which the book has no rulebook`;
    return { code: 'unknown_name', message };
  });
}

const SHOWN_NAMES = 10;

function unmapped({ rows, catalogue }: Evidence): Finding[] {
  if (rows.models.length === 0) return [];
  const quoted = new Set(
    rows.quotes
      .filter(({ seller, model }) => !catalogue.isMapped(seller, model))
      .map(({ seller, model }) => `${seller} ${model}`),
  );
  const used = new Set(
    rows.usage
      .filter(({ seller, model }) => !catalogue.isMapped(seller, model))
      .map(({ model }) => model),
  );
  const finding = (code: string, what: string, names: ReadonlySet<string>): Finding[] => {
    if (names.size === 0) return [];
    const shown = [...names].sort().slice(0, SHOWN_NAMES).join(', ');
    const rest = names.size > SHOWN_NAMES ? ', …' : '';
    return [{ code, message: `${names.size} ${what} keep their own id: ${shown}${rest}` }];
  };
  return [
    ...finding('unmapped_quotes', 'quoted names', quoted),
    ...finding('unmapped_usage', 'names in usage', used),
  ];
}
