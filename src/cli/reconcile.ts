import { basename } from 'node:path';
import type { Command } from 'commander';
import { DAY_MS, type Day, dayOf, dayToMs } from '../domain/dates.ts';
import { MtokError, nearest, type Reject } from '../domain/failure.ts';
import { groupBy } from '../domain/group.ts';
import { EMPTY_BOOK, type ModelAlias } from '../domain/rows.ts';
import { latestDay } from '../fix/latest.ts';
import { NO_FILES, readBook } from '../ingest/book.ts';
import { evidenceOf } from '../normalize/evidence.ts';
import { unmappedNames } from '../normalize/unmapped.ts';
import { writeDurably } from '../publish/durable.ts';
import { reconciliationDocument, trustedCsv } from '../publish/reconcile.ts';
import {
  type QuoteSource,
  type Reconciliation,
  reconcile,
  selfContradictions,
} from '../select/reconcile.ts';
import { trustedQuotes } from '../select/trust.ts';
import { type BookFlags, bookFiles, dayFlag, describeRejects } from './book.ts';
import { note, print, printJson, refuseClashes } from './output.ts';
import { showReconciliation } from './reconcile-view.ts';

interface ReconcileFlags
  extends Pick<BookFlags, 'models' | 'ignoreUnknownColumns' | 'skipRejects'> {
  readonly date?: Day;
  readonly trust?: string;
  readonly out?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** `mtok reconcile`: where quote sources agree, differ and are silent; and one file of them all. */
export function addReconcile(program: Command): void {
  program
    .command('reconcile <file...>')
    .description('compare quote sources offer by offer; write one file by an order of trust')
    .option(
      '--date <day>',
      'what stood at the end of a day (default: the latest of any file)',
      dayFlag,
    )
    .option('--models <file>', "instead of the shipped book's models.csv")
    .option('--trust <names>', 'sources from the most trusted on: a,b,c; with --out')
    .option('--out <file>', 'quotes by that order; each row says who else agrees and differs')
    .option('--all', 'every offer and leg, also where they agree or one is alone')
    .option('--ignore-unknown-columns', 'leave out columns that are not known')
    .option('--skip-rejects', 'go on without the rows that are rejected')
    .option('--json', 'every offer, leg and pair as JSON')
    .addHelpText(
      'after',
      `
A source is a file of quotes, named after it: raw/litellm.csv is litellm. NAME=FILE gives another
name; files of one NAME are one source. Names of models are compared by models.csv; prices are
compared per seller, model, region, service tier, context tier, hours and leg.

Examples:
  mtok reconcile litellm.csv openrouter.csv genai-prices.csv
  mtok reconcile book=data/quotes/hosts.csv litellm.csv --date 2026-08-01 --all
  mtok reconcile litellm.csv genai-prices.csv --trust genai-prices,litellm --out quotes.csv`,
    )
    .action(run);
}

async function run(named: string[], flags: ReconcileFlags): Promise<void> {
  const files = sourceFiles(named);
  const names = [...files.keys()];
  const trust = trustOf(flags, names);
  refuseClashes([flags.out], [...[...files.values()].flat(), flags.models]);
  const sources: QuoteSource[] = [];
  const rejects: Reject[] = [];
  const options = { ignoreUnknownColumns: flags.ignoreUnknownColumns ?? false };
  for (const [name, quotes] of files) {
    const book = await readBook({ ...NO_FILES, quotes }, options);
    for (const reject of book.rejects) rejects.push(reject);
    sources.push({ name, quotes: book.rows.quotes });
  }
  const models = await aliases(flags, rejects);
  admit(rejects, flags);
  const all = sources.flatMap(({ quotes }) => quotes);
  const date = flags.date ?? latestDay(evidenceOf({ ...EMPTY_BOOK, quotes: all, models }));
  if (date === undefined) throw new MtokError('data', 'expected quotes: no file has a usable row');
  const atMs = dayToMs(date) + DAY_MS - 1;
  const found = reconcile(sources, models, { cutoffMs: atMs, knownAtMs: atMs });
  const unmapped = unmappedNames({ ...EMPTY_BOOK, quotes: all, models });
  if (flags.json) printJson(reconciliationDocument(found, atMs, unmapped));
  else for (const line of showReconciliation(found, dayOf(atMs), flags.all ?? false)) print(line);
  for (const name of names) noteContradictions(found, name);
  if (unmapped.length > 0) {
    const advice = 'they are compared as they are spelled; see mtok models suggest --quotes';
    note(`${unmapped.length} names of models are in no row of models.csv: ${advice}`);
  }
  if (flags.out !== undefined) {
    const quotes = trustedQuotes(found.offers, trust, names);
    await writeDurably(flags.out, trustedCsv(quotes));
    note(`written: ${flags.out}, ${quotes.length} quotes`);
  }
}

const SHOWN_OFFERS = 3;

function noteContradictions(found: Reconciliation, name: string): void {
  const offers = selfContradictions(found, name);
  if (offers.length === 0) return;
  const shown = offers.slice(0, SHOWN_OFFERS).map(({ terms }) => `${terms.seller} ${terms.model}`);
  const rest = offers.length > SHOWN_OFFERS ? ', …' : '';
  const what = 'offers differently under several names or venues, and the latest speaks for it';
  note(`${name} prices ${offers.length} ${what}: ${shown.join(', ')}${rest}`);
}

/** Sources by name, in the order of the command line. */
function sourceFiles(named: readonly string[]): Map<string, string[]> {
  const parsed = named.map((text) => {
    const at = text.indexOf('=');
    return at > 0 && !/[\\/]/.test(text.slice(0, at))
      ? { name: text.slice(0, at), file: text.slice(at + 1), isNamed: true }
      : { name: basename(text).replace(/\.csv$/, ''), file: text, isNamed: false };
  });
  const sources = new Map<string, string[]>();
  for (const [name, group] of groupBy(parsed, (one) => one.name)) {
    if (group.length > 1 && group.some(({ isNamed }) => !isNamed)) {
      const found = group.map(({ file }) => file).join(' and ');
      const advice = 'give each a name of its own: NAME=FILE';
      throw new MtokError('usage', `expected one file called ${name}, found ${found}: ${advice}`);
    }
    sources.set(
      name,
      group.map(({ file }) => file),
    );
  }
  return sources;
}

function trustOf({ trust, out }: ReconcileFlags, names: readonly string[]): string[] {
  if ((trust === undefined) !== (out === undefined)) {
    throw new MtokError(
      'usage',
      'expected --trust and --out together: an order, and a file for it',
    );
  }
  const order = (trust ?? '').split(',').filter((name) => name !== '');
  for (const [index, name] of order.entries()) {
    if (order.indexOf(name) !== index) {
      throw new MtokError('usage', `expected each source once in --trust, found ${name} twice`);
    }
    if (names.includes(name)) continue;
    const near = nearest(name, names);
    const advice = near ? `did you mean ${near}?` : `expected one of ${names.join(', ')}`;
    throw new MtokError('usage', `--trust: no source is called ${name}: ${advice}`);
  }
  if (trust !== undefined && order.length === 0) {
    throw new MtokError('usage', `expected --trust to name one of ${names.join(', ')}`);
  }
  return order;
}

async function aliases(flags: ReconcileFlags, rejects: Reject[]): Promise<readonly ModelAlias[]> {
  const { models } = await bookFiles({ ...(flags.models ? { models: flags.models } : {}) });
  const book = await readBook({ ...NO_FILES, models });
  for (const reject of book.rejects) rejects.push(reject);
  return book.rows.models;
}

function admit(rejects: readonly Reject[], { skipRejects }: ReconcileFlags): void {
  if (rejects.length === 0) return;
  const lines = describeRejects(rejects).join('\n');
  if (skipRejects) {
    note(`${lines}\nGoing on without them.`);
    return;
  }
  const advice = 'Correct the rows, or leave them out with --skip-rejects; nothing was compared.';
  throw new MtokError('data', `${lines}\n${advice}`, rejects);
}
