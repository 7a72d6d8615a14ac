import { bytesOf } from '../../compressed.ts';
import { BadBytes, isPlain, wholeLines } from '../../lines.ts';
import { type Header, readHeader, type Table, type TableOptions } from '../../table.ts';
import { named, quoted } from './connection.ts';
import { type SqlRows, textColumn } from './groups.ts';

/**
 * How SQL reads a CSV file, compressed or not; `undefined` where only a CSV parser can judge it, or
 * its header is at fault.
 */
export async function csvRows<Row>(
  table: Table<Row>,
  path: string,
  options: TableOptions,
): Promise<SqlRows | undefined> {
  const found = await plainHeader(table, path, options);
  if (!found) return undefined;
  const { header, line } = found;
  const columns = header.fills.map((_, cell) => `${quoted(`x${cell}`)}: 'VARCHAR'`);
  const settings = [
    ...[`header = false`, `skip = ${line}`, `auto_detect = false`, `delim = ','`],
    ...[`quote = ''`, `escape = ''`, `ignore_errors = true`, `store_rejects = true`],
    `columns = {${columns.join(', ')}}`,
  ];
  return {
    from: `read_csv(${quoted(path)}, ${settings.join(', ')})`,
    header,
    columns: header.fills.map((_, cell) => textColumn(named(`x${cell}`))),
  };
}

interface PlacedHeader {
  readonly header: Header;
  readonly line: number;
}

/**
 * The header of a file whose every line is its cells between commas; `undefined` where one is not,
 * where the file is no text, or where its header is at fault.
 */
async function plainHeader<Row>(
  table: Table<Row>,
  path: string,
  options: TableOptions,
): Promise<PlacedHeader | undefined> {
  let found: PlacedHeader | undefined;
  let hasRows = false;
  let hasReturns = false;
  const watched = async function* () {
    for await (const bytes of bytesOf(path)) {
      hasReturns ||= bytes.includes(CARRIAGE_RETURN);
      yield bytes;
    }
  };
  try {
    for await (const region of wholeLines(watched(), path)) {
      if (hasReturns || !isPlain(region)) return undefined;
      hasRows ||= found !== undefined || hasSecondLine(region);
      found ??= headerIn(table, region, options);
      if (!found) return undefined;
    }
  } catch (error) {
    if (error instanceof BadBytes) return undefined;
    throw error;
  }
  return hasRows ? found : undefined;
}

const CARRIAGE_RETURN = 0x0d;

function hasSecondLine(region: Buffer): boolean {
  const lines = region.toString('utf8').split('\n');
  return lines.filter((text) => text !== '').length > 1;
}

function headerIn<Row>(
  table: Table<Row>,
  region: Buffer,
  options: TableOptions,
): PlacedHeader | undefined {
  const lines = region.toString('utf8').split('\n', MOST_BLANK_LINES);
  const index = lines.findIndex((text) => text !== '');
  const cells = lines[index]?.split(',');
  if (!cells) return undefined;
  const header = readHeader(table, { cells, line: index + 1 }, '', options);
  return header.rejects.length > 0 ? undefined : { header, line: index + 1 };
}

const MOST_BLANK_LINES = 100;
