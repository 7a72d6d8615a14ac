import { parseDocument } from 'yaml';
import { z } from 'zod';
import { MtokError, nearest } from '../../domain/failure.ts';
import { QUOTES } from '../quotes.ts';

/** How a file's own columns are read as those of quotes. */
export interface ColumnMap {
  /** Its column for each of those of quotes that it has: `{ input: 'price_in' }`. */
  readonly columns: Readonly<Record<string, string>>;
  /** What is the same in every row: `{ seller: 'acme', unit: 'per_1k' }`. */
  readonly values: Readonly<Record<string, string>>;
}

export const NO_MAP: ColumnMap = { columns: {}, values: {} };

/**
 * Reads `input=price_in,output=price_out`; a name after a colon is the same in every row:
 * `seller:acme`.
 *
 * @throws {MtokError} of kind `usage` for what is no column of quotes.
 */
export function parseColumnMap(text: string): ColumnMap {
  const columns: Record<string, string> = {};
  const values: Record<string, string> = {};
  for (const part of text.split(',')) {
    const [, name = '', sign, given = ''] = /^([a-z_]+)([=:])(.+)$/.exec(part.trim()) ?? [];
    if (sign === undefined) {
      const expected = 'expected input=price_in,output=price_out,seller:acme';
      throw new MtokError('usage', `${expected}, found ${JSON.stringify(part)}`);
    }
    (sign === '=' ? columns : values)[name] = given;
  }
  return checked({ columns, values }, 'the column map');
}

const mapSchema = z.strictObject({
  columns: z.record(z.string(), z.string()).default({}),
  values: z.record(z.string(), z.string()).default({}),
});

/**
 * The same from a file of YAML or JSON: `columns: { input: price_in }`, `values: { seller: acme }`.
 *
 * @throws {MtokError} of kind `data` for what is no such file.
 */
export function readColumnMap(text: string, file: string): ColumnMap {
  const document = parseDocument(text, { schema: 'failsafe', prettyErrors: false });
  const [error] = document.errors;
  if (error) throw new MtokError('data', `${file}: expected YAML or JSON: ${error.message}`);
  const read = mapSchema.safeParse(plainOf(document));
  if (read.success) return checked(read.data, file);
  const { path, message } = read.error.issues[0] ?? { path: [], message: 'no column map' };
  throw new MtokError('data', `${file}:${path.join('.')}: ${message}`);
}

/** An alias has no use here, and many of them are an attack. */
function plainOf(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch {
    return undefined;
  }
}

function checked(map: ColumnMap, where: string): ColumnMap {
  for (const name of [...Object.keys(map.columns), ...Object.keys(map.values)]) {
    if (QUOTES.columns.includes(name)) continue;
    const near = nearest(name, QUOTES.columns);
    const advice = near ? `did you mean ${near}?` : `one of ${QUOTES.columns.join(', ')}`;
    throw new MtokError('usage', `${where}: expected a column of quotes: ${advice}, found ${name}`);
  }
  return map;
}
