import { MtokError } from '../../../domain/failure.ts';

/** Where a table of quotes is. */
export interface TableAddress {
  /** As the user wrote it: the name of the source in messages. */
  readonly shown: string;
  /** Of the server's HTTP interface. */
  readonly url: string;
  readonly database: string;
  readonly table: string;
}

const FORM = 'clickhouse://HOST[:PORT]/DATABASE.TABLE (clickhouses:// for TLS)';

/** Whether a name of quotes is the address of a table, not of a file. */
export function isTableAddress(name: string): boolean {
  return /^clickhouses?:\/\//.test(name);
}

/**
 * Reads `clickhouse://host[:port]/database.table`, or `clickhouses://` for TLS. The ports are by
 * default 8123 and 8443.
 *
 * @throws {MtokError} of kind usage where it is none; what it may have as a password is not shown.
 */
export function tableAddress(shown: string): TableAddress {
  const match = /^(clickhouses?):\/\/([^/?#]*)\/([^/?#.]+)\.([^/?#]+)$/.exec(shown);
  const [, scheme, host = '', database = '', table = ''] = match ?? [];
  if (host.includes('@') || shown.split('/')[2]?.includes('@')) {
    const remedy = 'set MTOK_CLICKHOUSE_USER and MTOK_CLICKHOUSE_PASSWORD';
    throw new MtokError('usage', `expected ${FORM}, found a user in it: ${remedy} instead`);
  }
  const isTls = scheme === 'clickhouses';
  const hasPort = /:\d+$/.test(host);
  const port = isTls ? 8443 : 8123;
  const url = `${isTls ? 'https' : 'http'}://${host}${hasPort ? '' : `:${port}`}`;
  if (!match || !URL.canParse(url)) throw new MtokError('usage', `expected ${FORM}: ${shown}`);
  return { shown, url, database: unescaped(database, shown), table: unescaped(table, shown) };
}

/** A name may have characters that stand for themselves only as %2F and the like. */
function unescaped(name: string, shown: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    throw new MtokError('usage', `expected ${FORM}, found a % that is none: ${shown}`);
  }
}

/** The table, in SQL. */
export function tableSql({ database, table }: TableAddress): string {
  return `${named(database)}.${named(table)}`;
}

/** A name in SQL. */
export function named(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
