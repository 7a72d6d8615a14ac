import { MtokError } from '../../../domain/failure.ts';

/** What runs SQL: a server, or an engine in this process. */
export interface Transport {
  /**
   * Runs a query that only reads, and gives its answer in the format TabSeparated, in pieces.
   *
   * @throws {MtokError} that says what is wrong with the server or with the query.
   */
  answer(sql: string): AsyncIterable<Uint8Array>;
  /** What to throw for an exception that the server wrote into its answer. */
  failure(text: string): MtokError;
  close(): Promise<void>;
}

/** The last cell of each row of an answer: without it the row was cut off. */
const GUARD = '.';

/** SQL of columns of an answer, with what shows that a row is whole. */
export function guarded(columns: readonly string[]): string {
  return [...columns, `'${GUARD}' AS mtok_guard`].join(', ');
}

/**
 * The rows of an answer to a query whose columns are {@link guarded}, without the guard; as many
 * together as came together.
 *
 * @throws {MtokError} where it is cut off, is no UTF-8, or ends in an exception.
 */
export async function* answerRows(
  db: Transport,
  sql: string,
): AsyncGenerator<readonly (readonly string[])[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  let width = 0;
  for await (const bytes of db.answer(sql)) {
    const lines = (rest + decoded(decoder, bytes)).split('\n');
    rest = lines.pop() ?? '';
    yield lines.map((line, index) => {
      const cells = line.split('\t');
      width ||= cells.length;
      if (cells.length !== width || cells.at(-1) !== GUARD) {
        throw broken(db, [...lines.slice(index), rest].join('\n'));
      }
      cells.pop();
      return cells.map(unescaped);
    });
  }
  rest += decoded(decoder);
  if (rest !== '') throw broken(db, rest);
}

/** All rows of a short answer. */
export async function allRows(db: Transport, sql: string): Promise<(readonly string[])[]> {
  const all: (readonly string[])[] = [];
  for await (const rows of answerRows(db, sql)) all.push(...rows);
  return all;
}

function decoded(decoder: InstanceType<typeof TextDecoder>, bytes?: Uint8Array): string {
  try {
    return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
  } catch {
    throw new MtokError('data', 'expected UTF-8 text in every column, found other bytes');
  }
}

/** Exceptions come in the middle of an answer that began well. */
function broken(db: Transport, text: string): MtokError {
  if (/Code: \d+|DB::Exception|__exception__/.test(text)) return db.failure(text);
  return new MtokError('environment', 'the answer of the server was cut off: run it again');
}

const ESCAPED: Readonly<Record<string, string>> = {
  ...{ b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', 0: '\0' },
};

function unescaped(cell: string): string {
  if (!cell.includes('\\')) return cell;
  return cell.replace(/\\(.)/gs, (_, letter: string) => ESCAPED[letter] ?? letter);
}
