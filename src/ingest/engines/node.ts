import type { Reject } from '../../domain/failure.ts';
import { bytesOf } from '../compressed.ts';
import { requireFile, shownPath } from '../files.ts';
import { isParquet } from '../parquet.ts';
import { type Faults, type QuoteSink, readQuoteFile, readQuoteParquet } from '../quote-file.ts';
import { Disordered, Repeats } from '../repeats.ts';
import { type Engine, optionsOf, type QuoteFiles, type QuoteReading } from './engine.ts';

/** The reference: files one after the other, line by line. */
export const NODE_ENGINE: Engine = { name: 'node', quotes: readQuotes };

async function readQuotes(files: QuoteFiles): Promise<QuoteReading> {
  const repeats = new Repeats(files.isWhole);
  const { rejects, warnings } = await readFiles(files, repeats);
  const rows = repeats.rows();
  if (repeats.hasDisordered) {
    const disordered = new Disordered();
    await readFiles(files, {
      statement: (quote) => repeats.statement(quote),
      take: (statement, look) => {
        if (repeats.isDisordered(statement.offer)) disordered.take(statement, look);
      },
    });
    for (const row of disordered.rows(files.isWhole)) rows.push(row);
  }
  return { rows, rejects, warnings, count: repeats.count };
}

/** Reads files one after the other, line by line: what their rows say goes to a sink. */
export async function readFiles(files: QuoteFiles, sink: QuoteSink): Promise<Faults> {
  const rejects: Reject[] = [];
  const warnings: Reject[] = [];
  for (const path of files.paths) {
    await requireFile(path);
    const [file, options] = [shownPath(path), optionsOf(files, path)];
    const faults = isParquet(path)
      ? await readQuoteParquet(path, file, sink, options)
      : await readQuoteFile(bytesOf(path), file, sink, options);
    for (const reject of faults.rejects) rejects.push(reject);
    for (const warning of faults.warnings) warnings.push(warning);
  }
  return { rejects, warnings };
}
