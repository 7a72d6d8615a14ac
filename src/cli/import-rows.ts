import { describeReject, MtokError } from '../domain/failure.ts';
import type { FeedDocument } from '../ingest/documents/page.ts';
import type { FxFeed, UsageFeed } from '../ingest/feeds/row-feed.ts';
import { importRates, importUsage, type RowImport } from '../ingest/import/run-rows.ts';
import { writeDurably } from '../publish/durable.ts';
import { ratesCsv, rowReportDocument, usageCsv } from '../publish/import-rows.ts';
import { warningLines } from './import-view.ts';
import { note, print, printJson } from './output.ts';
import { styleFor, table } from './terminal.ts';

interface RowFlags {
  readonly out?: string;
  readonly report?: string;
  readonly json?: boolean;
}

/** Imports a feed of usage or exchange rates: rows on stdout, counts and reasons beside them. */
export async function importRowFeed(
  feed: UsageFeed | FxFeed,
  documents: AsyncIterable<FeedDocument>,
  flags: RowFlags,
): Promise<void> {
  if (feed.kind === 'fx') {
    const result = await importRates(feed, documents);
    return finish(result, ratesCsv(result.rows), flags);
  }
  const result = await importUsage(feed, documents);
  return finish(result, usageCsv(result.rows), flags);
}

async function finish<Row>(
  result: RowImport<Row>,
  csv: Iterable<string>,
  flags: RowFlags,
): Promise<void> {
  for (const line of summary(result)) note(line);
  const faults = result.documents.flatMap((document) => document.faults);
  const isUsable = result.documents.some((document) => document.faults.length === 0);
  if (isUsable) {
    const report = rowReportDocument(result);
    if (flags.report !== undefined) {
      await writeDurably(flags.report, [`${JSON.stringify(report, null, 2)}\n`]);
      note(`written: ${flags.report}`);
    }
    if (flags.out !== undefined) {
      await writeDurably(flags.out, csv);
      const said = `written: ${flags.out}, ${result.rows.length} rows`;
      if (flags.json) note(said);
      else print(said);
    }
    if (flags.json) printJson(report);
    else if (flags.out === undefined) for (const line of csv) process.stdout.write(line);
  }
  if (faults.length === 0) return;
  throw new MtokError('data', faults.map(describeReject).join('\n'), faults);
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
