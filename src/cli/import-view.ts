import { describeReject } from '../domain/failure.ts';
import { groupBy } from '../domain/group.ts';
import type { DocumentReport, FeedImport } from '../ingest/feeds/run.ts';
import { styleFor, table } from './terminal.ts';

/** The summary of an import: what became of every row and price of each document. */
export function showImport({ feed, documents }: FeedImport): string[] {
  return documents.flatMap((document) => [
    `${feed} ${document.observedAt}  ${fileList(document.files)}`,
    ...(document.faults.length > 0 ? ['cannot be used: see below'] : tallyTable(document)),
    ...warningLines(document),
    '',
  ]);
}

/** A directory may have thousands. */
const MOST_FILES = 5;

function fileList(files: readonly string[]): string {
  const more = files.length - MOST_FILES;
  return [...files.slice(0, MOST_FILES), ...(more > 0 ? [`and ${more} more`] : [])].join(' ');
}

function tallyTable({ tally, quotes }: DocumentReport): string[] {
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
  return [...lines, `new or changed quotes: ${quotes}`];
}

/** The first of each kind in full, then how many there are. */
function warningLines({ warnings }: DocumentReport): string[] {
  return [...groupBy(warnings, ({ code }) => code).values()].flatMap((group) => {
    const [first, ...more] = group;
    if (!first) return [];
    const rest = more.length > 0 ? ` (and ${more.length} more)` : '';
    return [`warning: ${describeReject(first)}${rest}`];
  });
}
