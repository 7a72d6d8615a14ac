import { type Command, Option } from 'commander';
import { MtokError } from '../domain/failure.ts';
import type { BookRows } from '../domain/rows.ts';
import { NO_FILES, readBook } from '../ingest/book.ts';
import { type Sureness, suggestAliases } from '../normalize/suggest.ts';
import { unmappedNames } from '../normalize/unmapped.ts';
import { writeDurably } from '../publish/durable.ts';
import {
  aliasRows,
  suggestionsCsv,
  suggestionsDocument,
  unmappedDocument,
} from '../publish/models.ts';
import { type BookFlags, bookFiles, describeRejects } from './book.ts';
import { note, print, printJson, refuseClashes } from './output.ts';
import { styleFor, table } from './terminal.ts';

interface ModelsFlags
  extends Pick<
    BookFlags,
    'book' | 'quotes' | 'usage' | 'models' | 'ignoreUnknownColumns' | 'skipRejects'
  > {
  readonly json?: boolean;
}

interface SuggestFlags extends ModelsFlags {
  readonly sure: Sureness;
  readonly review?: string;
}

const SURENESS: readonly Sureness[] = ['low', 'medium', 'high'];

/** `mtok models`: which names the catalogue does not know, and what they may mean. */
export function addModels(program: Command): void {
  const models = program
    .command('models')
    .description('the names that models.csv does not know, and proposals for them');
  withFlags(models.command('unmapped'))
    .description('names in quotes and usage that are in no row of models.csv')
    .addHelpText(
      'after',
      `
Examples:
  mtok models unmapped                          of the shipped book
  mtok models unmapped --quotes quotes.csv      of an import, by the shipped models.csv`,
    )
    .action(unmapped);
  withFlags(models.command('suggest'))
    .description('propose rows for models.csv; a person decides')
    .addOption(
      new Option('--sure <level>', 'only proposals that are at least so sure')
        .choices(SURENESS)
        .default('low'),
    )
    .option('--review <file>', 'the proposals with how sure they are and why, as CSV')
    .addHelpText(
      'after',
      `
Rows go to stdout in the columns of models.csv, without a header; how sure each is and why goes to
stderr. A name is compared without its region, prefix, revision, date and packaging. A proposal is
no fact: a dated snapshot or another packaging can be another model.

Examples:
  mtok models suggest --quotes quotes.csv --review proposals.csv > rows.csv
  $EDITOR rows.csv                              delete what is wrong
  cat rows.csv >> my-book/models.csv && mtok check --book my-book`,
    )
    .action(suggest);
}

function withFlags(command: Command): Command {
  return command
    .option('--book <dir>', 'the book to read (default: the shipped data)')
    .option('--quotes <file...>', "instead of the book's quotes and usage")
    .option('--usage <file...>', "instead of the book's quotes and usage")
    .option('--models <file>', "instead of the book's models.csv")
    .option('--ignore-unknown-columns', 'leave out columns that are not known')
    .option('--skip-rejects', 'go on without the rows that are rejected')
    .option('--json', 'the report as JSON');
}

async function unmapped(flags: ModelsFlags): Promise<void> {
  const names = unmappedNames(await rowsOf(flags));
  if (flags.json) printJson(unmappedDocument(names));
  else if (names.length === 0) print('Every name is in models.csv.');
  else {
    const columns = [{ title: 'seller' }, { title: 'name' }, ...['quotes', 'usage'].map(right)];
    const rows = names.map(({ seller, model, quotes, usage }) => [
      ...[seller || '(any)', model, String(quotes), String(usage)],
    ]);
    for (const line of table(columns, rows, styleFor(process.stdout, process.env))) print(line);
    note(`${names.length} names keep their own id; see mtok models suggest`);
  }
}

async function suggest(flags: SuggestFlags): Promise<void> {
  const inputs = [...(flags.quotes ?? []), ...(flags.usage ?? []), flags.models];
  refuseClashes([flags.review], inputs);
  const { suggestions: all, undecided } = suggestAliases(await rowsOf(flags));
  const suggestions = all.filter(
    ({ sure }) => SURENESS.indexOf(sure) >= SURENESS.indexOf(flags.sure),
  );
  if (flags.review !== undefined) {
    await writeDurably(flags.review, suggestionsCsv(suggestions));
    note(`written: ${flags.review}, ${suggestions.length} proposals`);
  }
  if (flags.json) printJson(suggestionsDocument(suggestions, undecided));
  else {
    if (flags.review === undefined && suggestions.length > 0) {
      const columns = ['seller', 'name', 'model', 'sure', 'reason'].map((title) => ({ title }));
      const rows = suggestions.map(({ alias, sure, reason }) => [
        ...[alias.seller || '(any)', alias.sellerModel, alias.model, sure, reason],
      ]);
      for (const line of table(columns, rows, styleFor(process.stderr, process.env))) note(line);
    }
    for (const line of aliasRows(suggestions)) process.stdout.write(line);
  }
  const several = undecided.filter(({ candidates }) => candidates.length > 0).length;
  const none = `${undecided.length - several} resemble nothing in models.csv`;
  note(`${suggestions.length} proposals; ${several} names could be several models; ${none}`);
}

function right(title: string) {
  return { title, align: 'right' as const };
}

async function rowsOf(flags: ModelsFlags): Promise<BookRows> {
  const files = await bookFiles(flags);
  // One file of quotes is asked about by itself, not together with the usage of a book.
  const isOwn = flags.quotes !== undefined || flags.usage !== undefined;
  const book = await readBook(
    {
      ...NO_FILES,
      quotes: isOwn && flags.quotes === undefined ? [] : files.quotes,
      usage: isOwn && flags.usage === undefined ? [] : files.usage,
      constants: files.constants,
      models: files.models,
    },
    { ignoreUnknownColumns: flags.ignoreUnknownColumns ?? false },
  );
  if (book.rejects.length === 0) return book.rows;
  const lines = describeRejects(book.rejects).join('\n');
  if (!flags.skipRejects) {
    const advice = 'Correct the rows, or leave them out with --skip-rejects.';
    throw new MtokError('data', `${lines}\n${advice}`, book.rejects);
  }
  note(`${lines}\nGoing on without them.`);
  return book.rows;
}
