import { type FailureKind, MtokError, shorten } from '../../../domain/failure.ts';
import type { TableAddress } from './address.ts';

/** What to say of an exception of the server, by its number. */
const EXCEPTIONS: Readonly<Record<string, readonly [kind: FailureKind, advice: string]>> = {
  ...byEach(
    ['192', '193', '194', '516'],
    [
      'environment',
      'the user or the password is wrong: set MTOK_CLICKHOUSE_USER and MTOK_CLICKHOUSE_PASSWORD',
    ],
  ),
  497: ['environment', 'the user may not read it: ask for GRANT SELECT on the table'],
  81: ['environment', 'there is no such database'],
  60: ['environment', 'there is no such table'],
  ...byEach(['16', '47'], ['data', 'a column is missing: the table was changed while it was read']),
  ...byEach(
    ['241', '173'],
    [
      'environment',
      'the server ran out of memory: give the user a higher max_memory_usage, or let it spill to ' +
        'disk with max_bytes_before_external_group_by',
    ],
  ),
  ...byEach(
    ['159', '160', '209'],
    [
      'environment',
      'the query took longer than the server allows: raise max_execution_time of the user',
    ],
  ),
  ...byEach(
    ['158', '307', '396'],
    [
      'environment',
      'the query reads or gives more than the server allows the user: raise its limits',
    ],
  ),
  ...byEach(['202', '439'], ['environment', 'the server is busy: run it again later']),
  ...byEach(['210', '279', '519'], ['environment', 'a server of the cluster did not answer']),
  394: ['environment', 'the query was cancelled on the server'],
};

function byEach<Value>(codes: readonly string[], value: Value): Record<string, Value> {
  return Object.fromEntries(codes.map((code) => [code, value]));
}

/** What to throw for an exception that a server tells of. */
export function serverFailure(address: TableAddress, text: string): MtokError {
  // The cause comes last, where one server tells what another told it.
  const code = [...text.matchAll(/Code: (\d+)/g)].at(-1)?.[1] ?? '';
  const [kind, advice] = EXCEPTIONS[code] ?? ['environment', 'the server refused the query'];
  return new MtokError(kind, `cannot read ${address.shown}: ${advice} (${told(code, text)})`);
}

/** The first sentence of an exception: the rest is versions, traces, and the query again. */
function told(code: string, text: string): string {
  const message = /DB::Exception: (?!.*DB::Exception: )(.*)/s.exec(text)?.[1] ?? text;
  const [sentence = ''] = message.split(/\n|, e\.what|\(version |: (?:While|while) /);
  const words = shorten(sentence.replaceAll(/\p{Cc}/gu, ' ').trim());
  return code === '' ? words : `code ${code}: ${words}`;
}

/** Nothing came of these, so that the same query may be sent again. */
const PASSING: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'EAI_AGAIN', 'EHOSTUNREACH'],
]);

/** Whether a connection failed in a way that may be over at the next attempt. */
export function isPassing(error: unknown): boolean {
  return PASSING.has(codeOf(error));
}

/** What to throw where there was no answer, or where it ended in the middle. */
export function connectionFailure(
  address: TableAddress,
  error: unknown,
  isBegun: boolean,
): MtokError {
  if (error instanceof MtokError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (/^\d+$/.test(code)) return serverFailure(address, `Code: ${code}. DB::Exception: ${message}`);
  if (/Code: \d+|DB::Exception/.test(message)) return serverFailure(address, message);
  const why = reasonOf(code, message, isBegun);
  return new MtokError('environment', `cannot read ${address.shown}: ${why}`);
}

function reasonOf(code: string, message: string, isBegun: boolean): string {
  if (/timeout/i.test(message)) {
    return 'the server was silent for too long: set MTOK_CLICKHOUSE_TIMEOUT to more seconds';
  }
  if (isTls(code, message)) {
    return (
      `TLS failed (${code || message}): expected a certificate for this host that is trusted; ` +
      'NODE_EXTRA_CA_CERTS names a file with further authorities, clickhouse:// is without TLS'
    );
  }
  const known = REASONS[code];
  if (known && !isBegun) return known;
  if (isBegun || code === 'ECONNRESET') {
    return 'the connection was cut in the middle of the answer: run it again';
  }
  const told = shorten(message.replaceAll(/\p{Cc}/gu, ' ').trim());
  return `expected an answer of ClickHouse's HTTP interface, found "${told || code}"`;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'no server listens there: expected its HTTP port, 8123 or with TLS 8443',
  ECONNRESET: 'the server closed the connection before it answered',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the name of the host cannot be looked up now',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the host cannot be reached',
  ETIMEDOUT: 'the host did not answer',
};

function isTls(code: string, message: string): boolean {
  return (
    /^(EPROTO|CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO)/.test(code) ||
    /\b(SSL|TLS)\b/.test(message)
  );
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : '';
  return typeof code === 'string' ? code : '';
}
