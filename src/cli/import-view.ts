import { describeReject, type Reject } from '../domain/failure.ts';
import { groupBy } from '../domain/group.ts';
import type { DocumentReport, FeedImport } from '../ingest/import/run.ts';
import { styleFor, table } from './terminal.ts';

/** More documents than this are summed up: nobody reads the tables of a long history. */
const SHOWN_IN_FULL = 5;

/** The summary of an import: what became of every row and price of each document. */
export function showImport({ feed, documents, undone }: FeedImport): string[] {
  const isLong = documents.length > SHOWN_IN_FULL;
  const shown = isLong
    ? documents.filter(({ faults }) => faults.length === 0).slice(-1)
    : documents;
  return [
    ...shown.flatMap((document) => [
      `${feed} ${document.observedAt}  ${fileList(document.files)}`,
      ...(document.faults.length > 0 ? ['cannot be used: see below'] : tallyTable(document)),
      ...warningLines(document.warnings),
      '',
    ]),
    ...(isLong ? totalLines(documents) : []),
    ...undone.map(
      ({ code, removed, returned, removedAt, returnedAt, file }) =>
        `${code}: ${removed} offers were gone on ${removedAt} (${file}), ` +
        `${returned} of them back by ${returnedAt}`,
    ),
  ];
}

/** A directory may have thousands. */
const MOST_FILES = 5;

function fileList(files: readonly string[]): string {
  const more = files.length - MOST_FILES;
  return [...files.slice(0, MOST_FILES), ...(more > 0 ? [`and ${more} more`] : [])].join(' ');
}

function totalLines(documents: readonly DocumentReport[]): string[] {
  const sum = (count: (document: DocumentReport) => number) =>
    documents.reduce((total, document) => total + count(document), 0);
  const [first, last] = [documents[0], documents.at(-1)];
  return [
    `${documents.length} documents from ${first?.observedAt} to ${last?.observedAt}: ` +
      `${sum(({ quotes }) => quotes)} new or changed quotes, ` +
      `${sum(({ removed }) => removed)} removals, ${sum(({ returned }) => returned)} returns`,
    ...warningLines(documents.flatMap(({ warnings }) => warnings)),
  ];
}

function tallyTable({ tally, quotes, removed, returned }: DocumentReport): string[] {
  const total = (what: 'rows' | 'prices') => tally.reduce((sum, line) => sum + line[what], 0);
  const rows = [
    ...tally.map(({ disposition, code, rows, prices }) => [
      ...[disposition, code, String(rows), String(prices)],
    ]),
    ['in the document', '', String(total('rows')), String(total('prices'))],
  ];
  const columns = [
    ...[{ title: 'disposition' }, { title: 'code' }],
    ...[
      { title: 'rows', align: 'right' as const },
      { title: 'prices', align: 'right' as const },
    ],
  ];
  const lines = table(columns, rows, styleFor(process.stderr, process.env));
  const gone = removed + returned > 0 ? [`removed: ${removed}, returned: ${returned}`] : [];
  return [...lines, `new or changed quotes: ${quotes}`, ...gone];
}

/** The first of each kind in full, then how many there are. */
export function warningLines(warnings: readonly Reject[]): string[] {
  return [...groupBy(warnings, ({ code }) => code).values()].flatMap((group) => {
    const [first, ...more] = group;
    if (!first) return [];
    const rest = more.length > 0 ? ` (and ${more.length} more)` : '';
    return [`warning: ${describeReject(first)}${rest}`];
  });
}
