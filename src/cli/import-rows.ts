import type { FeedDocument } from '../ingest/documents/page.ts';
import type { FxFeed, UsageFeed } from '../ingest/feeds/row-feed.ts';
import { importRates, importUsage, type RowImport } from '../ingest/import/run-rows.ts';
import { ratesCsv, rowReportDocument, usageCsv } from '../publish/import-rows.ts';
import { isUsable, type ResultFlags, reportFaults, writeResult } from './import-result.ts';
import { warningLines } from './import-view.ts';
import { note } from './output.ts';
import { styleFor, table } from './terminal.ts';

/** Imports a feed of usage or exchange rates: rows on stdout, counts and reasons beside them. */
export async function importRowFeed(
  feed: UsageFeed | FxFeed,
  documents: AsyncIterable<FeedDocument>,
  flags: ResultFlags,
): Promise<void> {
  if (feed.kind === 'fx') {
    const result = await importRates(feed, documents);
    return finish(result, () => ratesCsv(result.rows), flags);
  }
  const result = await importUsage(feed, documents);
  return finish(result, () => usageCsv(result.rows), flags);
}

async function finish<Row>(
  result: RowImport<Row>,
  csv: () => Iterable<string>,
  flags: ResultFlags,
): Promise<void> {
  for (const line of summary(result)) note(line);
  const report = () => rowReportDocument(result);
  const count = `${result.rows.length} rows`;
  if (isUsable(result.documents)) await writeResult({ count, csv, report, json: report }, flags);
  reportFaults(result.documents, flags);
}

function summary<Row>({ feed, documents }: RowImport<Row>): string[] {
  const style = styleFor(process.stderr, process.env);
  const columns = [{ title: 'disposition' }, { title: 'code' }, { title: 'rows' }].map((column) =>
    column.title === 'rows' ? { ...column, align: 'right' as const } : column,
  );
  return documents.flatMap(({ observedAt, files, tally, warnings, faults }) => {
    const total = tally.reduce((sum, { rows }) => sum + rows, 0);
    const lines = tally.map(({ disposition, code, rows }) => [disposition, code, String(rows)]);
    const counts = table(columns, [...lines, ['in the document', '', String(total)]], style);
    return [
      `${feed} ${observedAt}  ${files.join(' ')}`,
      ...(faults.length > 0 ? ['cannot be used: see below'] : counts),
      ...warningLines(warnings),
      '',
    ];
  });
}
