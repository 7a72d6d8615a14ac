import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer as createSocketServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { EXIT_CODES, MtokError } from '../../../../src/domain/failure.ts';
import { tableAddress } from '../../../../src/ingest/engines/clickhouse/address.ts';
import {
  connectionOptions,
  openClickHouse,
} from '../../../../src/ingest/engines/clickhouse/connection.ts';
import { clickHouseEngine } from '../../../../src/ingest/engines/clickhouse/quotes.ts';
import { hasOpenssl } from '../../../tools.ts';

type Answers = (query: string, response: ServerResponse, request: IncomingMessage) => void;

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function listening(server: Server): Promise<number> {
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A server that answers queries; it keeps what it was asked. */
async function serve(answers: Answers) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    let query = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => {
      query += text;
    });
    request.on('end', () => {
      asked.push(query);
      answers(query, response, request);
    });
  });
  const port = await listening(server);
  return { asked, address: `clickhouse://127.0.0.1:${port}/books.quotes` };
}

const PATIENCE = { connectMs: 400, silenceMs: 400, retryAfterMs: [1, 1] };

async function read(address: string, options = {}) {
  const engine = clickHouseEngine((table) =>
    openClickHouse(table, { user: 'reader', password: 'hush', ...PATIENCE, ...options }),
  );
  return engine.quotes({ paths: [address], options: {}, isWhole: () => false });
}

async function failure(address: string, options = {}): Promise<MtokError> {
  const error = await read(address, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(MtokError);
  const failed = error as MtokError;
  expect(failed.message).not.toContain('hush');
  expect(failed.message).not.toMatch(/\n\s+at /);
  return failed;
}

const COLUMNS = ['seller', 'model', 'effective_at', 'input', 'output'];
const isSettings = (query: string) => query.includes('system.settings');
const isColumns = (query: string) => query.includes('system.columns');
const isGroups = (query: string) => query.includes('GROUP BY');
const GROUP = ['acme', 'alpha', '1', '2', '77', '1', '', '', '0', '3'];
const TIMES = ['1782864000000', '1782864000000', '1782950400000', '1782950400000'];
const LINE = `${[...GROUP, ...TIMES, TIMES[0], TIMES[2], 'feed', '.'].join('\t')}\n`;

/** A healthy server but for the answer to the grouping query. */
function groupsAnswered(groups: Answers, types: Readonly<Record<string, string>> = {}): Answers {
  return (query, response, request) => {
    if (isSettings(query)) response.end('26.7.2.1\t\t.\n');
    else if (isColumns(query)) {
      response.end(COLUMNS.map((name) => `${name}\t${types[name] ?? 'String'}\t.\n`).join(''));
    } else groups(query, response, request);
  };
}

function exception(code: number, text: string): Answers {
  return (_, response) => {
    response.writeHead(500, { 'X-ClickHouse-Exception-Code': String(code) });
    response.end(`Code: ${code}. DB::Exception: ${text} (SOME_NAME) (version 26.7.2.1)\n`);
  };
}

describe('a server of ClickHouse', () => {
  it('gives groups, and is told who asks', async () => {
    const headers: (string | undefined)[] = [];
    const { address, asked } = await serve(
      groupsAnswered((_, response, request) => {
        headers.push(request.headers.authorization);
        response.end(LINE);
      }),
    );
    const { rows, count } = await read(address);
    expect(count).toBe(3);
    expect(rows.map(({ row }) => row.effectiveAtMs)).toEqual([1782864000000, 1782950400000]);
    expect(headers).toEqual([`Basic ${Buffer.from('reader:hush').toString('base64')}`]);
    expect(asked).toHaveLength(3);
    expect(asked.every((query) => /^(SELECT|WITH) /.test(query))).toBe(true);
  });

  it.each([
    [516, 'reader: Authentication failed: password is incorrect', 'environment', /PASSWORD/],
    [193, 'Wrong password for user reader', 'environment', /PASSWORD/],
    [497, 'reader: Not enough privileges', 'environment', /GRANT SELECT/],
    [81, 'Database books does not exist', 'environment', /no such database/],
    [60, 'Table books.quotes does not exist', 'environment', /no such table/],
    [47, 'Unknown identifier `input`', 'data', /a column is missing/],
    [241, 'Memory limit (for query) exceeded: would use 9.31 GiB', 'environment', /memory/],
    [159, 'Timeout exceeded: elapsed 60.1 seconds', 'environment', /max_execution_time/],
    [279, 'All connection tries failed', 'environment', /cluster/],
    [999, 'Keeper is confused', 'environment', /refused the query.*Keeper is confused/],
  ])('that answers with exception %i: %s', async (code, text, kind, expected) => {
    const { address, asked } = await serve(groupsAnswered(exception(code, text)));
    const failed = await failure(address);
    expect(failed.kind).toBe(kind);
    expect(failed.message).toMatch(expected);
    expect(failed.message).toContain(address);
    expect(failed.message).toContain(`code ${code}: ${text}`);
    // It was answered: nothing is asked twice.
    expect(asked.filter(isGroups)).toHaveLength(1);
  });

  it('that tells of an exception as releases of 2018 do', async () => {
    const text = "Code: 60, e.displayText() = DB::Exception: Table x doesn't exist., e.what() = DB";
    const { address } = await serve((_, response) => {
      response.writeHead(404).end(`${text}::Exception\n`);
    });
    expect((await failure(address)).message).toMatch(
      /no such table .code 60: Table x doesn't exist/,
    );
  });

  it('that tells what another server told it: the cause', async () => {
    const nested = 'Received from shard2:9000. DB::Exception: Memory limit exceeded';
    const { address } = await serve(groupsAnswered(exception(241, nested)));
    expect((await failure(address)).message).toContain('(code 241: Memory limit exceeded');
  });

  it.each([
    ['after some rows', `${LINE}Code: 241. DB::Exception: Memory limit exceeded (version 1)\n`],
    ['in the middle of a row', `${LINE}acme\talCode: 241. DB::Exception: Memory limit exceeded`],
    [
      'as releases since 25.11 mark it',
      `${LINE}\r\n__exception__\r\ntag\nCode: 241. DB::Exception: Memory limit exceeded\n54 tag\r\n` +
        '__exception__\r\n',
    ],
  ])('that writes an exception into a good answer: %s', async (_, answer) => {
    const { address } = await serve(groupsAnswered((__, response) => response.end(answer)));
    const failed = await failure(address);
    expect(failed.kind).toBe('environment');
    expect(failed.message).toMatch(/ran out of memory.*code 241: Memory limit exceeded/);
  });

  it.each([
    ['between rows', LINE],
    ['in a row', `${LINE}acme\talpha`],
  ])('that cuts the connection: %s', async (_, answer) => {
    const { address, asked } = await serve(
      groupsAnswered((__, response) => {
        response.write(answer, () => response.destroy());
      }),
    );
    const failed = await failure(address);
    expect(EXIT_CODES[failed.kind]).toBe(4);
    expect(failed.message).toMatch(/cut in the middle/);
    // A part of the answer has been used.
    expect(asked.filter(isGroups)).toHaveLength(1);
  });

  it.each([
    ['in a row', `${LINE}acme\talpha`],
    ['in the last cell', LINE.slice(0, -2)],
  ])('whose answer a proxy ends early: %s', async (_, answer) => {
    const { address } = await serve(groupsAnswered((__, response) => response.end(answer)));
    expect((await failure(address)).message).toMatch(/cut off/);
  });

  it('that closes the connection before it answers is asked again', async () => {
    let left = 2;
    const { address, asked } = await serve(
      groupsAnswered((_, response) => {
        left -= 1;
        if (left >= 0) response.destroy();
        else response.end(LINE);
      }),
    );
    expect((await read(address)).count).toBe(3);
    expect(asked.filter(isGroups)).toHaveLength(3);
  });

  it('that always closes the connection is given up', async () => {
    const { address, asked } = await serve((_, response) => response.destroy());
    expect((await failure(address)).message).toMatch(/closed the connection before it answered/);
    expect(asked).toHaveLength(3);
  });

  it('that is silent at first', async () => {
    const { address } = await serve(() => undefined);
    expect((await failure(address, { silenceMs: 60_000 })).message).toMatch(
      /no answer within 0.4 s.*MTOK_CLICKHOUSE_CONNECT_TIMEOUT/,
    );
  });

  it.each([
    ['before it answers', ''],
    ['in the middle of its answer', LINE],
  ])('that falls silent %s', async (_, answer) => {
    const { address } = await serve(
      groupsAnswered((__, response) => {
        if (answer) response.write(answer);
      }),
    );
    expect((await failure(address)).message).toMatch(
      /silent for too long.*MTOK_CLICKHOUSE_TIMEOUT/,
    );
  });

  it('that is none', async () => {
    const { address } = await serve((_, response) => response.writeHead(404).end('<h1>nginx</h1>'));
    expect((await failure(address)).message).toMatch(/expected an answer of ClickHouse's HTTP/);
    const other = await serve((_, response) => response.end('<h1>welcome</h1>'));
    expect((await failure(other.address)).kind).toBe('environment');
  });

  it('that has no TLS', async () => {
    const { address } = await serve((_, response) => response.end(LINE));
    const failed = await failure(address.replace('clickhouse:', 'clickhouses:'));
    expect(failed.message).toMatch(/TLS failed/);
  });

  it.skipIf(!hasOpenssl)('whose certificate nobody vouches for', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mtok-tls-'));
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1'];
    const subject = ['-subj', '/CN=127.0.0.1', '-keyout', key, '-out', cert];
    execFileSync('openssl', [...made, ...subject], { stdio: 'ignore' });
    const pair = { key: readFileSync(key), cert: readFileSync(cert) };
    rmSync(folder, { recursive: true });
    const port = await listening(createTlsServer(pair, (_, response) => response.end(LINE)));
    const failed = await failure(`clickhouses://127.0.0.1:${port}/books.quotes`);
    expect(failed.kind).toBe('environment');
    expect(failed.message).toMatch(/TLS failed \(DEPTH_ZERO_SELF_SIGNED_CERT\).*EXTRA_CA_CERTS/);
  });

  it('that is not there', async () => {
    const server = createSocketServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    open.pop();
    const refused = await failure(`clickhouse://127.0.0.1:${port}/books.quotes`);
    expect(refused.message).toMatch(/no server listens there/);
    const unknown = await failure('clickhouse://nowhere.invalid/books.quotes', {
      connectMs: 20_000,
    });
    expect(unknown.message).toMatch(/no such host|cannot be looked up/);
    expect(EXIT_CODES[unknown.kind]).toBe(4);
  });

  it('that is set to leave rows out', async () => {
    const { address, asked } = await serve((_, response) =>
      response.end('26.7.2.1\tgroup_by_overflow_mode=any\t.\n'),
    );
    expect((await failure(address)).message).toMatch(/group_by_overflow_mode=any would leave/);
    expect(asked).toHaveLength(1);
  });

  it('whose table has prices in binary', async () => {
    const { address, asked } = await serve(
      groupsAnswered((_, response) => response.end(LINE), { output: 'Nullable(Float64)' }),
    );
    const failed = await failure(address);
    expect(failed.kind).toBe('data');
    expect(failed.message).toMatch(/column output is Nullable.Float64.*no exact decimal/);
    expect(asked.filter(isGroups)).toEqual([]);
  });

  it.each(['Array(String)', 'FixedString(3)', 'UUID', 'Bool', 'Map(String, String)', 'BFloat16'])(
    'whose table has a column of type %s',
    async (type) => {
      const { address } = await serve(groupsAnswered((_, to) => to.end(LINE), { model: type }));
      expect((await failure(address)).message).toContain(`column model is ${type}: `);
    },
  );

  it('whose table lacks a column gives a reject, as a file does', async () => {
    const { address } = await serve((query, response) =>
      response.end(
        isSettings(query) ? '26.7.2.1\t\t.\n' : 'seller\tString\t.\ncolour\tString\t.\n',
      ),
    );
    const { rejects } = await read(address);
    const missing = ['model', 'effective_at', 'input', 'output'].map(() => 'missing_column');
    expect(rejects.map(({ code }) => code)).toEqual(['unknown_column', ...missing]);
    expect(rejects.every(({ file, line }) => file === address && line === 0)).toBe(true);
  });

  it('whose table is empty gives a reject', async () => {
    const { address } = await serve(groupsAnswered((_, response) => response.end('')));
    expect((await read(address)).rejects.map(({ code }) => code)).toEqual(['no_rows']);
  });

  it('whose texts are no UTF-8', async () => {
    const bytes = Buffer.from(LINE.replace('acme', 'acm\u00e9'), 'latin1');
    const { address } = await serve(groupsAnswered((_, response) => response.end(bytes)));
    const failed = await failure(address);
    expect(failed.kind).toBe('data');
    expect(failed.message).toMatch(/UTF-8/);
  });

  it('whose table changes while it is read', async () => {
    const { address } = await serve(
      groupsAnswered((query, response) => {
        if (isGroups(query)) response.end(LINE.replace('\t1\t2\t', '\t-1\t2\t'));
        else response.end(query.includes('mtok_hash') ? '' : '4\t.\n');
      }),
    );
    expect((await failure(address)).message).toMatch(/expected 3 rows, found 4.*changed/);
  });
});

describe('an address', () => {
  it.each([
    ['clickhouse://here/books.quotes', 'http://here:8123', 'books', 'quotes'],
    ['clickhouses://here/books.quotes', 'https://here:8443', 'books', 'quotes'],
    ['clickhouse://[::1]:9/a.b', 'http://[::1]:9', 'a', 'b'],
    ['clickhouse://h/a%2Eb.c%60d', 'http://h:8123', 'a.b', 'c`d'],
  ])('%s', (text, url, database, table) => {
    expect(tableAddress(text)).toEqual({ shown: text, url, database, table });
  });

  it.each([
    ...[
      'clickhouse://',
      'clickhouse://h',
      'clickhouse://h/',
      'clickhouse://h/a',
      'clickhouse:///a.b',
    ],
    ...[
      'clickhouse://h/a.',
      'clickhouse://h/.b',
      'clickhouse://h/a.b?tls=1',
      'clickhouse://h/a.b/c',
    ],
    ...['clickhouse://h:99999/a.b', 'clickhouse://h/a.%zz', 'clickhouse://h h/a.b'],
  ])('%s is none', (text) => {
    expect(() => tableAddress(text)).toThrow(/expected clickhouse:\/\/HOST/);
  });

  it('with a password is refused, and not shown', () => {
    const text = 'clickhouse://me:hush@h/a.b';
    expect(() => tableAddress(text)).toThrow(/MTOK_CLICKHOUSE_PASSWORD/);
    expect(() => tableAddress(text)).not.toThrow(/hush/);
  });

  it.each(['0', '-1', '1.5', 'x', '100000'])('is not waited for %s seconds', (text) => {
    expect(() => connectionOptions({ MTOK_CLICKHOUSE_TIMEOUT: text })).toThrow(/whole seconds/);
  });

  it('is asked as the user of the environment', () => {
    expect(connectionOptions({})).toMatchObject({ user: 'default', password: '' });
    const named = { MTOK_CLICKHOUSE_USER: 'reader', MTOK_CLICKHOUSE_PASSWORD: 'hush' };
    expect(connectionOptions(named)).toMatchObject({ user: 'reader', password: 'hush' });
  });
});
