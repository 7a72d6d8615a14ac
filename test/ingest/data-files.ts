import { readdirSync } from 'node:fs';
import { join, parse, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reject } from '../../src/domain/failure.ts';
import type { BookRows } from '../../src/domain/rows.ts';
import { type Book, NO_FILES, readBook } from '../../src/ingest/book.ts';
import type { TableOptions } from '../../src/ingest/table.ts';

/** As a user would name it: relative to where the tests are started. */
const DIRECTORY = relative(process.cwd(), fileURLToPath(new URL('../data/', import.meta.url)));

/** `quotes-empty` is `test/data/quotes-empty.csv`: the part before the first hyphen is the kind. */
export function dataFile(name: string): string {
  return join(DIRECTORY, `${name}.${/^(rulebook|contract)-/.test(name) ? 'yaml' : 'csv'}`);
}

/** Names of the files in test/data, without their endings. */
export function dataFileNames(): string[] {
  return readdirSync(DIRECTORY).map((file) => parse(file).name);
}

/** Reads files of one kind as a book that has nothing else. */
export function readDataFiles(names: readonly string[], options?: TableOptions): Promise<Book> {
  const kind = kindOf(names[0]!);
  return readBook({ ...NO_FILES, [kind]: names.map(dataFile) }, options);
}

/** What tells the accepted rows of a test file apart, in the order of the file. */
export function accepted(name: string, { rows }: Book): string {
  const labels: Record<keyof BookRows, () => string[]> = {
    quotes: () => rows.quotes.map(({ model }) => model),
    usage: () => rows.usage.map(({ model }) => model),
    fx: () => rows.fx.map(({ date }) => date),
    models: () => rows.models.map(({ sellerModel }) => sellerModel),
    sellers: () => rows.sellers.map(({ seller }) => seller),
    corrections: () => rows.corrections.map(({ model }) => model),
    holds: () => rows.holds.map(({ decision }) => decision),
    judgements: () => rows.judgements.map(({ constituent }) => constituent),
    succession: () => rows.succession.map(({ successor }) => successor),
    revisions: () => rows.revisions.map(({ revision }) => String(revision)),
    calendars: () => rows.calendars.map(({ date }) => date),
  };
  return labels[kindOf(name)]().join(' ');
}

/** `3:output missing_leg ""`: line, column, code and value. */
export function brief({ line, column, code, value }: Reject): string {
  return `${line}:${column} ${code} ${JSON.stringify(value)}`;
}

function kindOf(name: string): keyof BookRows {
  return name.split('-')[0] as keyof BookRows;
}
