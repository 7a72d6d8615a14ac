import type { Command } from 'commander';
import { MtokError } from '../domain/failure.ts';
import { type DueStatus, type IndexStatus, type Status, statusOf } from '../operate/status.ts';
import { ownBook } from './book.ts';
import { clock } from './clock.ts';
import { openDeskBook, requirePublication } from './desk.ts';
import { note, print, printJson } from './output.ts';
import { type Style, styleFor, table } from './terminal.ts';

interface StatusFlags {
  readonly book?: string;
  readonly publication: string;
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** `mtok status`: what is done, due, waiting and late. */
export function addStatus(program: Command): void {
  program
    .command('status')
    .description('say what is done, due, waiting and late, and for whom it waits')
    .option('--book <dir>', 'the book')
    .requiredOption('--publication <dir>', 'the publication that is made of it')
    .option('--json', 'the status as JSON')
    .option('--strict', 'exit with 1 where a fixing or its collection is late')
    .addHelpText(
      'after',
      `
Nothing is written, and no key is needed.

Examples:
  mtok status --book my-book --publication public
  mtok status --book my-book --publication public --json | jq '.indices[].due'`,
    )
    .action(run);
}

async function run({ book, publication, json, strict }: StatusFlags): Promise<void> {
  const desk = { book: ownBook(book), publication, signers: [], now: clock() };
  if (!(await requirePublication(publication, desk.book))) {
    note(`${publication} is not there: mtok run --daily or mtok ingest begins it.`);
  }
  const status = await statusOf(desk, await openDeskBook(desk));
  if (json) printJson(status);
  else for (const line of describe(status, styleFor(process.stdout, process.env))) print(line);
  const late = status.indices.flatMap(({ index, due, collection_late }) => [
    ...due.filter((one) => one.late).map(({ date }) => `${index} ${date}`),
    ...(collection_late ? [`the collection of ${index}`] : []),
  ]);
  if (strict && late.length > 0) throw new MtokError('no', `late: ${late.join(', ')}`);
}

function describe({ at, log_size, indices, collection }: Status, style: Style): string[] {
  const columns = ['index', 'published', 'state', 'due', 'next cut-off', 'publish by'];
  const rows = indices.map((one) => rowOf(one, style));
  return [
    `${at}, ${log_size} entries in the log`,
    '',
    ...table(
      columns.map((title) => ({ title })),
      rows,
      style,
    ),
    '',
    ...indices.flatMap(({ index, due }) => due.map((one) => describeDue(index, one, style))),
    ...indices.flatMap((one) => describeLateCollection(one, style)),
    ...indices.flatMap(({ index, ends }) => (ends === null ? [] : [`${index} ends on ${ends}`])),
    describeCollection(collection),
  ];
}

function rowOf({ index, latest, due, next, ends }: IndexStatus, style: Style): string[] {
  const days = due.length === 0 ? '–' : `${due.length} day${due.length === 1 ? '' : 's'}`;
  const isLate = due.some(({ late }) => late);
  const state = latest ? `${latest.status === 'withheld' ? 'withheld, ' : ''}${latest.state}` : '';
  return [
    style.bold(index),
    latest?.date ?? 'nothing yet',
    state,
    isLate ? style.red(`${days}, late`) : days,
    next?.cutoff ?? (ends === null ? '–' : 'ended'),
    next?.publish_by ?? '–',
  ];
}

function describeDue(index: string, due: DueStatus, style: Style): string {
  const name = `${index} ${due.date}`;
  const late = due.late ? style.red(`, late: it was to be published by ${due.publish_by}`) : '';
  const held = due.held.length === 0 ? '' : `, held: ${due.held.join(', ')}`;
  switch (due.state) {
    case 'in_review':
      return `${name} is in review until ${due.review_by}${held}${late}`;
    case 'awaits_approval': {
      const by = due.approved_by.length === 0 ? 'nobody' : due.approved_by.join(', ');
      const rest = `${by} of the ${due.approvals} that are needed`;
      return `${name} waits for approval: approved by ${rest}${held}${late}`;
    }
    default:
      return `${name} is due: mtok run --daily publishes it${held}${late}`;
  }
}

function describeCollection({ last_seen, age_hours, venues }: Status['collection']): string {
  const [oldest] = venues;
  if (last_seen === null || !oldest) return 'No quote has been collected yet.';
  const ago = age_hours === 1 ? '1 hour ago' : `${age_hours} hours ago`;
  const least =
    oldest.last_seen === last_seen
      ? ', at every venue'
      : `; the longest silent venue is ${oldest.venue}, since ${oldest.last_seen}`;
  return `Quotes were last seen at ${last_seen}, ${ago}${least}.`;
}

function describeLateCollection(
  { index, next, collection_late }: IndexStatus,
  style: Style,
): string[] {
  if (!collection_late || next === null) return [];
  const what = `nothing is collected for ${next.date}, and was to be by ${next.collect_by}`;
  return [style.red(`${index}: ${what}`)];
}
