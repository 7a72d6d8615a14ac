import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { indicesOf } from '../../src/cli/book.ts';
import { parseMoment } from '../../src/domain/dates.ts';
import type { Fixing } from '../../src/domain/fixing.ts';
import type { Contents, RecordRow } from '../../src/domain/publication.ts';
import { findBook, readBook, readFiles } from '../../src/ingest/book.ts';
import { QUOTE_CAPTURE, readCapture } from '../../src/ingest/capture.ts';
import { collect } from '../../src/operate/collect.ts';
import type { Desk } from '../../src/operate/desk.ts';
import { type OpenedBook, openedBook } from '../../src/operate/publish-book.ts';
import { directorySource } from '../../src/verify/directory.ts';
import { type Verification, verify } from '../../src/verify/verify.ts';
import { csv } from '../cli/own-book.ts';
import { temporaryDirectory } from '../cli/run.ts';
import { rulebookText } from '../fix/small-book.ts';
import { SIGNER } from '../publish/publications.ts';

/** A desk in a directory of its own, with a clock that a test sets. */
export interface TestDesk extends Desk {
  at: (moment: string) => void;
  write: (path: string, text: string) => void;
  read: (path: string) => string;
  /** The book as it is now. */
  open: () => Promise<OpenedBook>;
  /** Takes quotes in, in the words of `csv`. */
  collect: (lines: readonly string[]) => Promise<ReadonlyMap<string, number>>;
  contents: () => Contents;
  fixing: (index: string, name: string) => Fixing;
  records: (kind: RecordRow['record']) => { row: RecordRow; document: unknown }[];
  verify: () => Promise<Verification>;
}

/** @param rules rulebooks by their file's name, as keys beside those of the small one. */
export function deskOf(
  rules: Readonly<Record<string, Readonly<Record<string, string>>>>,
  quotes: readonly string[],
): TestDesk {
  const place = temporaryDirectory();
  const [book, publication] = [join(place, 'book'), join(place, 'public')];
  let nowMs = 0;
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(place, path)), { recursive: true });
    writeFileSync(join(place, path), text);
  };
  const read = (path: string) => readFileSync(join(place, path), 'utf8');
  for (const [name, keys] of Object.entries(rules)) {
    write(`book/rulebooks/${name}.yaml`, rulebookText(keys));
  }
  write('book/quotes/first.csv', csv(quotes));
  const contents = (): Contents => JSON.parse(read('public/index.json'));
  const desk: TestDesk = {
    ...{ book, publication, signers: [SIGNER], now: () => nowMs, write, read, contents },
    at: (moment) => {
      nowMs = parseMoment(moment) ?? Number.NaN;
    },
    open: async () => {
      const files = await findBook(book);
      const opened = await readBook(files);
      const rejects = [...opened.rejects, ...opened.rulebookRejects];
      if (rejects.length > 0) throw new RangeError(JSON.stringify(rejects));
      return openedBook(opened, files, book);
    },
    collect: async (lines) => {
      if (lines.length === 0) return collect(desk, QUOTE_CAPTURE, []);
      const { rows } = await readFiles(QUOTE_CAPTURE.table, (await findBook(book)).quotes);
      const bytes = Buffer.from(csv(lines));
      return collect(desk, QUOTE_CAPTURE, [await readCapture(QUOTE_CAPTURE, bytes, 'seen', rows)]);
    },
    fixing: (index, name) => JSON.parse(read(`public/fixings/${index}/${name}.json`)),
    records: (kind) =>
      contents()
        .records.filter(({ record }) => record === kind)
        .map((row) => ({ row, document: JSON.parse(read(`public/${row.path}`)) })),
    verify: () => verify(directorySource(publication), { keys: [], witnesses: [] }),
  };
  return desk;
}

export { indicesOf };
